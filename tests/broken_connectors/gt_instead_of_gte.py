"""It searches for changes after the last timestamp and misses those at the same one.

Violates: no-lost-update
Shown by: same-moment
"""

from tests.broken_connectors._sound import Connector, serve


class Broken(Connector):
    operator = "GT"


if __name__ == "__main__":
    serve(Broken)
