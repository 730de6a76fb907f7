"""Recognises personal data and replaces it by pseudonyms.

Equal values get equal pseudonyms, so joins still work. Without the key a value cannot be recovered.
"""

import hashlib
import hmac
import re
from enum import Enum

__all__ = [
    "EMAIL_IN_TEXT",
    "PersonalData",
    "Pseudonyms",
    "email_or",
    "is_any_pseudonym",
    "is_machine_value",
    "is_pseudonym",
    "kind_of_property",
]


class PersonalData(Enum):
    """A kind of personal data; each has its own form of pseudonym."""

    EMAIL = "e-mail address"
    FIRST_NAME = "first name"
    LAST_NAME = "last name"
    PHONE = "phone number"
    PLACE = "address"
    DOMAIN = "e-mail domain"
    NUMBER = "long number"
    TEXT = "free text"


# In a URL, `@` may be percent-encoded.
EMAIL_IN_TEXT = re.compile(r"[^\s\"'<>(),;:\[\]{}/?&=@\\|%]+(?:@|%40)(?:[\w-]+\.)+[\w-]{2,}")
_RESERVED_EMAIL = re.compile(r"[^\s@;]+@(?:[\w-]+\.)*(?:example\.(?:com|org|net)|[\w-]+\.(?:test|invalid|example))")
# The sample contacts of new portals are public.
_SAMPLE_EMAILS = frozenset({"bh@hubspot.com", "emailmaria@hubspot.com", "coolrobot@hubspot.com"})

# The first pattern that matches decides: a `national_id` is no id of HubSpot's.
_NAMES: tuple[tuple[PersonalData | None, re.Pattern[str]], ...] = (
    (
        PersonalData.TEXT,
        re.compile(r"birth|(?:^|_)dob(?:$|_)|gender|marital|salutation|passport|ssn|national_?id|personn|iban"),
    ),
    (PersonalData.DOMAIN, re.compile(r"^hs_email_domain$")),
    (
        None,
        re.compile(
            r"^(?:hs_)?(?:all_contact_vids|object_id|ticket_id|unique_creation_key|associatedcompanyid)$|_ids?$|^hs_all_"
        ),
    ),
    (PersonalData.EMAIL, re.compile(r"(?:^|_)e?mails?(?:$|_address)")),
    (PersonalData.FIRST_NAME, re.compile(r"^first_?name$|^given_?name$")),
    (PersonalData.LAST_NAME, re.compile(r"^last_?name$|^sur_?name$|^family_?name$")),
    (PersonalData.PHONE, re.compile(r"phone|mobile|(?:^|_)fax|(?:^|_)tel(?:$|_|ephone)|whatsapp|msisdn")),
    (
        PersonalData.PLACE,
        re.compile(r"address|street|^city$|^zip$|postal|^state$|_state$|country|latitude|longitude|(?:^|_)ip(?:$|_)"),
    ),
    (
        PersonalData.TEXT,
        re.compile(
            r"name|body|note_|text|content|subject|title|description|message|comment|preview|summary|html|topic|company"
            r"|website|url|handle|linkedin|twitter|facebook|referrer|query|answer|reason_detail"
        ),
    ),
)
# Properties whose values are chosen from a list or computed by HubSpot.
_CHOSEN = re.compile(
    r"^(?:hs_|hubspot_|num_|notes_|recent_|days_|total_|lifecyclestage$|lead_?status$|pipeline$|dealstage$|dealtype$"
    r"|priority$|currency$|archived$)"
)

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?$")
_SHORT_NUMBER = re.compile(r"-?\d{1,6}(?:\.\d+)?$")
_TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2}))?$")
_EPOCH_MS = re.compile(r"1\d{12}$")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.I)
_CHOICE = re.compile(r"(?:[A-Z][A-Z0-9_]*|[a-z0-9]+(?:[_-][a-z0-9]+)*)(?:;(?:[A-Z][A-Z0-9_]*|[a-z0-9_-]+))*$")

