"""It waits as long as the rate limit headers say.

Violates: bounded-time
Shown by: full/list:first/once/absurd-pause
"""

import http.client
import time

from tests.broken_connectors._sound import Connector, serve


class Broken(Connector):
    def heed(self, headers: http.client.HTTPMessage) -> None:
        """Wait for a new window if nothing is left of this one."""
        if headers.get("X-HubSpot-RateLimit-Remaining") == "0":
            time.sleep(int(headers["X-HubSpot-RateLimit-Interval-Milliseconds"]) / 1000)


if __name__ == "__main__":
    serve(Broken)
