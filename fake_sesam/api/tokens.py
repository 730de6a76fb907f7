"""Tokens that the node issues and checks: JWTs signed with a key of this process.

Source: reader (sesam-py reads the payload): three parts, a base64 JSON payload, and empty `principals`; otherwise
sesam-py would send the token to Sesam's portal.
"""

import base64
import hashlib
import hmac
import json
import secrets

__all__ = ["Tokens"]


class Tokens:
    """Issues and checks tokens.

    Args:
        key: Signs the tokens. Default: a random one.
        given: The only valid token, chosen by the person who started the node; then none is signed.
    """

    def __init__(self, key: bytes | None = None, *, given: str | None = None) -> None:
        self._key = key or secrets.token_bytes(32)
        self.given = given

    def mint(self, subject: str = "developer") -> str:
        """Return a new token, or the given one."""
        if self.given is not None:
            return self.given
        header = _encoded({"alg": "HS256", "typ": "JWT"})
        payload = _encoded({"iss": "fake-sesam", "sub": subject, "principals": {}})
        return f"{header}.{payload}.{self._signature(f'{header}.{payload}')}"

    def is_valid(self, token: str) -> bool:
        """Whether this node issued a token, or was given it."""
        if self.given is not None:
            return hmac.compare_digest(token.encode(), self.given.encode())
        signed, _, signature = token.rpartition(".")
        return bool(signed) and hmac.compare_digest(signature.encode(), self._signature(signed).encode())

    def _signature(self, text: str) -> str:
        return _base64(hmac.new(self._key, text.encode(), hashlib.sha256).digest())


def _encoded(value: dict[str, object]) -> str:
    return _base64(json.dumps(value).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
