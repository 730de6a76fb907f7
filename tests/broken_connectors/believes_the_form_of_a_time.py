"""It checks only the form of a time, so one that does not exist becomes an offset that no later pull can use.

Violates: rerun-converges
Shown by: incremental/search:first/once/impossible-time
"""

import re
from collections.abc import Iterator

from tests.broken_connectors._sound import Connector, Json, UpstreamError, milliseconds, serve

FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


class Broken(Connector):
    def records_of(self, page: Json) -> list[Json]:
        """Check the form of each time."""
        records: list[Json] = page["results"]
        if not all(FORM.fullmatch(record["updatedAt"]) for record in records):
            raise UpstreamError("a malformed time")
        return records

    def changed_pages(self, since: str) -> Iterator[list[Json]]:
        """Yield the changed records, in the broken way."""
        yield from self.search_pages(milliseconds(since))


if __name__ == "__main__":
    serve(Broken)
