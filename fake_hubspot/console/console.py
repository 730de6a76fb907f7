"""Answers every request for a page: lets in who may control the server, calls the page, and shows what went wrong."""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType

from bench_core.console import faults, requests
from bench_core.console.responses import product, response_of
from bench_core.console.sign_in import SignIn
from bench_core.pages import PageResponse, RefusedFormError, Site
from bench_core.pages.words import FILTERS
from fake_hubspot.console.call import PageCall
from fake_hubspot.console.inner_api import ApiRefusedError, InnerApi
from fake_hubspot.console.options import HEADERS_OF_HUBSPOT, ConsoleOptions
from fake_hubspot.console.pages import api, overview, record, records, settings, webhooks
from fake_hubspot.context import RequestContext, Response
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


class Console:
    """The pages of one server."""

    def __init__(self, options: ConsoleOptions) -> None:
        self._options = options
        self._api = InnerApi(options.api())
        self._site = Site(
            name="fake HubSpot",
            root="/_fake/ui/",
            folder=Path(__file__).parent / "templates",
            product=product(),
            start="/_fake/",
            filters={**FILTERS, "path_only": _path_only},
        )
        self._sign_in = SignIn(self._site, options.control_token, "FAKE_HUBSPOT_CONTROL_TOKEN")

    def answer(self, name: str, context: RequestContext) -> Response:
        """Answer the route of that name."""
        call = PageCall(context, self._site, self._api, self._options)
        if name == "common":
            return _sent(self._common(call))
        if name == "sign_in":
            return _sent(self._sign_in.sign_in(call.request))
        asked = context.request
        refused = self._sign_in.refusal(call.request, client_host=asked.client_host, headers=asked.headers)
        if refused is not None:
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


def _sent(page: PageResponse) -> Response:
    return response_of(page, HEADERS_OF_HUBSPOT)


def _path_only(address: str) -> str:
    """Return an address without its query."""
    return address.partition("?")[0]
