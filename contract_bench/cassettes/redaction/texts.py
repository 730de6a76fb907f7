"""Redacts texts by what they are: messages, pages, ids, cursors, names of the schema, keywords, URLs, free text."""

import base64
import re
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from contract_bench.cassettes.redaction.messages import TAG, clean_tag, is_html, split_message
from contract_bench.cassettes.redaction.paging import paging_rule
from contract_bench.cassettes.redaction.people import (
    EMAIL_IN_TEXT,
    PSEUDONYM_IN_TEXT,
    PersonalData,
    Pseudonyms,
    email_or,
    is_any_pseudonym,
    is_pseudonym,
    kind_of_property,
    kind_of_pseudonym,
)
from contract_bench.cassettes.redaction.secrets import REDACTED, find_secrets, is_secret_key, scrub_secrets
from contract_bench.cassettes.redaction.words import (
    is_choice,
    is_id,
    is_key,
    is_known_host,
    is_name_of_the_schema,
    is_plain_cursor,
    is_time,
    is_words,
)

__all__ = ["PORTAL_IN_URL", "TextRedactor", "decoded"]

PHONE_IN_TEXT = re.compile(r"(?<![\w.])\+\d[\d ().-]{6,30}\d(?![\w])")
PORTAL_IN_URL = re.compile(r"hubspot\.com/(?:contacts|[\w-]{1,60})/(\d{4,20})(?=/)")
HARMLESS_PORTALS = ("62515", "424242")
SHORTEST_REMEMBERED = 4
# Of values that begin with the same word, so many are looked for in messages.
MOST_ALIKE = 50
# Around a placeholder only punctuation stays: signs and control characters can encode anything.
_NO_PUNCTUATION = re.compile(r"[^ \t\r\n.,:;!?()'\"{}\[\]<>&=|/-]")
_NUMBER = re.compile(r"(?<!\d)\d{1,20}(?!\d)")
_WORD = re.compile(r"\w+|[^\w\s]")
_LETTER = re.compile(r"\w")
_VERSION = re.compile(r"v[0-9]{1,2}|20[0-9]{2}-(?:0[1-9]|1[0-2])")
FILE_ENDINGS = frozenset({"csv", "json", "txt", "xml"})
_OWN_TYPE = re.compile(r"p(\d{3,20})_([a-z][a-z0-9_]{0,80})")
# What a path names after these is an object type or, behind that, a property.
_BEFORE_TYPES = frozenset({"objects", "schemas", "object-schemas", "properties", "pipelines", "associations", "custom"})


# The parameters of the API and the rules of their values.
PARAMETERS = {
    "limit": "number", "count": "number", "offset": "cursor", "offset_param": "word", "after": "cursor",
    "before": "cursor", "since": "cursor", "vidOffset": "cursor", "timeOffset": "cursor", "properties": "schema",
    "propertiesWithHistory": "schema", "property": "schema", "associations": "schema", "idProperty": "schema",
    "objectTypeId": "schema", "archived": "word", "propertyMode": "word", "showListMemberships": "word",
    "formSubmissionMode": "word", "grant_type": "word", "locale": "word", "dataSensitivity": "word", "scope": "word",
    "scopes": "word", "response_type": "word", "sort": "schema", "order": "word", "includeDetails": "word",
    "includeFilters": "word", "includeMemberships": "word", "hydrate": "word", "redirect_uri": "url", "client_id": "id",
    "portalId": "portal", "portalID": "portal", "hubId": "portal", "vid": "id", "ids": "id", "id": "id",
    "userId": "id", "createdAfter": "time", "updatedAfter": "time", "startTimestamp": "time", "endTimestamp": "time",
    # what other APIs call pages, cursors and times
    "page": "number", "per_page": "number", "page_size": "number", "pageSize": "number", "skip": "cursor",
    "start": "cursor", "cursor": "cursor", "page_token": "cursor", "pageToken": "cursor", "direction": "word",
    "updated_since": "time", "updated_after": "time", "modified_since": "time", "since_id": "id", "format": "word",
}  # fmt: skip


def _is_encoded_text(pair: str) -> bool:
    """Whether what looks like a parameter is base64 of a text: its padding looks like an empty value."""
    if not pair.endswith("=") or len(pair) % 4:
        return False
    try:
        return base64.b64decode(pair, validate=True).decode().isprintable()
    except ValueError:
        return False


def _form_decoded(text: str) -> str:
    return decoded(text.replace("+", " "))


