"""Responses in the form that the real HubSpot gave them, with invented people, ids and times.

Status, header names, key order, types, nulls and the texts of errors are as recorded; everything else is made up.
Source: recorded (HubSpot's responses to an archived Ruby client, 2022 to 2026).
"""

import json
from pathlib import Path
from typing import Any

import yaml

__all__ = ["RECORDED", "TICKET_LINKS", "recorded_contacts", "write_recorded"]

Interaction = dict[str, Any]

ORIGIN = "https://api.hubapi.com"
OBJECTS = f"{ORIGIN}/crm/v3/objects"
JSON = "application/json;charset=utf-8"
HSTS = "max-age=31536000; includeSubDomains; preload"


def headers(content_type: str, *, per_second: int = 10, **more: str) -> dict[str, list[str]]:
    """Return the headers of every response, and more of them; `_` in a name stands for `-`."""
    always = {
        "Date": "Mon, 02 Mar 2026 10:00:00 GMT",
        "Content-Type": content_type,
        "Cf-Cache-Status": "DYNAMIC",
        "Strict-Transport-Security": HSTS,
        "Vary": "origin, accept-encoding",
        "Access-Control-Allow-Credentials": "false",
        "X-Hubspot-Correlation-Id": "00000000-0000-4000-8000-000000000001",
        "X-Hubspot-Ratelimit-Daily": "250000",
        "X-Hubspot-Ratelimit-Daily-Remaining": "249990",
        "X-Hubspot-Ratelimit-Interval-Milliseconds": "10000",
        "X-Hubspot-Ratelimit-Max": str(10 * per_second),
        "X-Hubspot-Ratelimit-Remaining": str(10 * per_second - 1),
        "X-Hubspot-Ratelimit-Secondly": str(per_second),
        "X-Hubspot-Ratelimit-Secondly-Remaining": str(per_second - 1),
        "Server": "cloudflare",
    }
    named = {name.replace("_", "-"): value for name, value in more.items()}
    return {name: [value] for name, value in (always | named).items()}


def exchange(
    method: str, uri: str, status: tuple[int, str], answer: Any, sent: dict[str, list[str]], *, body: Any = None
) -> Interaction:
    """Return one interaction as vcrpy writes it. `answer` and `body` are JSON, or text as it is."""
    asked = {"Accept": ["*/*"]} if body is None else {"Content-Type": ["application/json"], "Accept": ["*/*"]}
    return {
        "request": {"method": method, "uri": uri, "body": None if body is None else compact(body), "headers": asked},
        "response": {
            "status": {"code": status[0], "message": status[1]},
            "headers": sent,
            "body": {"string": answer if isinstance(answer, str) else compact(answer)},
        },
        "recorded_at": sent["Date"][0],
    }


