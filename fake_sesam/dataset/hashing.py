"""The stored form of an entity, its hash, and what a change is. Pure.

Source: docs (entity-data-model.rst): properties of the root that start with `_` are ignored when an entity is written,
except `_id` and `_deleted`, which are part of the hash. Assumed: the hash algorithm; the hashes in Sesam's examples
have 32 hexadecimal digits.
"""

import hashlib
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec

__all__ = ["are_alike", "decode", "encode", "entity_hash", "stored_form"]


def _exact_text(value: Any) -> str:
    """Return a string of a subclass, such as a text that DTL parsed, as a string.

    Raises:
        TypeError: It is something else that has no form as JSON.
    """
    if isinstance(value, str):
        return str(value)
    raise TypeError(f"expected a JSON value, got {type(value).__name__}")


_encoder = msgspec.json.Encoder(decimal_format="number", enc_hook=_exact_text)
_canonical = msgspec.json.Encoder(decimal_format="number", order="deterministic", enc_hook=_exact_text)
_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(float_hook=Decimal)

encode = _encoder.encode
decode = _decoder.decode


def stored_form(entity: dict[str, Any]) -> dict[str, Any]:
    """Return an entity without reserved properties of the root; `_id` stays, and `_deleted` if it is true.

    It is the entity itself if there are none, else a copy.
    """
    names = _reserved(tuple(entity))
    if not names:
        return entity
    stored = entity.copy()
    for name in names:
        del stored[name]
    if entity.get("_deleted") is True:
        stored["_deleted"] = True
    return stored


@lru_cache(maxsize=1024)
def _reserved(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return those that are not stored; most entities of a dataset have the same names."""
    return tuple(name for name in names if name[:1] == "_" and name != "_id")


def entity_hash(stored: dict[str, Any]) -> str:
    """Return the hash of an entity in its stored form as 32 hexadecimal digits; the order of keys does not matter."""
    return hashlib.blake2b(_canonical.encode(stored), digest_size=16).hexdigest()


def are_alike(one: bytes | bytearray, other: bytes | bytearray) -> bool:
    """Return whether two stored forms, as JSON, have the same hash."""
    return one == other or _canonical.encode(decode(one)) == _canonical.encode(decode(other))
