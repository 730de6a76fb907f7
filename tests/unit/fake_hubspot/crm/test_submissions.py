"""Submissions of forms: a contact is made or changed, and readers list them, the newest first."""

from typing import Any

import pytest

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
