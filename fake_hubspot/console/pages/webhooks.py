"""Webhooks: the apps with their subscriptions, what goes wrong on purpose, and the requests to receivers."""

from typing import Any

import msgspec

from bench_core.pages import PageResponse, Said
from bench_core.pages.words import counted
from fake_hubspot.console.call import PageCall
from fake_hubspot.console.inner_api import ApiRefusedError
from fake_hubspot.console.options import UI
from fake_hubspot.errors import UsageError
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.deliveries import Attempt
from fake_hubspot.portal.subscriptions import DEFAULT_SECRET, EVENT_TYPES

__all__ = ["change", "show"]

PATH = f"{UI}/webhooks"
API = "/_fake/webhooks"
SHOWN = 100
LONGEST_EVENTS = 20_000
FLAGS = {"disorder": "disorder", "wrongSignature": "wrong signature", "staleTimestamp": "stale timestamp"}


def show(call: PageCall) -> PageResponse:
    """Show the webhooks of the account."""
    return _page(call)


def _page(call: PageCall, *, status: int = 200, said: Said | None = None, form: Any = None) -> PageResponse:
    state = call.api("GET", API)
    attempts = list(call.portal.webhooks.deliveries.attempts)[-SHOWN:][::-1]
    opened = next((one for one in attempts if str(one.number) == call.request.values.get("open", "")), None)
    return call.page(
        "webhooks.html.jinja",
        title="Webhooks",
        current="Webhooks",
        status=status,
        said=said,
        given=form or {},
        headline=_headline(state),
        apps=state["apps"],
        waiting=state["waiting"],
        next_due=state["nextDue"],
        attempts=[_row(call, one) for one in attempts],
        opened=None if opened is None else {"number": opened.number, "events": _events(call, opened)},
        event_types=sorted(EVENT_TYPES),
        flags=FLAGS,
        secret=DEFAULT_SECRET,
    )


def _headline(state: dict[str, Any]) -> str:
    if not state["apps"]:
        return "No app wants to know what happens here"
    parts = [f"{counted(state['delivered'], 'event')} delivered"]
    parts += [f"{state['waiting']:,} waiting"] if state["waiting"] else []
    parts += [f"{counted(state['underWay'], 'request')} under way"] if state["underWay"] else []
    parts += [f"{state['gaveUp']:,} given up"] if state["gaveUp"] else []
    return ", ".join(parts)


def _row(call: PageCall, one: Attempt) -> dict[str, Any]:
    return {
        "number": one.number,
        "href": call.url(PATH, open=one.number),
        "at": call.moment(one.at_ms),
        "app": one.app.app_id,
        "target": call.masking(one.app.target_url or ""),
        "count": one.count,
        "attempts": ", ".join(map(str, sorted({event["attemptNumber"] for event in one.events}))),
        "status": one.status,
        "outcome": one.outcome,
        "problem": one.problem,
        "answer": one.answer,
        "next": None if one.next_ms is None else call.moment(one.next_ms),
        "gave_up": one.gave_up,
    }


def _events(call: PageCall, one: Attempt) -> str:
    """Return what was sent, indented; a very long text is cut."""
    if not one.events:
        return "What was sent is not kept any more."
    return call.masking(msgspec.json.format(msgspec.json.encode(one.events), indent=2).decode())[:LONGEST_EVENTS]


def change(call: PageCall) -> PageResponse:
    """Change what the form says."""
    form = call.form()
    try:
        said = _change(call, form, form.get("do", ""))
    except ApiRefusedError as error:
        return _page(call, status=400, said=Said(f"Nothing was changed: {error}", "bad"), form=form)
    return call.done(form, said)


def _change(call: PageCall, form: Any, action: str) -> str:
    if action == "retry":
        return f"Sent {counted(call.api('POST', f'{API}/retry')['hurried'], 'event')} before their time."
    app_id = form.get("app", "").strip()
    if parse_id(app_id) is None:
        raise ApiRefusedError(f"the id of an app is a whole number, not {app_id[:40]!r}")
    path = f"{API}/apps/{app_id}"
    if action == "subscribe":
        call.api("PUT", path, _settings(form))
        return f"The app {app_id} is told {form['eventType']} now."
    if action == "faults":
        given = {name: form.get(name) == "on" for name in FLAGS}
        numbers = {name: parse_id(form.get(name, "").strip() or "0") for name in ("duplicates", "delayMs")}
        if None in numbers.values():
            raise ApiRefusedError("the duplicates and the delay are whole numbers")
        call.api("PUT", path, {"faults": given | numbers})
        return f"Changed what goes wrong for the app {app_id}."
    if action == "drop":
        call.api("DELETE", path)
        return f"Removed the webhooks of the app {app_id}."
    raise UsageError("The form does not say what to do.")


def _settings(form: Any) -> dict[str, Any]:
    event = {"eventType": form.get("eventType", "")}
    for name in ("propertyName", "objectTypeId"):
        if form.get(name, "").strip():
            event[name] = form[name].strip()
    given = {name: form[name].strip() for name in ("targetUrl", "secret") if form.get(name, "").strip()}
    return {**given, "subscriptions": [event]}
