"""It reads ranges of a list side by side and goes on without one that cannot be read.

Violates: no-false-deletion
Shown by: full/list:range/always/server-error
"""

from collections.abc import Iterator

from tests.broken_connectors._ranges import Range, RangesConnector
from tests.broken_connectors._sound import Json, UpstreamError, serve


class Broken(RangesConnector):
    def read_range(self, start: int, end: int | None, here: Range) -> Iterator[list[Json]]:
        """Yield what there is."""
        try:
            yield from super().read_range(start, end, here)
        except UpstreamError:
            here.has_failed = True

    def check_overlap(self, left: Range | None, right: Range) -> None:
        """Compare only ranges that were read."""
        if left is not None and not left.has_failed and not right.has_failed:
            super().check_overlap(left, right)


if __name__ == "__main__":
    serve(Broken)
