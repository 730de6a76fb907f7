"""Masks known secrets wherever they would show. Pure."""

from collections.abc import Iterable

__all__ = ["Redaction"]

MASK = "***"
_SHORTEST = 4


class Redaction:
    """Replaces secrets in a text; a secret shorter than four characters would mask ordinary words and is left."""

    def __init__(self, secrets: Iterable[object]) -> None:
        self._secrets = sorted(
            (secret for secret in secrets if isinstance(secret, str) and len(secret) >= _SHORTEST),
            key=len,
            reverse=True,
        )

    def __call__(self, text: str) -> str:
        """Return `text` with every secret masked."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return text
