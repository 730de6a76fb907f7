"""Faults: those that are set, the catalogue by group, and a form for each."""

from collections.abc import Mapping

import msgspec

from bench_core.console.active_faults import ActiveFault, active_faults, describe_rule, described
from bench_core.console.call import FAULTS, ConsoleCall
from bench_core.console.fault_forms import fields_of, rule_of
from bench_core.console.live import NewEntries
from bench_core.console.live import stream as live_stream
from bench_core.errors import CoreError, NotFoundError, UsageError
from bench_core.exchange import Response
from bench_core.faults.definition import GROUPS, FaultDescription
from bench_core.faults.rule import FaultRule
from bench_core.pages import PageResponse, Said
from bench_core.pages.words import counted

__all__ = ["change", "describe", "preview", "set_fault", "show", "stream"]


def show(call: ConsoleCall) -> PageResponse:
    """Show the faults that are set, and the catalogue."""
    known = [described(call.faults.registry, name) for name in call.faults.registry.faults()]
    wanted = call.request.values.get("q", "").strip()
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
        stream=call.url(f"{FAULTS}/stream"),
        switch=call.url(FAULTS),
        groups=[(title, members) for title, members in groups if members],
        count=len(known),
        wanted=wanted,
        first=_first_sentence,
    )


def stream(call: ConsoleCall) -> Response:
    """Send how often the faults have struck, whenever there are new requests."""
    journal = call.exchange.journal
    entries = NewEntries(journal, journal.count, lambda _: True)

    def parts() -> dict[str, str]:
        active = active_faults(call)
        rows = call.site.part("fault_parts.html.jinja", "active_rows", active, call.site, call.url(FAULTS))
        return {"active": rows, "headline": call.site.part("request_parts.html.jinja", "text", _headline(active))}

    return live_stream(call, entries, None, parts)


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


def describe(call: ConsoleCall) -> PageResponse:
    """Show one fault and the form that sets it."""
    return _form(call, _known(call), {})


def _form(
    call: ConsoleCall, fault: FaultDescription, given: Mapping[str, str], *, status: int = 200, said: Said | None = None
) -> PageResponse:
    fields = fields_of(fault, given, call.words, call.places)
    values = {one.name: one.value for group in fields.values() for one in group} | dict(given)
    return call.page(
        "fault.html.jinja",
        title=f"Fault {fault.name}",
        current="Faults",
        status=status,
        said=said,
        fault=fault,
        group=GROUPS[fault.group],
        fields=fields,
        sentence=_sentence(call, fault, values),
        types=call.object_types,
        remarks=call.remarks(fault),
        preview=call.url(f"{FAULTS}/{fault.name}/sentence"),
        active=[one for one in active_faults(call) if one.name == fault.name],
    )


def _known(call: ConsoleCall) -> FaultDescription:
    try:
        return described(call.faults.registry, call.params["name"])
    except UsageError as error:
        raise NotFoundError(f"There is no fault {call.params['name'][:60]}; the catalogue lists all.") from error


def _sentence(call: ConsoleCall, fault: FaultDescription, form: Mapping[str, str]) -> str:
    """Return what the values of a form will do, or what is wrong with them."""
    try:
        rule = msgspec.convert(rule_of(fault, form), FaultRule)
        return describe_rule(call, rule, msgspec.to_builtins(call.faults.registry.make(rule.fault, rule.params)))
    except (msgspec.ValidationError, UsageError) as error:
        return f"Not possible yet: {error}"


def preview(call: ConsoleCall) -> PageResponse:
    """Answer with the sentence that the values of a form make."""
    text = _sentence(call, _known(call), call.form())
    return PageResponse(
        200, text.encode(), (("content-type", "text/plain; charset=utf-8"), ("cache-control", "no-store"))
    )


def set_fault(call: ConsoleCall) -> PageResponse:
    """Set a fault as its form says."""
    form, fault = call.form(), _known(call)
    try:
        armed = call.set_fault(rule_of(fault, form))
    except CoreError as error:
        return _form(call, fault, form, status=400, said=Said(f"Nothing was set: {error}", "bad"))
    params = msgspec.to_builtins(armed.fault)
    return call.done(form, f"Set {fault.name}. {describe_rule(call, armed.rule, params)}", to=call.url(FAULTS))


def change(call: ConsoleCall) -> PageResponse:
    """Remove one fault, or all."""
    form = call.form()
    if fault_id := form.get("id", ""):
        name = call.faults.find(fault_id).fault.name
        call.faults.disarm(fault_id)
        return call.done(form, f"Switched off {name}.")
    count = len(list(call.faults))
    call.faults.clear()
    return call.done(form, f"Switched off {counted(count, 'fault')}: everything works.")
