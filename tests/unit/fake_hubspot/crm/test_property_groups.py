"""Property groups: listing, reading, creating, changing and archiving them."""

import pytest

from tests.unit.fake_hubspot.inprocess import Fake


@pytest.fixture(params=["/crm/v3/properties/contacts/groups", "/crm/v3/properties/0-1/groups"])
def path(request: pytest.FixtureRequest) -> str:
    """The groups of contacts, in two spellings."""
    return str(request.param)


def test_a_created_group_is_listed_and_read(empty: Fake, path: str) -> None:
    """HubSpot's own groups stay; only contacts get the new one."""
    before = empty.get(path).json()["results"]
    given = {"name": "sesam", "label": "Sesam", "displayOrder": 4}

    made = empty.post(path, given)

    assert (made.status, made.json()) == (201, given | {"archived": False})
    assert empty.get(f"{path}/sesam").json() == made.json()
    assert empty.get(path).json()["results"] == [*before, made.json()]
    assert before[0]["name"] == "contactinformation"
    assert empty.get("/crm/v3/properties/companies/groups/sesam").status == 404


def test_the_display_order_of_a_group_may_be_left_out(empty: Fake, path: str) -> None:
    """It is then -1: at the end."""
    assert empty.post(path, {"name": "a", "label": "A"}).json()["displayOrder"] == -1


def test_a_name_can_be_taken_once(empty: Fake, path: str) -> None:
    """By HubSpot's own groups too; the group does not change."""
    empty.post(path, {"name": "sesam", "label": "Sesam"})

    for name in ("sesam", "contactinformation"):
        again = empty.post(path, {"name": name, "label": "Other"})
        assert (again.status, again.json()["category"]) == (409, "OBJECT_ALREADY_EXISTS")
        assert again.json()["message"] == f"Property group {name} already exists"
    assert empty.get(f"{path}/sesam").json()["label"] == "Sesam"


def test_a_change_keeps_what_it_does_not_name(empty: Fake, path: str) -> None:
    """0 and blank text are values; HubSpot's own groups can be changed too."""
    made = empty.post(path, {"name": "sesam", "label": "Sesam", "displayOrder": 4}).json()

    moved = empty.request("PATCH", f"{path}/sesam", {"displayOrder": 0}).json()
    renamed = empty.request("PATCH", f"{path}/sesam", {"label": "", "name": "other"}).json()
    own = empty.request("PATCH", f"{path}/contactinformation", {"label": "People"}).json()

    assert moved == made | {"displayOrder": 0}
    assert renamed == moved | {"label": ""}
    assert empty.get(f"{path}/sesam").json() == renamed
    assert (own["name"], empty.get(f"{path}/contactinformation").json()["label"]) == ("contactinformation", "People")


def test_an_archived_group_is_gone_and_its_name_is_free(empty: Fake, path: str) -> None:
    """Also one of HubSpot's own."""
    empty.post(path, {"name": "sesam", "label": "Sesam"})

    for name in ("sesam", "contactinformation"):
        gone = empty.request("DELETE", f"{path}/{name}")
        assert (gone.status, gone.content) == (204, b"")
        missing = empty.get(f"{path}/{name}")
        assert (missing.status, missing.json()["message"]) == (404, f"Property group {name} not found.")
        assert missing.json()["category"] == "OBJECT_NOT_FOUND"
        assert name not in {one["name"] for one in empty.get(path).json()["results"]}
    assert empty.request("PATCH", f"{path}/sesam", {"label": "x"}).status == 404
    assert empty.request("DELETE", f"{path}/sesam").status == 404
    assert empty.post(path, {"name": "sesam", "label": "Again"}).status == 201


def test_a_group_needs_a_name_and_a_label(empty: Fake, path: str) -> None:
    """The message names what is missing."""
    for body, missing in (({"label": "x"}, "name"), ({"name": "x"}, "label")):
        answer = empty.post(path, body)
        assert answer.status == 400
        assert answer.json()["message"].endswith(f"Some required fields were not set: [{missing}]")