def decoded(text: str) -> str:
    """Return a text without percent-encoding, however often it was applied."""
    for _ in range(6):
        text = unquote(text, errors="surrogateescape")
    return text


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
        self._known = _KnownValues(pseudonyms.given)
        self.secrets_found: Counter[str] = Counter()
        self.people_found: Counter[str] = Counter()

    def count_secret(self, kind: str) -> None:
        """Count a secret that was replaced."""
        self.secrets_found[kind] += 1

    def redact(self, text: str) -> str:
        """Return the text without secrets, e-mail addresses, phone numbers, portal ids and known values."""
        text = self._without_secrets(text)
        text = EMAIL_IN_TEXT.sub(self._address, text)
        text = PHONE_IN_TEXT.sub(lambda match: self.pseudonym(PersonalData.PHONE, match.group()), text)
        return self._known_values(self._portal_ids(text))

    def _has_secret(self, text: str) -> bool:
        return any(secret in text for secret in self._secrets) or bool(find_secrets(text))

    def _without_secrets(self, text: str) -> str:
        for secret in self._secrets:
            if secret in text:
                self.count_secret("the recording's token")
                text = text.replace(secret, REDACTED)
        return scrub_secrets(text, self.count_secret)

    def pseudonym(self, kind: PersonalData, value: str) -> str:
        """Return the pseudonym of a value and count it; a pseudonym is returned unchanged."""
        if is_pseudonym(kind, value):
            return value
        self.people_found[kind.value] += 1
        return self._pseudonyms.give(kind, value)

    def field(self, name: str, value: str) -> str:
        """Redact a named value. What no rule knows is personal data."""
        if is_any_pseudonym(value) or value == REDACTED:
            return value
        if is_secret_key(name):
            self.count_secret("named secret")
            return REDACTED
        kind = kind_of_property(name, value)
        if kind is None:
            return self.redact(value)
        return self.pseudonym(email_or(kind, value), value)

    def known(self, text: str) -> str:
        """Return the pseudonym of a text if there is one, otherwise the redacted text."""
        return self._pseudonyms.given.get(text) or self.redact(text)

    def value(self, text: str) -> str:
        """Replace a value that has no name."""
        if is_any_pseudonym(text):
            return text
        text = self._without_secrets(text)
        if text == REDACTED:
            return text
        if text in self._pseudonyms.given:
            return self._pseudonym_again(text)
        return self.pseudonym(email_or(PersonalData.TEXT, text), text)

    def _pseudonym_again(self, text: str) -> str:
        """Return the pseudonym that a value has already, and count it."""
        given = self._pseudonyms.given[text]
        self.people_found[kind_of_pseudonym(given).value] += 1
        return given

    def id(self, text: str) -> str:
        """Keep an id of HubSpot's; anything else, and the value of a property that serves as an id, is replaced."""
        if text in self._pseudonyms.ids:
            return self._pseudonyms.ids[text]
        if is_id(text) or is_choice(text):
            return self._portal_ids(text)
        return self.value(text)

    def id_value(self, value: str, pseudonym: str) -> None:
        """Remember the value of a property that serves as an id, because errors repeat it without the property."""
        if value != pseudonym:
            self._pseudonyms.ids[value] = pseudonym

    def cursor(self, text: str) -> str:
        """Keep a cursor that holds numbers or a time; any other one may hold anything."""
        if text == REDACTED or is_plain_cursor(text) or is_any_pseudonym(text):
            return text
        if text.isdecimal():  # as the number in JSON that may have led here
            return self.pseudonym(PersonalData.NUMBER, text)
        if self._has_secret(text) or email_or(PersonalData.TEXT, text) is PersonalData.EMAIL:
            return self.value(text)
        self.people_found[PersonalData.CURSOR.value] += 1
        return self._pseudonyms.give(PersonalData.CURSOR, decoded(text))

    def time(self, text: str) -> str:
        """Keep a time."""
        return text if is_time(text) else self.value(text)

    def number(self, text: str) -> str:
        """Keep a number of at most ten digits."""
        return text if re.fullmatch(r"-?\d{1,10}", text) else self.word(text)

    def word(self, text: str) -> str:
        """Keep keywords of the protocol."""
        return text if is_words(text) else self.value(text)

    def word_or_id(self, text: str) -> str:
        """Keep keywords and ids."""
        return text if is_words(text) else self.id(text)

    def schema(self, text: str) -> str:
        """Keep names of properties and object types, also several with commas between them."""
        return ",".join(map(self._schema_name, text.split(",")))

    def _schema_name(self, text: str) -> str:
        own = _OWN_TYPE.fullmatch(text)
        if own is not None and is_name_of_the_schema(own[2]):
            return f"p{self._portals.get(own[1]) or self._number_of(own[1])}_{own[2]}"
        return text if is_name_of_the_schema(text) or is_words(text) else self.value(text)

    def _number_of(self, digits: str) -> str:
        return digits if digits in HARMLESS_PORTALS else self.pseudonym(PersonalData.NUMBER, digits)

    def portal(self, digits: str) -> str:
        """Replace the id of a portal."""
        return self._portals.get(digits) or self._number_of(digits)

    def key(self, text: str) -> str:
        """Keep a key of JSON or the name of a parameter; one that is a value is replaced."""
        if is_key(text) and not any(secret in text for secret in self._secrets):
            return text
        cleaned = self._without_secrets(text)
        if cleaned == REDACTED or is_any_pseudonym(cleaned):
            return cleaned
        if email_or(PersonalData.TEXT, cleaned) is PersonalData.EMAIL:
            return self.pseudonym(PersonalData.EMAIL, cleaned)
        return self.pseudonym(PersonalData.KEY, cleaned)

    def message(self, text: str) -> str:
        """Keep the fixed words of HubSpot's messages and the tags of a page, and replace everything else."""
        if is_html(text):
            return self._page(text)
        if not any(map(str.isalnum, text)):
            return text
        text = self._without_secrets(text)
        return "".join(self._part(kind, part) for kind, part in split_message(text))

    def _page(self, text: str) -> str:
        pieces, at = [], 0
        for match in TAG.finditer(text):
            between = text[at : match.start()]
            pieces += [self._plain(between), clean_tag(match.group())]
            at = match.end()
        return "".join([*pieces, self._plain(text[at:])])

    def _plain(self, text: str) -> str:
        text = self._without_secrets(text)
        return "".join(self._part(kind, part) for kind, part in split_message(text))

    def _part(self, kind: str, part: str) -> str:
        match kind:
            case "fixed" | "n":
                return part
            case "free":
                return self._free(part)
            case "name" | "names":
                return ", ".join(map(self.schema, part.split(", ")))
            case "id" | "ids":
                return ", ".join(map(self.id, part.split(", ")))
            case "options":
                return ", ".join(map(self.word, part.split(", ")))
            case "url":
                return self._url_in_text(part)
        return part if all(map(is_words, re.split(r"[`$]+", part))) else self.value(part)

    def _url_in_text(self, url: str) -> str:
        bare = url.rstrip(".,;:)")
        return self.url(bare) + url[len(bare) :]

    def _free(self, text: str) -> str:
        """Replace a free text, but keep pseudonyms in it."""
        text = self.redact(text)
        pieces, at = [], 0
        for match in PSEUDONYM_IN_TEXT.finditer(text):
            pieces += [self._placeholder(text[at : match.start()]), match.group()]
            at = match.end()
        return "".join([*pieces, self._placeholder(text[at:])])

    def _placeholder(self, text: str) -> str:
        letters = [at for at, letter in enumerate(text) if letter.isalnum()]
        if not letters:
            return _NO_PUNCTUATION.sub("", text)
        start, end = letters[0], letters[-1] + 1
        before, after = (_NO_PUNCTUATION.sub("", edge) for edge in (text[:start], text[end:]))
        return f"{before}{self.pseudonym(PersonalData.TEXT, text[start:end])}{after}"

    def url(self, text: str, id_property: str = "") -> str:
        """Redact an absolute or relative URL: host, path and query; user and fragment are removed."""
        try:
            parts = urlsplit(text)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            return self.value(text)
        if parts.scheme not in ("", "http", "https"):
            return self.value(text)
        named = f"[{host}]" if ":" in host else host
        netloc = named if not host or is_known_host(host) else self.pseudonym(PersonalData.HOST, host)
        netloc = netloc if port is None else f"{netloc}:{port}"
        if netloc == parts.netloc.lower():
            netloc = parts.netloc
        query = "&".join(map(self.parameter, parts.query.split("&"))) if parts.query else ""
        return urlunsplit((parts.scheme, netloc, self.path(parts.path, id_property), query, ""))

    def parameter(self, pair: str) -> str:
        """Redact `name=value` in a query or a form; the encoding is kept if nothing changes."""
        name, equals, value = pair.partition("=")
        whole, plain_name, plain = decoded(pair), _form_decoded(name), _form_decoded(value)
        if _is_encoded_text(whole):
            return quote(self.value(whole))
        if not equals:
            return name if plain_name in PARAMETERS or plain_name == "" else quote(self.value(plain_name))
        redacted_name, redacted = self.key(plain_name), self._parameter_value(plain_name, plain)
        return "".join(
            (
                name if redacted_name == plain_name else quote(redacted_name),
                equals,
                value if redacted == plain else quote(redacted, safe=""),
            )
        )

    def _parameter_value(self, name: str, value: str) -> str:
        if value == "" or value.startswith(REDACTED):
            return value
        if name == "code":
            self.count_secret("named secret")
            return REDACTED
        rule = PARAMETERS.get(name) or paging_rule(name)
        return self.field(name, value) if rule is None else self.by_rule(rule, value)

    def by_rule(self, rule: str, value: str) -> str:
        """Redact a value by the name of a rule: one of the methods above."""
        match rule:
            case "id":
                return ",".join(map(self.id, value.split(",")))
            case "cursor":
                return self.cursor(value)
            case "time":
                return self.time(value)
            case "number":
                return self.number(value)
            case "schema":
                return self.schema(value)
            case "url":
                return self.url(value)
            case "host":
                return value if is_known_host(value) else self.value(value)
            case "portal":
                return self.portal(value) if value.isdecimal() else self.value(value)
            case "word":
                return self.word(value)
        raise ValueError(f"no rule is called {rule!r}; see PARAMETERS for those that there are")

    def path(self, path: str, id_property: str = "") -> str:
        """Redact a path. With an `id_property`, its last segment is the value of that property."""
        segments = path.split("/")
        plain = [decoded(segment) for segment in segments]
        return "/".join(
            _spelled(
                segment,
                plain[at],
                self.field(id_property, plain[at])
                if id_property and at == len(plain) - 1
                else self._segment(plain, at),
            )
            for at, segment in enumerate(segments)
        )

    def _segment(self, plain: list[str], at: int) -> str:
        segment = plain[at]
        before = plain[at - 1] if at else ""
        if before in ("access-tokens", "refresh-tokens") and segment not in ("", REDACTED):
            self.count_secret("token in a path")
            return REDACTED
        if before in _BEFORE_TYPES or (at > 1 and plain[at - 2] == "properties"):
            return self._schema_name(segment)
        if segment in self._portals:
            return self._portals[segment]
        if _VERSION.fullmatch(segment):
            return segment
        name, dot, ending = segment.rpartition(".")
        if dot and ending in FILE_ENDINGS:
            return f"{self.word_or_id(name)}.{ending}"
        return self.word_or_id(segment)

    def _address(self, found: re.Match[str]) -> str:
        address, sign = found.group(0, 1)
        return self.pseudonym(PersonalData.EMAIL, address.replace(sign, "@", 1)).replace("@", sign)

    def _portal_ids(self, text: str) -> str:
        if not self._portals:
            return text
        return _NUMBER.sub(lambda match: self._portals.get(match.group(), match.group()), text)

    def _known_values(self, text: str) -> str:
        """Replace values that have a pseudonym in a field: HubSpot repeats them in its messages."""
        if not any(mark in text for mark in (" ", '"', "{")):
            return text
        return self._known.replace(text)


