"""URLs from outside. Pure."""

from urllib.parse import SplitResult, urlsplit

__all__ = ["split_url"]


def split_url(text: str) -> SplitResult | None:
    """Return the parts of a URL, None for a text that is not one.

    `http://[host/` has half of an IPv6 address, and some letters of a host stand for a `/` or a `?`.
    """
    try:
        return urlsplit(text)
    except ValueError:
        return None
