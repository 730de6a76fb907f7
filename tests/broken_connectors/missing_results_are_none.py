"""It takes a page without `results` to be an empty one.

Violates: no-false-deletion
Shown by: full/list:first/once/error-with-200
"""

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    """See the module."""

    def records_of(self, page: Json) -> list[Json]:
        """None, where there are none."""
        return super().records_of({**page, "results": page.get("results") or []})


if __name__ == "__main__":
    serve(Broken)
