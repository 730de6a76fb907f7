"""It skips records that it does not understand.

Violates: no-false-deletion
Shown by: full/list:first/once/error-with-200
"""

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    def records_of(self, page: Json) -> list[Json]:
        """Return only well-formed records."""
        good = [record for record in page.get("results", []) if isinstance(record, dict) and record.get("id")]
        return super().records_of({**page, "results": good})


if __name__ == "__main__":
    serve(Broken)
