"""It waits for HubSpot without a timeout.

Violates: bounded-time
Shown by: full/list:first/once/stall
"""

from tests.broken_connectors._sound import Connector, serve


class Broken(Connector):
    timeout_s = None
    transfer_timeout_s = 3600.0


if __name__ == "__main__":
    serve(Broken)
