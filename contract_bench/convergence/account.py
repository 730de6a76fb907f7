"""The HubSpot account of a scenario: changed as a person would change it, and read back for comparison."""

from collections.abc import Mapping
from typing import Any

import requests

from contract_bench.convergence.laws import AccountState
from contract_bench.roles.hubspot import HubSpotControl

__all__ = ["ScenarioAccount"]

# Faults match the paths that connectors use. The account itself is read and written under other paths.
CONNECTOR_PATHS = "/crm/v3/*"
CONTACTS = "/crm/objects/2026-03/contacts"
# Far from the real time: a connector that uses its own clock instead of HubSpot's is off by months.
BEGINNING = "2026-01-15T12:00:00.345Z"
FIRST_ID = 101
LONG_MS = 60_000
TIMEOUT_S = 30


class ScenarioAccount:
    """A portal whose clock only moves in `advance`, so that a scenario is the same each time.

    Records are named by an index into those that are not archived, modulo their number.
    """

    def __init__(self, control: HubSpotControl, *, token: str, contacts: int) -> None:
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {token}"
        # connectors that pace themselves by the quota would wait forever for a clock that stands still
        self.portal = control.make_portal(token=token, contacts=0, tier="unlimited")
        self.portal.freeze_clock(BEGINNING)
        self.portal.seed(records=[_contact(number) for number in range(contacts)])
        self._lag_ms = 0
        self._archived: list[str] = []
        self._restored: set[str] = set()
        self._reads_archived = False
        self._last_ordinal = 0

    def drop(self) -> None:
        """Delete the portal."""
        self._session.close()
        self.portal.drop()

    def expected(self) -> AccountState:
        """Return what the account holds now, including what an incremental pull cannot know about it."""
        records = self.live()
        self._archived = [each for each in self._archived if each not in records]
        return AccountState(
            names={record_id: record["properties"].get("lastname") for record_id, record in records.items()},
            restored=frozenset(self._restored),
            archived=frozenset(self._archived),
            lags=self._lag_ms > 0,
        )

    def live(self) -> dict[str, dict[str, Any]]:
        """Return the records that are not archived, by id."""
        records: dict[str, dict[str, Any]] = {}
        after = "0"
        while after:
            page = self._send("GET", f"{CONTACTS}?limit=100&after={after}")
            records |= {record["id"]: record for record in page["results"]}
            after = page.get("paging", {}).get("next", {}).get("after", "")
        return records

    def reads_archived(self) -> bool:
        """Return whether the connector has ever requested archived records, so that it knows about them."""
        if not self._reads_archived:
            entries = self.portal.journal(after=self._last_ordinal, path=CONNECTOR_PATHS)
            self._last_ordinal = entries[-1]["ordinal"] if entries else self._last_ordinal
            self._reads_archived = any("archived=true" in entry["query"] for entry in entries)
        return self._reads_archived

    def create(self, name: str) -> None:
        """Create a contact."""
        self._send("POST", CONTACTS, {"properties": {"lastname": name}})

    def update(self, index: int, name: str) -> None:
        """Change a contact's last name."""
        for record_id in self._pick(index):
            self._send("PATCH", f"{CONTACTS}/{record_id}", {"properties": {"lastname": name}})
            self._restored.discard(record_id)

    def touch(self, name: str) -> None:
        """Give all contacts the same last name at the same time, as an import does."""
        self.portal.touch({"lastname": name})
        self._restored.clear()

    def archive(self, index: int) -> None:
        """Move a contact to the recycle bin."""
        for record_id in self._pick(index):
            self._send("DELETE", f"{CONTACTS}/{record_id}")
            self._archived.append(record_id)

    def restore(self, index: int) -> None:
        """Take a contact out of the recycle bin; its modification date does not change."""
        if self._archived:
            back = self._archived.pop(index % len(self._archived))
            self._restored.add(back)
            self.portal.restore(back)

    def merge(self, index: int, other: int) -> None:
        """Merge two contacts into one with a new id."""
        pair = [*self._pick(index), *self._pick(other)]
        if len(set(pair)) == 2:
            self.portal.merge(*pair)

    def erase(self, index: int) -> None:
        """Delete a contact for good; no list shows it any more."""
        for record_id in self._pick(index):
            self.portal.gdpr_delete(record_id)

    def lag(self, ms: int) -> None:
        """Let searches lag behind from now on."""
        self._lag_ms = ms
        self.portal.set_search_lag(ms)

    def advance(self, ms: int) -> None:
        """Move the account's clock forward."""
        self.portal.advance_clock(ms)

    def fault(self, fault: str, *, page: int, times: int | str) -> None:
        """Set a fault at a page of the connector's walk."""
        self.portal.faults.add(fault, times=times, page=page, path=CONNECTOR_PATHS)

    def recover(self) -> None:
        """Remove all faults."""
        self.portal.faults.clear()

    def hold(self, page: int) -> str:
        """Delay the next response for this page for a long time; returns the fault's id."""
        return self.portal.faults.add("latency", params={"delay_ms": LONG_MS}, page=page, path=CONNECTOR_PATHS)

    def is_held(self, fault_id: str) -> bool:
        """Return whether the connector is waiting for that page."""
        return any(each["id"] == fault_id and each["fired"] for each in self.portal.faults.active())

    def release(self, fault_id: str) -> None:
        """Remove the delay."""
        self.portal.faults.remove(fault_id)

    def _pick(self, index: int) -> list[str]:
        """Return the record at an index; none in an empty account."""
        ids = list(self.live())
        return [ids[index % len(ids)]] if ids else []

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        answer = self._session.request(method, self.portal.url + path, json=body, timeout=TIMEOUT_S)
        answer.raise_for_status()
        return answer.json() if answer.content else None


def _contact(number: int) -> dict[str, Any]:
    """Return a contact as `POST /_fake/seed` takes it, changed some time before the scenario starts."""
    moment = f"2026-01-{1 + number % 14:02}T08:{number // 14 % 60:02}:00.120Z"
    properties = {"lastname": f"Number {number}", "createdate": moment, "lastmodifieddate": moment}
    return {"id": FIRST_ID + number, "properties": properties}