def compact(value: Any) -> str:
    """Write JSON as HubSpot does."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def listed(record_id: int, properties: dict[str, Any], *, created: str, updated: str, **more: Any) -> dict[str, Any]:
    """Return a record; its properties stand in alphabetical order."""
    ordered = dict(sorted({**properties, "hs_object_id": str(record_id)}.items()))
    times = {"createdAt": created, "updatedAt": updated, "archived": False}
    return {"id": str(record_id), "properties": ordered, **times, **more}


def contact(number: int) -> dict[str, Any]:
    """Return a contact. Most have empty names; the last but one is older than its id says."""
    has_name = number % 3 == 0
    created = f"2018-0{4 if number == 10 else 5}-{10 + number}T13:17:00.{number:03d}Z"
    updated = f"2022-07-{30 - number:02d}T03:16:44.{900 + number}Z"
    properties = {
        "createdate": created,
        "email": f"person-{number:06x}@example.com",
        "firstname": f"Åse {number}" if has_name else "",
        "lastname": f"O'Neill {number} (Sample Contact)" if has_name else "",
        "lastmodifieddate": updated,
    }
    record_id = 51 + 50 * number
    link = f"https://app.hubspot.com/contacts/62515/record/0-1/{record_id}"
    return listed(record_id, properties, created=created, updated=updated, url=link)


def contacts_page(count: int) -> Interaction:
    """Return a page of contacts. Its link repeats the unknown parameters of the request, except the empty one."""
    found = [contact(number) for number in range(count)]
    after = str(int(found[-1]["id"]) + 1)
    link = f"{ORIGIN}/crm/objects/v3/contacts?offset_param=after&limit={count}&after={after}"
    answer = {"results": found, "paging": {"next": {"after": after, "link": link}}}
    uri = f"{OBJECTS}/contacts?limit={count}&offset=&offset_param=after"
    return exchange("GET", uri, (200, "OK"), answer, headers(JSON))


CONTACTS = [contacts_page(1), contacts_page(12)]

TICKET_ID = 16_000_000_112
TICKET_ASKED = (
    "content,createdate,hs_lastmodifieddate,hs_object_id,hs_pipeline,hs_pipeline_stage,hs_ticket_category,"
    "hs_ticket_priority,hubspot_owner_id,subject"
)
TICKET_CREATED = "2024-11-07T10:07:53.620Z"
TICKET_UPDATED = "2024-11-12T15:59:09.800Z"
# The record that is associated, and the type of the association.
TICKET_LINKS = {75_000_000_194: 16, 25_000_000_600: 339, 28_000_000_888: 28}
NOT_FOUND_PAGE = """<html>
<head>
<meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>
<title>Error 404 Not Found</title>
</head>
<body><h2>HTTP ERROR 404</h2>
<p>Resource not found</p>
</body>
</html>
"""


def ticket_headers(content_type: str = JSON, **more: str) -> dict[str, list[str]]:
    """Return the headers of an enterprise account of 2024."""
    return headers(
        content_type, per_second=19, X_Content_Type_Options="nosniff", X_Hubspot_Ratelimit_Daily="1000000", **more
    )


def created_ticket() -> Interaction:
    """Return the creation of a ticket with three associations."""
    written = {"hs_pipeline": "0", "hs_pipeline_stage": "1", "hs_ticket_priority": "MEDIUM", "subject": "a ticket"}
    added = {
        "createdate": TICKET_CREATED,
        "hs_helpdesk_sort_timestamp": TICKET_CREATED,
        "hs_last_message_from_visitor": "false",
        "hs_lastmodifieddate": TICKET_CREATED,
        "hs_object_source": "INTEGRATION",
        "hs_object_source_id": "1000001",
        "hs_object_source_label": "INTEGRATION",
        "hs_ticket_id": str(TICKET_ID),
    }
    associations = [
        {"to": {"id": to}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}]}
        for to, type_id in TICKET_LINKS.items()
    ]
    return exchange(
        "POST",
        f"{OBJECTS}/tickets",
        (201, "Created"),
        listed(TICKET_ID, added | written, created=TICKET_CREATED, updated=TICKET_CREATED),
        ticket_headers(Location=f"{OBJECTS}/tickets/{TICKET_ID}"),
        body={"associations": associations, "properties": written},
    )


def read_ticket() -> Interaction:
    """Return the read of a ticket: the requested properties, null if there is no value."""
    values = dict.fromkeys(TICKET_ASKED.split(","), None) | {
        "createdate": TICKET_CREATED,
        "hs_lastmodifieddate": TICKET_UPDATED,
        "hs_pipeline": "0",
        "hs_pipeline_stage": "1",
        "hs_ticket_priority": "HIGH",
        "subject": "a ticket",
    }
    answer = listed(TICKET_ID, values, created=TICKET_CREATED, updated=TICKET_UPDATED)
    uri = f"{OBJECTS}/tickets/{TICKET_ID}?properties={TICKET_ASKED}"
    return exchange("GET", uri, (200, "OK"), answer, ticket_headers())


def missing_ticket() -> Interaction:
    """Return the read of a ticket that does not exist: an HTML page of Jetty."""
    sent = ticket_headers(
        "text/html;charset=iso-8859-1", Cache_Control="must-revalidate,no-cache,no-store", X_Hubspot_Notfound="true"
    )
    uri = f"{OBJECTS}/tickets/99{TICKET_ID}?properties={TICKET_ASKED}"
    return exchange("GET", uri, (404, "Not Found"), NOT_FOUND_PAGE, sent)


TICKETS = [created_ticket(), read_ticket(), missing_ticket()]

MEETING_ID = 24_000_000_488
MEETING_CREATED = "2022-08-08T14:52:22.036Z"
MEETING_WRITTEN: dict[str, Any] = {
    "hs_timestamp": "1659970341857",
    "hubspot_owner_id": 156_644_386,
    "hs_meeting_title": "a title",
    "hs_meeting_body": "a description",
    "hs_meeting_start_time": "1651568400000",
    "hs_meeting_end_time": "1651569300000",
    "hs_meeting_outcome": "SCHEDULED",
}
MEETING_ASKED = ("hubspot_owner_id", "hs_meeting_title", "hs_meeting_body", "hs_meeting_start_time",
                 "hs_meeting_end_time")  # fmt: skip


def meeting_headers(location: str = "") -> dict[str, list[str]]:
    """Return the headers of 2022."""
    trace = "2" + "A" * 41 + "0" * 18
    more = {"Location": [location]} if location else {}
    sent = headers(JSON, X_Trace=trace, Alt_Svc='h3=":443"; ma=86400', Expect_Ct="max-age=604800")
    return sent | more


def created_meeting() -> Interaction:
    """Return the creation of a meeting, whose times are written in milliseconds and read as text."""
    added = {
        "hs_all_owner_ids": "156644386",
        "hs_body_preview": "a description",
        "hs_body_preview_html": "<html>\n <head></head>\n <body>\n a description\n </body>\n</html>",
        "hs_body_preview_is_truncated": "false",
        "hs_createdate": MEETING_CREATED,
        "hs_lastmodifieddate": MEETING_CREATED,
        "hs_meeting_end_time": "2022-05-03T09:15:00Z",
        "hs_meeting_source": "CRM_UI",
        "hs_meeting_start_time": "2022-05-03T09:00:00Z",
        "hs_timestamp": "2022-08-08T14:52:21.857Z",
        "hs_user_ids_of_all_owners": "11000694",
        "hubspot_owner_assigneddate": MEETING_CREATED,
        "hubspot_owner_id": "156644386",
    }
    return exchange(
        "POST",
        f"{OBJECTS}/meetings",
        (201, "Created"),
        listed(MEETING_ID, MEETING_WRITTEN | added, created=MEETING_CREATED, updated=MEETING_CREATED),
        meeting_headers(f"{OBJECTS}/meetings/{MEETING_ID}"),
        body={"properties": MEETING_WRITTEN},
    )


def listed_meeting(record_id: int, hour: int, owner: str) -> dict[str, Any]:
    """Return a meeting of the list; without an owner the value is empty, not null."""
    created, updated = (f"2021-04-20T{hour}:33:{seconds}Z" for seconds in ("48.507", "50.265"))
    properties = {
        "hs_createdate": created,
        "hs_lastmodifieddate": updated,
        "hs_meeting_body": "a description",
        "hs_meeting_end_time": f"2021-04-20T{hour + 2}:33:48.273Z",
        "hs_meeting_start_time": f"2021-04-20T{hour + 1}:33:48.273Z",
        "hs_meeting_title": "a title",
        "hubspot_owner_id": owner,
    }
    return listed(record_id, properties, created=created, updated=updated)


def meetings_page() -> Interaction:
    """Return two meetings and the cursor of the next page, one more than the last id. The link repeats the path."""
    first, last = 12_000_000_179, 12_000_000_564
    link = f"{OBJECTS}/meetings?properties={'%2C'.join(MEETING_ASKED)}&limit=2&after={last + 1}"
    answer = {
        "results": [listed_meeting(first, 14, ""), listed_meeting(last, 15, "68000342")],
        "paging": {"next": {"after": str(last + 1), "link": link}},
    }
    uri = f"{OBJECTS}/meetings?limit=2&properties={','.join(MEETING_ASKED)}"
    return exchange("GET", uri, (200, "OK"), answer, meeting_headers())


def rejected_meeting() -> Interaction:
    """Return the creation of a meeting with a wrong time."""
    problem = {
        "isValid": False,
        "message": "invalid was not a valid long. Portal 62515, object type 0-47",
        "error": "INVALID_LONG",
        "name": "hs_meeting_start_time",
    }
    correlation_id = "00000000-0000-4000-8000-000000000001"
    answer = {
        "status": "error",
        "message": f"Property values were not valid: {compact([problem])}",
        "correlationId": correlation_id,
        "category": "VALIDATION_ERROR",
    }
    body = {"properties": MEETING_WRITTEN | {"hs_meeting_start_time": "invalid"}}
    return exchange("POST", f"{OBJECTS}/meetings", (400, "Bad Request"), answer, meeting_headers(), body=body)


MEETINGS = [created_meeting(), meetings_page(), rejected_meeting()]


def owner(number: int) -> dict[str, Any]:
    """Return an owner: the id is text, the ids of the user are numbers."""
    user_id = 2_500_000 + number
    return {
        "id": str(31_000_000 + number),
        "email": f"owner-{number:06x}@example.com",
        "type": "PERSON",
        "firstName": f"Åse {number}",
        "lastName": f"O'Neill {number}",
        "userId": user_id,
        "userIdIncludingInactive": user_id,
        "createdAt": f"2018-04-0{number}T13:16:56.625Z",
        "updatedAt": f"2023-06-2{number}T13:05:15.163Z",
        "archived": False,
    }


OWNERS = [
    exchange(
        "GET",
        f"{ORIGIN}/crm/v3/owners",
        (200, "OK"),
        {"results": [owner(number) for number in range(1, 5)]},
        headers(JSON, X_Content_Type_Options="nosniff"),
    )
]

RECORDED = {"contacts-list": CONTACTS, "tickets": TICKETS, "meetings": MEETINGS, "owners": OWNERS}


def recorded_contacts() -> dict[str, dict[str, Any]]:
    """Return the recorded contacts by id, as HubSpot sent them."""
    bodies = [json.loads(one["response"]["body"]["string"]) for one in CONTACTS]
    return {record["id"]: record for body in bodies for record in body["results"]}


def write_recorded(folder: Path) -> Path:
    """Write each recording as a vcrpy cassette into a folder. Returns the folder."""
    for name, interactions in RECORDED.items():
        document = {"version": 1, "interactions": interactions}
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), "utf-8")
    return folder
