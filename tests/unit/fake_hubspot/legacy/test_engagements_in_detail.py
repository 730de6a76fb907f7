"""Engagements in detail: the names of each type in both APIs, pages, and what a write leaves as it is."""

from typing import Any

import pytest

from fake_hubspot.legacy import pages
from fake_hubspot.legacy.engagement_fields import KINDS, kind_named, kind_of, metadata_of, values_of
from tests.support.cases import Cases
from tests.unit.fake_hubspot.inprocess import Fake
from tests.unit.fake_hubspot.legacy.conftest import created
from tests.unit.fake_hubspot.legacy.test_writes import linked, v3

PATH = "/engagements/v1/engagements"
NOW = 1_790_000_000_000
PREVIEW = ("bodyPreview", "bodyPreviewIsTruncated", "bodyPreviewHtml")
MOMENT, MOMENT_MS = "2026-11-28T10:00:00Z", 1_795_860_000_000

# The members of the metadata of each type, in their order, with the properties of the CRM API.
TEXTS = {
    "NOTE": {"body": "hs_note_body"},
    "TASK": {
        "body": "hs_task_body", "subject": "hs_task_subject", "status": "hs_task_status",
        "taskType": "hs_task_type", "priority": "hs_task_priority",
    },
    "MEETING": {
        "body": "hs_meeting_body", "title": "hs_meeting_title", "meetingOutcome": "hs_meeting_outcome",
        "internalMeetingNotes": "hs_internal_meeting_notes", "location": "hs_meeting_location",
        "externalUrl": "hs_meeting_external_url",
    },
    "CALL": {
        "toNumber": "hs_call_to_number", "fromNumber": "hs_call_from_number", "status": "hs_call_status",
        "body": "hs_call_body", "title": "hs_call_title", "recordingUrl": "hs_call_recording_url",
        "disposition": "hs_call_disposition",
    },
    "EMAIL": {
        "subject": "hs_email_subject", "html": "hs_email_html", "text": "hs_email_text", "status": "hs_email_status",
    },
}  # fmt: skip
OTHERS = {
    "TASK": {"completionDate": "hs_task_completion_date"},
    "MEETING": {"startTime": "hs_meeting_start_time", "endTime": "hs_meeting_end_time"},
    "CALL": {"durationMilliseconds": "hs_call_duration"},
}
TYPES = {"NOTE": "0-46", "TASK": "0-27", "MEETING": "0-47", "CALL": "0-48", "EMAIL": "0-49"}
BODIES = {
    "NOTE": "hs_note_body", "TASK": "hs_task_body", "MEETING": "hs_meeting_body", "CALL": "hs_call_body",
    "EMAIL": "hs_email_text",
}  # fmt: skip
NOBODY: dict[str, Any] = {"from": {}, "to": [], "cc": [], "bcc": []}
OF_TASKS = {"forObjectType": "OWNER", "reminders": list[int]()}


def test_every_member_of_the_metadata_has_its_property(cases: Cases) -> None:
    """In both directions; what has no value is left out."""
    for kind in KINDS:
        word = kind.word
        with cases.case(word):
            texts, others = TEXTS[word], OTHERS.get(word, {})
            is_time = word != "CALL"
            values: dict[str, Any] = {name: f"the {name}" for name in texts.values()}
            values |= dict.fromkeys(others.values(), MOMENT if is_time else "1500.0")
            expected: dict[str, Any] = {name: f"the {property_}" for name, property_ in texts.items()}
            expected |= dict.fromkeys(others, MOMENT_MS if is_time else 1500)
            more = NOBODY if word == "EMAIL" else OF_TASKS if word == "TASK" else {}

            found = metadata_of(kind, values)

            assert found == expected | more
            assert [name for name in found if name in texts] == list(texts)
            assert values_of(kind, expected) == {
                **{property_: expected[name] for name, property_ in texts.items()},
                **{property_: str(expected[name]) for name, property_ in others.items()},
            }
            assert metadata_of(kind, dict.fromkeys(values, "")) == more
            assert values_of(kind, {"unknown": "x", "reminders": "x"}) == {}
            assert (kind.type_id, kind.body) == (TYPES[word], BODIES[word])
            assert (kind_of(kind.type_id), kind_named(word)) == (kind, kind)
    assert [kind.word for kind in KINDS] == list(TYPES)
    assert kind_named("FAX") is None


