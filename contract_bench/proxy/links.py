"""Links to the upstream in its responses, rewritten so that a client that follows them stays behind the proxy. Pure."""

import gzip
import re
import zlib

__all__ = ["LinkRewriter", "may_hold_links", "without_gzip"]

LINK_HEADERS = frozenset({b"location", b"link", b"content-location"})
COOKIE = b"set-cookie"
DOMAIN = re.compile(rb"(?i);[ \t]*domain[ \t]*=[ \t]*\.?([^;]*)")
SECURE = re.compile(rb"(?i);[ \t]*secure[ \t]*(?=;|$)")
# What follows a base URL in a link; `http://api.example.com` also begins links to `api.example.community`.
END = rb"(?![\w%~@-]|[.:]\w)"
TEXT_TYPES = (b"application/json", b"application/hal+json", b"application/xml", b"text/xml", b"text/html")
MOST_DECODED_BYTES = 64 * 1024 * 1024


def may_hold_links(content_type: bytes) -> bool:
    """Whether a body of this type can hold links: JSON, XML and HTML can, CSV and files cannot."""
    kind = content_type.partition(b";")[0].strip().lower()
    return kind in TEXT_TYPES or kind.endswith((b"+json", b"+xml"))


def without_gzip(body: bytes) -> bytes | None:
    """Return a body without gzip; None if it is not gzip, or very large."""
    decoder = zlib.decompressobj(wbits=31)
    try:
        plain = decoder.decompress(body, MOST_DECODED_BYTES)
    except zlib.error:
        return None
    if decoder.unused_data:  # several members, one after the other
        try:
            return gzip.decompress(body)
        except (OSError, EOFError, zlib.error):
            return None
    return plain if decoder.eof else None


class LinkRewriter:
    """Replaces the base URL of an upstream by the one under which a client reaches the proxy."""

    def __init__(self, upstream_url: str, own_origin: str) -> None:
        pairs = [(upstream_url.encode(), own_origin.encode())]
        pairs += [(old.replace(b"/", rb"\/"), new.replace(b"/", rb"\/")) for old, new in pairs]
        self._links = [(old, re.compile(re.escape(old) + END), new.replace(b"\\", rb"\\")) for old, new in pairs]
        # Every spelling of a link has it; to look for it once is enough for most bodies.
        authority, slash, path = upstream_url.partition("://")[2].partition("/")
        self._authority, base = authority.encode(), f"{slash}{path}".encode()
        # In a header: a link without a scheme and, if the proxy is in front of a part of the upstream, without a host.
        host = b"(//%b)%b" % (re.escape(self._authority), b"?" if base else b"")
        self._relative = re.compile(b"(^|<)%b%b(?=[/?#>]|$)/?" % (host, re.escape(base)))
        self._own_authority = own_origin.partition("://")[2].encode()
        self._host = re.sub(rb":[0-9]+$", b"", self._authority).lower()
        self._loses_tls = upstream_url.startswith("https:") and own_origin.startswith("http:")

    def header(self, name: bytes, value: bytes) -> bytes:
        """Return the value of a header; the name is in any case."""
        lower = name.lower()
        if lower in LINK_HEADERS:
            _, link, new = self._links[0]
            value = self._relative.sub(self._own_relative, link.sub(new, value))
        elif lower == COOKIE:
            value = self._cookie(value)
        return value

    def _own_relative(self, found: re.Match[bytes]) -> bytes:
        return found[1] + (b"//" + self._own_authority if found[2] else b"") + b"/"

    def _cookie(self, value: bytes) -> bytes:
        """Return a cookie that a client accepts from the proxy and sends back to it."""
        domain = DOMAIN.search(value)
        if domain is not None and (b"." + self._host).endswith(b"." + domain[1].strip().lower()):
            value = value[: domain.start()] + value[domain.end() :]
        return SECURE.sub(b"", value) if self._loses_tls else value

    def body(self, body: bytes) -> bytes:
        """Return a body without compression; the same object if it holds no link to the upstream."""
        if self._authority not in body:
            return body
        for old, link, new in self._links:
            if old in body:
                changed, count = link.subn(new, body)
                body = changed if count else body
        return body
