"""Redacts whole recordings and reports each change, which lint uses to find unredacted cassettes."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlsplit

from contract_bench.cassettes.model import Headers, Interaction, Request, Response, header_of
from contract_bench.cassettes.redaction.documents import JsonRedactor
from contract_bench.cassettes.redaction.headers import (
    holds_numbers,
    is_allowed_request_header,
    is_allowed_response_header,
)
from contract_bench.cassettes.redaction.json_text import differences, parse_json, to_json
from contract_bench.cassettes.redaction.people import PersonalData, Pseudonyms
from contract_bench.cassettes.redaction.tables import redacted_table
from contract_bench.cassettes.redaction.texts import HARMLESS_PORTALS, PORTAL_IN_URL, TextRedactor
from contract_bench.cassettes.redaction.words import METHODS, REASONS, is_id, is_time, is_words

__all__ = ["Change", "RedactedRecording", "Redactor"]

# `"portalId": 123`, also escaped in a message.
PORTAL_IN_JSON = re.compile(r"(?:portal|hub)_?-?id[\\\"']{0,9}\s?:\s?[\\\"']{0,9}(\d{3,20})", re.I)
# What stands between the words of a header: `application/json;charset=utf-8`, `max-age=31536000`, `*/*`.
HEADER_PARTS = re.compile(r"[\s,;=/\"*+]+")
HEADER_NUMBER = re.compile(r"\d{1,10}")
QUALITY = re.compile(r"[01](?:\.\d{1,3})?")
LINK = re.compile(r"\s*<([^<>]*)>\s*;\s*rel=\"?([a-z-]+)\"?\s*")
LINK_SEPARATOR = re.compile(r",(?=\s*<)")
MOST_LINK_CHARACTERS = 20_000
MOST_NUMBERS = 2
MOST_DIGITS = 6  # `utf-8`, `iso-8859-1`, `HTTP/1.1`


@dataclass(frozen=True, slots=True)
class Change:
    """A place that redaction changes. It does not contain the value.

    Attributes:
        interaction: The index of the interaction.
        place: The part of it, for example `response body $.results[0].properties.email`.
    """

    interaction: int
    place: str


@dataclass(frozen=True, slots=True)
class RedactedRecording:
    """A redacted recording with the kinds and counts of what was found, never the values."""

    interactions: tuple[Interaction, ...]
    changes: tuple[Change, ...]
    secrets: Mapping[str, int] = field(default_factory=dict)
    people: Mapping[str, int] = field(default_factory=dict)
    headers: tuple[str, ...] = ()


class Redactor:
    """Redacts recordings; whatever is not allowed is replaced.

    Args:
        key: The key of the pseudonyms. The same key gives the same pseudonyms.
        secrets: Values known to be secret.
    """

    def __init__(self, key: bytes, *, secrets: Iterable[str] = ()) -> None:
        self._key = key
        self._secrets = tuple(secrets)

    def redact(self, interactions: tuple[Interaction, ...]) -> RedactedRecording:
        """Return the recording without secrets and personal data.

        It takes two passes: a value in a message may only be recognised because a later field contains it.
        """
        pseudonyms = Pseudonyms(self._key)
        portals = _portal_ids(interactions)
        for _ in range(2):
            texts = TextRedactor(pseudonyms, secrets=self._secrets, portal_ids=portals)
            run = _RedactionPass(texts)
            redacted = tuple(run.interaction(index, one) for index, one in enumerate(interactions))
        return RedactedRecording(
            redacted,
            tuple(run.changes),
            secrets=_sorted(texts.secrets_found),
            people=_sorted(texts.people_found),
            headers=tuple(sorted(run.dropped)),
        )


def _sorted(counter: Counter[str]) -> dict[str, int]:
    return {kind: counter[kind] for kind in sorted(counter)}


def _portal_ids(interactions: Iterable[Interaction]) -> list[str]:
    found: set[str] = set()
    for one in interactions:
        text = one.response.body.decode(errors="replace")
        found.update(PORTAL_IN_URL.findall(text), PORTAL_IN_JSON.findall(text))
    return sorted(found - set(HARMLESS_PORTALS))


class _RedactionPass:
    """One pass over a recording."""

    _index: int  # of the current interaction

    def __init__(self, texts: TextRedactor) -> None:
        self._texts = texts
        self._documents = JsonRedactor(texts)
        self.changes: list[Change] = []
        self.dropped: set[str] = set()

    def interaction(self, index: int, interaction: Interaction) -> Interaction:
        self._index = index
        return replace(
            interaction,
            request=self._request(interaction.request),
            response=self._response(interaction.response),
            recorded_at=self._recorded_at(interaction.recorded_at),
        )

    def _request(self, request: Request) -> Request:
        method = request.method if request.method.upper() in METHODS else self._texts.value(request.method)
        if method != request.method:
            self._note("request method")
        headers = self._headers(request.headers, is_allowed_request_header, "request header")
        body = self._body(request.body, "request body", is_message=False)
        return replace(request, method=method, uri=self._uri(request.uri), headers=headers, body=body)

    def _response(self, response: Response) -> Response:
        reason = response.reason if response.reason in REASONS else self._texts.message(response.reason)
        if reason != response.reason:
            self._note("reason phrase")
        headers = self._headers(response.headers, is_allowed_response_header, "response header")
        # An error page keeps its structure; any other text may be an export.
        if (header_of(response.headers, "content-type") or "").startswith("text/csv") and response.status < 400:
            body = self._table(response.body)
        else:
            body = self._body(response.body, "response body", is_message=response.status >= 400)
        return replace(response, reason=reason, headers=headers, body=body, stale_headers=())

    def _recorded_at(self, moment: str | None) -> str | None:
        if moment is None or is_time(moment):
            return moment
        self._note("recorded_at")
        return None

    def _headers(self, headers: Headers, is_allowed: Callable[[str], bool], what: str) -> Headers:
        kept: dict[str, tuple[str, ...]] = {}
        for name, values in headers.items():
            if not is_allowed(name):
                self.dropped.add(name)
                self._note(f"{what} {name}")
                continue
            kept[name] = tuple(self._header(name, value) for value in values)
            if kept[name] != values:
                self._note(f"{what} {name}")
        return kept

    def _header(self, name: str, value: str) -> str:
        """Keep a time, an id, keywords, and numbers where they belong. An address is redacted like every other."""
        if name.lower() == "location":
            return self._texts.url(value)
        if name.lower() == "link":
            return self._links(value)
        if is_time(value) or ("-" in value and is_id(value)):
            return value
        parts = [part for part in HEADER_PARTS.split(value) if not QUALITY.fullmatch(part)]
        numbers = [part for part in parts if HEADER_NUMBER.fullmatch(part)]
        words = " ".join(part for part in parts if part not in numbers or not holds_numbers(name))
        if len(numbers) <= MOST_NUMBERS and all(map(is_words, words.split())) and _has_few_digits(words):
            return value
        return self._texts.message(value)

    def _links(self, value: str) -> str:
        """Keep the relations of links, and redact their addresses. What is not a list of links is a message."""
        links = [LINK.fullmatch(part) for part in LINK_SEPARATOR.split(value[:MOST_LINK_CHARACTERS])]
        shown = [f'<{self._texts.url(link[1])}>; rel="{link[2]}"' for link in links if link and is_words(link[2])]
        return ", ".join(shown) if len(shown) == len(links) else self._texts.message(value)

    def _uri(self, uri: str) -> str:
        redacted = self._texts.url(uri, _id_property(uri))
        if redacted != uri:
            self._note("request URL")
        return redacted

    def _body(self, body: bytes, what: str, *, is_message: bool) -> bytes:
        if not body:
            return body
        try:
            document = parse_json(body)
        except ValueError:
            redacted = self._plain(body, is_message=is_message)
            if redacted != body:
                self._note(what)
            return redacted
        clean = self._documents.redact(document)
        changed = differences(document, clean)
        self.changes += [Change(self._index, f"{what} {path}") for path in changed]
        return to_json(clean).encode() if changed else body

    def _table(self, body: bytes) -> bytes:
        """Redact a CSV file like a list of objects whose keys are the names of its columns."""
        try:
            clean = redacted_table(body.decode(), self._documents.redact)
        except ValueError:
            return self._body(body, "response body", is_message=False)
        if clean.encode() != body:
            self._note("response body")
        return clean.encode()

    def _plain(self, body: bytes, *, is_message: bool) -> bytes:
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return self._texts.pseudonym(PersonalData.TEXT, body.hex()).encode()
        if _is_form(text):
            return self._form(text).encode()
        if not any(map(str.isalnum, text)):
            return body
        redacted = (self._documents.message if is_message else self._texts.value)(text)
        if _is_form(redacted):  # only a blank had kept it from being a form
            redacted = self._form(redacted)
        return redacted.encode("utf-8", "replace")

    def _form(self, text: str) -> str:
        return "&".join(map(self._texts.parameter, text.split("&")))

    def _note(self, place: str) -> None:
        self.changes.append(Change(self._index, place))


def _has_few_digits(words: str) -> bool:
    return sum(map(str.isdigit, words)) <= MOST_DIGITS


def _id_property(uri: str) -> str:
    """Return the property that the last segment of a path is a value of."""
    try:
        return dict(parse_qsl(urlsplit(uri).query)).get("idProperty", "")
    except ValueError:
        return ""


def _is_form(text: str) -> bool:
    try:
        return bool(parse_qsl(text, keep_blank_values=True, strict_parsing=True)) and not any(map(str.isspace, text))
    except ValueError:
        return False
