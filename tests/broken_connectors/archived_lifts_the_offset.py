"""It sends what was archived with the time of archiving, which may be later than changes that its search has passed.

Violates: no-lost-update
Shown by: changed-during-reads
"""

from collections.abc import Iterator
from urllib.parse import urlencode

from tests.broken_connectors._sound import Connector, Json, milliseconds, serve

OVERLAP_MS = 120_000


class Broken(Connector):
    def changed_pages(self, since: str) -> Iterator[list[Json]]:
        """Yield the changed records, in the broken way."""
        earliest_ms = milliseconds(since) - OVERLAP_MS
        yield from self.search_pages(earliest_ms)
        after = None
        while True:
            query = {"archived": "true", "limit": self.limit, **({"after": after} if after else {})}
            page = self.call("GET", "/crm/v3/objects/contacts?" + urlencode(query))
            yield [
                {**record, "_updated": record["archivedAt"], "_deleted": True}
                for record in page["results"]
                if milliseconds(record["archivedAt"]) >= earliest_ms
            ]
            after = self.next_of(page, page["results"])
            if after is None:
                return


if __name__ == "__main__":
    serve(Broken)