class _KnownValues:
    """Values that have a pseudonym, by their first word, so that a text is read once whatever their number.

    Args:
        given: The pseudonyms by their values; grows during a pass.
    """

    def __init__(self, given: dict[str, str]) -> None:
        self._given = given
        self._seen = 0
        self._by_word: dict[str, tuple[str, ...]] = {}  # a longer one before its beginning

    def replace(self, text: str) -> str:
        """Replace the values in a text."""
        self._update()
        pieces, at = [], 0
        for match in _WORD.finditer(text):
            if match.start() < at:
                continue
            found = self._at(text, match)
            if found is not None:
                pieces += [text[at : match.start()], self._given[found]]
                at = match.start() + len(found)
        return "".join([*pieces, text[at:]])

    def _at(self, text: str, match: re.Match[str]) -> str | None:
        alike = self._by_word.get(match.group(), ())
        if not text.startswith(alike, match.start()):
            return None
        for value in alike:
            end = match.start() + len(value)
            if text.startswith(value, match.start()) and _LETTER.match(text, end) is None:
                return value
        return None

    def _update(self) -> None:
        newest = islice(reversed(self._given), len(self._given) - self._seen)  # without a look at all the others
        for value in reversed(list(newest)):
            first = _WORD.match(value)
            if first is not None and SHORTEST_REMEMBERED <= len(value) <= 1000:
                alike = self._by_word.get(first.group(), ())
                if len(alike) < MOST_ALIKE:
                    self._by_word[first.group()] = tuple(sorted((*alike, value), reverse=True))
        self._seen = len(self._given)


def _spelled(original: str, plain: str, redacted: str) -> str:
    """Return what stands in a path for a segment: what it was, or the pseudonym, encoded as the original was."""
    if redacted == plain:
        return original
    return quote(redacted, safe="@" if "@" in original else "")
