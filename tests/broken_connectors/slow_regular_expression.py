"""It removes e-mail addresses from a whole error text with a regular expression whose time grows with its square.

Violates: bounded-time
Shown by: full/list:first/once/long-error-text
"""

import re

from tests.broken_connectors._sound import Connector, Json, serve

EMAIL = re.compile(r"[^\s\"'<>]+@[^\s\"'<>]+")


class Broken(Connector):
    def read(self, status: int, body: bytes) -> Json:
        """Clean the text of an error for a log."""
        if status != 200:
            EMAIL.sub("<e-mail>", body.decode(errors="replace"))
        return super().read(status, body)


if __name__ == "__main__":
    serve(Broken)
