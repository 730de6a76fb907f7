"""Answers of the older APIs in full, each key in its place. Readers of these APIs take what they need by name.

Source: as told in `fake_hubspot/legacy`.
"""

from importlib import import_module
from typing import Any

from tests.support.cases import Cases
from tests.unit.fake_hubspot.inprocess import Fake

NOW = 1_790_000_000_000
PORTAL = 62515
PERSON = {"type": "EMAIL", "value": "a@example.com", "timestamp": NOW, "is-primary": True}


def _contact(fake: Fake, **values: str) -> int:
    properties = [{"property": name, "value": value} for name, value in values.items()]
    made: int = fake.request("POST", "/contacts/v1/contact", {"properties": properties}).json()["vid"]
    return made


def _company(fake: Fake, name: str) -> int:
    body = {"properties": [{"name": "name", "value": name}]}
    made: int = fake.request("POST", "/companies/v2/companies", body).json()["companyId"]
    return made


def _get(fake: Fake, path: str) -> Any:
    answer = fake.request("GET", path)
    assert answer.status == 200, answer.content
    return answer.json()


def _row(vid: int, guid: Any, **properties: Any) -> dict[str, Any]:
    """Return a contact of version 1."""
    identities = [PERSON, {"type": "LEAD_GUID", "value": guid, "timestamp": NOW}]
    profile = {"vid": vid, "saved-at-timestamp": NOW, "deleted-changed-timestamp": 0, "identities": identities}
    return {
        "vid": vid,
        "canonical-vid": vid,
        "merged-vids": [],
        "portal-id": PORTAL,
        "is-contact": True,
        "profile-token": f"AO_T-{vid}",
        "profile-url": f"https://app.hubspot.com/contacts/{PORTAL}/contact/{vid}",
        "properties": properties,
        "form-submissions": [],
        "identity-profiles": [profile],
        "merge-audits": [],
    }


def test_a_contact(empty: Fake, cases: Cases) -> None:
    empty.portal.clock.freeze(NOW)
    vid = _contact(empty, email="a@example.com", firstname="Ada")
    version = {
        "value": "a@example.com", "source-type": "INTEGRATION", "source-id": "23237921", "source-label": None,
        "updated-by-user-id": None, "timestamp": NOW, "selected": False,
    }  # fmt: skip
    found = _get(empty, f"/contacts/v1/contact/vid/{vid}/profile?property=email&propertyMode=value_and_history")
    guid = found["identity-profiles"][0]["identities"][1]["value"]
    listed = {"addedAt": NOW, **_row(vid, guid, firstname={"value": "Ada"}, lastmodifieddate={"value": str(NOW)})}

    with cases.case("one"):
        email = {"value": "a@example.com", "versions": [version]}
        assert list(found.items()) == list((_row(vid, guid, email=email) | {"list-memberships": []}).items())
    with cases.case("a list"):
        page = _get(empty, "/contacts/v1/lists/all/contacts/all?count=1&property=firstname")
        assert page == {"contacts": [listed], "has-more": False, "vid-offset": vid}
    with cases.case("the changed ones"):
        page = _get(empty, "/contacts/v1/lists/recently_updated/contacts/recent?count=1")
        assert page == {"contacts": [listed], "has-more": False, "vid-offset": vid, "time-offset": NOW}


def test_the_contacts_that_changed_last_come_first(empty: Fake) -> None:
    """By the time of the change, or of the creation."""
    vids = []
    for number in range(3):
        empty.portal.clock.freeze(NOW + number)
        vids.append(_contact(empty, email=f"{number}@example.com"))
    empty.portal.clock.freeze(NOW + 9)
    empty.request("POST", f"/contacts/v1/contact/vid/{vids[1]}/profile", {"properties": []})
    changed = {"properties": [{"property": "city", "value": "Oslo"}]}
    assert empty.request("POST", f"/contacts/v1/contact/vid/{vids[1]}/profile", changed).status == 204

    recent, created = (
        _get(empty, f"/contacts/v1/lists/{name}/contacts/recent?count=3")["contacts"]
        for name in ("recently_updated", "all")
    )

    assert [one["vid"] for one in recent] == [vids[1], vids[2], vids[0]]
    assert [one["vid"] for one in created] == [vids[2], vids[1], vids[0]]


