"""Redacts free text: tokens, e-mail addresses, phone numbers, portal ids and values that have a pseudonym."""

import re
from collections import Counter
from collections.abc import Iterable
from urllib.parse import quote

from contract_bench.cassettes.redaction.people import (
    EMAIL_IN_TEXT,
    PersonalData,
    Pseudonyms,
    email_or,
    is_any_pseudonym,
    is_machine_value,
    is_pseudonym,
    kind_of_property,
)
from contract_bench.cassettes.redaction.secrets import REDACTED, scrub_secrets

__all__ = ["TextRedactor"]

PHONE_IN_TEXT = re.compile(r"(?<![\w.])\+\d[\d ().-]{6,}\d(?![\w])")
PORTAL_IN_URL = re.compile(r"hubspot\.com/(?:contacts|[\w-]+)/(\d{4,})(?=/)")
HARMLESS_PORTALS = ("62515", "424242")
SHORTEST_REMEMBERED = 4


class TextRedactor:
    """Redacts texts and counts what was found.

    Args:
        pseudonyms: Creates pseudonyms and knows the existing ones.
        secrets: Values known to be secret, for example the token of this recording.
        portal_ids: Portal ids, replaced wherever they are not part of a longer number.
    """

    def __init__(self, pseudonyms: Pseudonyms, *, secrets: Iterable[str] = (), portal_ids: Iterable[str] = ()) -> None:
        self._pseudonyms = pseudonyms
        self._secrets = [spelling for secret in secrets if secret for spelling in {secret, quote(secret, safe="")}]
        self._portals = {portal: pseudonyms.give(PersonalData.NUMBER, portal) for portal in portal_ids}
        self.secrets_found: Counter[str] = Counter()
        self.people_found: Counter[str] = Counter()

    def count_secret(self, kind: str) -> None:
        """Count a secret that was replaced."""
        self.secrets_found[kind] += 1

    def redact(self, text: str) -> str:
        """Return the text without secrets, e-mail addresses, phone numbers, portal ids and known values."""
        for secret in self._secrets:
            if secret in text:
                self.count_secret("the recording's token")
                text = text.replace(secret, REDACTED)
        text = scrub_secrets(text, self.count_secret)
        text = EMAIL_IN_TEXT.sub(lambda match: self._address(match.group()), text)
        text = PHONE_IN_TEXT.sub(lambda match: self.pseudonym(PersonalData.PHONE, match.group()), text)
        return self._known_values(self._portal_ids(text))

    def pseudonym(self, kind: PersonalData, value: str) -> str:
        """Return the pseudonym of a value and count it; a pseudonym is returned unchanged."""
        if is_pseudonym(kind, value):
            return value
        self.people_found[kind.value] += 1
        return self._pseudonyms.give(kind, value)

    def field(self, name: str, value: str) -> str:
        """Redact a named value outside of `properties`. What no rule knows is personal data."""
        kind = kind_of_property(name, value)
        if is_any_pseudonym(value) or (kind is None and is_machine_value(value)):
            return self.redact(value)
        return self.pseudonym(email_or(kind or PersonalData.TEXT, value), value)

    def known(self, text: str) -> str:
        """Return the pseudonym of a text if there is one, otherwise the redacted text."""
        return self._pseudonyms.given.get(text) or self.redact(text)

    def _address(self, address: str) -> str:
        if "%40" in address:
            return self.pseudonym(PersonalData.EMAIL, address.replace("%40", "@")).replace("@", "%40")
        return self.pseudonym(PersonalData.EMAIL, address)

    def _portal_ids(self, text: str) -> str:
        for portal, pseudonym in self._portals.items():
            text = re.sub(rf"(?<!\d){portal}(?!\d)", pseudonym, text)
        return text

    def _known_values(self, text: str) -> str:
        """Replace values that have a pseudonym in a field: HubSpot repeats them in its messages."""
        if not any(mark in text for mark in (" ", '"', "{")):
            return text
        for value, pseudonym in self._pseudonyms.given.items():
            if len(value) >= SHORTEST_REMEMBERED and value in text:
                text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", pseudonym, text)
        return text
