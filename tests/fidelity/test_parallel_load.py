"""Many clients on many portals at the same time: nothing is lost or mixed up, and the journal stays bounded.

Each client does the same twice; with `FAKE_HUBSPOT_SOAK_S=60` all of them go on for a minute.
"""

import os
import threading
import time
from dataclasses import dataclass, field

import pytest
import requests

from bench_core.journal import JOURNAL_CAPACITY
from tests.fidelity.conftest import MakePortal, Portal

DURATION_S = float(os.environ.get("FAKE_HUBSPOT_SOAK_S", "0"))
STEPS = 2
CLIENTS, PORTALS = 32, 8


@dataclass
class Work:
    """What one client does, and the problems that it sees."""

    portal: Portal
    number: int
    created: list[str] = field(default_factory=list)
    sent: int = 0
    wrong: list[str] = field(default_factory=list)

    def run(self, until: float) -> None:
        """Create, read, search and list, twice or until the time is up."""
        with requests.Session() as session:
            session.trust_env = False
            session.headers["Authorization"] = f"Bearer {self.portal.token}"
            while (len(self.created) < STEPS or time.monotonic() < until) and not self.wrong:
                self.step(session)

    def call(self, session: requests.Session, method: str, path: str, body: object = None) -> requests.Response:
        """Send one request and count it."""
        self.sent += 1
        response = session.request(method, f"{self.portal.url}{path}", json=body, timeout=30)
        if response.status_code not in (200, 201):
            self.wrong.append(f"{method} {path}: {response.status_code} {response.text[:200]}")
        return response

    def step(self, session: requests.Session) -> None:
        """Create a contact and find it through four routes."""
        email = f"client{self.number}.{len(self.created)}@example.com"
        contacts = "/crm/v3/objects/contacts"
        record_id = self.call(session, "POST", contacts, {"properties": {"email": email}}).json()["id"]
        self.created.append(record_id)
        read = self.call(session, "GET", f"{contacts}/{record_id}?properties=email").json()
        where = [{"filters": [{"propertyName": "email", "operator": "EQ", "value": email}]}]
        found = self.call(session, "POST", f"{contacts}/search", {"filterGroups": where}).json()
        page = self.call(session, "GET", f"{contacts}?limit=100&after={record_id}").json()
        if read["properties"]["email"] != email or [one["id"] for one in found["results"]] != [record_id]:
            self.wrong.append(f"{email}: {read} {found}")
        if page["results"][0]["id"] != record_id or f"/{self.portal.portal_id}/" not in page["results"][0]["url"]:
            self.wrong.append(f"{email}: {page['results'][0]}")


@pytest.mark.timeout(DURATION_S + 180)
def test_parallel_clients_lose_nothing_and_mix_nothing(make_portal: MakePortal) -> None:
    """There are 32 clients on 8 portals."""
    portals = [make_portal(contacts=0) for _ in range(PORTALS)]
    work = [Work(portals[number % PORTALS], number) for number in range(CLIENTS)]
    until = time.monotonic() + DURATION_S
    threads = [threading.Thread(target=one.run, args=(until,)) for one in work]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [wrong for one in work for wrong in one.wrong] == []
    for portal in portals:
        mine = [one for one in work if one.portal is portal]
        contacts = [one.id for one in portal.client().crm.contacts.get_all()]
        journal = portal.control("GET", "journal")
        assert sorted(contacts, key=int) == contacts
        assert sorted(contacts) == sorted(record_id for one in mine for record_id in one.created)
        assert journal["count"] == sum(one.sent for one in mine) + max(-(-len(contacts) // 100), 1)
        assert len(journal["entries"]) <= JOURNAL_CAPACITY