def _value(name: str, value: str) -> dict[str, Any]:
    version = {
        "name": name, "value": value, "timestamp": NOW, "sourceId": "23237921", "source": "INTEGRATION",
        "sourceVid": [],
    }  # fmt: skip
    return {
        "value": value, "timestamp": NOW, "source": "INTEGRATION", "sourceId": "23237921", "updatedByUserId": None,
        "versions": [version],
    }  # fmt: skip


def test_a_company_and_its_contacts(empty: Fake) -> None:
    empty.portal.clock.freeze(NOW)
    vid, company = _contact(empty, email="a@example.com", firstname="Ada"), _company(empty, "A")
    place = f"/companies/v2/companies/{company}"

    linked = empty.request("PUT", f"{place}/contacts/{vid}").json()
    assert (linked["portalId"], linked["companyId"], linked["isDeleted"]) == (PORTAL, company, False)
    assert linked["properties"]["name"] == _value("name", "A")
    assert _get(empty, f"{place}/vids") == {"vids": [vid], "vidOffset": vid, "hasMore": False}
    names = {"lastmodifieddate": str(NOW), "firstname": "Ada", "email": "a@example.com"}
    identity = {"value": "a@example.com", "type": "EMAIL", "timestamp": NOW, "isPrimary": True}
    assert _get(empty, f"{place}/contacts") == {
        "contacts": [
            {
                "identities": [{"vid": vid, "identity": [identity], "linkedVid": []}],
                "properties": [{"name": name, "value": value, "sourceVid": []} for name, value in names.items()],
                "formSubmissions": [], "listMembership": [], "vid": vid, "portalId": PORTAL, "isContact": True,
                "vids": [], "imports": [], "publicToken": "", "canonicalVid": vid, "mergeAudit": [], "mergedVids": [],
                "campaigns": [], "stateChanges": [],
            }
        ],
        "vidOffset": vid,
        "hasMore": False,
    }  # fmt: skip
    assert empty.request("DELETE", f"{place}/contacts/{vid}").status == 204
    assert _get(empty, f"{place}/vids") == {"vids": [], "vidOffset": 0, "hasMore": False}


def test_a_deal(empty: Fake) -> None:
    empty.portal.clock.freeze(NOW)
    vid, company = _contact(empty, email="a@example.com"), _company(empty, "A")
    links = {"associatedVids": [vid], "associatedCompanyIds": [company]}
    body = {"associations": links, "properties": [{"name": "dealname", "value": "D"}]}
    none: dict[str, list[int]] = {"associatedDealIds": [], "associatedTicketIds": []}

    made = empty.request("POST", "/deals/v1/deal", body).json()
    deal = made["dealId"]

    assert made["associations"] == links | none
    assert made["properties"]["dealname"] == _value("dealname", "D")
    assert _get(empty, f"/deals/v1/deal/{deal}")["associations"] == links | none
    assert _get(empty, "/deals/v1/deal/paged?limit=1&properties=dealname") == {
        "deals": [
            {
                "portalId": PORTAL, "dealId": deal, "isDeleted": False,
                "associations": {"associatedVids": [], "associatedCompanyIds": [], **none},
                "properties": {"dealname": _value("dealname", "D")}, "stateChanges": [],
            }
        ],
        "hasMore": False,
        "offset": deal + 1,
    }  # fmt: skip


