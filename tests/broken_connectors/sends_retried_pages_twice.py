"""A page that was asked for twice is sent twice.

Violates: no-duplicate
Shown by: full/list:first/once/server-error
"""

from tests.broken_connectors._sound import Connector, Json, UpstreamError, serve


class Broken(Connector):
    """See the module."""

    def call(self, method: str, target: str, body: Json | None = None) -> Json:
        """Count the attempts into the page."""
        try:
            return self.call_once(method, target, body)
        except (OSError, UpstreamError):
            page = super().call(method, target, body)
            return {**page, "results": page["results"] + page["results"]}

    def check_order(self, records: list[Json], last_id: int) -> int:
        """Any will do."""
        return last_id


if __name__ == "__main__":
    serve(Broken)
