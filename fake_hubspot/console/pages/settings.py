"""Settings: scenario, clock, limits, search lag, tokens, contents, snapshots, accounts, assumptions."""

from collections.abc import Callable, Mapping
from typing import Any

from bench_core.pages import PageResponse, Said
from bench_core.pages.words import counted
from fake_hubspot.console.call import PageCall
from fake_hubspot.console.inner_api import ApiRefusedError
from fake_hubspot.console.options import UI
from fake_hubspot.errors import UsageError
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.durations import HOUR_MS
from fake_hubspot.scenarios import SCENARIOS

__all__ = ["change", "show"]

PATH = f"{UI}/settings"
STEPS = {
    "1 minute": 60_000,
    "30 minutes": 30 * 60_000,
    "1 hour": HOUR_MS,
    "1 day": 24 * HOUR_MS,
    "30 days": 720 * HOUR_MS,
}
Form = Mapping[str, str]


def show(call: PageCall) -> PageResponse:
    """Show all settings."""
    return _page(call)


def _page(call: PageCall, *, status: int = 200, said: Said | None = None, form: Form | None = None) -> PageResponse:
    portal = call.portal
    tokens = [
        {
            "value": token.value,
            "kind": token.kind,
            "scopes": "everything" if token.scopes is None else ", ".join(token.scopes),
            "expires": None if token.expires_ms is None else call.moment(token.expires_ms),
            "is_first": token.value == call.tenant.token,
        }
        for token in portal.access.tokens
    ]
    return call.page(
        "settings.html.jinja",
        title="Settings",
        current="Settings",
        status=status,
        said=said,
        given=form or {},
        headline=_headline(call),
        scenarios=list(SCENARIOS.values()),
        chosen=SCENARIOS[call.tenant.scenario],
        clock=call.api("GET", "/_fake/clock"),
        steps=list(STEPS.items()),
        limits=call.api("GET", "/_fake/limits"),
        lag_ms=portal.records.index_lag.lag_ms,
        tokens=tokens,
        snapshots=call.api("GET", "/_fake/snapshots")["snapshots"],
        accounts=call.api("GET", "/_fake/portals")["portals"],
        default_account=call.default_account,
        assumptions=call.api("GET", "/_fake/assumptions")["assumptions"],
        contacts=portal.store.count("0-1"),
    )


def _headline(call: PageCall) -> str:
    clock = call.portal.clock
    time = f"its clock stands at {format_time(clock.now_ms())}" if clock.is_frozen else "its clock runs"
    limits = "enforced" if call.portal.limits.enforced else "not enforced"
    return f"Scenario {call.tenant.scenario}; {time}; rate limits are {limits}"


def change(call: PageCall) -> PageResponse:
    """Change what the form says."""
    form = call.form()
    action = ACTIONS.get(form.get("do", ""))
    if action is None:
        raise UsageError("The form does not say what to do.")
    try:
        said = action(call, form)
    except ApiRefusedError as error:
        return _page(call, status=400, said=Said(f"Nothing was changed: {error}", "bad"), form=form)
    return call.done(form, said)


def _scenario(call: PageCall, form: Form) -> str:
    chosen = call.api("PUT", "/_fake/scenario", {"name": form.get("name", "")})
    return f"The scenario is {chosen['name']} now. {chosen['summary']}"


def _clock(call: PageCall, form: Form) -> str:
    way = form.get("way", "")
    body: dict[str, Any] = {}
    if way in ("freeze", "resume"):
        body["freeze"] = way == "freeze"
    elif way == "advance":
        body["advanceMs"] = _whole(form.get("ms", ""), "the milliseconds")
    else:
        body["at"] = form.get("at", "").strip()
    clock = call.api("PUT", "/_fake/clock", body)
    return f"The clock {'stands' if clock['frozen'] else 'runs on from'} at {clock['now']}.".replace("from at", "from")


def _whole(text: str, name: str) -> int:
    """Return a whole number that was entered.

    Raises:
        ApiRefusedError: The text is none.
    """
    try:
        return int(text.strip())
    except ValueError as error:
        raise ApiRefusedError(f"{name} must be a whole number, not {text[:40]!r}") from error


def _limits(call: PageCall, form: Form) -> str:
    body: dict[str, Any] = {"tier": form.get("tier", ""), "enforced": form.get("enforced") == "true"}
    if form.get("usedToday", "").strip():
        body["usedToday"] = _whole(form["usedToday"], "the requests used today")
    limits = call.api("PUT", "/_fake/limits", body)
    enforced = "are enforced" if limits["enforced"] else "are not enforced"
    return f"The limits of the tier {limits['tier']} {enforced}."