def test_an_engagement(empty: Fake, cases: Cases) -> None:
    """The preview of its body has 160 characters."""
    empty.portal.clock.freeze(NOW)
    vid = _contact(empty, email="a@example.com")
    for length in (1, 160, 161):
        with cases.case(length):
            text = "x" * length
            body = {
                "engagement": {"type": "NOTE", "timestamp": 1},
                "associations": {"contactIds": [vid]},
                "metadata": {"body": text},
            }
            made = empty.request("POST", "/engagements/v1/engagements", body).json()
            number = made["engagement"]["id"]
            expected = {
                "engagement": {
                    "id": number, "portalId": PORTAL, "active": True, "createdAt": NOW, "lastUpdated": NOW,
                    "type": "NOTE", "timestamp": 1, "allAccessibleTeamIds": [], "bodyPreview": text[:160],
                    "queueMembershipIds": [], "bodyPreviewIsTruncated": length > 160,
                    "bodyPreviewHtml": f"<html>\n<head></head>\n<body>\n{text}\n</body>\n</html>",
                },
                "associations": {
                    "contactIds": [vid], "companyIds": [], "dealIds": [], "ownerIds": [], "workflowIds": [],
                    "ticketIds": [], "contentIds": [], "quoteIds": [], "marketingEventIds": [],
                },
                "attachments": [],
                "metadata": {"body": text},
            }  # fmt: skip
            assert made == {"associationCreateFailures": [], **expected}
            assert _get(empty, f"/engagements/v1/engagements/{number}") == expected
    with cases.case("a page"):
        page = _get(empty, "/engagements/v1/engagements/paged?limit=100")
        assert (len(page["results"]), page["hasMore"]) == (3, False)
        assert page["offset"] == max(one["engagement"]["id"] for one in page["results"]) + 1


def test_an_owner(empty: Fake) -> None:
    """With the user behind it."""
    owner, user = 32900489, 32900490
    made = 1_772_032_600_000

    assert _get(empty, "/owners/v2/owners") == [
        {
            "portalId": PORTAL, "ownerId": owner, "type": "PERSON", "firstName": "Portal", "lastName": "Owner",
            "email": "owner@example.com", "createdAt": made, "updatedAt": made,
            "remoteList": [
                {
                    "id": owner, "portalId": PORTAL, "ownerId": owner, "remoteId": str(user), "remoteType": "HUBSPOT",
                    "active": True,
                }
            ],
            "hasContactsAccess": True, "activeUserId": user, "userIdIncludingInactive": user, "isActive": True,
        }
    ]  # fmt: skip


def test_the_pipeline_of_deals(empty: Fake) -> None:
    stages = {
        "appointmentscheduled": ("Appointment Scheduled", 0.2), "qualifiedtobuy": ("Qualified To Buy", 0.4),
        "presentationscheduled": ("Presentation Scheduled", 0.6),
        "decisionmakerboughtin": ("Decision Maker Bought-In", 0.8), "contractsent": ("Contract Sent", 0.9),
        "closedwon": ("Closed Won", 1.0), "closedlost": ("Closed Lost", 0.0),
    }  # fmt: skip

    assert _get(empty, "/deals/v1/pipelines") == [
        {
            "pipelineId": "default",
            "stages": [
                {
                    "stageId": name, "label": label, "probability": probability, "active": True, "displayOrder": at,
                    "closedWon": name == "closedwon",
                }
                for at, (name, (label, probability)) in enumerate(stages.items())
            ],
            "label": "Sales Pipeline", "active": True, "displayOrder": 0, "staticDefault": True,
        }
    ]  # fmt: skip


