"""It sends every record in the answer to `archived=true` as deleted, whatever the record says of itself.

Violates: no-false-deletion
Shown by: incremental/archived:first/once/ignores-archived
"""

from collections.abc import Iterator
from urllib.parse import urlencode

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    def changed_pages(self, since: str) -> Iterator[list[Json]]:
        """Yield the changed records, in the broken way."""
        yield from super().changed_pages(since)
        after = None
        while True:
            query = {"archived": "true", "limit": self.limit, **({"after": after} if after else {})}
            page = self.call("GET", "/crm/v3/objects/contacts?" + urlencode(query))
            yield [{**record, "_deleted": True} for record in page["results"]]
            after = self.next_of(page, page["results"])
            if after is None:
                return


if __name__ == "__main__":
    serve(Broken)
