"""Ids, cursors and timestamps differ between portals; only which of them are equal is compared."""

import re
from enum import StrEnum
from urllib.parse import parse_qsl

from bench_core.urls import split_url

__all__ = ["References", "Shape", "is_id_key", "placeholders", "shape_of", "url_parts"]


class Shape(StrEnum):
    """The format of a text; all but `PLAIN` and `URL` are compared by reference."""

    TIMESTAMP = "ISO 8601 timestamp"
    EPOCH_MS = "epoch milliseconds"
    UUID = "UUID"
    ID = "id"
    URL = "URL"
    PLAIN = "text"


_TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?Z$")
_EPOCH_MS = re.compile(r"1\d{12}$")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
_ID = re.compile(r"\d+(?:;\d+)*$")
_ID_KEY = re.compile(
    r"(?:^|_)ids?$|(?:Id|Ids|vid|vids)$|^hs_(?:object|ticket)_id|^after$|^hs_all_owner_ids|_of_all_owners$"
)
_IN_TEXT = re.compile(
    r"\d{4}-\d{2}-\d{2}T[\d:.]+Z|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<![\w.-])\d{5,}(?![\w-])"
)


def is_id_key(key: str) -> bool:
    """Whether the values of this key are ids or cursors."""
    return _ID_KEY.search(key) is not None


def shape_of(key: str, value: str) -> Shape:
    """Return the format of a text."""
    if _TIMESTAMP.match(value):
        return Shape.TIMESTAMP
    if _UUID.match(value):
        return Shape.UUID
    if is_id_key(key) and _ID.match(value):
        return Shape.ID
    if _EPOCH_MS.match(value):
        return Shape.EPOCH_MS
    return Shape.URL if value.startswith(("http://", "https://")) else Shape.PLAIN


def placeholders(text: str) -> str:
    """Replace timestamps, UUIDs and long numbers in a text by a placeholder."""
    return _IN_TEXT.sub("<...>", text)


def url_parts(url: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return path and sorted query of a URL; the order of the query is not part of the contract.

    A text that is not a URL counts as a path.
    """
    parts = split_url(url)
    if parts is None:
        return url, ()
    return parts.path, tuple(sorted(parse_qsl(parts.query, keep_blank_values=True)))


class References:
    """A one-to-one mapping between recorded and actual values.

    Args:
        common: Values that occur on both sides; each maps to itself.
    """

    def __init__(self, common: set[str]) -> None:
        self._there: dict[str, str] = {one: one for one in common}
        self._back: dict[str, str] = dict(self._there)

    def are_same(self, recorded: str, actual: str) -> bool:
        """Map the two values to each other; return whether that agrees with the mapping so far."""
        if recorded in self._there or actual in self._back:
            return self._there.get(recorded) == actual
        self._there[recorded] = actual
        self._back[actual] = recorded
        return True
