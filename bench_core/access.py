"""Which requests a server on this machine takes: none that a page of another site made a browser send.

A loopback address keeps other machines out, but not web pages: a browser sends a page's requests from this machine.
Such a request carries a foreign `Origin`, or, after DNS rebinding, a foreign `Host`. Programs send neither.
"""

import ipaddress
import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from bench_core.listener import ANY_ADDRESS, AsgiApp, Receive, Scope, Send

__all__ = [
    "CONTROL_HEADER",
    "LOOPBACK",
    "AccessMiddleware",
    "AccessPolicy",
    "allowed_names",
    "is_loopback",
    "may_control",
]

ANY = "*"
CONTROL_HEADER = b"x-fake-hubspot-control-token"
# The clients that need no control token unless there is one.
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost", "::ffff:127.0.0.1"})
HOST = re.compile(r"(\[[0-9a-f:.]{2,45}\]|[0-9a-z._-]{1,253}?)\.?(?::[0-9]{1,5})?")
NAME = re.compile(r"\.?[0-9a-z_-]+(\.[0-9a-z_-]+)*")
BODY_HEADERS = frozenset({b"content-length", b"transfer-encoding"})
READING = frozenset({"GET", "HEAD"})
SENT_BY_THE_PAGE_ITSELF = frozenset({b"same-origin", b"none"})
# What a form of a foreign page can send without asking the server first.
FORM_TYPES = frozenset({"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"})
# Nobody can register these, so no foreign page is served under such a name.
PRIVATE_ENDINGS = (".localhost", ".local", ".internal", ".test", ".lan", ".home.arpa")


