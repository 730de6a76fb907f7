"""The pages of one server: their frame, their files, and the rules for forms that change something.

A server makes one `Site`, reads each request into a `PageRequest` and sends the `PageResponse` that it gets. It knows
no web framework. A form that changes something

- carries the hidden field `_token`, which pages of other sites cannot read (`Site.check_token`),
- is sent with POST and answered with a redirect to the page in its field `_back`, which says what was done
  (`Site.redirect`); a form that is refused is answered with its page again, the reason and what was entered.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from http.cookies import CookieError, SimpleCookie
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from bench_core.pages.environment import OWN_FOLDER, make_environment

__all__ = ["PageRequest", "PageResponse", "RefusedFormError", "Said", "Section", "Site", "live_event"]

# `form-action` and the others are not covered by `default-src`.
POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
SECURITY_HEADERS = (
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
)
# The stylesheet of Swagger UI has its icons inside.
API_POLICY = f"{POLICY}; img-src 'self' data:"
SWAGGER_PACKAGE = "flask_swagger_ui"
SWAGGER_FILES = ("swagger-ui.css", "swagger-ui-bundle.js")
MAX_FORM_BYTES = 2 * 1024 * 1024
MAX_FIELDS = 1000
MAX_SAID = 1000
CONTENT_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
THEMES = ("light", "dark")
A_YEAR_S = 31_536_000
STALE_FORM = (
    "Nothing was changed: the form is not from a page of this server, or the server was started again since. "
    "Try it again from this page."
)


@dataclass(frozen=True, slots=True)
class Section:
    """A main page, as the head of every page links it."""

    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Said:
    """What the last action did: a sentence and its tone (good, warn or bad)."""

    text: str
    tone: str = "good"


class RefusedFormError(Exception):
    """A form that is not accepted. The text says why and what to do."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A request of a browser.

    Attributes:
        path: Decoded, without the query.
        query: As it was sent.
        cookie: The header `Cookie`.
        body: The body of a form.
    """

    path: str
    query: str = ""
    cookie: str = ""
    body: bytes = b""
    content_type: str = ""

    @property
    def here(self) -> str:
        """The address of the page on this server."""
        return quote(self.path) + (f"?{self.query}" if self.query else "")

    @property
    def values(self) -> Mapping[str, str]:
        """The query; of a name that is repeated the last value."""
        return dict(parse_qsl(self.query, keep_blank_values=True, max_num_fields=MAX_FIELDS))

    @property
    def cookies(self) -> Mapping[str, str]:
        """The cookies; none if the header cannot be read."""
        try:
            return {name: morsel.value for name, morsel in SimpleCookie(self.cookie).items()}
        except CookieError:
            return {}

    @property
    def form(self) -> Mapping[str, str]:
        """The fields of the form; of a name that is repeated the last value.

        Raises:
            RefusedFormError: The body is no form or is too large.
        """
        if len(self.body) > MAX_FORM_BYTES:
            raise RefusedFormError(f"The form is larger than {MAX_FORM_BYTES // 1024 // 1024} MB. Nothing was changed.")
        if self.content_type.partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
            raise RefusedFormError("The request holds no form. Nothing was changed.")
        try:
            pairs = parse_qsl(self.body.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
        except ValueError as error:
            raise RefusedFormError(f"The form has more than {MAX_FIELDS} fields. Nothing was changed.") from error
        # A browser sends the line breaks of a text area as CR LF.
        return {name: value.replace("\r\n", "\n") for name, value in pairs}


@dataclass(frozen=True, slots=True)
class PageResponse:
    """What to send to the browser. Names of headers are lower case."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


def swagger_files() -> list[Path]:
    """Return the files of Swagger UI. They are in a package of which nothing is imported: that would load Flask."""
    found = find_spec(SWAGGER_PACKAGE)
    folders = found.submodule_search_locations if found else None
    return [Path(folder) / "dist" / name for folder in folders or () for name in SWAGGER_FILES]


def live_event(name: str, content: Mapping[str, Any]) -> bytes:
    """Return one event of a stream of `text/event-stream`.

    `script.js` knows two: `rows` with `{rows: [html], count, after, rate}` for the list that has `data-live`, newest
    first; `parts` with `{id: html}`.
    """
    return f"event: {name}\ndata: {json.dumps(content, separators=(',', ':'))}\n\n".encode()