def test_a_property(empty: Fake) -> None:
    nothing = (
        *("fieldLevelPermission", "deleted", "showCurrencySymbol", "referencedObjectType", "optionsAreMutable"),
        *("externalOptionsReferenceType", "optionSortStrategy", "numberDisplayHint", "searchTextAnalysisMode"),
        *("currencyPropertyName", "textDisplayHint", "createdUserId", "updatedUserId"),
    )
    no = (
        *("readOnlyValue", "mutableDefinitionNotDeletable", "favorited", "calculated", "externalOptions", "hidden"),
        *("searchableInGlobalSearch", "hasUniqueValue", "isCustomizedDefault"),
    )

    found = _get(empty, "/properties/v1/contacts/properties/named/firstname")

    assert found == {
        "name": "firstname", "label": "First Name", "description": "A contact's first name",
        "groupName": "contactinformation", "type": "string", "fieldType": "text", "options": [],
        "updatedAt": 1_725_556_444_747, "createdAt": 1_565_059_268_029, "readOnlyDefinition": True, "formField": True,
        "displayOrder": 0, "favoritedOrder": -1, "displayMode": "current_value", "hubspotDefined": True,
        **dict.fromkeys(nothing), **dict.fromkeys(no, False),
    }  # fmt: skip


# What a form of version 2 has if a request does not say it. Source: recording (2022-08).
TEXTS = (
    *("action", "method", "cssClass", "followUpId", "notifyRecipients", "leadNurturingCampaignId", "performableHtml"),
    *("migratedFrom", "inlineMessage", "tmsId", "campaignGuid", "themeName", "style", "kickbackEmailsJson"),
    *("customUid", "thankYouMessageJson", "themeColor", "redirect"),
)
NUMBERS = (
    *("parentId", "publishAt", "unpublishAt", "publishedAt", "kickbackEmailWorkflowId", "editVersion"),
    *("businessUnitId", "deletedAt"),
)
FORM: dict[str, Any] = {
    **dict.fromkeys(TEXTS, ""), **dict.fromkeys(NUMBERS, 0),
    **dict.fromkeys(("deletable", "cloneable", "editable", "isPublished", "createMarketableContact"), True),
    **dict.fromkeys(("ignoreCurrentValues", "captchaEnabled", "alwaysCreateNewCompany"), False),
    "metaData": [], "paymentSessionTemplateIds": [], "selectedExternalOptions": [],
}  # fmt: skip
FIELD: dict[str, Any] = {
    "description": "", "groupName": "", "displayOrder": -1, "selectedOptions": [],
    "validation": {"name": "", "message": "", "data": "", "useDefaultBlockList": False, "blockedEmailAddresses": []},
    "enabled": True, "defaultValue": "", "isSmartField": False, "unselectedLabel": "", "placeholder": "",
    "dependentFieldFilters": [], "labelHidden": False, "propertyObjectType": "CONTACT", "metaData": [], "label": "",
    "fieldType": "text", "hidden": False, "objectTypeId": "0-1",
}  # fmt: skip


def test_a_form(empty: Fake) -> None:
    empty.portal.clock.freeze(NOW)
    colour = {"name": "color", "options": [{"label": "Red", "value": "r"}]}
    given = [{"name": "email", "required": True}, colour]

    made = empty.request("POST", "/forms/v2/forms", {"name": "F", "formFieldGroups": [{"fields": given}]}).json()

    email = FIELD | {"name": "email", "type": "string", "required": True, "options": []}
    group = {
        "fields": [email, FIELD | {"type": "enumeration", "required": False} | colour], "default": True,
        "isSmartGroup": False, "richText": {"content": "", "type": "TEXT"}, "isPageBreak": False,
    }  # fmt: skip
    assert made == FORM | {
        "portalId": PORTAL, "guid": made["guid"], "name": "F", "submitText": "Submit", "formFieldGroups": [group],
        "createdAt": NOW, "updatedAt": NOW, "internalUpdatedAt": NOW, "formType": "HUBSPOT",
    }  # fmt: skip
    assert _get(empty, "/forms/v2/forms") == [made]
    assert _get(empty, f"/forms/v2/forms/{made['guid']}") == made


