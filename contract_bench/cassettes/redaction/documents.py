"""Redacts JSON by the meaning of each place: properties, filters, protocol keywords, everything else."""

import re
from collections.abc import Mapping
from typing import Any

from contract_bench.cassettes.redaction.json_text import JsonObject, Number, parse_json, to_json
from contract_bench.cassettes.redaction.paging import paging_rule
from contract_bench.cassettes.redaction.people import PersonalData, email_or, kind_of_property
from contract_bench.cassettes.redaction.secrets import REDACTED, is_secret_key
from contract_bench.cassettes.redaction.texts import TextRedactor
from contract_bench.cassettes.redaction.words import is_choice, is_id, is_plain_cursor, is_time

__all__ = ["JsonRedactor"]

# The keys of the API by the rules of their values; without hyphens, underscores and capital letters. Under any other
# key, everything but flags is somebody's data.
_KEYS_BY_RULE = {
    "schema": """
        propertyname properties propertieswithhistory sorts idproperty associations objecttype fromobjecttype
        toobjecttype fromobjecttypeid toobjecttypeid objecttypeid in primarydisplayproperty requiredproperties
        searchableproperties secondarydisplayproperties associatedobjects referencedobjecttype groupname
        fullyqualifiedname calculationformula
    """,
    "word": """
        status label category subcategory policyname errortype error operator direction type fieldtype sourcetype
        sourcelabel associationcategory tokentype tokenuse granttype accounttype datasensitivity currency
        companycurrency datahostinglocation correcthublet scope scopes requiredgranularscopes code lifecyclestage
        externaloptionsreferencetype numberdisplayhint textdisplayhint inverselabel membershiptype processingtype
        leadstatus probability ticketstate isclosed fetchstatus
    """,
    "id": """
        id ids vid canonicalvid mergedvids linkedvid existingid correlationid requestid toobjectid fromobjectid
        primaryobjectid objectidtomerge userid useridincludinginactive ownerid teamid associationtypeid typeid
        createdbyuserid updatedbyuserid createduserid updateduserid listid recordid recordids recordidsadded
        recordidsremoved recordidsmissing recordsidsadded stageid pipelineid appid sourceid objectwritetraceid
        internallistid objectid clientid
    """,
    "time": """
        createdat updatedat archivedat startedat completedat requestedat timestamp addedat savedattimestamp
        deletedchangedtimestamp membershiptimestamp expiretime createdtime updatedtime archivedtime filtersupdatedat
        resetsat fetchedat collectedat updated created modified lastmodified modifiedat changedat
        changed changedon changeddate modifiedon modifieddate modificationdate lastmodifieddate lastupdated
        lastupdatedat lastchanged updatedon updateddate createdon createddate datecreated datemodified dateupdated
    """,
    "cursor": "after before offset vidoffset timeoffset since nextoffset",
    "url": "url link uri href documentation redirecturi",
    "host": "uidomain",
    "text": "message description localizederrormessage detail errordescription reason plurallabel singularlabel",
    "number": """
        total numerrors limit count displayorder expiresin currentusage usagelimit dailylimit maxresults size
        listversion statuscode utcoffsetmilliseconds line column page pagesize
    """,
    "portal": "portalid hubid",
}
_RULES: Mapping[str, str] = {key: rule for rule, keys in _KEYS_BY_RULE.items() for key in keys.split()}
_PERSON_KEYS = {
    "email": PersonalData.EMAIL,
    "emails": PersonalData.EMAIL,
    "firstname": PersonalData.FIRST_NAME,
    "lastname": PersonalData.LAST_NAME,
    "fullname": PersonalData.TEXT,
    "phone": PersonalData.PHONE,
    "user": PersonalData.EMAIL,
    "query": PersonalData.TEXT,
}
# So many digits a number under a key of these rules can have; any other number is somebody's.
_LONGEST_NUMBERS = {"word": 3, "number": 10, "time": 13}
_IDENTIFIER = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)+|[A-Z0-9]+(?:_[A-Z0-9]+)+")
_SAMPLE = "(Sample Contact)"
_START_OF_JSON = re.compile(r"[{\[]")


