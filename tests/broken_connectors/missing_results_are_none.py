"""It treats a page without `results` as an empty page.

Violates: no-false-deletion
Shown by: full/list:first/always/error-with-200
"""

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    def records_of(self, page: Json) -> list[Json]:
        """Treat missing `results` as an empty page."""
        return super().records_of({**page, "results": page.get("results") or []})


if __name__ == "__main__":
    serve(Broken)