def test_an_email_is_of_the_type_of_its_direction(cases: Cases) -> None:
    """If that is a type."""
    email = kind_of("0-49")
    for direction, word in {
        "INCOMING_EMAIL": "INCOMING_EMAIL", "FORWARDED_EMAIL": "FORWARDED_EMAIL", "EMAIL": "EMAIL", "OTHER": "EMAIL",
        "": "EMAIL",
    }.items():  # fmt: skip
        with cases.case(direction):
            assert email.name({"hs_email_direction": direction}) == word
            assert kind_named(word) is email
    assert email.name({}) == "EMAIL"
    assert kind_of("0-46").name({"hs_email_direction": "INCOMING_EMAIL"}) == "NOTE"


def test_what_is_no_number_has_none(cases: Cases) -> None:
    """Of a duration, and of a time."""
    call, meeting = kind_of("0-48"), kind_of("0-47")
    for text, number in {"12": 12, "12.9": 12, "x": None, "1e999": None, "nan": None}.items():
        with cases.case(text):
            assert metadata_of(call, {"hs_call_duration": text}) == {"durationMilliseconds": number}
    assert metadata_of(meeting, {"hs_meeting_end_time": "x"}) == {"endTime": None}


def test_the_people_of_an_email(cases: Cases) -> None:
    """From its headers, else from single properties; addresses are separated by semicolons."""
    email = kind_of("0-49")
    single = {
        "hs_email_from_email": "a@example.com", "hs_email_from_firstname": "Ada", "hs_email_from_lastname": "L",
        "hs_email_to_email": "b@example.com; c@example.com;", "hs_email_cc_email": " ",
        "hs_email_bcc_email": "d@x.test",
    }  # fmt: skip
    told = {
        "from": {"email": "a@example.com", "firstName": "Ada", "lastName": "L"},
        "to": [{"email": "b@example.com"}, {"email": "c@example.com"}], "cc": [], "bcc": [{"email": "d@x.test"}],
    }  # fmt: skip
    headers = '{"from": {"email": "h@example.com"}, "to": [], "cc": [{"email": "i@example.com"}]}'

    with cases.case("single properties"):
        found = metadata_of(email, single)
        assert list(found.items()) == list(told.items())
        assert list(found["from"]) == ["email", "firstName", "lastName"]
        assert metadata_of(email, {"hs_email_from_lastname": "L"})["from"] == {"lastName": "L"}
    with cases.case("headers"):
        found = metadata_of(email, single | {"hs_email_headers": headers})
        expected = {"from": {"email": "h@example.com"}, "cc": [{"email": "i@example.com"}]}
        assert found == told | expected
    for broken in ("{", "[]", "5", "", "[" * 20_000, '{"from":' * 20_000 + "1" + "}" * 20_000):
        with cases.case(f"headers {broken[:20]}"):
            assert metadata_of(email, single | {"hs_email_headers": broken}) == told
    with cases.case("back"):
        given = {"from": told["from"], "to": told["to"], "cc": [], "bcc": told["bcc"], "subject": "S"}
        assert values_of(email, given) == {
            "hs_email_subject": "S",
            "hs_email_headers": (
                '{"from":{"email":"a@example.com","firstName":"Ada","lastName":"L"},'
                '"to":[{"email":"b@example.com"},{"email":"c@example.com"}],"bcc":[{"email":"d@x.test"}]}'
            ),
        }
        assert values_of(kind_of("0-46"), {"to": told["to"]}) == {}


