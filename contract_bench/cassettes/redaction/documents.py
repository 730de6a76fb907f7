"""Redacts JSON by the meaning of each place: properties, filters, protocol keywords, everything else."""

import re
from collections.abc import Mapping
from typing import Any

from contract_bench.cassettes.redaction.people import PersonalData, email_or, is_machine_value, kind_of_property
from contract_bench.cassettes.redaction.secrets import REDACTED, is_secret_key
from contract_bench.cassettes.redaction.texts import TextRedactor

__all__ = ["JsonRedactor"]

# Keys whose values are keywords of the API or configuration of a portal. Only tokens, e-mail addresses and phone
# numbers in them are replaced.
PROTOCOL_WORDS = """
    id type typeId label category subCategory status message correlationId requestId policyName groupName errorType
    error code in link after url createdAt updatedAt archivedAt startedAt completedAt timestamp associationCategory
    propertyName operator direction sorts properties propertiesWithHistory idProperty objectWriteTraceId fieldType
    description sourceType sourceId sourceLabel accountType timeZone companyCurrency utcOffset uiDomain
    dataHostingLocation scopes requiredGranularScopes existingId ids dataSensitivity token_type token_use objectType
    inputs associations errors localizedErrorMessage documentation correctHublet externalOptions grant_type
"""
PROTOCOL_KEYS = frozenset(PROTOCOL_WORDS.split())
PERSON_KEYS = {
    "email": PersonalData.EMAIL,
    "emails": PersonalData.EMAIL,
    "firstname": PersonalData.FIRST_NAME,
    "lastname": PersonalData.LAST_NAME,
    "fullname": PersonalData.TEXT,
    "phone": PersonalData.PHONE,
    "user": PersonalData.EMAIL,
    "query": PersonalData.TEXT,
}
IDENTIFIER = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)+$|[A-Z0-9]+(?:_[A-Z0-9]+)+$")
SAMPLE = "(Sample Contact)"


class JsonRedactor:
    """Redacts JSON documents. Strings are passed to `texts`, which knows the tokens and pseudonyms."""

    def __init__(self, texts: TextRedactor) -> None:
        self._texts = texts

    def redact(self, value: Any, key: str = "") -> Any:
        """Return a redacted copy. `key` is the key of the value in its parent."""
        if is_secret_key(key) and value not in ("", True, False):
            return self._secret(value)
        match value:
            case dict():
                return self._object(value, key)
            case list():
                return [self.redact(one, key) for one in value]
            case str():
                return self._text(key, value)
            case int() | float() if not isinstance(value, bool) and _is_about_a_person(key, str(value)):
                return self._text(key, str(value))
        return value

    def _secret(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._secret(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._secret(one) for one in value]
        if value is None or str(value).startswith(REDACTED):
            return value
        self._texts.count_secret("named secret")
        return REDACTED

    def _object(self, value: dict[str, Any], key: str, id_property: str = "") -> dict[str, Any]:
        if key == "properties":
            return self._properties(value)
        if key == "propertiesWithHistory":
            return {name: self.property_value(name, versions) for name, versions in value.items()}
        if "propertyName" in value:
            return self._filter(value)
        id_property = str(value.get("idProperty") or id_property)
        return {self._texts.redact(name): self._member(name, one, id_property) for name, one in value.items()}

    def _member(self, key: str, value: Any, id_property: str) -> Any:
        """Redact a member of an object. With `idProperty`, ids are values of that property, also those of a batch."""
        if id_property and key == "id":
            return self.property_value(id_property, value)
        if key == "inputs" and isinstance(value, list):
            return [
                self._object(one, key, id_property) if isinstance(one, dict) else self.redact(one, key) for one in value
            ]
        return self.redact(value, key)

    def _properties(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        is_sample = str(properties.get("lastname")).endswith(SAMPLE)
        return {
            self._texts.redact(name): value
            if is_sample and name in ("firstname", "lastname")
            else self.property_value(name, value)
            for name, value in properties.items()
        }

    def _filter(self, condition: dict[str, Any]) -> dict[str, Any]:
        """Redact a search filter: its values are values of the named property."""
        name = str(condition["propertyName"])
        return {
            key: self.property_value(name, one) if key in ("value", "highValue", "values") else self.redact(one, key)
            for key, one in condition.items()
        }

    def property_value(self, name: str, value: Any) -> Any:
        """Redact the value of a property."""
        if isinstance(value, list):
            return [self.property_value(name, one) for one in value]
        if isinstance(value, dict):  # a version of the history; API version 1 wraps each value, with its history
            return {
                key: self.property_value(name, one) if key in ("value", "versions") else self.redact(one, key)
                for key, one in value.items()
            }
        if value is None or isinstance(value, bool) or value == "":
            return value
        if is_secret_key(name):
            return self._secret(value)
        kind = kind_of_property(name, str(value))
        if kind is None:
            return self._texts.redact(value) if isinstance(value, str) else value
        return self._texts.pseudonym(email_or(kind, str(value)), str(value))

    def _text(self, key: str, value: str) -> str:
        kind = PERSON_KEYS.get(key.lower().replace("_", ""))
        if kind is not None:
            return self._texts.pseudonym(email_or(kind, value), value)
        if key == "ids":
            return self._texts.known(value)
        if key in PROTOCOL_KEYS or IDENTIFIER.match(value):
            return self._texts.redact(value)
        return self._texts.field(key, value)


def _is_about_a_person(key: str, number: str) -> bool:
    """Whether a number is replaced. Only phone numbers are sent as numbers; flags and counts are not personal data."""
    if key.lower() in PERSON_KEYS:
        return True
    return kind_of_property(key, number) is PersonalData.PHONE and not is_machine_value(number)
