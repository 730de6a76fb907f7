"""The changes of records and links, each told once after its commit: to webhooks and to the journal of events."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

import msgspec

from fake_hubspot.portal.database import Database

__all__ = ["INTEGRATION", "PERSON", "Change", "ChangeFeed", "LinkChange", "MergeChange"]

INTEGRATION, PERSON = "INTEGRATION", "CRM_UI"


class LinkChange(msgspec.Struct, frozen=True):
    """One type of link in one direction that was made or removed."""

    to_type: str
    to_id: int
    category: str
    type_id: int
    is_primary: bool
    is_removed: bool


class MergeChange(msgspec.Struct, frozen=True):
    """What a merge did: the records that are gone, the one that remains, and how many values came from the others."""

    merged_ids: tuple[int, ...]
    new_id: int
    moved: int


class Change(msgspec.Struct, frozen=True):
    """One change of a record.

    Attributes:
        kind: `creation`, `propertyChange`, `deletion`, `privacyDeletion`, `restore`, `merge` or `associationChange`.
        source: Who changed it, in HubSpot's words.
        name: The property that changed.
        value: Its new value.
        is_initial: Whether it is a value with which a record was created.
        message: Of a new message in a conversation: its id and its type.

    Units: `at_ms` milliseconds since 1970.
    """

    kind: str
    type_id: str
    record_id: int
    at_ms: int
    source: str
    name: str = ""
    value: str = ""
    is_initial: bool = False
    link: LinkChange | None = None
    merge: MergeChange | None = None
    message: tuple[str, str] | None = None


class ChangeFeed:
    """Tells listeners what was committed. Without a listener, writes make no changes to tell.

    Attributes:
        source: Who makes the changes that name nobody else.
    """

    def __init__(self, db: Database, now_ms: Callable[[], int]) -> None:
        self._listeners: dict[str, Callable[[list[Change]], None]] = {}
        self.source = INTEGRATION
        self._db = db
        self._now_ms = now_ms
        self._uncommitted: list[Change] = []
        db.on_end = self._on_end

    @property
    def is_heard(self) -> bool:
        """Whether anybody listens."""
        return bool(self._listeners)

    def listen(self, who: str, listener: Callable[[list[Change]], None] | None) -> None:
        """Let a listener get the changes of each commit in their order; None ends that."""
        if listener is None:
            self._listeners.pop(who, None)
        else:
            self._listeners[who] = listener

    @contextmanager
    def made_by(self, source: str) -> Iterator[None]:
        """Name who makes the changes inside this block."""
        before, self.source = self.source, source
        try:
            yield
        finally:
            self.source = before

    def add(self, kind: str, type_id: str, record_id: int, *, merge: MergeChange | None = None) -> None:
        """Tell a change of a whole record."""
        if self.is_heard:
            self._tell([Change(kind, type_id, record_id, self._now_ms(), self.source, merge=merge)])

    def add_values(
        self,
        type_id: str,
        record_id: int,
        before: Mapping[str, str],
        after: Mapping[str, str],
        *,
        source: str = INTEGRATION,
        is_new: bool = False,
    ) -> None:
        """Tell which properties changed, and first that the record is new if it is."""
        if not self.is_heard:
            return
        now, who = self._now_ms(), self.source if source == INTEGRATION else source
        changes = [Change("creation", type_id, record_id, now, who)] if is_new else []
        changes += [
            Change("propertyChange", type_id, record_id, now, who, name, value, is_new)
            for name, value in after.items()
            if before.get(name) != value
        ]
        self._tell(changes)

    def add_links(self, ends: Iterable[tuple[str, int, LinkChange]]) -> None:
        """Tell links: the type and id of the record where each begins, and what happened to it."""
        if self.is_heard:
            now = self._now_ms()
            self._tell(
                [
                    Change("associationChange", type_id, record_id, now, self.source, link=link)
                    for type_id, record_id, link in ends
                ]
            )

    def _tell(self, changes: list[Change]) -> None:
        self._uncommitted += changes
        if not self._db.is_in_transaction:
            self._on_end(is_committed=True)

    def _on_end(self, *, is_committed: bool) -> None:
        """Pass on what a transaction changed, or forget it after a rollback."""
        if not self._uncommitted:
            return
        changes, self._uncommitted = self._uncommitted, []
        if is_committed:
            for listener in list(self._listeners.values()):
                listener(changes)