def test_the_reminders_of_a_task(cases: Cases) -> None:
    """Numbers that semicolons separate."""
    task = kind_of("0-27")
    for text, numbers in {"1;22": [1, 22], "": [], "x;3;": [3]}.items():
        with cases.case(text):
            assert metadata_of(task, {"hs_task_reminders": text}) == {"forObjectType": "OWNER", "reminders": numbers}
    assert values_of(task, {"reminders": [1, 22]}) == {"hs_task_reminders": "1;22"}
    assert values_of(task, {"reminders": []}) == {"hs_task_reminders": ""}
    assert values_of(kind_of("0-46"), {"reminders": [1]}) == {}
    assert values_of(kind_of("0-46"), {"body": None}) == {"hs_note_body": None}


def made(fake: Fake, **body: Any) -> dict[str, Any]:
    """Create a note, and return the response."""
    engagement = {"type": "NOTE", **body.pop("engagement", {})}
    answer = fake.post(PATH, {"engagement": engagement, **body})
    assert answer.status == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_the_head_of_an_engagement(empty: Fake, cases: Cases) -> None:
    """Its owner, its time, a preview of its text and its attachments."""
    empty.portal.clock.freeze(NOW)
    keys = (
        "id", "portalId", "active", "createdAt", "lastUpdated", "type", "timestamp", "allAccessibleTeamIds",
        "queueMembershipIds",
    )  # fmt: skip

    with cases.case("nothing"):
        head = made(empty)["engagement"]
        assert tuple(head) == keys
        assert (head["timestamp"], head["queueMembershipIds"], head["allAccessibleTeamIds"]) == (NOW, [], [])
    with cases.case("an owner"):
        head = made(empty, engagement={"ownerId": 32900489, "timestamp": 0})["engagement"]
        assert tuple(head) == (*keys[:5], "ownerId", *keys[5:])
        assert (head["ownerId"], head["timestamp"]) == (32900489, 0)
    with cases.case("changed later"):
        number = made(empty, metadata={"body": "a"})["engagement"]["id"]
        empty.portal.clock.freeze(NOW + 5)
        body = {"engagement": {"ownerId": "32900489"}, "metadata": {"body": "b"}}
        head = empty.request("PATCH", f"{PATH}/{number}", body).json()["engagement"]
        assert (head["createdAt"], head["lastUpdated"], head["timestamp"]) == (NOW, NOW + 5, NOW)
        assert (head["ownerId"], head["bodyPreview"]) == (32900489, "b")
    with cases.case("without a time"):
        empty.seed("notes", {"id": "5", "properties": {"hs_attachment_ids": "7;x;8", "hs_note_body": "c"}})
        read = empty.get(f"{PATH}/5").json()
        assert [read["engagement"][name] for name in PREVIEW] == [
            "c", False, "<html>\n <head></head>\n <body>\n c\n </body>\n</html>",
        ]  # fmt: skip
        assert read["attachments"] == [{"id": 7}, {"id": 8}]
        assert read["engagement"]["timestamp"] == read["engagement"]["createdAt"]
    with cases.case("a preview"):
        given = {"hs_note_body": "c", "hs_body_preview": "p", "hs_body_preview_html": "<p>"}
        empty.seed("notes", {"id": "6", "properties": given | {"hs_body_preview_is_truncated": "true"}})
        head = empty.get(f"{PATH}/6").json()["engagement"]
        assert [head[name] for name in PREVIEW] == ["p", True, "<p>"]


def test_an_engagement_needs_a_type_that_is_known(empty: Fake, cases: Cases) -> None:
    """In any case."""
    for word, text in {
        "": "engagement.type is required", None: "engagement.type is required",
        "Fax": "Invalid enum constant 'Fax' for class EngagementType",
    }.items():  # fmt: skip
        with cases.case(word):
            answer = empty.post(PATH, {"engagement": {"type": word}})
            assert (answer.status, answer.json()["message"]) == (400, text)
    assert empty.post(PATH, {"engagement": {"type": "note"}}).json()["engagement"]["type"] == "NOTE"
    forwarded = empty.post(PATH, {"engagement": {"type": "forwarded_email"}}).json()["engagement"]
    assert v3(empty, "emails", forwarded["id"], "hs_email_direction") == ["FORWARDED_EMAIL"]
    sent = empty.post(PATH, {"engagement": {"type": "EMAIL"}}).json()["engagement"]
    assert v3(empty, "emails", sent["id"], "hs_email_direction") != ["EMAIL"]


