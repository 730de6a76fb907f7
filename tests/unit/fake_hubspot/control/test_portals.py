"""Portals: each has its own records, clock, counters, journal and faults; files, snapshots, reset."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from fake_hubspot.context import Access
from fake_hubspot.errors import UsageError
from fake_hubspot.settings import Settings
from tests.support.contacts import BRIAN_ID, MARIA_ID
from tests.support.processes import started
from tests.unit.fake_hubspot.inprocess import Fake

CONTACTS = "/crm/v3/objects/contacts"


def test_a_new_portal_shares_nothing(fake: Fake) -> None:
    """Records, clock, limits, journal, scenario."""
    made = fake.post("/_fake/portals", {"contacts": 5, "scenario": "server-error"}).json()
    one, headers = f"?portal={made['portalId']}", {"authorization": f"Bearer {made['token']}"}
    fake.request("PUT", f"/_fake/clock{one}", {"freeze": True, "at": "2030-01-01T00:00:00Z"})
    fake.request("PUT", f"/_fake/limits{one}", {"tier": "enterprise"})

    failing = fake.get(CONTACTS, headers=headers)
    fine = fake.get(CONTACTS)

    assert (failing.status, fine.status) == (500, 200)
    assert failing.headers["date"] == "Tue, 01 Jan 2030 00:00:00 GMT"
    assert failing.headers["x-hubspot-ratelimit-max"] == "190"
    assert fine.headers["x-hubspot-ratelimit-max"] == "100"
    assert fake.get(f"/_fake/journal{one}").json()["count"] == 1
    assert len(fake.get("/_fake/portals").json()["portals"]) == 2


def test_a_dropped_portal_is_gone(fake: Fake) -> None:
    """So is its token."""
    made = fake.post("/_fake/portals", {}).json()

    dropped = fake.request("DELETE", f"/_fake/portals/{made['portalId']}")

    assert dropped.status == 204
    assert fake.get(CONTACTS, headers={"authorization": f"Bearer {made['token']}"}).status == 401
    assert fake.get(f"/_fake/clock?portal={made['portalId']}").status == 404


@pytest.mark.parametrize(
    ("method", "target", "body", "status", "text"),
    [
        ("POST", "/_fake/portals", {"portalId": 62515}, 400, "there is a portal 62515 already"),
        ("POST", "/_fake/portals", {"tier": "gold"}, 400, "there is no tier 'gold'"),
        ("POST", "/_fake/portals", {"dataCenter": "moon"}, 400, "there is no data centre 'moon'"),
        ("POST", "/_fake/portals", {"token": "two words"}, 400, "its character 4 is U+0020"),
        ("POST", "/_fake/portals", {"token": "line\r\nbreak"}, 400, "its character 5 is U+000D"),
        ("POST", "/_fake/portals", {"token": "nøkkel"}, 400, "its character 2 is U+00F8"),
        ("POST", "/_fake/portals", {"token": "x" * 513}, 400, "at most 512 characters, not 513"),
        ("POST", "/_fake/portals", {"contact": 3}, 400, "unknown field `contact`"),
        ("DELETE", "/_fake/portals/62515", None, 400, "the default portal cannot be dropped"),
        ("GET", "/_fake/portals/1", None, 404, "there is no portal 1"),
        ("PUT", "/_fake/clock", {"at": "soon"}, 400, "`at` is a time such as"),
        ("PUT", "/_fake/clock", {"advanceMs": 10**18}, 400, "after the year 9999"),
        ("PUT", "/_fake/limits", {"tier": "gold"}, 400, "there is no tier 'gold'"),
        ("PATCH", "/_fake/assumptions", {"colour": "red"}, 400, "there is no assumption 'colour'"),
        ("PATCH", "/_fake/assumptions", {"merge-id": "red"}, 400, "merge-id is one of new, primary"),
        ("POST", "/_fake/seed", {"contacts": -1}, 400, "contacts must be between"),
        ("POST", "/_fake/seed", {"objectType": "bikes"}, 400, "there is no object type 'bikes'"),
        ("POST", "/_fake/seed", {"records": [{"id": "x"}]}, 400, "a record's id is a positive whole number"),
        ("POST", "/_fake/seed", {"cassette": "no.yaml"}, 400, "cannot seed from no.yaml"),
        ("POST", "/_fake/snapshots/none/restore", {}, 400, "there is no snapshot 'none'"),
        ("DELETE", "/_fake/snapshots/none", None, 404, "there is no snapshot 'none'"),
        ("POST", "/_fake/changes/archive", {"ids": ["5"]}, 404, "there is no living contact with the id '5'"),
        ("POST", "/_fake/changes/search-lag", {"lagMs": -1}, 400, "lagMs is between"),
        ("POST", "/_fake/tokens", {"value": "a\tb"}, 400, "its character 2 is U+0009"),
        ("POST", "/_fake/tokens", {"kind": "gold"}, 400, "a token's kind is"),
        ("GET", "/_fake/journal?limit=x", None, 400, "limit is a whole number"),
        ("GET", "/_fake/journal?sent=maybe", None, 400, "sent is true or false, not 'maybe'"),
        ("GET", "/_fake/journal/har?failed=1", None, 400, "failed is true or false, not '1'"),
    ],
)
def test_what_cannot_be_done_is_said_plainly(
    fake: Fake, method: str, target: str, body: object, status: int, text: str
) -> None:
    """The response is `{"error": sentence}`."""
    answer = fake.request(method, target, body)

    assert answer.status == status
    assert text in answer.json()["error"]


@pytest.mark.parametrize("token", ["!", "~" * 512, "pat-na1-x", 'Bearer"\\'])
def test_a_token_is_what_a_header_can_carry(fake: Fake, token: str) -> None:
    """An unusual token selects its portal."""
    made = fake.post("/_fake/portals", {"token": token, "contacts": 1}).json()

    answer = fake.get(CONTACTS, headers={"authorization": f"Bearer {made['token']}"})

    assert len(answer.json()["results"]) == 1


def test_a_snapshot_brings_everything_back(fake: Fake) -> None:
    """Records, definitions, links, clock, and the next random number."""
    fake.request("PUT", "/_fake/clock", {"freeze": True, "at": "2026-06-01T00:00:00Z"})
    fake.request("PUT", "/_fake/snapshots/before", {})
    first = fake.post(CONTACTS, {"properties": {"firstname": "New"}}).json()["id"]
    fake.request("DELETE", f"{CONTACTS}/{BRIAN_ID}")
    fake.request("PUT", "/_fake/clock", {"advanceMs": 1000})

    fake.post("/_fake/snapshots/before/restore", {})

    rows = fake.get(CONTACTS).json()["results"]
    again = fake.post(CONTACTS, {"properties": {"firstname": "New"}}).json()
    assert [row["id"] for row in rows] == [BRIAN_ID, MARIA_ID]
    assert again["createdAt"] == "2026-06-01T00:00:00Z"
    assert first.isdecimal()


def test_a_reset_is_the_start_again(fake: Fake) -> None:
    """Records, clock, assumptions, faults, journal; the token stays."""
    fake.post(CONTACTS, {"properties": {"firstname": "New"}})
    fake.request("PUT", "/_fake/clock", {"freeze": True, "at": "2000-01-01T00:00:00Z"})
    fake.assume(record_url="absent")
    fake.request("PUT", "/_fake/scenario", {"name": "server-error"})

    fake.post("/_fake/reset", {})

    answer = fake.get(CONTACTS)
    assert answer.status == 200
    assert len(answer.json()["results"]) == 2
    assert "url" in answer.json()["results"][0]
    assert "2000" not in answer.headers["date"]
    assert fake.get("/_fake/journal").json()["entries"][-1]["ordinal"] == 2


def test_a_custom_type_is_listed_like_any_other(fake: Fake) -> None:
    """By its full names and id, after the control API has defined it."""
    given = {
        "name": "boat",
        "labels": {"singular": "Boat", "plural": "Boats"},
        "properties": [{"name": "boat_name", "label": "Name"}],
    }
    kind = fake.post("/_fake/types", given).json()

    made = fake.post("/crm/v3/objects/p_boat", {"properties": {"boat_name": "Fram"}}).json()

    for name in ("p_boat", "p62515_boat", kind["objectTypeId"]):
        rows = fake.get(f"/crm/v3/objects/{name}?properties=boat_name").json()["results"]
        assert [(row["id"], row["properties"]["boat_name"]) for row in rows] == [(made["id"], "Fram")]


def test_the_control_document_describes_every_route(fake: Fake) -> None:
    """The server serves it as OpenAPI. Pages for a browser are no part of the API."""
    document = fake.get("/_fake/openapi.json").json()

    described = {(path, method.upper()) for path, item in document["paths"].items() for method in item}
    routes = [route for route in fake.app.router.routes if route.access is not Access.PAGE]
    assert described == {(route.template, route.method) for route in routes}
    assert len(routes) > 100


def test_portals_survive_a_restart_in_files(tmp_path: Path) -> None:
    """The default portal and the others, with their tokens and custom properties."""
    settings = Settings(db=tmp_path / "portal.db", contacts=3)
    first = Fake(settings)
    other = first.post("/_fake/portals", {"contacts": 1}).json()
    made = first.post(CONTACTS, {"properties": {"email": "kept@example.com"}}).json()["id"]
    first.app.portals.close()

    second = Fake(settings)

    assert len(second.get(CONTACTS).json()["results"]) == 4
    assert second.get(f"{CONTACTS}/kept@example.com?idProperty=email").json()["id"] == made
    assert len(second.get(CONTACTS, headers={"authorization": f"Bearer {other['token']}"}).json()["results"]) == 1
    second.request("DELETE", f"/_fake/portals/{other['portalId']}")
    second.app.portals.close()
    assert [path.name for path in tmp_path.iterdir()] == ["portal.db"]


def test_a_file_keeps_the_clock_and_what_was_counted(tmp_path: Path) -> None:
    """The time, the requests of the day and the ordinals of the journal continue."""
    settings = Settings(db=tmp_path / "portal.db")
    first = Fake(settings)
    first.request("PUT", "/_fake/clock", {"freeze": True, "at": "2030-01-01T12:00:00Z"})
    first.get(CONTACTS)
    first.get(CONTACTS)
    first.app.portals.close()

    second = Fake(settings)
    answer = second.get(CONTACTS)

    assert answer.headers["date"] == "Tue, 01 Jan 2030 12:00:00 GMT"
    assert answer.headers["x-hubspot-ratelimit-daily-remaining"] == "249997"
    assert [entry["ordinal"] for entry in second.get("/_fake/journal").json()["entries"]] == [3]
    second.app.portals.close()


@pytest.mark.parametrize(
    ("target", "change", "kept"),
    [
        ("/_fake/clock", {"freeze": True, "at": "2030-01-01T12:00:00Z"}, {"now": "2030-01-01T12:00:00Z"}),
        ("/_fake/limits", {"usedToday": 7}, {"usedToday": 7}),
    ],
)
def test_what_somebody_has_set_survives_a_kill(
    tmp_path: Path, target: str, change: dict[str, object], kept: dict[str, object]
) -> None:
    """It is in the file when the response is sent."""
    settings = Settings(db=tmp_path / "portal.db")
    killed = Fake(settings)
    killed.request("PUT", target, change)
    killed.portal.db.close()

    after = Fake(settings)

    assert kept.items() <= after.get(target).json().items()
    after.app.portals.close()


def test_a_reset_forgets_the_clock_in_the_file_too(tmp_path: Path) -> None:
    """Even after a restart the portal is as it was created."""
    settings = Settings(db=tmp_path / "portal.db")
    first = Fake(settings)
    first.request("PUT", "/_fake/clock", {"freeze": True, "at": "2030-01-01T12:00:00Z"})
    first.post("/_fake/reset", {})
    first.app.portals.close()

    second = Fake(settings)

    assert second.get("/_fake/clock").json()["frozen"] is False
    second.app.portals.close()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """The message says what is wrong."""
    (tmp_path / "text.db").write_text("no database, but long enough to be looked at" * 50)

    with pytest.raises(UsageError, match=r"text\.db cannot keep a portal"):
        Fake(Settings(db=tmp_path / "text.db"))


def test_an_acknowledged_write_survives_kill_9(tmp_path: Path) -> None:
    """Every contact that was answered with 201 exists after the restart."""
    command = [sys.executable, "-m", "fake_hubspot", "serve", "--port", "0", "--db", str(tmp_path / "portal.db")]
    acknowledged = []
    with started(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        with requests.Session() as session:
            session.headers["Authorization"] = f"Bearer {Settings().token}"
            for number in range(40):
                given = {"properties": {"email": f"p{number}@example.com"}}
                answer = session.post(f"{url}{CONTACTS}", json=given, timeout=9)
                acknowledged.append(answer.json()["id"])
        process.send_signal(signal.SIGKILL)

    after = Fake(Settings(db=tmp_path / "portal.db"))

    rows = after.get(f"{CONTACTS}?limit=100").json()["results"]
    assert set(acknowledged) <= {row["id"] for row in rows}
    after.app.portals.close()