def test_kinds_of_email(empty: Fake) -> None:
    kinds = {
        "Customer Service Communication": ("Receive feedback requests and customer service information.", "Service"),
        "Marketing Information": ("Marketing offers and updates.", "Marketing"),
        "One to One": ("One to one emails.", "Sales"),
    }

    assert _get(empty, "/email/public/v1/subscriptions") == {
        "subscriptionDefinitions": [
            {
                "id": number, "portalId": PORTAL, "active": True, "internal": False, "channel": "Email",
                "businessUnitId": 0, "name": name, "description": description, "category": category,
            }
            for number, (name, (description, category)) in enumerate(kinds.items(), 1)
        ]
    }  # fmt: skip


def test_lists_without_members(empty: Fake, cases: Cases) -> None:
    for path, expected in {
        "/email/public/v1/events": {"hasMore": False, "offset": "0", "events": []},
        "/email/public/v1/campaigns": {"hasMore": False, "offset": "0", "campaigns": []},
        "/email/public/v1/subscriptions/timeline": {"hasMore": False, "offset": "0", "timeline": []},
        "/marketing-emails/v1/emails": {"limit": 0, "objects": [], "offset": 0, "total": 0, "totalCount": 0},
        "/automation/v3/workflows": {"workflows": []},
        "/contacts/v1/lists": {"offset": 0, "lists": [], "has-more": False},
    }.items():
        with cases.case(path):
            assert _get(empty, path) == expected


# The parameter for the rows of a page, how many there are without it, at most, and the member that tells of more.
# Source: docs of the older APIs.
PAGES = {
    "deals.PAGED": ("limit", 100, 250, "hasMore"), "deals.RECENT": ("count", 20, 100, "hasMore"),
    "crm_objects.PAGED": ("limit", 100, 100, "hasMore"), "contacts.SEARCH": ("count", 20, 100, "has-more"),
    "contact_lists.LISTS": ("count", 20, 250, "has-more"), "contact_lists.CONTACTS": ("count", 20, 100, "has-more"),
    "engagements.PAGED": ("limit", 100, 250, "hasMore"), "engagements.RECENT": ("count", 20, 100, "hasMore"),
    "engagements.MODIFIED": ("limit", 100, 250, "hasMore"), "associations.PAGED": ("limit", 10, 100, "hasMore"),
    "companies.PAGED": ("limit", 100, 250, "has-more"), "companies.RECENT": ("count", 20, 100, "hasMore"),
    "companies.CONTACTS": ("count", 20, 100, "hasMore"), "email.CAMPAIGN_PAGE": ("limit", 10, 1000, "hasMore"),
    "email.EVENT_PAGE": ("limit", 10, 1000, "hasMore"), "email.EMAIL_PAGE": ("limit", 10, 300, "hasMore"),
    "forms.EVERY": ("limit", 2_147_483_647, 2_147_483_647, "hasMore"),
}  # fmt: skip


def test_pages(cases: Cases) -> None:
    for place, expected in PAGES.items():
        with cases.case(place):
            module, _, name = place.partition(".")
            found = getattr(import_module(f"fake_hubspot.legacy.{module}"), name)
            assert (found.rows, found.default, found.maximum, found.more) == expected


def test_companies_are_found_by_their_domain(empty: Fake) -> None:
    """With the properties that were asked for."""
    body = {"properties": [{"name": "name", "value": "A"}, {"name": "domain", "value": "example.com"}]}
    company = empty.request("POST", "/companies/v2/companies", body).json()["companyId"]
    _company(empty, "B")
    wanted = {"limit": 2, "requestOptions": {"properties": ["name"]}, "offset": {"isPrimary": True, "companyId": 0}}

    found = empty.request("POST", "/companies/v2/domains/example.com/companies", wanted).json()

    (one,) = found["results"]
    assert (one["companyId"], one["portalId"], one["isDeleted"]) == (company, PORTAL, False)
    assert one["properties"]["name"]["value"] == "A"
    assert "domain" not in one["properties"]
    assert found["hasMore"] is False
