"""Small values that a portal keeps by key (owners, pipelines, lists): in memory, written through to the database.

What a transaction wrote is taken back in memory too, if it is rolled back.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Generic, TypeVar

import msgspec

from fake_hubspot.portal.database import Database

__all__ = ["KeyValueStore"]

Value = TypeVar("Value")


class KeyValueStore(Generic[Value]):
    """Values of one type in the order in which their keys were added.

    Args:
        db: Where they are kept.
        name: Their name in the database.
        kind: Their type.
        on_change: Called after each write.

    Attributes:
        version: Changes with each write, so that what is computed from the values can be cached.
    """

    def __init__(self, db: Database, name: str, kind: type[Value], *, on_change: Callable[[], None]) -> None:
        self._db = db
        self._name = name
        self._decoder = msgspec.json.Decoder(kind)
        self._on_change = on_change
        self._values: dict[str, Value] = {}
        self.version = 0
        self.reload()

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[Value]:
        return iter(list(self._values.values()))

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def items(self) -> Iterator[tuple[str, Value]]:
        """Iterate over keys and values."""
        return iter(list(self._values.items()))

    def reload(self) -> None:
        """Read everything from the database again, after it was restored."""
        rows = self._db.all("SELECT key, value FROM key_values WHERE store = ?", (self._name,))
        self._values = {key: self._decoder.decode(value) for key, value in rows}
        self.version += 1

    def get(self, key: str) -> Value | None:
        """Return the value of a key."""
        return self._values.get(key)

    def put(self, key: str, value: Value) -> Value:
        """Store a new or changed value."""
        self._db.run(
            "INSERT OR REPLACE INTO key_values VALUES (?, ?, ?)", (self._name, key, msgspec.json.encode(value))
        )
        self._db.when_rolled_back(partial(self._restore, key, self._values.get(key)))
        self._values[key] = value
        self._changed()
        return value

    def drop(self, key: str) -> Value | None:
        """Remove a value."""
        self._db.run("DELETE FROM key_values WHERE store = ? AND key = ?", (self._name, key))
        self._db.when_rolled_back(self.reload)
        dropped = self._values.pop(key, None)
        self._changed()
        return dropped

    def _restore(self, key: str, value: Value | None) -> None:
        """Take a write back."""
        if value is None:
            self._values.pop(key, None)
        else:
            self._values[key] = value
        self._changed()

    def _changed(self) -> None:
        self.version += 1
        self._on_change()