def test_links_of_an_engagement_are_added(empty: Fake, cases: Cases) -> None:
    """With each type of record; a change removes none, and leaves nothing if one cannot be made."""
    needed = {"tickets": {"hs_pipeline": "0", "hs_pipeline_stage": "1"}, "deals": {"dealstage": "closedwon"}}
    ids = {
        name: int(created(empty, name, {title: "x@example.com", **needed.get(name, {})}))
        for name, title in (
            ("contacts", "email"), ("companies", "name"), ("deals", "dealname"), ("tickets", "subject"),
        )
    }  # fmt: skip
    members = {
        "contacts": "contactIds", "companies": "companyIds", "deals": "dealIds", "tickets": "ticketIds",
    }  # fmt: skip
    number = made(empty, associations={"unknown": [1], "contactIds": None})["engagement"]["id"]

    for name, member in members.items():
        with cases.case(name):
            body = {"associations": {member: [ids[name]]}}
            changed = empty.request("PATCH", f"{PATH}/{number}", body).json()
            assert changed["associations"][member] == [ids[name]]
            assert linked(empty, "notes", number, name) == [str(ids[name])]
            word = {"companies": "Company"}.get(name, name[:-1])
            place = f"{PATH}/{number}/associations/{word}"
            assert empty.request("DELETE", f"{place}/{ids[name]}").status == 204
            assert linked(empty, "notes", number, name) == []
            assert empty.request("PUT", f"{place}/{ids[name]}").status == 204
            assert linked(empty, "notes", number, name) == [str(ids[name])]
            for wrong in ("9", "x"):
                answer = empty.request("PUT", f"{place}/{wrong}")
                text = f"{word.capitalize()} {wrong if wrong == '9' else 0} does not exist"
                assert (answer.status, answer.json()["message"]) == (404, text)
            listed = empty.get(f"{PATH}/associated/{word}/{ids[name]}/paged").json()["results"]
            assert [one["engagement"]["id"] for one in listed] == [number]
    with cases.case("not made"):
        unknown: Any = {"metadata": {"body": "new"}, "associations": {"contactIds": [9]}}
        assert empty.request("PATCH", f"{PATH}/{number}", unknown).status == 404
        assert empty.get(f"{PATH}/{number}").json()["metadata"] == {}
    with cases.case("no such type"):
        answer = empty.request("PUT", f"{PATH}/{number}/associations/OWNER/5")
        assert (answer.status, answer.json()["message"]) == (
            400, "Invalid enum constant 'OWNER' for class ObjectType",
        )  # fmt: skip
    with cases.case("none"):
        assert empty.get(f"{PATH}/associated/contact/x/paged?offset=7").json() == {
            "results": [], "hasMore": False, "offset": 7,
        }  # fmt: skip


def ids_of(page: dict[str, Any]) -> list[int]:
    """Return the ids of a page."""
    return [row["engagement"]["id"] for row in page["results"]]


