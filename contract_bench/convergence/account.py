"""The account of a scenario: changed as a person at HubSpot's user interface would, and read back to compare with."""

from collections.abc import Mapping
from typing import Any

import requests

from contract_bench.convergence.laws import AccountState
from contract_bench.roles.hubspot import HubSpotControl

__all__ = ["ScenarioAccount"]

# Faults meet the paths that connectors use; the account is read and written by another spelling of them.
CONNECTORS = "/crm/v3/*"
CONTACTS = "/crm/objects/2026-03/contacts"
# Not the real time: a connector that takes its own clock for HubSpot's is wrong by a lot.
BEGINNING = "2026-01-15T12:00:00.345Z"
FIRST_ID = 101
LONG_MS = 60_000
TIMEOUT_S = 30


class ScenarioAccount:
    """A portal whose clock stands still but for `advance`, so that a scenario goes the same way each time.

    Records are named by an index into the living ones, taken modulo their number.
    """

    def __init__(self, control: HubSpotControl, *, token: str, contacts: int) -> None:
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {token}"
        # the widest quota there is: connectors that pace themselves by it shall not wait
        self.portal = control.make_portal(token=token, contacts=0, tier="increased")
        self.portal.freeze_clock(BEGINNING)
        self.portal.seed(records=[_contact(number) for number in range(contacts)])
        self._lag_ms = 0
        self._archived: list[str] = []
        self._restored: set[str] = set()
        self._reads_archived = False
        self._heard = 0

    def drop(self) -> None:
        """Let the portal go."""
        self._session.close()
        self.portal.drop()

    def expected(self) -> AccountState:
        """What the account holds now, and what an incremental pull cannot know of it."""
        records = self.live()
        self._archived = [each for each in self._archived if each not in records]
        return AccountState(
            names={record_id: record["properties"].get("lastname") for record_id, record in records.items()},
            restored=frozenset(self._restored),
            archived=frozenset(self._archived),
            lags=self._lag_ms > 0,
        )

    def live(self) -> dict[str, dict[str, Any]]:
        """The living records by id."""
        records: dict[str, dict[str, Any]] = {}
        after = "0"
        while after:
            page = self._ask("GET", f"{CONTACTS}?limit=100&after={after}")
            records |= {record["id"]: record for record in page["results"]}
            after = page.get("paging", {}).get("next", {}).get("after", "")
        return records

    def reads_archived(self) -> bool:
        """Whether the connector has ever asked for archived records, so that its incremental pulls know of them."""
        if not self._reads_archived:
            entries = self.portal.journal(after=self._heard, path=CONNECTORS)
            self._heard = entries[-1]["ordinal"] if entries else self._heard
            self._reads_archived = any("archived=true" in entry["query"] for entry in entries)
        return self._reads_archived

    def create(self, name: str) -> None:
        """A new contact."""
        self._ask("POST", CONTACTS, {"properties": {"lastname": name}})

    def update(self, index: int, name: str) -> None:
        """Another last name."""
        for record_id in self._pick(index):
            self._ask("PATCH", f"{CONTACTS}/{record_id}", {"properties": {"lastname": name}})
            self._restored.discard(record_id)

    def touch(self, name: str) -> None:
        """One and the same last name for all at one and the same moment, as an import does."""
        self.portal.touch({"lastname": name})
        self._restored.clear()

    def archive(self, index: int) -> None:
        """Into the recycle bin."""
        for record_id in self._pick(index):
            self._ask("DELETE", f"{CONTACTS}/{record_id}")
            self._archived.append(record_id)

    def restore(self, index: int) -> None:
        """Out of it, with the modified date that it had."""
        if self._archived:
            back = self._archived.pop(index % len(self._archived))
            self._restored.add(back)
            self.portal.restore(back)

    def merge(self, index: int, other: int) -> None:
        """Two become one, under a new id."""
        pair = [*self._pick(index), *self._pick(other)]
        if len(set(pair)) == 2:
            self.portal.merge(*pair)

    def erase(self, index: int) -> None:
        """Gone for good; no list shows it."""
        for record_id in self._pick(index):
            self.portal.gdpr_delete(record_id)

    def lag(self, ms: int) -> None:
        """Search sees the past from now on."""
        self._lag_ms = ms
        self.portal.set_search_lag(ms)

    def advance(self, ms: int) -> None:
        """Time passes."""
        self.portal.advance_clock(ms)

    def fault(self, fault: str, *, page: int, times: int | str) -> None:
        """HubSpot fails from now on."""
        self.portal.faults.add(fault, times=times, page=page, path=CONNECTORS)

    def recover(self) -> None:
        """HubSpot is well again."""
        self.portal.faults.clear()

    def hold(self, page: int) -> str:
        """Let the next answer to this page wait so long that something can happen meanwhile; returns the fault's id."""
        return self.portal.faults.add("latency", params={"delay_ms": LONG_MS}, page=page, path=CONNECTORS)

    def is_held(self, fault_id: str) -> bool:
        """Whether somebody waits for that page."""
        return any(each["id"] == fault_id and each["fired"] for each in self.portal.faults.active())

    def release(self, fault_id: str) -> None:
        """Nobody shall wait there any more."""
        self.portal.faults.remove(fault_id)

    def _pick(self, index: int) -> list[str]:
        """The record of an index, none in an empty account."""
        ids = list(self.live())
        return [ids[index % len(ids)]] if ids else []

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        answer = self._session.request(method, self.portal.url + path, json=body, timeout=TIMEOUT_S)
        answer.raise_for_status()
        return answer.json() if answer.content else None


def _contact(number: int) -> dict[str, Any]:
    """A contact as `POST /_fake/seed` takes it, changed some time before the scenario begins."""
    moment = f"2026-01-{1 + number % 14:02}T08:{number // 14 % 60:02}:00.120Z"
    properties = {"lastname": f"Number {number}", "createdate": moment, "lastmodifieddate": moment}
    return {"id": FIRST_ID + number, "properties": properties}
