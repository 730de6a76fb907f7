"""It reads ranges of a list side by side, the last one up to the highest id that a search knows.

Violates: no-lost-update
Shown by: lagging-search
"""

from tests.broken_connectors._ranges import RangesConnector
from tests.broken_connectors._sound import Json, serve


class Broken(RangesConnector):
    def note_search(self, found: Json) -> None:
        """Believe that no higher id exists."""
        self.end = int(found["results"][0]["id"]) + 1


if __name__ == "__main__":
    serve(Broken)
