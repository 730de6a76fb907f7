"""It sends a page twice if it needed a retry to fetch it.

Violates: no-duplicate
Shown by: full/list:first/once/server-error
"""

from tests.broken_connectors._sound import Connector, Json, UpstreamError, serve


class Broken(Connector):
    def call(self, method: str, target: str, body: Json | None = None) -> Json:
        """Repeat the records of a page that was retried."""
        try:
            return self.call_once(method, target, body)
        except (OSError, UpstreamError):
            page = super().call(method, target, body)
            return {**page, "results": page["results"] + page["results"]}

    def check_order(self, records: list[Json], last_id: int) -> int:
        """Accept any order."""
        return last_id


if __name__ == "__main__":
    serve(Broken)