def test_pages_of_engagements_end_between_two_ids(empty: Fake, cases: Cases) -> None:
    """A page that is just full is the last; records of several types with one id stay together."""
    contact = created(empty, "contacts", {"email": "a@example.com"})
    for name, numbers in (("notes", (1, 2, 4)), ("calls", (2, 3)), ("tasks", (2,))):
        empty.seed(name, *({"id": one, "properties": {"hs_timestamp": MOMENT}} for one in numbers))
        for one in numbers:
            empty.request("PUT", f"/crm/v4/objects/{name}/{one}/associations/default/contacts/{contact}")

    for path in ("paged", f"associated/CONTACT/{contact}/paged"):
        for limit, offset, found, more, behind in (
            (1, 0, [1], True, 2), (2, 0, [1, 2, 2, 2], True, 3), (1, 2, [2, 2, 2], True, 3),
            (4, 0, [1, 2, 2, 2], True, 3),
            (5, 0, [1, 2, 2, 2, 3], True, 4), (6, 0, [1, 2, 2, 2, 3, 4], False, 5), (1, 4, [4], False, 5),
            (7, 3, [3, 4], False, 5), (1, 5, [], False, 5),
        ):  # fmt: skip
            with cases.case((path, limit, offset)):
                page = empty.get(f"{PATH}/{path}?limit={limit}&offset={offset}").json()
                assert list(page) == ["results", "hasMore", "offset"]
                assert (ids_of(page), page["hasMore"], page["offset"]) == (found, more, behind)
    with cases.case("in the order of their types"):
        page = empty.get(f"{PATH}/paged?limit=2").json()
        assert [row["engagement"]["type"] for row in page["results"]][1:] == ["TASK", "NOTE", "CALL"]


def test_engagements_that_changed_after_a_time(empty: Fake, cases: Cases, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of their changes; the cursor of a page that is not the last names its last one."""
    empty.portal.clock.freeze(NOW)
    one, two = sorted(made(empty)["engagement"]["id"] for _ in range(2))
    empty.portal.clock.freeze(NOW + 1)
    three = made(empty)["engagement"]["id"]
    path = f"{PATH}/modified/after"

    for query, found, more, after in (
        ("", [one, two, three], False, f"{NOW + 1}-0"),
        ("limit=1", [one], True, f"{NOW}-{one}"),
        (f"limit=1&after={NOW}-{one}", [two], True, f"{NOW}-{two}"),
        (f"limit=1&after={NOW}-{two}", [three], False, f"{NOW + 1}-0"),
        (f"after={NOW}", [one, two, three], False, f"{NOW + 1}-0"),
        (f"after={NOW + 1}-0", [three], False, f"{NOW + 1}-0"),
        (f"after={NOW + 1}-{three}", [], False, f"{NOW + 1}-0"),
        (f"after={NOW + 2}", [], False, f"{NOW + 2}-0"),
        (f"after={'9' * 16}", [], False, f"{'9' * 16}-0"),
        (f"after={NOW}-x", [one, two, three], False, f"{NOW + 1}-0"),
    ):
        with cases.case(query):
            page = empty.get(f"{path}?{query}").json()
            assert list(page) == ["results", "hasMore", "after"]
            assert (ids_of(page), page["hasMore"], page["after"]) == (found, more, after)
    for wrong in ("9" * 17, "x", "-5", "1.5"):
        with cases.case(wrong):
            answer = empty.get(f"{path}?after={wrong}")
            text = "after is neither a time in milliseconds nor a cursor of an earlier response"
            assert (answer.status, answer.json()["message"]) == (400, text)
    with cases.case("recent"):
        page = empty.get(f"{PATH}/recent/modified?count=2").json()
        assert (list(page), ids_of(page)) == (["results", "hasMore", "offset", "total"], [three, one])
        assert (page["hasMore"], page["offset"], page["total"]) == (True, 2, 3)
        empty.portal.clock.freeze(NOW + 2)
        empty.request("PATCH", f"{PATH}/{two}", {"metadata": {"body": "b"}})
        call = empty.post(PATH, {"engagement": {"type": "CALL"}}).json()["engagement"]["id"]
        recent = [*sorted((two, call)), three, one]
        assert ids_of(empty.get(f"{PATH}/recent/modified").json()) == recent
        monkeypatch.setattr(pages, "RECENT_ROWS", 3)
        page = empty.get(f"{PATH}/recent/modified").json()
        assert (ids_of(page), page["total"]) == (recent[:3], 3)