def allowed_names(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the host names in texts that separate them by commas, in small letters.

    Raises:
        ValueError: One is empty or is not a host name.
    """
    names = tuple(name.strip().lower().strip("[]") for text in texts for name in text.split(","))
    for name in names:
        if name != ANY and not NAME.fullmatch(name) and _address(name) is None:
            examples = "fake.example.com, .example.com for all names below it, or * for every name"
            raise ValueError(f"expected a host name without a port, such as {examples}; got {name!r}")
    return names


class AccessPolicy:
    """Tells requests of programs from those that a page of another site made a browser send.

    Args:
        host: The address that the server is bound to. A loopback address is reached by its own names only. A server
            that listens on every address (in a container) is also reached by each address and by each name that
            cannot be registered, such as `fake-hubspot`.
        allowed: More names: a name, `.example.com` for every name below it, or `*` for all.
    """

    def __init__(self, host: str = "127.0.0.1", allowed: Iterable[str] = ()) -> None:
        self._bound = host.lower().strip("[]")
        self._allowed = tuple(allowed)
        self.takes_host = lru_cache(maxsize=256)(self._takes_host)

    def refusal(self, headers: Mapping[bytes, bytes]) -> str | None:
        """Return why a request is refused and what to do about it, or None if it is taken.

        Args:
            headers: By name in small letters.
        """
        host = headers.get(b"host", b"")
        if not self.takes_host(host):
            return self._unknown_host(host)
        origin = headers.get(b"origin")
        if origin is not None and not _is_own(origin, host):
            return f"the request comes from a page of {_shown(origin)}; pages of other sites have no access"
        site = headers.get(b"sec-fetch-site")
        if site is not None and site not in SENT_BY_THE_PAGE_ITSELF:
            return "the request comes from a page of another site; pages of other sites have no access"
        return None

    def page_refusal(self, method: str, headers: Mapping[bytes, bytes]) -> str | None:
        """Return why a request for a page is refused, or None if it is taken.

        As `refusal`, but links of other pages may lead here: a page of another site cannot read what a tab shows.
        """
        is_link = headers.get(b"sec-fetch-mode") == b"navigate" and headers.get(b"sec-fetch-dest") == b"document"
        if method in READING and is_link:
            headers = {name: value for name, value in headers.items() if name != b"sec-fetch-site"}
        return self.refusal(headers)

    def form_refusal(self, method: str, headers: Mapping[bytes, bytes], *, has_body: bool) -> str | None:
        """Return why the content type of a body that changes something is refused, or None if it is taken."""
        if method in READING or not has_body:
            return None
        content_type = headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()
        if content_type and content_type not in FORM_TYPES:
            return None
        sent = f"Content-Type {content_type}" if content_type else "no Content-Type"
        return f"expected a body with Content-Type application/json, got {sent}; with curl: --json '...'"

    def _takes_host(self, host: bytes) -> bool:
        """Whether the server is known under the name in a `Host` header. HTTP/1.0 needs no such header."""
        name = _name_of(host)
        if not host or is_loopback(name) or (name and name == self._bound):
            return True
        if any(each in (ANY, name) or (each.startswith(".") and name.endswith(each)) for each in self._allowed):
            return bool(name)
        return self._bound in ANY_ADDRESS and _is_private(name)

    @staticmethod
    def _unknown_host(host: bytes) -> str:
        name = _name_of(host)
        advice = f"; to allow this name, start it with --allow-host {name}" if name else ""
        return f"this server is not known as {name or _shown(host)}{advice}"


class AccessMiddleware:
    """Refuses what a policy refuses: with 403, or 415 for a content type, and `{"detail": reason}`.

    Args:
        app: The application behind it.
        policy: What is refused.
        open_paths: Paths that everybody may read.
        takes_forms: Whether the API of a path is defined to take forms. A form of a foreign page has a foreign origin.
        is_page: Whether a path is one of a page, to which links of other pages may lead.
    """

    def __init__(
        self,
        app: AsgiApp,
        policy: AccessPolicy,
        open_paths: Iterable[str],
        takes_forms: Callable[[str], bool],
        is_page: Callable[[str], bool] = lambda _path: False,
    ) -> None:
        self._app = app
        self._policy = policy
        self._open_paths = frozenset(open_paths)
        self._takes_forms = takes_forms
        self._is_page = is_page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or refuse it."""
        if scope["type"] != "http" or scope["path"] in self._open_paths:
            await self._app(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        is_page = self._is_page(scope["path"])
        reason = self._policy.page_refusal(scope["method"], headers) if is_page else self._policy.refusal(headers)
        status = 403
        if reason is None and not self._takes_forms(scope["path"]):
            has_body = headers.keys() & BODY_HEADERS and headers.get(b"content-length") != b"0"
            status, reason = 415, self._policy.form_refusal(scope["method"], headers, has_body=bool(has_body))
        if reason is None:
            await self._app(scope, receive, send)
            return
        body = json.dumps({"detail": reason}).encode()
        fields = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": fields})
        await send({"type": "http.response.body", "body": body})


def _is_own(origin: bytes, host: bytes) -> bool:
    scheme, _, rest = origin.partition(b"://")
    return scheme in (b"http", b"https") and rest.lower() == host.lower()


def _name_of(host: bytes) -> str:
    """Return the name or address in a `Host` header; empty if it holds none."""
    found = HOST.fullmatch(host.decode("latin-1").lower())
    return found[1].strip("[]") if found else ""


def may_control(headers: Mapping[bytes, bytes], client_host: str, token: str | None) -> bool:
    """Whether a client may use the control API: it gave the control token or, if there is none, is on this machine."""
    if token is None:
        return client_host in LOOPBACK
    return headers.get(CONTROL_HEADER, b"").decode("latin-1") == token


def is_loopback(name: str) -> bool:
    """Return whether a name or an address is one of this machine itself."""
    address = _address(name)
    return name == "localhost" or name.endswith(".localhost") or (address is not None and address.is_loopback)


def _is_private(name: str) -> bool:
    """Whether no foreign page can be served under this name."""
    if not name:
        return False
    return _address(name) is not None or "." not in name or name.endswith(PRIVATE_ENDINGS)


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _shown(value: bytes) -> str:
    text = "".join(char if " " < char <= "~" else "?" for char in value[:100].decode("latin-1"))
    return text or "an unnamed site"
