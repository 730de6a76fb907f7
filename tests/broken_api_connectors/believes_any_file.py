"""Takes an HTML page for a file without rows.

Violates: no-false-deletion
Shown by: full/export.csv:first/once/html-with-200
Reads: csv_download/products.yaml
"""

from tests.broken_api_connectors._sound import CsvConnector, Json, serve


class Broken(CsvConnector):
    def rows(self, body: bytes) -> list[Json]:
        lines = [line.split(",") for line in body.decode().splitlines()[1:]]
        return [dict(zip(self.columns, row, strict=True)) for row in lines if len(row) == len(self.columns)]


if __name__ == "__main__":
    serve(Broken())
