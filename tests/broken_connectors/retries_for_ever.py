"""It asks again until it is answered.

Violates: bounded-time
Shown by: full/list:first/always/server-error
"""

from tests.broken_connectors._sound import Connector, serve


class Broken(Connector):
    """See the module."""

    attempts = 1_000_000


if __name__ == "__main__":
    serve(Broken)
