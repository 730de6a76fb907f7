"""What the filters of lists see of submissions, e-mails, custom events, timeline events, imports and workflows."""

from typing import Any

from fake_hubspot.portal.list_events import RecordEvent
from fake_hubspot.portal.list_filters import Subject
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.record_events import RecordEvents
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectTypes
from tests.support.cases import Cases
from tests.unit.fake_hubspot.portal.still_portal import NOW


def reader(portal: Portal) -> RecordEvents:
    """Return the events of a portal where a record has had every address in its property `past`."""

    def past_values(subject: Subject, name: str) -> list[tuple[str, int]]:
        assert name == "email"
        return [(one, 0) for one in subject.record.properties.get("past", "").split(";")]

    return RecordEvents(portal.context, portal.resources, types=lambda: portal.types, past_values=past_values)


def subject(record_id: int = 5, type_id: str = "0-1", **properties: str) -> Subject:
    return Subject(type_id, Record(record_id, properties, 0, 0))


def test_submissions_belong_to_the_address_in_them(portal: Portal) -> None:
    """With the form and the page; one without an address to nobody."""
    portal.resources.add("forms", {}, resource_id="f")
    portal.resources.add("forms", {}, resource_id="g")
    values = [{"name": "email", "value": "A@Example.com"}, {"name": "n", "value": 7}]
    given = {"values": values, "submittedAt": 9, "pageUrl": "u", "pageId": 3}
    portal.resources.add("form-submissions/f", given)
    portal.resources.add("form-submissions/g", {"values": values[:1], "submittedAt": 8, "pageUrl": ""})
    portal.resources.add("form-submissions/g", {"values": [], "submittedAt": 7})

    events = reader(portal)

    common = {"email": "A@Example.com"}
    assert list(events.of(subject(past="x@example.com;a@EXAMPLE.com"))) == [
        RecordEvent(("4-1639801",), 9, common | {"n": "7", "hs_url": "u", "hs_page_id": "3", "hs_form_id": "f"}),
        RecordEvent(("4-1639801",), 8, common | {"hs_form_id": "g"}),
    ]
    assert list(events.of(subject(past=""))) == []
    assert list(events.of(subject(type_id="0-2", past="a@example.com"))) == []


def test_events_of_e_mails_belong_to_their_recipient(portal: Portal, cases: Cases) -> None:
    """A change of subscriptions counts if it is the end of one; an unknown type keeps its name."""
    rows: tuple[tuple[dict[str, Any], str | None], ...] = (
        ({"type": "OPEN"}, "4-666440"),
        ({"type": "OTHER"}, "OTHER"),
        ({}, ""),
        ({"type": "STATUSCHANGE"}, None),
        ({"type": "STATUSCHANGE", "portalSubscriptionStatus": "UNSUBSCRIBED"}, "4-666289"),
        ({"type": "STATUSCHANGE", "portalSubscriptionStatus": "SUBSCRIBED"}, None),
        ({"type": "STATUSCHANGE", "subscriptions": [5, {"status": "UNSUBSCRIBED"}]}, "4-666289"),
        ({"type": "STATUSCHANGE", "subscriptions": [{"status": "SUBSCRIBED"}]}, None),
    )
    for number, (fields, kind) in enumerate(rows):
        with cases.case(fields):
            made = portal.resources.add("email-events", {"recipient": f"{number}@Example.com", **fields})
            found = list(reader(portal).of(subject(past=f"{number}@example.COM")))
            assert [one.kinds for one in found] == ([] if kind is None else [(kind,)])
            assert [one.at_ms for one in found] == [NOW] * len(found)
            portal.resources.archive("email-events", made)
            assert list(reader(portal).of(subject(past=f"{number}@example.com"))) == []
    portal.resources.add("email-events", {"recipient": "t@example.com", "type": "SENT", "created": 5, "a": True})
    (sent,) = reader(portal).of(subject(past="t@example.com"))
    assert (sent.at_ms, sent.properties["a"], sent.properties["created"]) == (5, "true", "5")


def test_custom_events_belong_to_the_record_that_they_name(portal: Portal, cases: Cases) -> None:
    """They have every name of their type; a visit of a page is one of HubSpot's own."""
    definition = {"fullyQualifiedName": "pe1_opened", "name": "opened", "objectTypeId": "6-1"}
    portal.resources.add("event-definitions", definition)
    portal.resources.add("event-definitions", {"fullyQualifiedName": "pe1_bare"})
    rows: tuple[tuple[dict[str, Any], Subject, tuple[str, ...] | None], ...] = (
        ({"eventType": "pe1_opened"}, subject(), ("pe1_opened", "opened", "6-1")),
        ({"eventType": "pe1_bare"}, subject(), ("pe1_bare",)),
        ({"eventType": "e_visited_page"}, subject(), ("e_visited_page", "4-96000")),
        ({}, subject(), ("",)),
        ({"objectType": "CONTACT"}, subject(), ("",)),
        ({"objectType": "companies"}, subject(type_id="0-2"), ("",)),
        ({"objectType": "companies"}, subject(), None),
        ({"objectType": "butterflies"}, subject(), None),
        ({"objectId": "6"}, subject(), None),
        ({"objectId": "x"}, subject(), None),
        ({"objectId": None}, subject(), None),
    )
    for fields, who, kinds in rows:
        with cases.case(fields):
            made = portal.resources.add("event-occurrences", {"objectId": 5, **fields})
            assert [one.kinds for one in reader(portal).of(who)] == ([] if kinds is None else [kinds])
            portal.resources.drop("event-occurrences", made.id)
    for given, at_ms, properties in (
        ({"occurredAt": 7, "properties": {"a": False, "b": 1}}, 7, {"a": "false", "b": "1"}),
        ({"occurredAt": "1970-01-01T00:00:01Z", "properties": "x"}, 1000, {}),
        ({"occurredAt": "soon"}, NOW, {}),
    ):
        with cases.case(given):
            made = portal.resources.add("event-occurrences", {"objectId": 5, **given})
            (event,) = reader(portal).of(subject())
            assert (event.at_ms, event.properties) == (at_ms, properties)
            portal.resources.drop("event-occurrences", made.id)


