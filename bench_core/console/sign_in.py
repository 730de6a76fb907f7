"""Who may see the pages of a server: browsers on its own machine, and those that were given its control token."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from bench_core.access import CONTROL_HEADER, LOOPBACK
from bench_core.pages import PageRequest, PageResponse, RefusedFormError, Section, Site

__all__ = ["SignIn"]


@dataclass(frozen=True, slots=True)
class SignIn:
    """Lets browsers in.

    Attributes:
        site: The pages; their form for the token is sent to `sign-in` below `site.root`.
        control_token: The token; None if only browsers on this machine may see the pages.
        variable: The environment variable that sets the token.
    """

    site: Site
    control_token: str | None
    variable: str

    def refusal(self, request: PageRequest, *, client_host: str, headers: Mapping[bytes, bytes]) -> PageResponse | None:
        """Return the page for a browser that may not see the others; None if it may."""
        token = self.control_token
        if token is None:
            if client_host in LOOPBACK:
                return None
            text = (
                "This server answers browsers on its own machine. To use its pages from another machine, or in a "
                f"container, start it with --control-token TOKEN or {self.variable}, and give the token here."
            )
            return self._page(request, 403, "These pages are for this machine only", text)
        given, cookie = headers.get(CONTROL_HEADER, b""), request.cookies.get(self._cookie, "").encode()
        if secrets.compare_digest(given, token.encode()) or secrets.compare_digest(cookie, self._proof(token).encode()):
            return None
        return self._page(request, 401, "Give the control token", "This server was started with a control token.")

    def sign_in(self, request: PageRequest) -> PageResponse:
        """Answer the form with the token."""
        token = self.control_token
        try:
            form = self.site.checked_form(request)
        except RefusedFormError as error:
            return self._page(request, 400, "Give the control token", str(error))
        if token is None or not secrets.compare_digest(form.get("token", "").encode(), token.encode()):
            return self._page(request, 401, "That is not the control token", "Nothing was opened.")
        cookie = f"{self._cookie}={self._proof(token)}; Path=/_fake; SameSite=Strict; HttpOnly"
        return self.site.redirect(self.site.back_of(form), headers=[("set-cookie", cookie)])

    def _page(self, request: PageRequest, status: int, title: str, text: str) -> PageResponse:
        asks = self.control_token is not None
        return self.site.page(
            "sign_in.html.jinja",
            request=request,
            title=title,
            status=status,
            sections=[Section("Overview", self.site.start)],
            text=text,
            asks=asks,
        )

    @property
    def _cookie(self) -> str:
        """Two servers on one machine share their cookies, so each has a name of its own."""
        return f"control-{self.site.name.lower().replace(' ', '-')}"

    def _proof(self, token: str) -> str:
        """Return what the cookie holds: it proves that the token was given, and does not reveal it."""
        return hmac.new(self.site.token.encode(), token.encode(), hashlib.sha256).hexdigest()