def _lag(call: PageCall, form: Form) -> str:
    lag_ms = _whole(form.get("lagMs", ""), "the lag")
    call.api("POST", "/_fake/changes/search-lag", {"lagMs": lag_ms})
    return f"Search sees the records as they were {lag_ms:,} ms ago." if lag_ms else "Search sees every change at once."


def _add_token(call: PageCall, form: Form) -> str:
    body: dict[str, Any] = {"kind": form.get("kind", "private-app")}
    if form.get("value", "").strip():
        body["value"] = form["value"].strip()
    if form.get("scopes", "").strip():
        body["scopes"] = form["scopes"].replace(",", " ").split()
    if form.get("expiresInS", "").strip():
        body["expiresInS"] = _whole(form["expiresInS"], "the seconds")
    made = call.api("POST", "/_fake/tokens", body)
    return f"The token {made['token']} is accepted now."


def _revoke(call: PageCall, form: Form) -> str:
    call.api("DELETE", f"/_fake/tokens/{form.get('token', '')}")
    return "The token is no longer accepted."


def _expire(call: PageCall, _: Form) -> str:
    changed = call.api("POST", "/_fake/changes/expire-tokens")["changed"]
    return f"{counted(changed, 'OAuth token')} expired."


def _grant(call: PageCall, _: Form) -> str:
    made = call.api("POST", "/_fake/grants", {})
    return (
        f"An OAuth app is allowed. Client id {made['clientId']}, client secret {made['clientSecret']}, "
        f"redirect URI {made['redirectUri']}, code {made['code']}, refresh token {made['refreshToken']}."
    )


def _seed(call: PageCall, form: Form) -> str:
    count = _whole(form.get("contacts", ""), "the number of contacts")
    made = call.api("POST", "/_fake/seed", {"contacts": count})
    return f"The account has {counted(made['contacts'], 'contact')} now."


def _reset(call: PageCall, _: Form) -> str:
    made = call.api("POST", "/_fake/reset")
    return f"The account is as it was at the start, with {counted(made['contacts'], 'contact')}."


def _keep(call: PageCall, form: Form) -> str:
    name = _snapshot(form)
    call.api("PUT", f"/_fake/snapshots/{name}")
    return f"Kept the records and the clock as {name}."


def _restore(call: PageCall, form: Form) -> str:
    name = _snapshot(form)
    call.api("POST", f"/_fake/snapshots/{name}/restore")
    return f"Restored {name}."


def _drop_snapshot(call: PageCall, form: Form) -> str:
    name = _snapshot(form)
    call.api("DELETE", f"/_fake/snapshots/{name}")
    return f"Removed the snapshot {name}."


def _snapshot(form: Form) -> str:
    name = form.get("name", "").strip()
    if not name or "/" in name or len(name) > 100:
        raise ApiRefusedError("the name of a snapshot has 1 to 100 characters and no slash")
    return name


def _add_account(call: PageCall, form: Form) -> str:
    body: dict[str, Any] = {}
    if form.get("portalId", "").strip():
        body["portalId"] = _whole(form["portalId"], "the id")
    if form.get("contacts", "").strip():
        body["contacts"] = _whole(form["contacts"], "the number of contacts")
    made = call.api("POST", "/_fake/portals", body)
    return f"Created the account {made['portalId']}; its access token is {made['token']}."


def _drop_account(call: PageCall, form: Form) -> str:
    call.api("DELETE", f"/_fake/portals/{form.get('portalId', '')}")
    return f"Removed the account {form.get('portalId', '')}."


def _assume(call: PageCall, form: Form) -> str:
    before = {one["name"]: one["chosen"] for one in call.api("GET", "/_fake/assumptions")["assumptions"]}
    changed = {name: form[f"a.{name}"] for name, chosen in before.items() if form.get(f"a.{name}", chosen) != chosen}
    if not changed:
        return "Nothing was changed: all choices are as before."
    call.api("PATCH", "/_fake/assumptions", changed)
    return "Assumed from now on: " + ", ".join(f"{name} {choice}" for name, choice in changed.items()) + "."


ACTIONS: Mapping[str, Callable[[PageCall, Form], str]] = {
    "scenario": _scenario,
    "clock": _clock,
    "limits": _limits,
    "lag": _lag,
    "add-token": _add_token,
    "revoke": _revoke,
    "expire": _expire,
    "grant": _grant,
    "seed": _seed,
    "reset": _reset,
    "keep": _keep,
    "restore": _restore,
    "drop-snapshot": _drop_snapshot,
    "add-account": _add_account,
    "drop-account": _drop_account,
    "assume": _assume,
}
