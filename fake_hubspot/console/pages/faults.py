"""Faults: those that are set, the catalogue by group, and a form for each."""

from collections.abc import Mapping

import msgspec

from bench_core.faults.definition import GROUPS
from bench_core.pages import PageResponse, Said
from bench_core.pages.words import counted
from fake_hubspot.console.active_faults import ActiveFault, active_faults, describe_rule, described
from fake_hubspot.console.call import PageCall
from fake_hubspot.console.fault_forms import fields_of, rule_of
from fake_hubspot.console.inner_api import ApiRefusedError
from fake_hubspot.console.live import NewEntries
from fake_hubspot.console.live import stream as live_stream
from fake_hubspot.console.options import UI
from fake_hubspot.context import Response
from fake_hubspot.errors import NotFoundError, UsageError
from fake_hubspot.faults import FaultDescription, FaultRule, faults_of
from fake_hubspot.faults.registry import make_fault, registered_faults

__all__ = ["change", "describe", "preview", "set_fault", "show", "stream"]

PATH = f"{UI}/faults"


def show(call: PageCall) -> PageResponse:
    """Show the faults that are set, and the catalogue."""
    known, wanted = [described(name) for name in registered_faults()], call.request.values.get("q", "").strip()
    words = wanted.lower().split()
    found = [
        one
        for one in known
        if all(word in f"{one.name} {' '.join(one.aliases)} {one.summary}".lower() for word in words)
    ]
    groups = [(GROUPS[group], [one for one in found if one.group == group]) for group in GROUPS]
    active = active_faults(call)
    return call.page(
        "faults.html.jinja",
        title="Faults",
        current="Faults",
        headline=_headline(active),
        active=active,
        stream=call.url(f"{PATH}/stream"),
        switch=call.url(PATH),
        groups=[(title, members) for title, members in groups if members],
        count=len(known),
        wanted=wanted,
        first=_first_sentence,
    )


def stream(call: PageCall) -> Response:
    """Send how often the faults have struck, whenever there are new requests."""
    journal = call.portal.journal
    entries = NewEntries(journal, journal.count, lambda _: True)

    def parts() -> dict[str, str]:
        active = active_faults(call)
        rows = call.site.part("parts.html.jinja", "active_rows", active, call.site, call.url(PATH))
        return {"active": rows, "headline": call.site.part("parts.html.jinja", "text", _headline(active))}

    return live_stream(call.context, entries, None, parts)


def _headline(active: list[ActiveFault]) -> str:
    count, spent = len(active), sum(1 for one in active if one.is_spent)
    if not count:
        return "No fault is set: everything works"
    still = count - spent
    if not still:
        return f"{counted(count, 'fault')} set, none of which will strike again"
    return f"{counted(count, 'fault')} set" + (f", {spent} of which will not strike again" if spent else "")


def _first_sentence(text: str) -> str:
    first, separator, _ = text.partition(". ")
    return first + separator.strip()


def describe(call: PageCall) -> PageResponse:
    """Show one fault and the form that sets it."""
    return _form(call, _known(call), {})


def _form(
    call: PageCall, fault: FaultDescription, given: Mapping[str, str], *, status: int = 200, said: Said | None = None
) -> PageResponse:
    fields = fields_of(fault, given)
    return call.page(
        "fault.html.jinja",
        title=f"Fault {fault.name}",
        current="Faults",
        status=status,
        said=said,
        fault=fault,
        group=GROUPS[fault.group],
        fields=fields,
        sentence=_sentence(fault, {**{one.name: one.value for group in fields.values() for one in group}, **given}),
        types=sorted(kind.wire_name for kind in call.portal.types.all()),
        preview=call.url(f"{PATH}/{fault.name}/sentence"),
        active=[one for one in active_faults(call) if one.name == fault.name],
    )


def _known(call: PageCall) -> FaultDescription:
    try:
        return described(call.params["name"])
    except UsageError as error:
        raise NotFoundError(f"There is no fault {call.params['name'][:60]}; the catalogue lists all.") from error


def _sentence(fault: FaultDescription, form: Mapping[str, str]) -> str:
    """Return what the values of a form will do, or what is wrong with them."""
    try:
        rule = msgspec.convert(rule_of(fault, form), FaultRule)
        return describe_rule(rule, msgspec.to_builtins(make_fault(rule.fault, rule.params)))
    except (msgspec.ValidationError, UsageError) as error:
        return f"Not possible yet: {error}"


def preview(call: PageCall) -> PageResponse:
    """Answer with the sentence that the values of a form make."""
    text = _sentence(_known(call), call.form())
    return PageResponse(
        200, text.encode(), (("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store"))
    )


def set_fault(call: PageCall) -> PageResponse:
    """Set a fault as its form says."""
    form, fault = call.form(), _known(call)
    try:
        made = call.api("POST", "/_fake/faults", rule_of(fault, form))
    except ApiRefusedError as error:
        return _form(call, fault, form, status=400, said=Said(f"Nothing was set: {error}", "bad"))
    armed = faults_of(call.tenant).find(made["id"])
    return call.done(form, f"Set {fault.name}. {describe_rule(armed.rule, made['params'])}", to=call.url(PATH))


def change(call: PageCall) -> PageResponse:
    """Remove one fault, or all."""
    form = call.form()
    if fault_id := form.get("id", ""):
        name = faults_of(call.tenant).find(fault_id).fault.name
        call.api("DELETE", f"/_fake/faults/{fault_id}")
        return call.done(form, f"Switched off {name}.")
    count = len(active_faults(call))
    call.api("DELETE", "/_fake/faults")
    return call.done(form, f"Switched off {counted(count, 'fault')}: everything works.")
