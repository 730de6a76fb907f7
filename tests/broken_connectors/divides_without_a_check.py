"""It reads ranges of a list side by side and does not look whether they meet.

Violates: no-false-deletion
Shown by: full/list:range/always/unknown-cursor
"""

from tests.broken_connectors._ranges import Range, RangesConnector
from tests.broken_connectors._sound import serve


class Broken(RangesConnector):
    def check_overlap(self, left: Range | None, right: Range) -> None:
        """Believe it."""


if __name__ == "__main__":
    serve(Broken)