class JsonRedactor:
    """Redacts JSON documents. Strings are passed to `texts`, which knows the tokens and pseudonyms."""

    def __init__(self, texts: TextRedactor) -> None:
        self._texts = texts

    def redact(self, value: Any, key: str = "") -> Any:
        """Return a redacted copy. `key` is the key of the value in its parent."""
        if is_secret_key(key):
            return self._secret(value)
        match value:
            case JsonObject():
                return self._object(value, key)
            case list():
                return [self.redact(one, key) for one in value]
            case Number():
                return self._number(key, value)
            case str():
                return self._text(key, value)
        return value

    def _secret(self, value: Any) -> Any:
        match value:
            case JsonObject():
                return JsonObject(tuple((self._texts.key(key), self._secret(one)) for key, one in value.members))
            case list():
                return [self._secret(one) for one in value]
            case None | True | False | "":
                return value
        if str(value).startswith(REDACTED):
            return value
        self._texts.count_secret("named secret")
        return REDACTED

    def _object(self, value: JsonObject, key: str, id_property: str = "") -> JsonObject:
        if key == "properties":
            return self._properties(value)
        if key == "propertiesWithHistory":
            return self._each(value, self.property_value)
        if "propertyName" in value:
            return self._filter(value)
        if key == "links":
            return self._each(value, lambda name, one: self.redact(one, "url" if isinstance(one, str) else name))
        id_property = _name(value.get("idProperty")) or id_property
        is_definition = "fieldType" in value or ("displayOrder" in value and "label" in value)
        return self._each(value, lambda name, one: self._member(name, one, id_property, is_definition=is_definition))

    def _each(self, value: JsonObject, redact: Any) -> JsonObject:
        return JsonObject(tuple((self._texts.key(name), redact(name, one)) for name, one in value.members))

    def _member(self, key: str, value: Any, id_property: str, *, is_definition: bool) -> Any:
        """Redact a member of an object. With `idProperty`, ids are values of that property, also those of a batch."""
        if id_property and key == "id":
            return self._id_value(id_property, value)
        if key == "inputs" and isinstance(value, list):
            return [
                self._object(one, key, id_property) if isinstance(one, JsonObject) else self.redact(one, key)
                for one in value
            ]
        if is_definition and isinstance(value, str):
            if key == "name":
                return self._texts.schema(value)
            if key == "value":
                return self._texts.word(value)
        return self.redact(value, key)

    def _id_value(self, name: str, value: Any) -> Any:
        redacted = self.property_value(name, value)
        if isinstance(value, str):
            self._texts.id_value(value, str(redacted))
        return redacted

    def _properties(self, properties: JsonObject) -> JsonObject:
        is_sample = str(properties.get("lastname")).endswith(_SAMPLE)
        return self._each(
            properties,
            lambda name, value: (
                value if is_sample and name in ("firstname", "lastname") else self.property_value(name, value)
            ),
        )

    def _filter(self, condition: JsonObject) -> JsonObject:
        """Redact a search filter: its values are values of the named property."""
        name = _name(condition.get("propertyName"))
        return self._each(
            condition,
            lambda key, one: (
                self.property_value(name, one) if key in ("value", "highValue", "values") else self.redact(one, key)
            ),
        )

    def property_value(self, name: str, value: Any) -> Any:
        """Redact the value of a property."""
        match value:
            case list():
                return [self.property_value(name, one) for one in value]
            case JsonObject():  # a version of the history; API version 1 wraps each value, with its history
                return self._each(
                    value,
                    lambda key, one: (
                        self.property_value(name, one) if key in ("value", "versions") else self.redact(one, key)
                    ),
                )
            case None | True | False | "":
                return value
        if is_secret_key(name):
            return self._secret(value)
        kind = kind_of_property(name, str(value))
        return self._as(kind, name, value)

    def _as(self, kind: PersonalData | None, name: str, value: Any) -> Any:
        """Replace a value by a pseudonym; a number stays one unless it is a phone number or the like."""
        if kind is None:
            return value if isinstance(value, Number) else self._texts.field(name, value)
        redacted = self._texts.pseudonym(email_or(kind, str(value)), str(value))
        return Number(redacted) if isinstance(value, Number) and kind is PersonalData.NUMBER else redacted

    def _number(self, key: str, value: Number) -> Any:
        kind = _PERSON_KEYS.get(_plain(key))
        if kind is not None:
            return self._as(kind, key, value)
        rule = _rule_of(key) or ""
        if rule == "portal":
            return Number(self._texts.portal(value))
        if rule == "id" and is_id(value):
            return Number(self._texts.id(value))
        if (rule == "cursor" and (is_plain_cursor(value) or is_id(value))) or (rule == "time" and is_time(value)):
            return value  # as a text of the same digits, which the next request has
        if rule == "" and _is_hubspots(key, value):
            return value
        if rule in _LONGEST_NUMBERS and is_id(value) and len(value.removeprefix("-")) <= _LONGEST_NUMBERS[rule]:
            return value
        return self._as(kind_of_property(key, value) or PersonalData.NUMBER, key, value)

    def _text(self, key: str, value: str) -> str:
        kind = _PERSON_KEYS.get(_plain(key))
        if kind is not None:
            return self._texts.pseudonym(email_or(kind, value), value)
        rule = _rule_of(key)
        if rule == "text" or (rule is None and key == "errors"):
            return self.message(value)
        if rule is not None:
            return self._texts.by_rule(rule, value)
        if value.startswith(("https://", "http://")):
            return self._texts.url(value)
        if _IDENTIFIER.fullmatch(value) and is_choice(value):
            return value
        return self._texts.field(key, value)

    def message(self, text: str) -> str:
        """Redact a message. HubSpot puts JSON at the end of some."""
        found = _START_OF_JSON.search(text)
        if found is None:
            return self._texts.message(text)
        head, rest = text[: found.start()], text[found.start() :]
        try:
            document = parse_json(rest)
        except ValueError:
            return self._texts.message(text)
        clean = self.redact(document)
        return self._texts.message(head) + (rest if clean == document else to_json(clean))


def _rule_of(key: str) -> str | None:
    return _RULES.get(_plain(key)) or paging_rule(key)


def _is_hubspots(key: str, value: Number) -> bool:
    """Whether a number belongs to a property of HubSpot's own that stands outside of `properties`."""
    return key.startswith("hs_") and kind_of_property(key, value) is None


def _name(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _plain(key: str) -> str:
    return key.replace("_", "").replace("-", "").replace(" ", "").lower()
