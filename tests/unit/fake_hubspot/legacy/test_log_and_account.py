"""The log of changes, the account, and what some clients spell in another way."""

from typing import Any

from tests.unit.fake_hubspot.inprocess import Fake

LOG = "/crm-objects/v1/change-log/tickets"
TICKETS = "/crm/v3/objects/tickets"


def make(fake: Fake, subject: str) -> int:
    """Create a ticket, then let a second pass."""
    answer = fake.post(TICKETS, {"properties": {"subject": subject, "hs_pipeline": "0", "hs_pipeline_stage": "1"}})
    tick(fake)
    return int(answer.json()["id"])


def tick(fake: Fake, milliseconds: int = 1000) -> None:
    """Let time pass."""
    fake.request("PUT", "/_fake/clock", {"advanceMs": milliseconds})


def test_the_log_has_the_changes_of_a_day_in_their_order(empty: Fake) -> None:
    """Each names what changed; a deleted record names nothing."""
    empty.request("PUT", "/_fake/clock", {"freeze": True})
    make(empty, "old")
    tick(empty, 86_400_000)
    one, two = make(empty, "a"), make(empty, "b")
    empty.request("PATCH", f"{TICKETS}/{one}", {"properties": {"subject": "c", "content": "d"}})
    tick(empty)
    empty.request("DELETE", f"{TICKETS}/{two}")

    log: list[dict[str, Any]] = empty.get(LOG).json()

    assert [(row["changeType"], row["objectId"]) for row in log] == [
        ("CREATED", one), ("CREATED", two), ("CHANGED", one), ("DELETED", two),
    ]  # fmt: skip
    assert {"subject", "content"} <= set(log[2]["changes"]["changedProperties"])
    assert "subject" in log[0]["changes"]["changedProperties"]
    assert (log[3]["changes"]["changedProperties"], log[0]["changes"]["newAssociations"]) == ([], [])


def test_a_client_polls_the_log_from_the_last_change_that_it_has_seen(empty: Fake) -> None:
    """By all three values, or by the time alone."""
    empty.request("PUT", "/_fake/clock", {"freeze": True})
    made = [make(empty, str(number)) for number in range(3)]
    log = empty.get(LOG).json()
    second = log[1]

    cursor = f"timestamp={second['timestamp']}&changeType={second['changeType']}&objectId={second['objectId']}"
    behind, since = empty.get(f"{LOG}?{cursor}").json(), empty.get(f"{LOG}?timestamp={second['timestamp'] - 1}").json()

    assert [row["objectId"] for row in log] == made
    assert (behind, since) == (log[2:], log[1:])
    assert empty.get("/crm-objects/v1/change-log/contacts").status == 400


def test_the_oldest_apis_know_the_account(empty: Fake) -> None:
    """What it has used, and the outcomes of calls."""
    (limit,) = empty.get("/integrations/v1/limit/daily").json()

    assert limit["usageLimit"] == empty.portal.limits.tier.daily
    assert limit["resetsAt"] > limit["collectedAt"]
    assert {"Connected", "No answer"} <= {one["label"] for one in empty.get("/calling/v1/dispositions").json()}


def test_what_some_clients_spell_in_another_way_is_the_same(empty: Fake) -> None:
    """PUT of an engagement, PATCH of a property, and the deals of a record without `/paged`."""
    note = empty.post("/engagements/v1/engagements", {"engagement": {"type": "NOTE"}, "metadata": {"body": "a"}}).json()
    path = f"/engagements/v1/engagements/{note['engagement']['id']}"
    deal = empty.post("/crm/v3/objects/deals", {"properties": {"dealname": "D", "dealstage": "closedwon"}}).json()["id"]
    contact = empty.post("/crm/v3/objects/contacts", {"properties": {"firstname": "A"}}).json()["id"]
    empty.request("PUT", f"/crm/v4/objects/deals/{deal}/associations/default/contacts/{contact}")
    own = {"name": "mine", "label": "Mine", "type": "string", "fieldType": "text", "groupName": "dealinformation"}
    empty.post("/properties/v2/deals/properties", own)

    changed = empty.request("PUT", path, {"engagement": {}, "metadata": {"body": "b"}}).json()
    renamed = empty.request("PATCH", "/properties/v2/deals/properties/named/mine", {"label": "Other"}).json()
    deals = empty.get(f"/deals/v1/deal/associated/CONTACT/{contact}").json()["deals"]

    assert changed["metadata"]["body"] == "b"
    assert renamed["label"] == "Other"
    assert [one["dealId"] for one in deals] == [int(deal)]
