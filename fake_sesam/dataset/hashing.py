"""What of an entity is stored, and the hash by which a change is seen. Pure.

Source: docs (entity-data-model.rst): fields of the root that start with ``_`` are ignored on writing, except ``_id``
and ``_deleted``, and only those two of them count in the hash. Assumed: the algorithm; Sesam's examples are 32
hexadecimal digits.
"""

import hashlib
from decimal import Decimal
from typing import Any

import msgspec

__all__ = ["decode", "encode", "entity_hash", "stored_form"]

_encoder = msgspec.json.Encoder(decimal_format="number")
_canonical = msgspec.json.Encoder(decimal_format="number", order="deterministic")
_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(float_hook=Decimal)

encode = _encoder.encode
decode = _decoder.decode


def stored_form(entity: dict[str, Any]) -> dict[str, Any]:
    """Return what a dataset stores: reserved root fields dropped, ``_deleted`` kept only where it is true."""
    stored = entity.copy()
    for name in entity:
        if name[:1] == "_" and name != "_id":
            del stored[name]
    if entity.get("_deleted") is True:
        stored["_deleted"] = True
    return stored


def entity_hash(stored: dict[str, Any]) -> str:
    """Return the hash of an entity in its stored form; the order of keys does not count."""
    return hashlib.blake2b(_canonical.encode(stored), digest_size=16).hexdigest()
