"""It reads records in batches and takes every error in a 207 for a record that does not exist.

Violates: no-lost-update
Shown by: incremental/objects.batch.read:first/once/partial-batch
"""

from collections.abc import Iterator

from tests.broken_connectors._sound import Connector, Json, UpstreamError, serve


class Broken(Connector):
    def read(self, status: int, body: bytes) -> Json:
        """Accept a batch with errors."""
        if status not in (200, 207):
            raise UpstreamError(f"status {status}")
        return self.parse(body)

    def changed_pages(self, since: str) -> Iterator[list[Json]]:
        """Yield the changed records, in the broken way."""
        for records in super().changed_pages(since):
            inputs = [{"id": record["id"]} for record in records]
            if inputs:
                yield self.call("POST", "/crm/v3/objects/contacts/batch/read", {"inputs": inputs})["results"]


if __name__ == "__main__":
    serve(Broken)
