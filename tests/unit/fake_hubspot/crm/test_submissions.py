"""Submissions of forms: a contact is made or changed, and readers list them, the newest first."""

from typing import Any

import pytest

from fake_hubspot.portal.record_events import SUBMISSIONS
from tests.support.cases import Cases
from tests.unit.fake_hubspot.inprocess import Fake, Response

FIELDS = [{"fields": [{"name": "email", "required": True}, {"name": "firstname"}]}]


@pytest.fixture
def form(empty: Fake) -> str:
    """The id of a form."""
    made: str = empty.post("/marketing/v3/forms", {"name": "Contact", "fieldGroups": FIELDS}).json()["id"]
    return made


def submit(fake: Fake, form: str, *, portal_id: int, at: int | None = None, **values: str) -> Response:
    """Send a submission as a visitor, without a token."""
    body: dict[str, Any] = {"fields": [{"name": name, "value": value} for name, value in values.items()]}
    body |= {"context": {"pageUri": "https://example.com/contact"}} | ({"submittedAt": at} if at else {})
    path = f"/submissions/v3/integration/submit/{portal_id}/{form}"
    return fake.post(path, body, headers={"authorization": ""})


def test_a_submission_makes_a_contact_and_a_later_one_changes_it(empty: Fake, form: str) -> None:
    """By the e-mail address; properties that there are not are kept in the submission only."""
    portal_id = empty.portal.id
    first = submit(empty, form, portal_id=portal_id, at=1000, email="a@example.com", firstname="A", nickname="X")
    second = submit(empty, form, portal_id=portal_id, at=2000, email="a@example.com", firstname="B")
    secure = empty.post(
        f"/submissions/v3/integration/secure/submit/{portal_id}/{form}",
        {"fields": [{"name": "email", "value": "b@example.com"}], "submittedAt": 3000},
    )
    contacts = empty.get("/crm/v3/objects/contacts?properties=firstname,email").json()["results"]
    listed = empty.get(f"/form-integrations/v1/submissions/forms/{form}").json()["results"]

    assert [one.status for one in (first, second, secure)] == [200] * 3
    assert "inlineMessage" in first.json()
    assert sorted(str(one["properties"]["firstname"]) for one in contacts) == ["B", "None"]
    assert [one["submittedAt"] for one in listed] == [3000, 2000, 1000]
    assert listed[2]["values"][2] == {"name": "nickname", "value": "X", "objectTypeId": "0-1"}
    assert listed[2]["pageUrl"] == "https://example.com/contact"


def test_submissions_have_pages(empty: Fake, form: str) -> None:
    """Of twenty, at most fifty; each is returned once."""
    for number in range(25):
        submit(empty, form, portal_id=empty.portal.id, email=f"{number}@example.com")
    path = f"/form-integrations/v1/submissions/forms/{form}"

    first = empty.get(path).json()
    rest = empty.get(f"{path}?after={first['paging']['next']['after']}").json()

    assert [len(first["results"]), len(rest["results"])] == [20, 5]
    assert len({one["conversionId"] for one in first["results"] + rest["results"]}) == 25
    assert "paging" not in rest
    assert empty.get(f"{path}?limit=51").status == 400


def test_submissions_that_are_refused_leave_nothing(empty: Fake, form: str, cases: Cases) -> None:
    """Without a required field, with a wrong address or time, for an unknown form or account."""
    portal_id = empty.portal.id
    for name, answer in {
        "REQUIRED_FIELD": submit(empty, form, portal_id=portal_id, firstname="A"),
        "INVALID_EMAIL": submit(empty, form, portal_id=portal_id, email="none"),
    }.items():
        with cases.case(name):
            assert answer.status == 400
            assert [one["errorType"] for one in answer.json()["errors"]] == [name]
    with cases.case("unknown form"):
        assert submit(empty, "no-such-form", portal_id=portal_id, email="a@example.com").status == 404
    with cases.case("unknown account"):
        assert submit(empty, form, portal_id=1, email="a@example.com").status == 404
    assert empty.get(f"/form-integrations/v1/submissions/forms/{form}").json() == {"results": []}
    assert empty.get("/crm/v3/objects/contacts").json()["results"] == []