@dataclass(eq=False)
class Site:
    """The pages of one server.

    Attributes:
        name: What the pages are titled with, for instance `fake HubSpot`.
        root: The path below which `assets/...` and `theme` are answered with `Site.common`; ends with `/`.
        folder: Where the role's templates are.
        product: Name and version of the program.
        start: The address of the start page.
        filters: Functions for the templates.
    """

    name: str
    root: str
    folder: Path
    product: str
    start: str
    filters: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @cached_property
    def _environment(self) -> Any:
        made = make_environment(self.folder)
        made.filters |= dict(self.filters)
        return made

    @cached_property
    def _assets(self) -> Mapping[str, tuple[bytes, str]]:
        """The files by name: their content and a short hash of it."""
        found = {}
        for path in [*sorted(OWN_FOLDER.iterdir()), *swagger_files()]:
            if path.suffix in CONTENT_TYPES:
                content = path.read_bytes()
                found[path.name] = content, hashlib.sha256(content).hexdigest()[:12]
        return found

    def asset_url(self, name: str) -> str:
        """Return the address of a file; it changes with the content, so that browsers may keep it for good."""
        return f"{self.root}assets/{name}?v={self._assets[name][1]}"

    def page(
        self,
        template: str,
        *,
        request: PageRequest,
        title: str,
        sections: Sequence[Section],
        links: Sequence[Section] = (),
        current: str = "",
        status: int = 200,
        said: Said | None = None,
        **context: object,
    ) -> PageResponse:
        """Return a page.

        Args:
            template: The name of a template; it extends `shell.html.jinja`.
            request: The request that asks for it.
            title: The title.
            sections: The main pages, in their order.
            links: More links, for the foot of the page.
            current: The name of the section that it belongs to.
            status: The HTTP status.
            said: What this request did; default is what the one before did, if it was redirected here.
            context: What else the template uses. A name that is missing raises `jinja2.UndefinedError`.
        """
        cookies = request.cookies
        before = self._read_said(cookies)
        theme = cookies.get("theme", "")
        html = self._environment.get_template(template).render(
            site=self,
            asset=self.asset_url,
            title=title,
            current=current,
            sections=sections,
            links=links,
            here=request.here,
            said=said or before,
            theme=theme if theme in THEMES else "",
            **context,
        )
        headers = [("content-type", "text/html; charset=utf-8"), ("cache-control", "no-store"), *SECURITY_HEADERS]
        if before is not None:
            headers.append(("set-cookie", f"{self._said_cookie}=; Path=/; Max-Age=0; SameSite=Strict; HttpOnly"))
        return PageResponse(status, html.encode(), tuple(headers))

    def api_page(self, *, request: PageRequest, document: str, back: str, token: str = "") -> PageResponse:
        """Return a page on which the API of the server can be read and tried.

        Args:
            request: The request that asks for it.
            document: The address of the OpenAPI document.
            back: The address of the page that it leads back to.
            token: What opens the API; empty for none.
        """
        theme = request.cookies.get("theme", "")
        html = self._environment.get_template("api.html.jinja").render(
            site=self,
            asset=self.asset_url,
            theme=theme if theme in THEMES else "",
            document=document,
            back=back,
            token=token,
        )
        headers = [("content-type", "text/html; charset=utf-8"), ("cache-control", "no-store"), *SECURITY_HEADERS]
        headers[2] = ("content-security-policy", API_POLICY)
        return PageResponse(200, html.encode(), tuple(headers))

    def part(self, template: str, macro: str, *arguments: object) -> str:
        """Return what a macro makes: a part of a page, for the event stream. The template holds only macros."""
        return str(getattr(self._environment.get_template(template).module, macro)(*arguments))

    def common(self, request: PageRequest, method: str) -> PageResponse | None:
        """Answer what every site has: the files and the choice of the theme; None for other paths."""
        if request.path.startswith(f"{self.root}assets/") and method in ("GET", "HEAD"):
            return self._asset(request.path.rpartition("/")[2])
        if request.path == f"{self.root}theme" and method == "POST":
            return self._choose_theme(request)
        return None

    def _asset(self, name: str) -> PageResponse:
        if name not in self._assets:
            return PageResponse(404, b"There is no such file.", (("content-type", "text/plain; charset=utf-8"),))
        headers = (
            ("content-type", CONTENT_TYPES[Path(name).suffix]),
            ("cache-control", f"public, max-age={A_YEAR_S}, immutable"),
            ("x-content-type-options", "nosniff"),
        )
        return PageResponse(200, self._assets[name][0], headers)

    def _choose_theme(self, request: PageRequest) -> PageResponse:
        form = self.checked_form(request)
        theme = form.get("theme", "")
        cookie = f"theme={theme if theme in THEMES else ''}; Path=/; Max-Age={A_YEAR_S}; SameSite=Strict"
        return self.redirect(self.back_of(form), headers=[("set-cookie", cookie)])

    def checked_form(self, request: PageRequest) -> Mapping[str, str]:
        """Return the fields of a form that carries this server's token.

        Raises:
            RefusedFormError: It does not.
        """
        form = request.form
        if not secrets.compare_digest(form.get("_token", "").encode(), self.token.encode()):
            raise RefusedFormError(STALE_FORM)
        return form

    def back_of(self, form: Mapping[str, str]) -> str:
        """Return the page that a form leads back to: a path of this server, otherwise its start page."""
        back = form.get("_back", "")
        # a path has no scheme, and no host unless it begins like one
        is_own = back.startswith("/") and not back.startswith(("//", "/\\"))
        return back if is_own and back.isascii() and back.isprintable() else self.start

    def redirect(
        self, to: str, said: str = "", *, tone: str = "good", headers: Iterable[tuple[str, str]] = ()
    ) -> PageResponse:
        """Lead the browser to a page of this server, which then says what was done."""
        sent = [("location", to), ("cache-control", "no-store"), *SECURITY_HEADERS, *headers]
        if said:
            text = quote(f"{tone}:{said[:MAX_SAID]}", safe="")[:3500]  # a cookie is at most 4 kB
            sent.append(("set-cookie", f"{self._said_cookie}={text}; Path=/; Max-Age=60; SameSite=Strict; HttpOnly"))
        return PageResponse(303, b"", tuple(sent))

    @property
    def _said_cookie(self) -> str:
        """Two servers on one machine share their cookies, so each has a name of its own."""
        return f"said-{self.name.lower().replace(' ', '-')}"

    def _read_said(self, cookies: Mapping[str, str]) -> Said | None:
        tone, _, text = unquote(cookies.get(self._said_cookie, "")).partition(":")
        return Said(text, tone) if text and tone in ("good", "warn", "bad") else None
