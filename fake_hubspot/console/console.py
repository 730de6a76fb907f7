"""Answers every request for a page: lets in who may control the server, calls the page, and shows what went wrong."""

import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from types import ModuleType

from bench_core.pages import PageResponse, RefusedFormError, Site
from bench_core.pages.words import FILTERS
from fake_hubspot.console.call import PageCall
from fake_hubspot.console.inner_api import ApiRefusedError, InnerApi
from fake_hubspot.console.options import HEADERS_OF_HUBSPOT, ConsoleOptions
from fake_hubspot.console.pages import api, faults, overview, record, records, requests, settings, webhooks
from fake_hubspot.context import Body, RequestContext, Response
from fake_hubspot.errors import FakeHubSpotError, NotFoundError, UsageError

__all__ = ["Console"]

logger = logging.getLogger(__name__)

PAGES: Mapping[str, ModuleType] = {
    "api": api,
    "overview": overview,
    "requests": requests,
    "faults": faults,
    "records": records,
    "record": record,
    "settings": settings,
    "webhooks": webhooks,
}
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost", "::ffff:127.0.0.1"})
CONTROL_HEADER = b"x-fake-hubspot-control-token"
SIGNED_IN = "fake-hubspot-control"


class Console:
    """The pages of one server."""

    def __init__(self, options: ConsoleOptions) -> None:
        self._options = options
        self._api = InnerApi(options.api)
        self._site = Site(
            name="fake HubSpot",
            root="/_fake/ui/",
            folder=Path(__file__).parent / "templates",
            product=_product(),
            start="/_fake/",
            filters={**FILTERS, "path_only": _path_only},
        )

    def answer(self, name: str, context: RequestContext) -> Response:
        """Answer the route of that name."""
        call = PageCall(context, self._site, self._api, self._options)
        if name == "common":
            return _sent(self._common(call))
        if name == "sign_in":
            return _sent(self._sign_in(call))
        if (refused := self._refusal(call)) is not None:
            return _sent(refused)
        module, _, function = name.partition(".")
        answered = self._try(call, getattr(PAGES[module], function))
        return answered if isinstance(answered, Response) else _sent(answered)

    def _try(self, call: PageCall, answer: Callable[[PageCall], PageResponse | Response]) -> PageResponse | Response:
        try:
            if (wanted := call.request.values.get("portal")) and wanted != str(call.portal.id):
                return call.problem(404, "There is no such account", f"This server has no account {wanted[:50]}.")
            return answer(call)
        except RefusedFormError as error:
            return call.problem(400, "The form was not accepted", str(error))
        except ApiRefusedError as error:
            return call.problem(400, "That was refused", str(error))
        except NotFoundError as error:
            return call.problem(404, "There is nothing here", str(error))
        except UsageError as error:
            return call.problem(400, "That is not possible", str(error))
        except FakeHubSpotError as error:
            return call.problem(400, "That was refused", str(error))
        except Exception:
            logger.exception("the page %s failed", call.masking(call.request.path))
            return call.problem(500, "The page failed", "This is an error of the fake; its log says more.")

    def _common(self, call: PageCall) -> PageResponse:
        try:
            answered = self._site.common(call.request, call.context.request.method)
        except RefusedFormError as error:
            return call.problem(400, "The form was not accepted", str(error))
        return answered or call.problem(404, "There is nothing here", "The address is wrong.")

    def _refusal(self, call: PageCall) -> PageResponse | None:
        """Return the page for somebody who may not control this server, None for everybody else."""
        token, request = self._options.control_token, call.context.request
        if token is None:
            if request.client_host in LOOPBACK:
                return None
            text = (
                "This server answers browsers on its own machine. To use its pages from another machine, or in a "
                "container, start it with --control-token TOKEN or FAKE_HUBSPOT_CONTROL_TOKEN, and give the token here."
            )
            return call.bare(403, "These pages are for this machine only", text)
        given = request.headers.get(CONTROL_HEADER, b"")
        cookie = call.request.cookies.get(SIGNED_IN, "")
        if secrets.compare_digest(given, token.encode()) or secrets.compare_digest(cookie, self._proof(token)):
            return None
        return call.bare(401, "Give the control token", "This server was started with a control token.", asks=True)

    def _sign_in(self, call: PageCall) -> PageResponse:
        token = self._options.control_token
        try:
            form = self._site.checked_form(call.request)
        except RefusedFormError as error:
            return call.bare(400, "Give the control token", str(error), asks=token is not None)
        if token is None or not secrets.compare_digest(form.get("token", "").encode(), token.encode()):
            return call.bare(401, "That is not the control token", "Nothing was opened.", asks=token is not None)
        cookie = f"{SIGNED_IN}={self._proof(token)}; Path=/_fake; SameSite=Strict; HttpOnly"
        return self._site.redirect(self._site.back_of(form), headers=[("set-cookie", cookie)])

    def _proof(self, token: str) -> str:
        """Return what the cookie holds: it tells that the token was given, not which it is."""
        return hmac.new(self._site.token.encode(), token.encode(), hashlib.sha256).hexdigest()


def _sent(page: PageResponse) -> Response:
    headers = [(name.encode(), value.encode("latin-1", "replace")) for name, value in page.headers]
    kind = next((value for name, value in headers if name == b"content-type"), None)
    others = [(name, value) for name, value in headers if name != b"content-type"]
    return Response(page.status, Body(page.body), kind, others, HEADERS_OF_HUBSPOT)


def _path_only(address: str) -> str:
    """Return an address without its query."""
    return address.partition("?")[0]


def _product() -> str:
    try:
        return f"contract-bench {metadata.version('contract-bench')}"
    except metadata.PackageNotFoundError:  # a checkout that is not installed
        return "contract-bench"
