"""It asks for what changed after the last moment, not at it.

Violates: no-lost-update
Shown by: same-moment
"""

from tests.broken_connectors._sound import Connector, serve


class Broken(Connector):
    """See the module."""

    operator = "GT"


if __name__ == "__main__":
    serve(Broken)
