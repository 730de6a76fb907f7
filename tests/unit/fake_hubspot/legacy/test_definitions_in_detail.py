"""Properties, pipelines, owners, forms, workflows and timeline types in detail: what is absent stays, and refusals."""

from typing import Any

import msgspec

from fake_hubspot.legacy.pipelines import DEFAULT_STAGES
from fake_hubspot.legacy.timeline import EVENT_KEYS
from fake_hubspot.portal.owners import FIRST_OWNER
from tests.support.cases import Cases
from tests.unit.fake_hubspot.inprocess import Fake
from tests.unit.fake_hubspot.legacy.conftest import created

NOW = 1_790_000_000_000
PIPELINES, OF_DEALS, FORMS = "/crm-pipelines/v1/pipelines", "/deals/v1/pipelines", "/forms/v2/forms"
WORKFLOWS, OLDER = "/automation/v3/workflows", "/automation/v2/workflows"
TYPES, EVENTS = "/integrations/v1/77/timeline/event-types", "/integrations/v1/77/timeline/event"


def told(fake: Fake, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
    """Return the status and the error of a response, without its correlation id."""
    answer = fake.request(method, path, body)
    error = answer.json()
    assert error.pop("correlationId")
    assert error.pop("status") == "error"
    return answer.status, error


def test_a_property_of_ones_own(empty: Fake, cases: Cases) -> None:
    """What a request does not set has a default at first, and stays later."""
    path = "/properties/v1/contacts/properties"
    empty.portal.clock.freeze(NOW)
    plain = {"name": "own", "groupName": "contactinformation"}
    full = {
        "name": "whole", "label": "Whole", "description": "D", "groupName": "contactinformation",
        "type": "enumeration", "fieldType": "select", "formField": True, "displayOrder": 4, "hidden": True,
        "hasUniqueValue": False,
        "options": [
            {"label": "A", "value": "a", "displayOrder": 2, "hidden": True, "description": "d"},
            {"label": "B", "value": "b"},
        ],
    }  # fmt: skip
    options = [
        {
            "label": "A", "value": "a", "description": "d", "displayOrder": 2, "doubleData": 0.0, "hidden": True,
            "readOnly": False,
        },
        {
            "label": "B", "value": "b", "description": "", "displayOrder": -1, "doubleData": 0.0, "hidden": False,
            "readOnly": False,
        },
    ]  # fmt: skip

    with cases.case("defaults"):
        made = empty.post(path, plain).json()
        expected = {
            "name": "own", "label": "own", "description": "", "groupName": "contactinformation", "type": "string",
            "fieldType": "text", "options": [], "deleted": False, "createdAt": NOW, "updatedAt": NOW,
            "hubspotDefined": None, "readOnlyDefinition": False, "displayOrder": -1, "hidden": False,
            "createdUserId": made["updatedUserId"],
        }  # fmt: skip
        assert {name: made[name] for name in expected} == expected
        assert isinstance(made["createdUserId"], int)
    with cases.case("everything"):
        made = empty.post(path, full).json()
        assert {name: made[name] for name in full} == full | {"options": options}
        assert [list(one) for one in made["options"]] == [list(options[0])] * 2
    with cases.case("changed"):
        empty.portal.clock.freeze(NOW + 1)
        changed = empty.request("PUT", f"{path}/named/whole", {"name": "other", "label": "New"}).json()
        assert changed == made | {"label": "New", "updatedAt": NOW + 1}
        assert empty.request("PATCH", f"{path}/named/whole", {"options": []}).json()["options"] == []
        assert empty.get(f"{path}/named/whole").json()["name"] == "whole"
    for method, place, body, status, message, tail in (
        ("POST", "", {"name": "x"}, 400, "Property validation failed: groupName must be set", {}),
        ("POST", "", {"groupName": "x"}, 400, "Property validation failed: name must be set", {}),
        ("POST", "", {}, 400, "Property validation failed: name, groupName must be set", {}),
        (
            "POST", "", plain, 409, "The Property named 'own' already exists.",
            {"propertiesErrorCode": "PROPERTY_EXISTS"},
        ),
        (
            "POST", "", {"name": "x", "groupName": "g"}, 404, "Couldn't find a Group with the given name 'g'.",
            {"groupsErrorCode": "GROUP_NOT_FOUND"},
        ),
        (
            "PUT", "/named/own", {"groupName": "g"}, 404, "Couldn't find a Group with the given name 'g'.",
            {"groupsErrorCode": "GROUP_NOT_FOUND"},
        ),
        (
            "GET", "/named/x", None, 404, "Couldn't find a Property with the given name 'x'",
            {"propertiesErrorCode": "PROPERTY_NOT_FOUND"},
        ),
        ("DELETE", "/named/email", None, 400, "Property email is defined by HubSpot and cannot be deleted", {}),
    ):  # fmt: skip
        with cases.case((method, place, body)):
            found, error = told(empty, method, f"{path}{place}", body)
            assert (found, list(error.items())) == (status, [("message", message), *tail.items()])
    with cases.case("deleted"):
        assert empty.request("DELETE", f"{path}/named/own").status == 204
        assert empty.get(f"{path}/named/own").status == 404
        assert empty.get("/crm/v3/properties/contacts/own?archived=true").json()["archivedAt"]
        assert empty.post(path, plain | {"label": "Again"}).json()["label"] == "Again"
    with cases.case("standard"):
        (first, *_) = (one for one in empty.get(path).json() if one["name"] == "lifecyclestage")
        assert first["hubspotDefined"] is True
        assert first["deleted"] is None


def test_a_group_of_ones_own(empty: Fake, cases: Cases) -> None:
    """Its properties are shown on demand."""
    path = "/properties/v2/contacts/groups"
    made = empty.post(path, {"name": "mine", "displayName": "Mine", "displayOrder": 3}).json()
    plain = empty.post(path, {"name": "plain"}).json()
    empty.post("/properties/v2/contacts/properties", {"name": "own", "groupName": "mine"})
    row = {"name": "mine", "displayName": "Mine", "displayOrder": 3, "hubspotDefined": False}

    with cases.case("made"):
        assert list(made.items()) == [
            ("portalId", 62515), ("name", "mine"), ("displayName", "Mine"), ("displayOrder", 3), ("deleted", False),
        ]  # fmt: skip
        assert (plain["displayName"], plain["displayOrder"]) == ("", -1)
    with cases.case("read"):
        assert list(empty.get(f"{path}/named/mine").json().items()) == list(row.items())
        assert empty.get(f"{path}/named/plain").json()["hubspotDefined"] is True
    with cases.case("listed"):
        rows = {one["name"]: one for one in empty.get(path).json()}
        assert rows["mine"] == row
        (listed,) = (one for one in empty.get(f"{path}?includeProperties=TRUE").json() if one["name"] == "mine")
        assert ([one["name"] for one in listed["properties"]], "properties" in rows["mine"]) == (["own"], False)
        assert "properties" not in empty.get(f"{path}?includeProperties=1").json()[0]
    with cases.case("changed"):
        assert empty.request("PUT", f"{path}/named/mine", {"displayName": "New"}).json() == row | {"displayName": "New"}
        changed = empty.request("PUT", f"{path}/named/mine", {"displayOrder": 1, "name": "x"}).json()
        assert changed == row | {"displayName": "New", "displayOrder": 1}
        zero = empty.request("PUT", f"{path}/named/mine", {"displayOrder": 0}).json()
        assert zero["hubspotDefined"] is True
        assert empty.request("PUT", f"{path}/named/mine", {"displayName": ""}).json()["displayName"] == ""
    for method, place, body, status, message, tail in (
        ("POST", "", {"displayName": "X"}, 400, "Group validation failed: name must be set", {}),
        (
            "POST", "", {"name": "mine"}, 409, "The Group named 'mine' already exists.",
            {"groupsErrorCode": "GROUP_EXISTS"},
        ),
        (
            "DELETE", "/named/x", None, 404, "Couldn't find a Group with the given name 'x'.",
            {"groupsErrorCode": "GROUP_NOT_FOUND"},
        ),
    ):  # fmt: skip
        with cases.case((method, place)):
            found, error = told(empty, method, f"{path}{place}", body)
            assert (found, list(error.items())) == (status, [("message", message), *tail.items()])
    with cases.case("deleted"):
        assert empty.request("DELETE", f"{path}/named/plain").status == 204
        assert "plain" not in [one["name"] for one in empty.get(path).json()]


def test_the_properties_of_forms(empty: Fake) -> None:
    """Four of HubSpot's own, in the older APIs alone."""
    rows = empty.get("/properties/v1/form/properties").json()

    assert [(one["name"], one["label"], one["type"], one["fieldType"], one["groupName"]) for one in rows] == [
        ("hs_createdate", "Create date", "datetime", "date", "forminformation"),
        ("hs_lastmodifieddate", "Last modified date", "datetime", "date", "forminformation"),
        ("hs_name", "Name", "string", "text", "forminformation"),
        ("hs_object_id", "Record ID", "number", "number", "forminformation"),
    ]
    assert {one["hubspotDefined"] for one in rows} == {True}


def test_a_pipeline_in_both_shapes(empty: Fake, cases: Cases) -> None:
    """Stages in their order; what a stage says about being closed wins."""
    empty.portal.clock.freeze(NOW)
    stages = [
        {"label": "Last", "displayOrder": 2, "stageId": "s2", "probability": 0},
        {"label": "First", "displayOrder": 1, "stageId": "s1", "metadata": {"probability": 0.5}},
        {"label": "Own", "displayOrder": 3, "stageId": "s3", "metadata": {"probability": "1.0", "isClosed": "false"}},
        {"label": "None", "displayOrder": 4, "stageId": "s4"},
    ]
    given = {"label": "P", "displayOrder": 5, "pipelineId": "own", "stages": stages}
    path = f"{PIPELINES}/deals"

    made = empty.post(path, given).json()

    common = {"createdAt": NOW, "updatedAt": NOW, "active": True}
    metadata = {
        "s1": {"probability": "0.5", "isClosed": "false"}, "s2": {"probability": "0.0", "isClosed": "true"},
        "s3": {"probability": "1.0", "isClosed": "false"}, "s4": {},
    }  # fmt: skip
    labels = {"s1": "First", "s2": "Last", "s3": "Own", "s4": "None"}
    expected = {
        "label": "P", "displayOrder": 5, "active": True,
        "stages": [
            {"label": label, "displayOrder": int(name[1]), "metadata": metadata[name], "stageId": name, **common}
            for name, label in labels.items()
        ],
        "objectType": "DEAL", "objectTypeId": "0-3", "pipelineId": "own", "createdAt": NOW, "updatedAt": NOW,
        "default": False,
    }  # fmt: skip
    with cases.case("new"):
        assert (made, list(made), list(made["stages"][0])) == (expected, list(expected), list(expected["stages"][0]))  # type: ignore[index]
    with cases.case("old"):
        old = {
            "pipelineId": "own",
            "stages": [
                {
                    "stageId": name, "label": label, "probability": probability, "active": True,
                    "displayOrder": int(name[1]), "closedWon": name == "s3",
                }
                for (name, label), probability in zip(labels.items(), (0.5, 0.0, 1.0, 0.0), strict=True)
            ],
            "label": "P", "active": True, "displayOrder": 5, "staticDefault": False,
        }  # fmt: skip
        assert list(empty.get(f"{OF_DEALS}/own").json().items()) == list(old.items())
    with cases.case("replaced"):
        empty.portal.clock.freeze(NOW + 1)
        body = {"label": "Q", "pipelineId": "other", "stages": stages[:1]}
        replaced = empty.request("PUT", f"{path}/own", body).json()
        assert (replaced["pipelineId"], replaced["label"], replaced["displayOrder"]) == ("own", "Q", 0)
        assert (replaced["createdAt"], replaced["updatedAt"]) == (NOW, NOW + 1)
        assert [one["stageId"] for one in replaced["stages"]] == ["s2"]
        again = empty.request("PUT", f"{OF_DEALS}/own", body).json()
        assert ([one["stageId"] for one in again["stages"]], again["label"]) == (["s2"], "Q")
    with cases.case("the default stages, of deals only"):
        assert empty.post(f"{PIPELINES}/tickets", {"label": "T"}).json()["stages"] == []
        whole = empty.post(path, {"label": "D"}).json()["stages"]
        assert [(one["label"], one["displayOrder"]) for one in whole] == [
            (label, at) for at, (label, _) in enumerate(DEFAULT_STAGES)
        ]
        assert [one["metadata"] for one in whole] == [
            {"probability": text, "isClosed": "true" if text in ("1.0", "0.0") else "false"}
            for _, text in DEFAULT_STAGES
        ]
        assert len({one["stageId"] for one in whole}) == 7
    with cases.case("without an order"):
        plain = empty.post(path, {"label": "N", "stages": [{"label": "a"}, {"label": "b"}]}).json()
        assert (plain["displayOrder"], [one["displayOrder"] for one in plain["stages"]]) == (0, [0, 0])
        assert [one["label"] for one in plain["stages"]] == ["a", "b"]
    with cases.case("deleted"):
        assert empty.request("DELETE", f"{OF_DEALS}/own").status == 204
        assert "own" not in [one["pipelineId"] for one in empty.get(path).json()["results"]]
        assert "own" not in [one["pipelineId"] for one in empty.get(OF_DEALS).json()]
        every = empty.get(f"{path}?includeInactive=INCLUDE_DELETED").json()["results"]
        assert {one["pipelineId"]: one["active"] for one in every}["own"] is False
    for method in ("GET", "PUT", "DELETE"):
        with cases.case(method):
            place = f"{OF_DEALS}/none"
            found, error = told(empty, method, place, {"label": "x"} if method == "PUT" else None)
            assert (found, error) == (404, {"message": "Couldn't find a pipeline with the ID 'none'"})
    with cases.case("the standard ones"):
        assert empty.get(f"{PIPELINES}/tickets").json()["results"][0]["default"] is True


def test_owners_are_found_by_address(empty: Fake, cases: Cases) -> None:
    """Former ones only on demand, in a list; one by one always."""
    former = msgspec.structs.replace(FIRST_OWNER, id=5, email="kim@example.com", user_id=6, archived_ms=1)
    empty.portal.owners.put(former)
    path = "/owners/v2/owners"

    for query, found in {
        "": [FIRST_OWNER.id], "email=owner@example.com": [FIRST_OWNER.id], "email=kim@example.com": [],
        "email=kim@example.com&includeInactive=TRUE": [5], "includeInactive=false": [FIRST_OWNER.id],
        "email=owner@example.com&includeInactive=true": [FIRST_OWNER.id],
    }.items():  # fmt: skip
        with cases.case(query):
            assert [one["ownerId"] for one in empty.get(f"{path}?{query}").json()] == found
    with cases.case("former"):
        row = empty.get(f"{path}/5").json()
        expected = {"hasContactsAccess": False, "activeUserId": None, "userIdIncludingInactive": 6, "isActive": False}
        assert {name: row[name] for name in expected} == expected
        assert row["remoteList"][0]["active"] is False
    for text in ("9", "x", "6"):
        with cases.case(text):
            assert told(empty, "GET", f"{path}/{text}") == (404, {"message": f"No owner found with ownerId={text}"})


def test_the_account_in_the_oldest_apis(empty: Fake, cases: Cases) -> None:
    """How many requests were used, and the outcomes of calls."""
    empty.portal.clock.freeze(NOW)
    with cases.case("limits"):
        (row,) = empty.get("/integrations/v1/limit/daily").json()
        assert (row["name"], row["collectedAt"], row["currentUsage"]) == ("api-calls-daily", NOW, 1)
        assert isinstance(row["resetsAt"], int)
    with cases.case("outcomes"):
        found = empty.get("/calling/v1/dispositions").json()
        assert found == [
            {"id": name, "label": label, "deleted": False}
            for name, label in (
                ("9d9162e7-6cf3-4944-bf63-4dff82258764", "Busy"),
                ("f240bbac-87c9-4f6e-bf70-924b57d47db7", "Connected"),
                ("a4c4c377-d246-4b32-a13b-75a56a4cd0ff", "Left live message"),
                ("b2cf5968-551e-4856-9783-52b3da59a7d0", "Left voicemail"),
                ("73a0d17f-1163-4015-bdd5-ec830791da20", "No answer"),
                ("17b47fee-58de-441e-a44c-463f3571cbe0", "Wrong number"),
            )
        ]


def test_a_form_of_both_versions(empty: Fake, cases: Cases) -> None:
    """What one version writes the other shows; what a change does not name stays."""
    newest = {
        "name": "N", "formType": "captured",
        "configuration": {"postSubmitAction": {"type": "thank_you", "value": "Thanks"}, "language": "en"},
        "displayOptions": {"submitButtonText": "Send", "theme": "default_style"},
        "fieldGroups": [
            {
                "richText": "Hello",
                "fields": [
                    {"name": name, "fieldType": kind, "objectTypeId": "0-2", "hidden": True}
                    for name, kind in (
                        ("a", "email"), ("b", "single_line_text"), ("c", "multi_line_text"), ("d", "phone"),
                        ("e", "file"),
                    )
                ],
            }
        ],
    }  # fmt: skip
    made = empty.post("/marketing/v3/forms", newest).json()["id"]
    path = f"{FORMS}/{made}"

    with cases.case("read"):
        old = empty.get(path).json()
        (group,) = old["formFieldGroups"]
        assert (old["formType"], old["submitText"], old["redirect"]) == ("CAPTURED", "Send", "")
        assert group["richText"] == {"content": "Hello", "type": "TEXT"}
        kinds = ["text", "text", "textarea", "phonenumber", "file"]
        assert [one["fieldType"] for one in group["fields"]] == kinds
        assert {(one["objectTypeId"], one["hidden"], one["required"], one["type"]) for one in group["fields"]} == {
            ("0-2", True, False, "string")
        }
    with cases.case("changed"):
        body = {"redirect": "https://a.example", "cssClass": "c", "unknown": 1, "name": ""}
        old = empty.post(path, body).json()
        assert (old["name"], old["redirect"], old["cssClass"], old["submitText"]) == (
            "N",
            "https://a.example",
            "c",
            "Send",
        )
        assert "unknown" not in old
        newer = empty.get(f"/marketing/v3/forms/{made}").json()
        assert newer["configuration"]["postSubmitAction"] == {"type": "redirect_url", "value": "https://a.example"}
        assert newer["configuration"]["language"] == "en"
        old = empty.post(path, {"submitText": "", "style": "s"}).json()
        assert (old["submitText"], old["cssClass"], old["style"]) == ("", "c", "s")
        assert empty.get(f"/marketing/v3/forms/{made}").json()["displayOptions"]["theme"] == "default_style"
    with cases.case("fields"):
        field = {"name": "x", "label": "X", "required": True, "hidden": True, "objectTypeId": "0-2"}
        kinds = ["text", "textarea", "phonenumber", "select"]
        fields = [field | {"fieldType": kind} for kind in kinds]
        fields[3]["options"] = [{"label": "A", "value": "a"}]
        empty.post(path, {"formFieldGroups": [{"fields": [*fields, {}]}]})
        (group,) = empty.get(f"/marketing/v3/forms/{made}").json()["fieldGroups"]
        assert (group["groupType"], group["richTextType"]) == ("default_group", "text")
        newer_kinds = ["single_line_text", "multi_line_text", "phone", "select"]
        assert group["fields"] == [
            *(
                {**field, "fieldType": kind, **({"options": fields[3]["options"]} if kind == "select" else {})}
                for kind in newer_kinds
            ),
            {
                "objectTypeId": "0-1", "name": "", "label": "", "required": False, "hidden": False,
                "fieldType": "single_line_text",
            },
        ]  # fmt: skip
        (again,) = empty.get(path).json()["formFieldGroups"]
        assert [one["fieldType"] for one in again["fields"]] == [*kinds, "text"]
        assert [one["type"] for one in again["fields"]] == ["string", "string", "string", "enumeration", "string"]
    with cases.case("listed"):
        two = empty.post(FORMS, {"name": "T"}).json()["guid"]
        for query, found in (
            ("", [made, two]), ("formTypes=CAPTURED", [made]), ("formTypes=hubspot", [two]),
            ("formTypes=ALL", [made, two]),
            ("formTypes=ALL&formTypes=hubspot", [two]), ("limit=1", [made]), ("limit=1&offset=1", [two]),
        ):  # fmt: skip
            assert [one["guid"] for one in empty.get(f"{FORMS}?{query}").json()] == found, query
    with cases.case("deleted"):
        assert empty.request("DELETE", path).status == 204
        expected = {"message": f"No form found with guid '{made}'", "type": "FORM_NOT_FOUND"}
        for method in ("GET", "POST", "DELETE"):
            assert told(empty, method, path, {} if method == "POST" else None) == (404, expected)
        assert told(empty, "GET", f"/forms/v2/fields/{made}") == (404, expected)
    with cases.case("no name"):
        status, error = told(empty, "POST", FORMS, {"name": ""})
        guid = error["message"].split("'")[1]
        assert (status, error) == (
            400, {"message": f"Form name is required, form guid '{guid}'", "type": "MISSING_NAME"},
        )  # fmt: skip
        assert len(guid) == 36


def test_a_workflow_in_full(empty: Fake, cases: Cases) -> None:
    """It is off unless it is made otherwise; ending what has ended is no error."""
    empty.portal.clock.freeze(NOW)
    contact = created(empty, "contacts", {"email": "a@example.com"})
    made = empty.post(WORKFLOWS, {"name": "W"}).json()
    number = made["id"]
    row = {
        "id": number, "portalId": 62515, "name": "W", "type": "DRIP_DELAY", "enabled": False, "insertedAt": NOW,
        "updatedAt": NOW, "personaTagIds": [],
        "contactListIds": {"enrolled": 0, "active": 0, "completed": 0, "succeeded": 0}, "lastUpdatedByUserId": None,
        "contactCounts": {"active": 0, "enrolled": 0},
    }  # fmt: skip

    with cases.case("made"):
        assert list(made.items()) == list((row | {"actions": []}).items())
        assert list(empty.get(f"{WORKFLOWS}/{number}").json().items()) == list((row | {"actions": []}).items())
    with cases.case("listed"):
        (listed,) = empty.get(WORKFLOWS).json()["workflows"]
        assert list(listed.items()) == list(row.items())
        assert list(listed["contactListIds"]) == ["enrolled", "active", "completed", "succeeded"]
    with cases.case("of version 4"):
        flow = empty.post("/automation/v4/flows", {"name": "F", "actions": [{"actionId": "1"}]}).json()
        read = empty.get(f"{WORKFLOWS}/{flow['id']}").json()
        assert (read["name"], read["type"], read["actions"]) == ("F", "DRIP_DELAY", [{"actionId": "1"}])
        empty.request("DELETE", f"{WORKFLOWS}/{flow['id']}")
    with cases.case("enrolled"):
        place = f"{OLDER}/{number}/enrollments/contacts/a@example.com"
        assert empty.request("DELETE", place).status == 204
        assert empty.post(place, None).status == 204
        of_contact = empty.get(f"{OLDER}/enrollments/contacts/{contact}").json()
        assert of_contact == [row | {"contactCounts": {"active": 1, "enrolled": 1}}]
        assert [empty.request("DELETE", place).status for _ in range(2)] == [204, 204]
        assert empty.get(f"{OLDER}/enrollments/contacts/{contact}").json() == []
    for kind in ("DRIP_DELAY", "STATIC_ANCHOR", "PROPERTY_ANCHOR"):
        with cases.case(kind):
            given = {"name": "X", "type": kind, "id": 1, "enabled": True, "actions": [{"a": 1}], "extra": {"b": 2}}
            other = empty.post(WORKFLOWS, given).json()
            assert (other["type"], other["enabled"], other["extra"]) == (kind, True, {"b": 2})
            assert (other["id"] != 1, other["actions"]) == (True, [{"a": 1}])
    for method, place, status, text in (
        ("GET", f"{WORKFLOWS}/9", 404, "Workflow 9 does not exist"),
        ("DELETE", f"{WORKFLOWS}/9", 404, "Workflow 9 does not exist"),
        ("POST", f"{OLDER}/9/enrollments/contacts/a@example.com", 404, "Workflow 9 does not exist"),
        ("POST", f"{OLDER}/{number}/enrollments/contacts/b@x.test", 404, "Contact b@x.test does not exist"),
        ("DELETE", f"{OLDER}/{number}/enrollments/contacts/b@x.test", 404, "Contact b@x.test does not exist"),
        ("GET", f"{OLDER}/enrollments/contacts/9", 404, "contact does not exist"),
        ("GET", f"{OLDER}/enrollments/contacts/x", 404, "contact does not exist"),
    ):
        with cases.case((method, place)):
            assert told(empty, method, place) == (status, {"message": text})
    with cases.case("no such type"):
        status, error = told(empty, "POST", WORKFLOWS, {"name": "X", "type": "MAGIC"})
        assert (status, error["message"]) == (400, "type is one of DRIP_DELAY, STATIC_ANCHOR, PROPERTY_ANCHOR")


def test_types_of_timeline_events_in_full(empty: Fake, cases: Cases) -> None:
    """Of each type of record; what a change does not name stays."""
    keys = ["id", "name", "applicationId", "headerTemplate", "detailTemplate", "objectType"]
    for word, plural in {"CONTACT": "contacts", "company": "companies", "Deal": "deals", "TICKET": "tickets"}.items():
        with cases.case(word):
            given = {"name": "T", "objectType": word, "headerTemplate": "h", "detailTemplate": "d"}
            made = empty.post(TYPES, given).json()
            assert list(made) == keys
            assert made == {"id": made["id"], "applicationId": 77, **given, "objectType": word.upper()}
            newer = empty.get(f"/integrators/timeline/v3/77/event-templates/{made['id']}").json()
            assert newer["objectType"] == plural
            changed = empty.request("PUT", f"{TYPES}/{made['id']}", {"applicationId": 77, "detailTemplate": "e"}).json()
            assert changed == made | {"detailTemplate": "e"}
    with cases.case("plain"):
        made = empty.post(TYPES, {"name": "P"}).json()
        assert list(made.values())[1:] == ["P", 77, None, None, "CONTACT"]
    with cases.case("of another type"):
        of_cars = {"name": "C", "objectType": "cars"}
        car = empty.post("/integrators/timeline/v3/77/event-templates", of_cars).json()["id"]
        (told_,) = (one for one in empty.get(TYPES).json() if one["name"] == "C")
        assert told_["objectType"] == "CARS"
        assert empty.request("DELETE", f"{TYPES}/{car}").status == 204
    path = f"{TYPES}/{made['id']}"
    for method, place, body, status, text in (
        ("POST", TYPES, {}, 400, "An event type needs a name"),
        (
            "POST", TYPES, {"name": "x", "applicationId": 78}, 400,
            "The applicationId in the body does not match the one in the URL",
        ),
        (
            "POST", TYPES, {"name": "x", "objectType": "SHIP"}, 400,
            "objectType is one of CONTACT, COMPANY, DEAL, TICKET",
        ),
        ("GET", "/integrations/v1/x/timeline/event-types", None, 404, "No app with ID x"),
        ("GET", f"/integrations/v1/{'x' * 41}/timeline/event-types", None, 404, f"No app with ID {'x' * 40}"),
        ("PUT", f"{TYPES}/9", {}, 404, "No event type with ID 9"),
        ("DELETE", f"{TYPES}/{'y' * 41}", None, 404, f"No event type with ID {'y' * 40}"),
        (
            "POST", f"{path}/properties", {"name": "log", "propertyType": "String"}, 400,
            "A property cannot be named log",
        ),
        (
            "POST", f"{path}/properties", {"name": "lookup", "propertyType": "String"}, 400,
            "A property cannot be named lookup",
        ),
        (
            "POST", f"{path}/properties", {"name": "x", "propertyType": "Text"}, 400,
            "propertyType is one of Date, Enumeration, Numeric, String",
        ),
        ("POST", f"{path}/properties", {"name": "x"}, 400, "A property needs a name and a propertyType"),
        ("POST", f"{path}/properties", {"propertyType": "Date"}, 400, "A property needs a name and a propertyType"),
        ("PUT", f"{path}/properties", {"id": 5}, 404, "No property with ID 5"),
        ("PUT", f"{path}/properties", {}, 404, "No property with ID None"),
        ("DELETE", f"{path}/properties/x", None, 404, "No property with ID None"),
        ("PUT", EVENTS, {"id": "1", "eventTypeId": made["id"]}, 400, "An event needs an objectId, an email or a utk"),
        (
            "PUT", EVENTS, {"id": "", "eventTypeId": made["id"], "utk": "u"}, 400,
            "An event needs an id and an eventTypeId",
        ),
        ("PUT", EVENTS, {"id": "1", "eventTypeId": "", "utk": "u"}, 400, "An event needs an id and an eventTypeId"),
        ("PUT", EVENTS, {"id": "1", "eventTypeId": 9, "utk": "u"}, 404, "No event type with ID 9"),
        ("GET", f"{EVENTS}/{made['id']}/{'z' * 101}", None, 404, f"No event with ID {'z' * 100}"),
    ):  # fmt: skip
        with cases.case((method, place, body)):
            found, error = told(empty, method, place, body)
            assert (found, error) == (status, {"message": text})
    with cases.case("nothing was made"):
        assert len(empty.get(TYPES).json()) == 5
        assert empty.get(f"{path}/properties").json() == []


def test_properties_of_timeline_events_in_full(empty: Fake, cases: Cases) -> None:
    """Of each type; a change keeps the name and the place among the others."""
    path = f"{TYPES}/{empty.post(TYPES, {'name': 'T'}).json()['id']}"
    kinds = {"Date": "date", "Enumeration": "enumeration", "Numeric": "number", "String": "string"}
    made = []
    for word, kind in kinds.items():
        given = {
            "name": kind, "label": word, "propertyType": word, "objectProperty": "city",
            "options": [{"label": "A", "value": "a"}] if word == "Enumeration" else [],
        }  # fmt: skip
        with cases.case(word):
            row = empty.post(f"{path}/properties", given).json()
            assert list(row) == ["id", "name", "label", "propertyType", "objectProperty", "options"]
            assert {name: value for name, value in row.items() if name != "id"} == given
            made.append(row)
    type_id = path.rpartition("/")[2]
    newer = empty.get(f"/integrators/timeline/v3/77/event-templates/{type_id}").json()["tokens"]
    assert [(one["name"], one["type"], one["objectPropertyName"]) for one in newer] == [
        (kind, kind, "city") for kind in kinds.values()
    ]
    with cases.case("changed"):
        body = {"id": made[1]["id"], "name": "renamed", "label": "L", "propertyType": "Numeric"}
        changed = empty.request("PUT", f"{path}/properties", body).json()
        assert changed == made[1] | {"label": "L", "propertyType": "Numeric"}
        assert empty.get(f"{path}/properties").json() == [made[0], changed, *made[2:]]
    with cases.case("taken"):
        status, error = told(empty, "POST", f"{path}/properties", {"name": "date", "propertyType": "Date"})
        assert (status, error) == (409, {"message": "There is a property date already"})
    with cases.case("plain"):
        row = empty.post(f"{path}/properties", {"name": "p", "propertyType": "String"}).json()
        assert list(row.values())[1:] == ["p", None, "String", None, []]
        assert empty.request("DELETE", f"{path}/properties/{row['id']}").status == 204
        assert [one["name"] for one in empty.get(f"{path}/properties").json()] == list(kinds.values())


def test_timeline_events_in_full(empty: Fake, cases: Cases) -> None:
    """What is no key of an event is a token; an event of the same id is changed."""
    empty.portal.clock.freeze(NOW)
    contact = int(created(empty, "contacts", {"email": "a@example.com"}))
    kind = empty.post(TYPES, {"name": "T"}).json()["id"]
    event = {
        "id": 5, "eventTypeId": kind, "objectId": contact, "timestamp": 7, "extraData": {"x": 1}, "place": "Oslo",
        "count": 3,
    }  # fmt: skip
    place = f"{EVENTS}/{kind}/5"

    with cases.case("read"):
        assert empty.request("PUT", EVENTS, event).status == 204
        read = empty.get(place).json()
        assert list(read.items()) == [
            ("id", "5"), ("eventTypeId", kind), ("objectId", contact), ("extraData", {"x": 1}), ("timestamp", 7),
            ("place", "Oslo"), ("count", 3),
        ]  # fmt: skip
    with cases.case("the newer version"):
        newer = empty.get(f"/integrators/timeline/v3/events/{kind}/5").json()
        assert (newer["objectType"], newer["tokens"]) == ("contacts", {"place": "Oslo", "count": 3})
    with cases.case("changed"):
        other = {"id": "5", "eventTypeId": kind, "objectId": contact, "place": "Rome", "timestamp": None}
        assert empty.request("PUT", f"{EVENTS}/batch", {"eventWrappers": [other]}).status == 204
        read = empty.get(place).json()
        assert (read["place"], read["objectId"]) == ("Rome", contact)
    with cases.case("a frame"):
        frame = {"linkLabel": "L", "iframeLabel": "F", "iframeUri": "https://x.test", "width": 1, "height": 2}
        empty.request("PUT", EVENTS, {"id": "6", "eventTypeId": kind, "objectId": contact, "timelineIFrame": frame})
        newer = empty.get(f"/integrators/timeline/v3/events/{kind}/6").json()
        assert newer["timelineIFrame"] == {
            "linkLabel": "L", "headerLabel": "F", "url": "https://x.test", "width": 1, "height": 2,
        }  # fmt: skip
        assert empty.get(f"{EVENTS}/{kind}/6").json()["timestamp"] == NOW
    assert sorted(EVENT_KEYS) == [
        "email", "eventTypeId", "extraData", "id", "objectId", "timelineIFrame", "timestamp", "utk",
    ]  # fmt: skip
