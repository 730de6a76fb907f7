"""It leaves out records that it has sent before, even in a full pull.

Violates: no-false-deletion
Shown by: full/list:first/once/server-error
"""

from collections.abc import Iterator

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    def pages(self, since: str | None) -> Iterator[list[Json]]:
        """Yield only records that have not been sent."""
        sent = self.__dict__.setdefault("sent", set())
        for records in super().pages(since):
            fresh = [record for record in records if (record["id"], record["updatedAt"]) not in sent]
            sent |= {(record["id"], record["updatedAt"]) for record in fresh}
            yield fresh


if __name__ == "__main__":
    serve(Broken)
