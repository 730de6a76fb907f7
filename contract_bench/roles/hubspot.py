"""A portal of a fake HubSpot, driven over the control API. The server may run in this process or anywhere else."""

import shlex
from collections.abc import Mapping
from typing import Any, Protocol

import requests

from bench_core.reach import unreachable
from contract_bench.errors import BenchError

__all__ = ["ControlError", "Faults", "HubSpotControl", "HubSpotPortal", "NotReachedError"]

TIMEOUT_S = 30
JOURNAL_SHOWN = 12


class ControlError(BenchError):
    """The control API refused a request."""

    def __init__(self, method: str, path: str, status: int, said: str) -> None:
        self.status = status
        super().__init__(f"expected {method} {path} to succeed, got {status}: {said}")


class NotReachedError(BenchError):
    """The fake HubSpot does not answer."""

    def __init__(self, url: str, why: str) -> None:
        self.url = url
        super().__init__(f"expected a fake HubSpot at {url}, but {why}")


class HubSpotControl:
    """The control API of a server."""

    def __init__(self, url: str, *, control_token: str | None = None) -> None:
        self.url = url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False
        if control_token:
            self._session.headers["X-Fake-HubSpot-Control-Token"] = control_token

    def call(self, method: str, path: str, *, body: Any = None, query: Mapping[str, Any] | None = None) -> Any:
        """Send a request and return the response's JSON, None for an empty response.

        Raises:
            ControlError: the server refused it.
            NotReachedError: the server does not answer.
        """
        try:
            answer = self._session.request(method, self.url + path, json=body, params=query, timeout=TIMEOUT_S)
        except requests.RequestException as error:
            raise NotReachedError(self.url, unreachable(error, self.url) or str(error)) from error
        if answer.status_code >= 400:
            raise ControlError(method, path, answer.status_code, answer.text[:500])
        return answer.json() if answer.content else None

    def make_portal(self, **wanted: Any) -> "HubSpotPortal":
        """Create a portal; takes the properties of `POST /_fake/portals`, for instance `contacts` and `scenario`."""
        made = self.call(
            "POST", "/_fake/portals", body={key: value for key, value in wanted.items() if value is not None}
        )
        return HubSpotPortal(self, made["portalId"], made["token"])

    def close(self) -> None:
        """Close the connections."""
        self._session.close()


class _Controlled(Protocol):
    """What has faults that a control API sets."""

    def call(self, method: str, path: str, *, body: Any = None, query: Mapping[str, Any] | None = None) -> Any:
        """Send a request to the control API."""


class Faults:
    """The faults of a portal, or of a proxy.

    Attributes:
        cleared_unfired: Those that `clear` removed although they had never fired.
    """

    def __init__(self, portal: _Controlled) -> None:
        self._portal = portal
        self.cleared_unfired: list[dict[str, Any]] = []

    def add(
        self, fault: str, *, times: int | str = "once", params: Mapping[str, Any] | None = None, **where: Any
    ) -> str:
        """Set a fault and return its id.

        Args:
            fault: Its name, for instance `server-error`; `GET /_fake/faults/catalogue` lists all of them.
            times: How often it fires: a number, `once` or `forever`.
            params: The fault's own parameters.
            where: Which requests it matches: `page`, `route`, `nth`, `objectType` and the rest of a fault's `where`.

        Raises:
            ControlError: the fault or a parameter does not exist; the message lists those that do.
        """
        rule = {"fault": fault, "times": times, "params": dict(params or {}), "where": where}
        return str(self._portal.call("POST", "/_fake/faults", body=rule)["id"])

    def remove(self, fault_id: str) -> None:
        """Remove one fault; requests that it holds go on."""
        self._portal.call("DELETE", f"/_fake/faults/{fault_id}")

    def clear(self) -> None:
        """Remove every fault."""
        self.cleared_unfired = self.unfired()
        self._portal.call("DELETE", "/_fake/faults")

    def unfired(self) -> list[dict[str, Any]]:
        """Return the faults that never fired, also those that were cleared; not those that were removed by id."""
        return [*self.cleared_unfired, *(fault for fault in self.active() if not fault["fired"])]

    def active(self) -> list[dict[str, Any]]:
        """Return the faults that are set, each with how often it fired (`fired`)."""
        found: list[dict[str, Any]] = self._portal.call("GET", "/_fake/faults")["faults"]
        return found