def test_timeline_events_belong_to_a_record_or_an_address(portal: Portal, cases: Cases) -> None:
    rows: tuple[tuple[dict[str, Any], Subject, RecordEvent | None], ...] = (
        ({"objectId": 5, "timestamp": 3, "tokens": {"n": 7}}, subject(), RecordEvent(("t",), 3, {"n": "7"})),
        ({"objectId": 5, "email": "a@example.com"}, subject(), RecordEvent(("t",), NOW, {})),
        ({"email": "A@example.com", "tokens": []}, subject(past="a@example.com"), RecordEvent(("t",), NOW, {})),
        ({"email": "b@example.com"}, subject(past="a@example.com"), None),
        ({}, subject(past=""), None),
        ({"objectId": 6}, subject(), None),
        ({"objectId": 5, "eventTemplateId": 8}, subject(), RecordEvent(("8",), NOW, {})),
        ({"objectId": 5, "objectType": "0-2"}, subject(type_id="0-2"), RecordEvent(("t",), NOW, {})),
    )
    for fields, who, expected in rows:
        with cases.case(fields):
            made = portal.resources.add("timeline-events", {"eventTemplateId": "t", **fields})
            assert list(reader(portal).of(who)) == ([] if expected is None else [expected])
            portal.resources.drop("timeline-events", made.id)


def test_a_record_has_the_events_of_its_id_and_of_each_address_once(portal: Portal) -> None:
    """They are read again after a change, and only then."""
    reads: list[None] = []

    def past_values(subject: Subject, _: str) -> list[tuple[str, int]]:
        return [(one, 0) for one in subject.record.properties.get("past", "").split(";")]

    def types() -> ObjectTypes:
        reads.append(None)
        return portal.types

    events = RecordEvents(portal.context, portal.resources, types=types, past_values=past_values)
    assert list(events.of(subject())) == []
    portal.resources.add("timeline-events", {"eventTemplateId": "1", "email": "a@example.com"})
    portal.resources.add("timeline-events", {"eventTemplateId": "2", "objectId": 5})
    portal.resources.add("timeline-events", {"eventTemplateId": "3", "email": "b@example.com"})
    portal.resources.add("timeline-events", {"eventTemplateId": "4", "objectId": 5})

    found = events.of(subject(past="b@example.com;A@example.com;B@example.com;a@example.com"))

    assert [one.kinds for one in found] == [("2",), ("4",), ("3",), ("1",)]
    reads.clear()
    assert len(events.of(subject())) == 2
    assert reads == []
    portal.context.changes.bump()
    assert len(events.of(subject())) == 2
    assert len(reads) == 4


def test_the_state_of_an_address_is_that_of_its_subscriptions(portal: Portal, cases: Cases) -> None:
    rows = [{"id": 1, "optState": "OPT_IN", "subscribed": True}, {"id": "2", "optState": "OPT_OUT"}]
    family = "email-subscription-statuses"
    portal.resources.add(family, {"statuses": rows}, resource_id="a@example.com")
    portal.resources.add(family, {"statuses": rows[1:]}, resource_id="b@example.com")
    portal.resources.add(family, {"statuses": rows, "unsubscribedFromAll": True}, resource_id="c@example.com")
    portal.resources.add(family, {}, resource_id="d@example.com")
    for email, subscription_id, expected in (
        ("A@example.com", "1", "OPT_IN"), ("a@example.com", "2", "OPT_OUT"), ("a@example.com", "3", "NOT_OPTED"),
        ("a@example.com", "", "OPT_IN"), ("b@example.com", "", "NOT_OPTED"), ("c@example.com", "1", "OPT_OUT"),
        ("c@example.com", "", "OPT_OUT"), ("d@example.com", "1", "NOT_OPTED"), ("x@example.com", "1", "NOT_OPTED"),
        ("", "1", "NOT_OPTED"),
    ):  # fmt: skip
        with cases.case(f"{email} {subscription_id}"):
            assert reader(portal).opt_state(subject(email=email), subscription_id) == expected
    with cases.case("no address"):
        assert reader(portal).opt_state(subject(), "1") == "NOT_OPTED"


def test_records_are_from_imports_and_workflows(portal: Portal, cases: Cases) -> None:
    """One that left a workflow is in it no more, but was enrolled."""
    portal.resources.add("imports.records/1", {}, resource_id="0-1/5")
    portal.resources.add("flows.enrolled/1", {}, resource_id="0-1/6")
    left = portal.resources.add("flows.enrolled/1", {}, resource_id="0-1/7")
    portal.resources.archive("flows.enrolled/1", left)
    archived = portal.resources.add("imports.records/1", {}, resource_id="0-1/8")
    portal.resources.archive("imports.records/1", archived)
    for kind, members in (("IMPORT", {5, 8}), ("WORKFLOWS_ENROLLMENT", {6, 7}), ("WORKFLOWS_ACTIVE", {6})):
        for number in (5, 6, 7, 8):
            with cases.case(f"{kind} {number}"):
                assert reader(portal).is_from(kind, "1", subject(number)) is (number in members)
                assert reader(portal).is_from(kind, "2", subject(number)) is False
                assert reader(portal).is_from(kind, "1", subject(number, "0-2")) is False
