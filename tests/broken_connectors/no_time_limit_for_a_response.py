"""It waits for a response as long as bytes keep arriving.

Violates: bounded-time
Shown by: full/list:first/once/trickle
"""

from tests.broken_connectors._sound import Connector, serve


class Broken(Connector):
    transfer_timeout_s = 3600.0


if __name__ == "__main__":
    serve(Broken)
