"""Answers every request for a page: lets in who may control the proxy, calls the page, and shows what went wrong."""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bench_core.console import faults, requests
from bench_core.console.call import FAULTS, OVERVIEW, REQUESTS, UI
from bench_core.console.responses import product, response_of
from bench_core.console.sign_in import SignIn
from bench_core.errors import CoreError, NotFoundError
from bench_core.exchange import Response
from bench_core.pages import PageResponse, RefusedFormError, Site
from bench_core.pages.words import FILTERS
from contract_bench.proxy.console import overview
from contract_bench.proxy.console.call import ProxyCall
from contract_bench.proxy.context import ProxyContext

__all__ = ["ProxyConsole"]

logger = logging.getLogger(__name__)

Page = Callable[[Any], PageResponse | Response]
TABLE: Mapping[tuple[str, str], Page] = {
    ("GET", OVERVIEW.rstrip("/")): overview.show,
    ("GET", UI): overview.show,
    ("GET", f"{UI}/stream"): overview.stream,
    ("GET", REQUESTS): requests.show,
    ("POST", REQUESTS): requests.change,
    ("GET", f"{REQUESTS}/stream"): requests.stream,
    ("GET", f"{REQUESTS}/har"): requests.har,
    ("GET", FAULTS): faults.show,
    ("POST", FAULTS): faults.change,
    ("GET", f"{FAULTS}/stream"): faults.stream,
    ("GET", f"{FAULTS}/{{name}}"): faults.describe,
    ("POST", f"{FAULTS}/{{name}}"): faults.set_fault,
    ("POST", f"{FAULTS}/{{name}}/sentence"): faults.preview,
}


class ProxyConsole:
    """The pages of one proxy.

    Args:
        upstream: The address of the API.
        control_token: What a browser on another machine must give first.
    """

    def __init__(self, upstream: str, control_token: str | None) -> None:
        self._upstream = upstream
        self._site = Site(
            name="proxy",
            root=f"{UI}/",
            folder=Path(__file__).parent / "templates",
            product=product(),
            start=OVERVIEW,
            filters=FILTERS,
        )
        self._sign_in = SignIn(self._site, control_token, "CONTRACT_BENCH_CONTROL_TOKEN")

    def answer(self, context: ProxyContext) -> Response:
        """Answer a request for a page or for what belongs to it."""
        found = self._answer(context)
        return found if isinstance(found, Response) else response_of(found)

    def _answer(self, context: ProxyContext) -> PageResponse | Response:
        asked = context.request
        page, context.params = _find(asked.method, asked.path)
        call = ProxyCall(context, self._site, self._upstream)
        if asked.path == f"{UI}/sign-in" and asked.method == "POST":
            return self._sign_in.sign_in(call.request)
        try:
            if (common := self._site.common(call.request, asked.method)) is not None:
                return common
            refused = self._sign_in.refusal(call.request, client_host=asked.client_host, headers=asked.headers)
            if refused is not None:
                return refused
            if page is None:
                text = "The address is wrong; the overview links all pages."
                return call.problem(404, "There is nothing here", text)
            return page(call)
        except RefusedFormError as error:
            return call.problem(400, "The form was not accepted", str(error))
        except NotFoundError as error:
            return call.problem(404, "There is nothing here", str(error))
        except CoreError as error:
            return call.problem(400, "That is not possible", str(error))
        except Exception:
            logger.exception("the page %s failed", call.masking(call.request.path))
            return call.problem(500, "The page failed", "This is an error of the proxy; its log says more.")


def _find(method: str, path: str) -> tuple[Page | None, Mapping[str, str]]:
    """Return what answers a page's path, and the parts of the path."""
    method, path = "GET" if method == "HEAD" else method, path.rstrip("/")
    if (page := TABLE.get((method, path))) is not None:
        return page, {}
    name, slash, rest = path.removeprefix(f"{FAULTS}/").partition("/")
    return TABLE.get((method, f"{FAULTS}/{{name}}{slash}{rest}")), {"name": name}