class HubSpotPortal:
    """One account: its records, its faults, and the requests it received.

    Attributes:
        id: Its number.
        token: The access token that selects it.
        allow_unmatched: Whether a test passes in spite of requests that the fake does not know.
    """

    def __init__(self, control: HubSpotControl, portal_id: int, token: str) -> None:
        self._control = control
        self.id = portal_id
        self.token = token
        self.faults = Faults(self)
        self.allow_unmatched = False
        self.expectations: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        """The base URL for a connector."""
        return self._control.url

    def call(self, method: str, path: str, *, body: Any = None, query: Mapping[str, Any] | None = None) -> Any:
        """Send a request about this portal to the control API."""
        return self._control.call(method, path, body=body, query={**(query or {}), "portal": self.id})

    def seed(self, **what: Any) -> int:
        """Add records, as `POST /_fake/seed` takes them; returns how many contacts there are."""
        return int(self.call("POST", "/_fake/seed", body=what)["contacts"])

    def reset(self) -> None:
        """Restore the initial state: the first records, no faults, an empty journal, no expectations."""
        self.call("POST", "/_fake/reset")
        self.faults.cleared_unfired.clear()
        self.expectations.clear()
        self.allow_unmatched = False

    def scenario(self, name: str) -> None:
        """Switch to a scenario."""
        self.call("PUT", "/_fake/scenario", body={"name": name})

    def freeze_clock(self, at: str) -> None:
        """Stop the portal's clock at a time; only `advance_clock` moves it."""
        self.call("PUT", "/_fake/clock", body={"freeze": True, "at": at})

    def advance_clock(self, ms: int) -> None:
        """Move the portal's clock forward."""
        self.call("PUT", "/_fake/clock", body={"advanceMs": ms})

    def set_search_lag(self, ms: int) -> None:
        """Let searches see the records as they were this long ago."""
        self.call("POST", "/_fake/changes/search-lag", body={"lagMs": ms})

    def touch(self, properties: Mapping[str, Any]) -> None:
        """Change properties of all records at one moment, as an import does."""
        self.call("POST", "/_fake/changes/touch", body={"properties": dict(properties)})

    def restore(self, *record_ids: str) -> None:
        """Take records out of the recycle bin; their modification date stays as it was."""
        self.call("POST", "/_fake/changes/restore", body={"ids": list(record_ids)})

    def merge(self, primary_id: str, other_id: str) -> None:
        """Merge two records, as a person does in HubSpot's user interface."""
        self.call("POST", "/_fake/changes/merge", body={"primaryId": primary_id, "otherId": other_id})

    def gdpr_delete(self, *record_ids: str) -> None:
        """Delete records for good; no list shows them any more."""
        self.call("POST", "/_fake/changes/gdpr-delete", body={"ids": list(record_ids)})

    def journal(self, **only: Any) -> list[dict[str, Any]]:
        """Return the requests, oldest first; `only` are the filters of `GET /_fake/journal`."""
        entries: list[dict[str, Any]] = self.call("GET", "/_fake/journal", query=only)["entries"]
        return entries

    def has_been_asked(self) -> bool:
        """Return whether a request has arrived since the last reset."""
        return bool(self.journal(limit=1, sent="false"))

    def expect(self, **request: Any) -> None:
        """Fail the test at its end unless this request has arrived by then.

        Takes `method`, `path` (with `*`), `route`, `query`, `status`, `atLeast` and `atMost`.
        """
        self.expectations.append(request)

    def har(self) -> dict[str, Any]:
        """Return the requests with headers and bodies, as HAR."""
        found: dict[str, Any] = self.call("GET", "/_fake/journal/har")
        return found

    def problems(self) -> list[str]:
        """Return the reasons to fail a test that has otherwise passed."""
        found = [self._unmet(expectation) for expectation in self.expectations]
        unmatched = [] if self.allow_unmatched else self.journal(unmatched="true")
        found += [f"the fake HubSpot does not know {_request(entry)}: {entry['hint']}" for entry in unmatched]
        return [problem for problem in found if problem]

    def _unmet(self, expectation: Mapping[str, Any]) -> str:
        verdict = self.call("POST", "/_fake/journal/expect", body=dict(expectation))
        if verdict["met"]:
            return ""
        nearest = ", ".join(_request(entry) for entry in verdict["nearest"]) or "nothing similar"
        return f"expected {verdict['expected']}, got {verdict['count']}; nearest: {nearest}"

    def story(self) -> str:
        """Return the last requests, the faults that are set, and a curl command for the last request."""
        entries = self.journal(limit=JOURNAL_SHOWN)
        lines = [f"portal {self.id}, the last {len(entries)} requests:"]
        lines += [f"  {entry['ordinal']:>4}  {entry['status']}  {_request(entry)}{_fault(entry)}" for entry in entries]
        lines += [_armed(fault) for fault in self.faults.active()]
        received = [entry for entry in entries if not entry["sent"]]
        if received:
            lines.append(f"repeat it: {self._curl(received[-1])}")
        return "\n".join(lines)

    def _curl(self, entry: Mapping[str, Any]) -> str:
        """Return a curl command in which the shell inserts the token, so that no report contains one."""
        target = entry["path"] + (f"?{entry['query']}" if entry["query"] else "")
        method = "" if entry["method"] == "GET" else f"-X {entry['method']} "
        return f'curl {method}-H "Authorization: Bearer $HUBSPOT_API_KEY" {shlex.quote(self.url + target)}'

    def drop(self) -> None:
        """Delete the portal."""
        self._control.call("DELETE", f"/_fake/portals/{self.id}")


def _request(entry: Mapping[str, Any]) -> str:
    return f"{entry['method']} {entry['path']}" + (f"?{entry['query']}" if entry["query"] else "")


def _fault(entry: Mapping[str, Any]) -> str:
    return f"  <- {entry['fault']}" if entry["fault"] else ""


def _armed(fault: Mapping[str, Any]) -> str:
    return f"fault {fault['fault']} {fault['where']} {fault['times']}: fired {fault['fired']} times"
