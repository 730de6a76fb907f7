"""It reads a body to its end, however long it is.

Violates: bounded-time
Shown by: full/list:first/once/endless-body
"""

from tests.broken_connectors._sound import Connector, serve


class Broken(Connector):
    max_body_bytes = None
    timeout_s = 60.0
    transfer_timeout_s = 3600.0


if __name__ == "__main__":
    serve(Broken)
