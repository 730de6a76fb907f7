"""What the metadata of each type of engagement is called in the engagements API, and in the CRM API. Pure.

Source: docs (engagements of version 1 and of version 3).
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from bench_core.json_text import decode_json
from fake_hubspot.legacy.values import to_ms

__all__ = ["KINDS", "Kind", "kind_named", "kind_of", "metadata_of", "values_of"]

HEADERS = "hs_email_headers"
PEOPLE = ("to", "cc", "bcc")


class Kind(msgspec.Struct, frozen=True):
    """One type of engagement.

    Attributes:
        body: The property with the text of an engagement.
        texts: The members that are texts, each with its property.
        times: The members that are times.
        numbers: The members that are whole numbers.
        directions: Further names of the type, which are the values of the property for the direction.
    """

    type_id: str
    word: str
    body: str
    texts: Mapping[str, str]
    times: Mapping[str, str] = {}
    numbers: Mapping[str, str] = {}
    directions: tuple[str, ...] = ()

    def name(self, values: Mapping[str, str]) -> str:
        """Return the type that a record shows."""
        direction = values.get("hs_email_direction", "")
        return direction if direction in self.directions else self.word


KINDS = (
    Kind("0-46", "NOTE", "hs_note_body", {"body": "hs_note_body"}),
    Kind(
        "0-27",
        "TASK",
        "hs_task_body",
        {
            "body": "hs_task_body",
            "subject": "hs_task_subject",
            "status": "hs_task_status",
            "taskType": "hs_task_type",
            "priority": "hs_task_priority",
        },
        times={"completionDate": "hs_task_completion_date"},
    ),
    Kind(
        "0-47",
        "MEETING",
        "hs_meeting_body",
        {
            "body": "hs_meeting_body",
            "title": "hs_meeting_title",
            "meetingOutcome": "hs_meeting_outcome",
            "internalMeetingNotes": "hs_internal_meeting_notes",
            "location": "hs_meeting_location",
            "externalUrl": "hs_meeting_external_url",
        },
        times={"startTime": "hs_meeting_start_time", "endTime": "hs_meeting_end_time"},
    ),
    Kind(
        "0-48",
        "CALL",
        "hs_call_body",
        {
            "toNumber": "hs_call_to_number",
            "fromNumber": "hs_call_from_number",
            "status": "hs_call_status",
            "body": "hs_call_body",
            "title": "hs_call_title",
            "recordingUrl": "hs_call_recording_url",
            "disposition": "hs_call_disposition",
        },
        numbers={"durationMilliseconds": "hs_call_duration"},
    ),
    Kind(
        "0-49",
        "EMAIL",
        "hs_email_text",
        {
            "subject": "hs_email_subject",
            "html": "hs_email_html",
            "text": "hs_email_text",
            "status": "hs_email_status",
        },
        directions=("INCOMING_EMAIL", "FORWARDED_EMAIL"),
    ),
)
BY_ID = {one.type_id: one for one in KINDS}
BY_WORD = {word: one for one in KINDS for word in (one.word, *one.directions)}


def kind_of(type_id: str) -> Kind:
    """Return the type of engagement that an object type is."""
    return BY_ID[type_id]


def kind_named(word: str) -> Kind | None:
    """Return the type of engagement of that name, None if there is none."""
    return BY_WORD.get(word)


def metadata_of(kind: Kind, values: Mapping[str, str]) -> dict[str, Any]:
    """Return the metadata of an engagement; what has no value is absent. Source: recording (2022-08)."""
    found: dict[str, Any] = {}
    if kind.word == "EMAIL":
        found |= _people(values)
    tables: tuple[tuple[Mapping[str, str], Callable[[str], Any]], ...] = (
        (kind.texts, str),
        (kind.numbers, _number),
        (kind.times, to_ms),
    )
    for table, convert in tables:
        found |= {name: convert(values[property_]) for name, property_ in table.items() if values.get(property_)}
    if kind.word == "TASK":
        found["forObjectType"] = "OWNER"
        reminders = values.get("hs_task_reminders", "")
        found["reminders"] = [int(one) for one in reminders.split(";") if one.isdecimal()]
    return found


def _number(text: str) -> int | None:
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        return None


def _people(values: Mapping[str, str]) -> dict[str, Any]:
    """Return who wrote an e-mail to whom: from its headers, or from its single properties."""
    try:
        headers = decode_json(values.get(HEADERS, ""))
    except msgspec.DecodeError:
        headers = None
    given = headers if isinstance(headers, dict) else {}
    single = {"from": _person(values, "from"), **{name: _listed(values, name) for name in PEOPLE}}
    return {name: given.get(name) or value for name, value in single.items()}


def _person(values: Mapping[str, str], name: str) -> dict[str, str]:
    keys = {"email": "email", "firstName": "firstname", "lastName": "lastname"}
    found = {key: values.get(f"hs_email_{name}_{end}", "") for key, end in keys.items()}
    return {key: value for key, value in found.items() if value}


def _listed(values: Mapping[str, str], name: str) -> list[dict[str, str]]:
    addresses = values.get(f"hs_email_{name}_email", "").split(";")
    return [{"email": one.strip()} for one in addresses if one.strip()]


def values_of(kind: Kind, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties that metadata sets; members that the fake does not know are left out."""
    known = {**kind.texts, **kind.numbers, **kind.times}
    found = {known[name]: value for name, value in metadata.items() if name in known}
    found = {name: str(value) if isinstance(value, int) else value for name, value in found.items()}
    if kind.word == "EMAIL":
        headers = {name: metadata[name] for name in ("from", *PEOPLE) if metadata.get(name)}
        found |= {HEADERS: msgspec.json.encode(headers).decode()} if headers else {}
    if kind.word == "TASK" and isinstance(metadata.get("reminders"), list):
        found["hs_task_reminders"] = ";".join(str(one) for one in metadata["reminders"])
    return found