def test_a_submission_in_full(empty: Fake, form: str, cases: Cases) -> None:
    """The newest first, of one moment the last; a page that is just full is the last."""
    empty.portal.clock.freeze(1_790_000_000_000)
    path = f"/form-integrations/v1/submissions/forms/{form}"
    send = f"/submissions/v3/integration/submit/{empty.portal.id}/{form}"
    field = {"name": "email", "value": "a@example.com"}
    for body in (
        {"fields": [field], "submittedAt": 5, "context": {"pageId": "p"}},
        {"fields": [field, {"name": "name", "value": "v", "objectTypeId": "0-2"}]},
        {"fields": [field], "submittedAt": 5},
    ):
        assert empty.post(send, body).json() == {"inlineMessage": "Thanks for submitting the form."}

    rows = empty.get(path).json()["results"]

    given = {"name": "email", "value": "a@example.com", "objectTypeId": "0-1"}
    assert [one["submittedAt"] for one in rows] == [1_790_000_000_000, 5, 5]
    assert list(rows[0].items()) == [
        ("conversionId", rows[0]["conversionId"]), ("submittedAt", 1_790_000_000_000),
        ("values", [given, {"name": "name", "value": "v", "objectTypeId": "0-2"}]), ("pageUrl", ""),
    ]  # fmt: skip
    with cases.case("of one moment"):
        kept = empty.portal.resources.all(f"{SUBMISSIONS}/{form}")
        assert [one["conversionId"] for one in rows] == [kept[1].id, kept[2].id, kept[0].id]
        assert [one.fields.get("pageId") for one in kept] == ["p", None, None]
    with cases.case("pages"):
        assert "paging" not in empty.get(f"{path}?limit=3").json()
        first = empty.get(f"{path}?limit=2").json()
        assert first["paging"]["next"]["after"] == "Mg%3D%3D"
        assert empty.get(f"{path}?limit=2&after=2").json() == {"results": rows[2:]}
        assert empty.get(f"{path}?limit=50").status == 200
    with cases.case("the words of a refusal"):
        wrong = empty.post(send, {"fields": [field | {"value": "x" * 101}]}).json()
        error = {"message": f"Error in 'fields'. Invalid email address '{'x' * 100}'", "errorType": "INVALID_EMAIL"}
        assert (wrong["message"], wrong["errors"]) == ("The request is not valid", [error])
        (error,) = empty.post(send, {"fields": [field | {"value": ""}]}).json()["errors"]
        assert error["message"] == "Error in 'fields'. Required field 'email' is missing"
        (error,) = empty.post(send, {"fields": [field], "submittedAt": "t" * 51}).json()["errors"]
        assert error["message"] == f"Error in 'fields'. {'t' * 50!r} is no time"
        (error,) = empty.post(send, {"fields": [field] * 1001}).json()["errors"]
        assert error["message"] == "Error in 'fields'. There may be 1000 fields"
    with cases.case("a form that is gone"):
        empty.request("DELETE", f"/marketing/v3/forms/{form}")
        assert (empty.get(path).status, empty.post(send, {"fields": [field]}).status) == (404, 404)


def test_values_that_are_not_valid_change_no_contact(empty: Fake, form: str) -> None:
    """The submission is kept. Values without an address make no contact."""
    send = f"/submissions/v3/integration/submit/{empty.portal.id}/{form}"
    email = {"name": "email", "value": "a@b@c"}
    plain = empty.post("/marketing/v3/forms", {"name": "Plain"}).json()["id"]

    answers = [
        empty.post(send, {"fields": [email]}),
        empty.post(send.replace(form, plain), {"fields": [{"name": "firstname", "value": "A"}]}),
        empty.post(send, {"fields": [{"name": "email", "value": "b@example.com", "objectTypeId": "0-2"}]}),
    ]

    assert [one.status for one in answers] == [200] * 3
    assert empty.get("/crm/v3/objects/contacts").json()["results"] == []
    assert len(empty.get(f"/form-integrations/v1/submissions/forms/{form}").json()["results"]) == 2


def test_only_fields_that_are_marked_true_are_required(empty: Fake) -> None:
    """In every group; odd shapes require nothing."""
    groups = [
        {"fields": [{"name": "a", "required": False}, {"name": "b"}]},
        {"fields": [{"name": "c", "required": True}]},
    ]
    form = empty.post("/marketing/v3/forms", {"name": "F", "fieldGroups": groups}).json()["id"]
    send = f"/submissions/v3/integration/submit/{empty.portal.id}/{form}"

    (error,) = empty.post(send, {"fields": [{"name": "a", "value": "x"}]}).json()["errors"]

    assert error == {"message": "Error in 'fields'. Required field 'c' is missing", "errorType": "REQUIRED_FIELD"}
    assert empty.post(send, {"fields": [{"name": "c", "value": "x"}]}).status == 200
