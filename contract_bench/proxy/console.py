"""The page of the proxy: what was asked, which faults are set, and a form that sets one. It works without a script."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec

from bench_core.control.operations import CONTROL_PREFIX
from bench_core.errors import CoreError
from bench_core.exchange import Body, Request, Response
from bench_core.faults.definition import GROUPS
from bench_core.faults.fault_set import ArmedFault
from bench_core.faults.rule import FaultRule
from bench_core.journal import JournalEntry
from bench_core.masking import Masking
from bench_core.pages import PageRequest, PageResponse, RefusedFormError, Said, Section, Site
from bench_core.pages.words import FILTERS, counted
from contract_bench.proxy.context import ProxyState

__all__ = ["ProxyConsole"]

SHOWN = 200
LONGEST = 300
PATH = f"{CONTROL_PREFIX}ui"


class ProxyConsole:
    """The page of one proxy.

    Args:
        state: Its journal and faults.
        upstream: The address of the API.
    """

    def __init__(self, state: ProxyState, upstream: str) -> None:
        self._state = state
        self._upstream = upstream
        self._site = Site(
            name="proxy",
            root=f"{CONTROL_PREFIX}ui/",
            folder=Path(__file__).parent / "templates",
            product="contract-bench proxy",
            start=PATH,
            filters={**FILTERS, "counted": counted},
        )

    def answer(self, request: Request) -> Response | None:
        """Answer a request for the page or what belongs to it; None for other paths."""
        asked = PageRequest(
            request.path,
            request.raw_query.decode("latin-1"),
            request.headers.get(b"cookie", b"").decode("latin-1"),
            request.body,
            request.headers.get(b"content-type", b"").decode("latin-1"),
        )
        try:
            common = self._site.common(asked, request.method)
        except RefusedFormError as error:
            return _sent(self._page(asked, status=400, said=Said(str(error), "bad")))
        if common is not None:
            return _sent(common)
        if request.path.rstrip("/") not in (PATH, CONTROL_PREFIX.rstrip("/")):
            return None
        if request.method in ("GET", "HEAD"):
            return _sent(self._page(asked))
        return _sent(self._change(asked)) if request.method == "POST" else None

    def _change(self, asked: PageRequest) -> PageResponse:
        form: Mapping[str, str] = {}
        try:
            form = self._site.checked_form(asked)
            return self._site.redirect(self._site.back_of(form), self._done(form))
        except RefusedFormError as error:
            return self._page(asked, status=400, said=Said(str(error), "bad"))
        except (CoreError, ValueError, msgspec.MsgspecError) as error:
            return self._page(asked, status=400, said=Said(f"Nothing was set: {error}", "bad"), given=form)

    def _done(self, form: Mapping[str, str]) -> str:
        """Do what a form says; return what was done."""
        faults, journal = self._state.faults, self._state.journal
        match form.get("do"):
            case "set":
                armed = faults.arm(msgspec.convert(_rule_of(form), FaultRule))
                return f"Set {armed.fault.name}."
            case "remove":
                name = faults.find(form.get("id", "")).fault.name
                faults.disarm(form.get("id", ""))
                return f"Switched off {name}."
            case "clear":
                faults.clear()
                return "Switched off all faults: everything works."
            case "forget":
                journal.clear()
                return "Removed all requests from the journal."
        raise ValueError("the form does not say what to do")

    def _page(
        self, asked: PageRequest, *, status: int = 200, said: Said | None = None, given: Mapping[str, str] | None = None
    ) -> PageResponse:
        journal, masking = self._state.journal, self._state.masking()
        known = self._state.faults.registry.catalogue()
        active = [_active(each) for each in self._state.faults]
        groups = [(title, [each for each in known if each.group == group]) for group, title in GROUPS.items()]
        return self._site.page(
            "proxy.html.jinja",
            request=asked,
            title="Proxy",
            current="Requests and faults",
            status=status,
            said=said,
            sections=[Section("Requests and faults", PATH)],
            upstream=self._upstream,
            headline=f"{counted(len(active), 'fault')} set" if active else "No fault is set: everything is passed on",
            active=active,
            groups=[(title, members) for title, members in groups if members],
            given=given or {},
            rows=[_row(entry, masking) for entry in list(journal)[-SHOWN:][::-1]],
            kept=len(journal),
            har=f"{CONTROL_PREFIX}journal/har",
        )


def _rule_of(form: Mapping[str, str]) -> dict[str, Any]:
    """Return the rule that a form describes, as the control API takes it."""
    where: dict[str, Any] = {name: form[name] for name in ("path", "method") if form.get(name)}
    if form.get("query"):
        where["query"] = dict(parse_qsl(form["query"], keep_blank_values=True))
    if form.get("nth"):
        where["nth"] = int(form["nth"])
    times = form.get("times", "") or "once"
    params = msgspec.json.decode(form["params"]) if form.get("params") else {}
    return {
        "fault": form.get("fault", ""),
        "params": params,
        "where": where,
        "times": int(times) if times.isdecimal() else times,
    }


def _active(armed: ArmedFault) -> dict[str, Any]:
    where, limit = msgspec.to_builtins(armed.rule.where), armed.rule.limit
    where |= {"query": urlencode(where["query"])} if "query" in where else {}
    return {
        "id": armed.id,
        "name": armed.fault.name,
        "where": ", ".join(f"{name} {value}" for name, value in where.items()) or "any request",
        "times": "every time" if limit is None else "once" if limit == 1 else f"{limit} times",
        "fired": armed.fired,
        "is_spent": armed.is_spent,
    }


def _row(entry: JournalEntry, masking: Masking) -> dict[str, Any]:
    return {
        "ordinal": entry.ordinal,
        "method": entry.method,
        "path": masking(entry.path)[:LONGEST],
        "query": masking.query(entry.query)[:LONGEST],
        "status": entry.status,
        "fault": entry.fault.replace("+", ", "),
        "hint": masking(entry.hint)[:LONGEST],
        "took_ms": f"{entry.took_us / 1000:.1f}",
    }


def _sent(page: PageResponse) -> Response:
    headers = [(name.encode(), value.encode("latin-1", "replace")) for name, value in page.headers]
    kind = next((value for name, value in headers if name == b"content-type"), None)
    return Response(page.status, Body(page.body), kind, [each for each in headers if each[0] != b"content-type"])
