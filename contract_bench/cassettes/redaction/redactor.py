"""Redacts whole recordings and reports each change, which lint uses to find unredacted cassettes."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, unquote_plus, urlsplit, urlunsplit

from contract_bench.cassettes.model import Headers, Interaction, Request, Response, json_of
from contract_bench.cassettes.redaction.documents import JsonRedactor
from contract_bench.cassettes.redaction.headers import is_allowed_request_header, is_allowed_response_header
from contract_bench.cassettes.redaction.people import PersonalData, Pseudonyms
from contract_bench.cassettes.redaction.secrets import REDACTED, is_secret_key
from contract_bench.cassettes.redaction.texts import HARMLESS_PORTALS, PORTAL_IN_URL, TextRedactor

__all__ = ["Change", "RedactedRecording", "Redactor"]

# Parameters whose values are keywords of the API and never personal data.
PROTOCOL_WORDS = """
    limit after properties propertiesWithHistory associations archived idProperty offset offset_param count vidOffset
    timeOffset property propertyMode showListMemberships grant_type redirect_uri client_id locale dataSensitivity since
"""
PROTOCOL_PARAMETERS = frozenset(PROTOCOL_WORDS.split())


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
    found = {
        portal
        for one in interactions
        for portal in PORTAL_IN_URL.findall(one.response.body.decode(errors="replace"))
        if portal not in HARMLESS_PORTALS
    }
    return sorted(found)


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
            interaction, request=self._request(interaction.request), response=self._response(interaction.response)
        )

    def _request(self, request: Request) -> Request:
        headers = self._headers(request.headers, is_allowed_request_header, "request header")
        body = self._body(request.body, "request body", keep_text=False)
        return replace(request, uri=self._uri(request.uri), headers=headers, body=body)

    def _response(self, response: Response) -> Response:
        headers = self._headers(response.headers, is_allowed_response_header, "response header")
        # An error page comes from HubSpot itself; any other text may contain exported data.
        body = self._body(response.body, "response body", keep_text=response.status >= 400)
        return replace(response, headers=headers, body=body, stale_headers=())

    def _headers(self, headers: Headers, is_allowed: Callable[[str], bool], what: str) -> Headers:
        kept: dict[str, tuple[str, ...]] = {}
        for name, values in headers.items():
            if not is_allowed(name):
                self.dropped.add(name)
                self._note(f"{what} {name}")
                continue
            kept[name] = tuple(map(self._texts.redact, values))
            if kept[name] != values:
                self._note(f"{what} {name}")
        return kept

    def _uri(self, uri: str) -> str:
        parts = urlsplit(uri)
        netloc = parts.netloc.rpartition("@")[2]
        query = "&".join(map(self._parameter, parts.query.split("&"))) if parts.query else ""
        redacted = urlunsplit((parts.scheme, netloc, self._path(parts.path, parts.query), query, ""))
        if redacted != uri:
            self._note("request URL")
        return redacted

    def _path(self, path: str, query: str) -> str:
        """Redact a path. With `idProperty` in the query, its last segment is the value of that property."""
        name = dict(parse_qsl(query)).get("idProperty")
        before, slash, last = path.rpartition("/")
        plain = unquote(last)
        redacted = str(self._documents.property_value(name, plain)) if name else plain
        if redacted == plain:
            return self._texts.redact(path)
        return f"{self._texts.redact(before)}{slash}{quote(redacted, safe='')}"

    def _parameter(self, pair: str) -> str:
        """Redact `name=value` in a query or a form; the encoding is kept if nothing changes."""
        name, equals, value = pair.partition("=")
        plain_name, plain = unquote_plus(name), unquote_plus(value)
        redacted_name = self._texts.redact(plain_name)
        redacted = self._parameter_value(plain_name, plain)
        return "".join(
            (
                name if redacted_name == plain_name else quote(redacted_name, safe=""),
                equals,
                value if redacted == plain else quote(redacted, safe=""),
            )
        )

    def _parameter_value(self, name: str, value: str) -> str:
        if value == "" or value.startswith(REDACTED):
            return value
        if name in PROTOCOL_PARAMETERS:
            return self._texts.redact(value)
        if is_secret_key(name) or name == "code":
            self._texts.count_secret("named secret")
            return REDACTED
        return self._texts.field(name, value)

    def _body(self, body: bytes, what: str, *, keep_text: bool) -> bytes:
        if not body:
            return body
        try:
            document = json_of(body)
        except ValueError:
            redacted = self._plain(body, keep_text=keep_text)
        else:
            clean = self._documents.redact(document)
            redacted = (
                body if clean == document else json.dumps(clean, ensure_ascii=False, separators=(",", ":")).encode()
            )
            self.changes += [Change(self._index, f"{what} {path}") for path in _differences(document, clean, "$")]
            return redacted
        if redacted != body:
            self._note(what)
        return redacted

    def _plain(self, body: bytes, *, keep_text: bool) -> bytes:
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return self._texts.pseudonym(PersonalData.TEXT, body.hex()).encode()
        if _is_form(text):
            return "&".join(map(self._parameter, text.split("&"))).encode()
        if not any(map(str.isalnum, text)):
            return body
        return (self._texts.redact(text) if keep_text else self._texts.pseudonym(PersonalData.TEXT, text)).encode()

    def _note(self, place: str) -> None:
        self.changes.append(Change(self._index, place))


def _is_form(text: str) -> bool:
    try:
        return bool(parse_qsl(text, keep_blank_values=True, strict_parsing=True)) and not any(map(str.isspace, text))
    except ValueError:
        return False


def _differences(old: Any, new: Any, path: str) -> list[str]:
    """Return the JSON paths of the leaves that differ. Redaction changes keys and leaves, never the structure."""
    if isinstance(old, dict):
        if old.keys() != new.keys():
            return [path]
        return [found for key in old for found in _differences(old[key], new[key], f"{path}.{key}")]
    if isinstance(old, list):
        pairs = zip(old, new, strict=True)
        return [found for at, (a, b) in enumerate(pairs) for found in _differences(a, b, f"{path}[{at}]")]
    return [] if old == new else [path]
