"""It waits for a response as long as bytes keep arriving.

Violates: bounded-time
Shown by: full/list:first/once/trickle
"""

from tests.broken_connectors._sound import Connector, serve


class Broken(Connector):
    # Long enough for the gaps between two bytes on a busy machine: a shorter limit would end the wait by chance.
    timeout_s = 60.0
    transfer_timeout_s = 3600.0


if __name__ == "__main__":
    serve(Broken)
