"""Masks known secrets in texts. Pure."""

from collections.abc import Iterable

__all__ = ["Redaction"]

MASK = "***"
_SHORTEST = 4


class Redaction:
    """Masks secrets in a text. A secret of less than four characters is not masked: it would hide ordinary words."""

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
