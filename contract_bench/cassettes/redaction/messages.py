"""The fixed words of HubSpot's messages. Everything else in a message was written by people, or repeats their data.

A template has holes in braces: `{name}` is a name of the schema, `{id}` an id, `{n}` a number, `{ids}` and `{names}`
lists of them, `{words}` keywords. What stands in a hole is redacted by the rule of the hole.

Source: recording, docs, reader (the same messages as those of the fake; see the parity ledger).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from contract_bench.cassettes.redaction.words import is_words

__all__ = ["TAG", "clean_tag", "is_html", "split_message"]

# HubSpot's messages are shorter; in a longer text no words are known.
LONGEST_MESSAGE = 5_000
MOST_CHOSEN = 12
_HOLES = {
    "name": r"-?[A-Za-z0-9_.-]{1,100}",
    "names": r"[A-Za-z0-9_., -]{1,300}",
    "id": r"[A-Za-z0-9_.+@%-]{1,100}",
    "ids": r"[A-Za-z0-9_.+@%, -]{1,300}",
    "options": r"[^\[\]\n]{1,1000}",
    "n": r"-?[0-9]{1,10}",
    "words": r"[A-Za-z0-9_.`$-]{1,100}",
    "url": r"https?://[^\s\"'<>]{1,300}",
}
_TEMPLATES = r"""
Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at {url}
The OAuth token used to make this call expired {n} second(s) ago.
The API key provided is invalid. View or manage your API key here: {url}
This hapikey doesn't exist.
This app hasn't been granted all required scopes to make this call. Read more about required scopes here: {url}
One or more of the following scopes are required.
Hub {id} is unknown to this Hublet, but it appears to exist in Hublet {words}
You have reached your {words} limit.
Unable to parse value for query parameter: {name}
Unable to infer object type from: {name}
Object not found.  objectId are usually numeric.
Object not found. objectId is usually positive.
Object not found
resource not found
internal error
validation error
Contact already exists. Existing ID: {id}
Existing ID: {id}
already exists. Existing ID: {id}
Contact already exists
contact does not exist
The contact {id} does not exist.
A contact with email {id} already exists.
A property named '{name}' already exists.
Could not get some {words} objects, they may be deleted or not exist. Check that ids are valid.
No {words} is associated with {words} {id}.
Duplicate IDs found in batch input: [{ids}]. IDs must be unique
{words}={id} is not valid
{id} is not a valid ID
Object {id} cannot be associated to itself ({id})
{name} is not a valid association type between {name} and {name}
{name} is not a valid association type
Association type {words} between {name} and {name} is not valid
Property values were not valid:
Property "{name}" does not exist
Property {name} does not exist
Property {name} is not a unique property
No properties found to update, please provide at least one.
At least one of these properties is required: {names}
There was a problem with the request.
Invalid input JSON on line {n}, column {n}. Some required fields were not set: [{names}]
Invalid input JSON on line {n}, column {n}: Input data was truncated
Invalid input JSON on line {n}, column {n}: Unexpected character
Invalid input JSON on line {n}, column {n}: Cannot build Filter, some of required attributes are not set [{names}]
Invalid input JSON on line {n}, column {n}:
Invalid input JSON on line {n}, column {n}
Cannot deserialize value of type `{words}` from {words} value (token `{words}`)
Some required fields were not set: [{names}]
Some required attributes are not set [{names}]
The request body may not be null
query param {name} may not be null
refresh token is invalid, expired or revoked
was not a valid long
was not one of the allowed options: [{options}]
was not one of the allowed options
was not a valid long. Portal {id}, object type {words}
was not a valid number
is invalid
There is no property '{name}' to filter by
missing or unknown client id
access token not found
is not a valid number
must be a number
limit must be between {n} and {n}, not {n}
after must be a number, not {name}
This request is longer than {n} characters
The request body is longer than {n} characters
There may be {n} filter groups, not {n}
Only one sort is allowed
{words} is no operator; there are {names}
(this text is the fake's own, HubSpot's is unknown)
(this text is the fake's own)
List does not exist with ID {id}.
expire time
error code: {n}
HTTP method not allowed, supported methods: {names}
Error {n} Not Found
{n} Unsupported Media Type
Unsupported Media Type
HTTP ERROR {n}
Resource not found
HTTP {n}
Bearer realm="{words}"
Bearer REDACTED
Cloudflare Ray ID
Please try again in {n} minutes.
Please try again
{n} Bad Gateway
{n} Service Unavailable
{n} Service Temporarily Unavailable
{n} Gateway Time-out
{n} Gateway Timeout
{n} Internal Server Error
{n} Too Many Requests
{n} Forbidden
{n} Unauthorized
{n} Not Found
Bad gateway
Bad Gateway
Service Unavailable
Gateway Timeout
Gateway Time-out
Internal Server Error
Too Many Requests
Unauthorized
Forbidden
Not Found
cloudflare
nginx
"""
_TAG_LIST = """
    html head body title h1 h2 h3 h4 p div span center hr br b i em strong ul ol li table tr td th pre code a header
    footer main section small style script meta link
"""
_TAGS = frozenset(_TAG_LIST.split())
TAG = re.compile(r"<[^<>]{1,400}>")
_TAG_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]{0,10})(?=[\s/>])")
_TAG_PARTS = re.compile(r"[\s=\"'/;<>]+")
_DOCTYPE = "<!doctype html>"
_HTML = re.compile(r"<(?:!doctype html|/?(?:html|head|body|h1|p|div|span|center|title|br|b|a|strong)\b)", re.I)


@dataclass(frozen=True, slots=True)
class _Template:
    """A message with holes.

    Attributes:
        pattern: Its regular expression, a named group.
        words: Its fixed parts; a text without one of them does not hold it.
        holes: The kinds of its holes.
    """

    pattern: str
    words: tuple[str, ...]
    holes: tuple[str, ...]


def _template(number: int, template: str) -> _Template:
    parts = re.split(r"\{(\w+)\}", template)
    words, holes = parts[::2], parts[1::2]
    groups = [f"(?P<t{number}_{at}>{_HOLES[kind]})" for at, kind in enumerate(holes)]
    pattern = "".join(re.escape(part) if at % 2 == 0 else groups[at // 2] for at, part in enumerate(parts))
    return _Template(f"(?P<t{number}>{pattern})", tuple(filter(None, words)), tuple(holes))


# The longest first: at one place in a text, the first one that matches is taken.
_KNOWN = tuple(
    _template(number, line)
    for number, line in enumerate(sorted(filter(None, _TEMPLATES.split("\n")), key=len, reverse=True))
)


@lru_cache(maxsize=256)
def _pattern_of(numbers: tuple[int, ...]) -> re.Pattern[str]:
    """Return one pattern of these templates."""
    return re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(_KNOWN[number].pattern for number in numbers)})")


def _matches(text: str) -> Iterator[re.Match[str]]:
    """Find the templates in a text. Those whose words are not in it are not looked for: most texts hold none."""
    if len(text) > LONGEST_MESSAGE:
        return
    possible = tuple(at for at, known in enumerate(_KNOWN) if all(word in text for word in known.words))
    if len(possible) > MOST_CHOSEN:  # a pattern of its own would take longer to build than it saves
        possible = tuple(range(len(_KNOWN)))
    if possible:
        yield from _pattern_of(possible).finditer(text)


def split_message(text: str) -> Iterator[tuple[str, str]]:
    """Split a message into `("fixed", words)`, `(name of a hole, value)` and `("free", text)`, in order.

    A text can be empty.
    """
    at = 0
    for match in _matches(text):
        yield "free", text[at : match.start()]
        at = match.start()
        template = str(match.lastgroup)
        for number, kind in enumerate(_KNOWN[int(template[1:])].holes):
            start, end = match.span(f"{template}_{number}")
            yield "fixed", text[at:start]
            yield kind, text[start:end]
            at = end
        yield "fixed", text[at : match.end()]
        at = match.end()
    yield "free", text[at:]


def is_html(text: str) -> bool:
    """Whether a text is a page or part of one."""
    return _HTML.search(text) is not None


def clean_tag(tag: str) -> str:
    """Return a tag, without its attributes unless they are keywords; an unknown one, or a comment, is left out."""
    if tag.lower() == _DOCTYPE:
        return tag
    name = _TAG_NAME.match(tag)
    if name is None or name[1].lower() not in _TAGS:
        return ""
    if all(map(is_words, filter(None, _TAG_PARTS.split(tag[name.end() :])))):
        return tag
    return f"</{name[1]}>" if tag.startswith("</") else f"<{name[1]}>"