_PSEUDONYMS = {
    PersonalData.FIRST_NAME: re.compile(r"First[0-9a-f]{4,}$"),
    PersonalData.LAST_NAME: re.compile(r"Last[0-9a-f]{4,}$"),
    PersonalData.PHONE: re.compile(r"\+1555\d{7}$"),
    PersonalData.PLACE: re.compile(r"Place[0-9a-f]{4,}$"),
    PersonalData.DOMAIN: re.compile(r"example\.com$"),
    PersonalData.NUMBER: re.compile(r"999\d*$"),
    PersonalData.TEXT: re.compile(r"Text[0-9a-f]{4,}$"),
}


def kind_of_property(name: str, value: str) -> PersonalData | None:
    """Return the kind of a property's value, or None if it is not personal data. The default is free text."""
    lower = name.lower()
    for kind, pattern in _NAMES:
        if pattern.search(lower):
            return _unless_listed(kind, value)
    if is_machine_value(value):
        return None
    if _CHOSEN.match(lower) and (_CHOICE.match(value) or _NUMBER.match(value)):
        return None
    return PersonalData.NUMBER if _NUMBER.match(value) else PersonalData.TEXT


def _unless_listed(kind: PersonalData | None, value: str) -> PersonalData | None:
    """Ids and flags are not personal data; any other value of an id property is free text."""
    if kind is None:
        return None if _CHOICE.match(value) else PersonalData.TEXT
    if kind is not PersonalData.PHONE and value in ("true", "false"):
        return None
    return kind


def is_machine_value(value: str) -> bool:
    """Whether a value is a flag, a short number, a timestamp or a UUID."""
    shapes = (_SHORT_NUMBER, _TIMESTAMP, _EPOCH_MS, _UUID)
    return value in ("", "true", "false") or any(shape.match(value) for shape in shapes)


def is_pseudonym(kind: PersonalData, value: str) -> bool:
    """Whether a value is already a pseudonym, uses a reserved domain or is a HubSpot sample contact."""
    if kind is PersonalData.EMAIL:
        return all(map(_is_nobodys_address, value.replace("%40", "@").split(";")))
    return value == "" or _PSEUDONYMS[kind].fullmatch(value) is not None


def is_any_pseudonym(value: str) -> bool:
    """Whether a value is a pseudonym of some kind."""
    return any(is_pseudonym(kind, value) for kind in PersonalData)


def email_or(kind: PersonalData, value: str) -> PersonalData:
    """Return `EMAIL` for any e-mail address, whatever the property is called, so that it can still be joined."""
    if re.fullmatch(r"[^\s@;]+@[^\s@;]+\.[^\s@;]+", value):
        return PersonalData.EMAIL
    return PersonalData.TEXT if kind is PersonalData.EMAIL and "@" not in value else kind


def _is_nobodys_address(address: str) -> bool:
    return address == "" or address.lower() in _SAMPLE_EMAILS or _RESERVED_EMAIL.fullmatch(address) is not None


class Pseudonyms:
    """Creates pseudonyms and remembers the values they replace.

    Args:
        key: The key of the hash. The same key gives the same pseudonyms.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.given: dict[str, str] = {}

    def give(self, kind: PersonalData, value: str) -> str:
        """Return the pseudonym for a value; a pseudonym is returned unchanged."""
        if is_pseudonym(kind, value):
            return value
        if kind is PersonalData.EMAIL and ";" in value:
            return ";".join(self.give(kind, part.strip()) for part in value.split(";"))
        pseudonym = self._make(kind, value)
        self.given[value] = pseudonym
        return pseudonym

    def _make(self, kind: PersonalData, value: str) -> str:
        digest = hmac.new(self._key, f"{kind.name}\0{value.strip().lower()}".encode(), hashlib.sha256)
        mark, digits = digest.hexdigest()[:10], str(int.from_bytes(digest.digest()))
        match kind:
            case PersonalData.EMAIL:
                return f"person-{mark}@example.com"
            case PersonalData.PHONE:
                return f"+1555{digits[:7]}"
            case PersonalData.DOMAIN:
                return "example.com"
            case PersonalData.NUMBER:
                return f"999{digits[: max(4, len(value) - 3)]}"
        words = {PersonalData.FIRST_NAME: "First", PersonalData.LAST_NAME: "Last", PersonalData.PLACE: "Place"}
        return f"{words.get(kind, 'Text')}{mark}"
