"""It retries until it gets a response.

Violates: bounded-time
Shown by: full/list:first/always/server-error
"""

from tests.broken_connectors._sound import Connector, serve


class Broken(Connector):
    attempts = 1_000_000


if __name__ == "__main__":
    serve(Broken)
