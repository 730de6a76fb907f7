"""The account: records, definitions, clock, random source, limits, journal. It does not depend on HTTP."""

from collections.abc import Callable, Iterable, Mapping
from random import Random

import msgspec

from bench_core.journal import Journal
from fake_hubspot.errors import UsageError
from fake_hubspot.portal.access import Access
from fake_hubspot.portal.associations import Associations
from fake_hubspot.portal.assumptions import Assumptions
from fake_hubspot.portal.change_feed import ChangeFeed
from fake_hubspot.portal.clock import Clock, format_time, parse_time, real_now_ms
from fake_hubspot.portal.config import PortalConfig, decode_config, encode_config
from fake_hubspot.portal.database import Database
from fake_hubspot.portal.definitions import Definitions, PropertyDefinition
from fake_hubspot.portal.event_journal import EventJournal
from fake_hubspot.portal.identity import correlation_id
from fake_hubspot.portal.key_value_store import KeyValueStore
from fake_hubspot.portal.limits import TIERS, RateLimits
from fake_hubspot.portal.lists import Lists
from fake_hubspot.portal.owners import Owners
from fake_hubspot.portal.pipelines import Pipelines
from fake_hubspot.portal.portal_context import PortalContext
from fake_hubspot.portal.record_events import RecordEvents
from fake_hubspot.portal.records import Records
from fake_hubspot.portal.resources import Resources
from fake_hubspot.portal.rollups import Rollups
from fake_hubspot.portal.saved_state import SavedState
from fake_hubspot.portal.search import Search
from fake_hubspot.portal.snapshots import Snapshots
from fake_hubspot.portal.stage_properties import stage_properties
from fake_hubspot.portal.standard_properties import standard_groups, standard_properties
from fake_hubspot.portal.store import Candidates, Record, Store
from fake_hubspot.portal.types import STANDARD_TYPES, ObjectType, ObjectTypes
from fake_hubspot.portal.walks import Walks
from fake_hubspot.portal.webhooks import Webhooks
from fake_hubspot.portal.write_rules import WriteRules

__all__ = ["BULK_FROM", "Portal"]

BULK_FROM = 20_000
CONFIG = "config"
TASK = "0-27"
# Calls, emails, meetings, notes, communications and postal mail have no page of their own, but a filtered list.
ACTIVITIES = frozenset({"0-18", "0-46", "0-47", "0-48", "0-49", "0-116"})
FILTER = "%5B%7B%22property%22%3A%22hs_object_id%22%2C%22operator%22%3A%22EQ%22%2C%22value%22%3A%22{}%22%7D%5D"


class Portal:
    """One HubSpot account. Two can exist in one process and share nothing."""

    def __init__(
        self,
        config: PortalConfig | None = None,
        *,
        db: Database | None = None,
        time_source: Callable[[], int] = real_now_ms,
    ) -> None:
        """Open a portal.

        Args:
            config: What it is made of. The config in a database that already keeps a portal takes precedence.
            db: Where it is kept; by default in memory.
            time_source: Units: milliseconds since 1970.
        """
        self.db = db or Database()
        self.notes = self._open_notes()
        self.config = self._stored_config(config or PortalConfig())
        self.id = self.config.portal_id
        clock = Clock(time_source)
        self.context = PortalContext(
            self.id,
            self.db,
            clock,
            Random(self.config.seed),  # noqa: S311 - deterministic on purpose, no secret is drawn from it
            ChangeFeed(self.db, clock.now_ms),
        )
        self.limits = RateLimits(TIERS[self.config.tier], enforced=self.config.enforce_limits)
        self.journal = Journal()
        self.walks = Walks()
        self.snapshots = Snapshots(self.context, on_restore=self.reload)
        # Called when an event may have to be sent to an app; the server sets it.
        self.on_webhook_work: Callable[[], None] = _nobody
        clock.on_move = lambda: self.on_webhook_work()
        self._build()
        self._saved_state().load()

    def _open_notes(self) -> KeyValueStore[str]:
        return KeyValueStore(self.db, "notes", str, on_change=lambda: None)

    def _stored_config(self, wanted: PortalConfig) -> PortalConfig:
        """Return the config in the file; files of earlier versions contain only the token."""
        note = self.notes.get(CONFIG)
        if note is not None:
            return decode_config(note)
        token = self.notes.get("token")
        return wanted if token is None else msgspec.structs.replace(wanted, token=token)

    def _build(self) -> None:
        context = self.context
        self.definitions = Definitions(self.db, on_change=context.changes.bump)
        self.associations = Associations(context)
        self.owners = Owners(context)
        self.pipelines = Pipelines(context)
        self.records = Records(
            context,
            definitions=self.definitions,
            associations=self.associations,
            owners=self.owners,
            pipelines=self.pipelines,
        )
        self.search = Search(
            self.records,
            self.definitions,
            self.associations,
            types=lambda: self.types,
            empty_matches=lambda: context.assumptions["missing-value-match"] == "match",
        )
        self.lists = Lists(
            context,
            self.records.store,
            past_values=self.records.history.values,
            ends=self.associations.ends,
            happenings=lambda: self.record_events,
        )
        self.webhooks = Webhooks(context, seed=self.config.seed, on_work=lambda: self.on_webhook_work())
        self.access = Access(context, app_secrets=self.webhooks.subscriptions.secrets)
        self.write_rules = WriteRules(context)
        self.resources = Resources(context)
        self.record_events = RecordEvents(
            context, self.resources, types=lambda: self.types, past_values=self.lists.past_values
        )
        self.event_journal = EventJournal(context, self.resources, self._values_of, seed=self.config.seed)
        self.notes = self._open_notes()
        self._custom_types = KeyValueStore(self.db, "object_types", ObjectType, on_change=context.changes.bump)
        self._know_types()
        self.pipelines.on_put = self._on_pipeline
        Rollups(context, records=self.records, associations=self.associations, types=self.types)
        if not self.owners.stored:
            self._seed_standard()

    def _saved_state(self) -> SavedState:
        return SavedState(
            self.notes,
            clock=self.clock,
            limits=self.limits,
            journal=self.journal,
            assumptions=self.assumptions,
            index_lag=self.records.index_lag,
        )

    def save(self) -> None:
        """Write what the control API has set to the file, so that a killed process loses nothing but counts."""
        self._saved_state().save()

    def save_config(self) -> None:
        """Write the config to the file. Call it after seeding, so that a failed seed leaves none behind."""
        self.notes.put(CONFIG, encode_config(self.config))

    def _know_types(self) -> None:
        assumptions = self.context.assumptions
        self.types = ObjectTypes((), takes_base_names=lambda: assumptions["custom-base-name"] == "accept")
        for object_type in (*STANDARD_TYPES, *map(self._as_custom, self._custom_types)):
            self._know(object_type)

    def _as_custom(self, object_type: ObjectType) -> ObjectType:
        """Return a custom type with its full name, which files of earlier versions do not have."""
        if not object_type.type_id.startswith("2-"):
            return object_type
        qualified = object_type.qualified_name or f"p{self.id}_{object_type.singular}"
        return msgspec.structs.replace(object_type, is_custom=True, qualified_name=qualified)

    def _know(self, object_type: ObjectType) -> None:
        self.types.add(object_type)
        type_id = object_type.type_id
        self.definitions.add_standard(type_id, lambda: (standard_properties(type_id), standard_groups(type_id)))
        self._know_stages(object_type)

    def _on_pipeline(self, type_id: str) -> None:
        object_type = self.types.find(type_id)
        if object_type is not None:
            self._know_stages(object_type)

    def _know_stages(self, object_type: ObjectType) -> None:
        """Define the properties for the stages of a type's pipelines, also of archived ones."""
        type_id = object_type.type_id
        pipelines = self.pipelines.all_of(type_id)
        if not pipelines:
            return

        def make() -> dict[str, PropertyDefinition]:
            group = next(iter(standard_groups(type_id)), "information")
            return stage_properties(object_type, pipelines, group=group)

        self.definitions.add_of_stages(type_id, make)

    def _seed_standard(self) -> None:
        with self.db.transaction():
            self.owners.seed()
            self.pipelines.seed()

    @property
    def store(self) -> Store:
        """The rows of the records."""
        return self.records.store

    @property
    def clock(self) -> Clock:
        """The portal's time."""
        return self.context.clock

    @property
    def random(self) -> Random:
        """The portal's random source."""
        return self.context.random

    @property
    def assumptions(self) -> Assumptions:
        """The options for what nobody outside HubSpot knows."""
        return self.context.assumptions

    @property
    def is_large(self) -> bool:
        """Whether there are very many contacts."""
        return not self.store.are_at_most(BULK_FROM, "0-1", Candidates())

    @property
    def revision(self) -> int:
        """Increases with every change of the portal's contents."""
        return self.context.changes.revision

    @property
    def ui_domain(self) -> str:
        """The host of the account's user interface, which depends on the data centre.

        Source: recording (na1 2026-04, eu1 2026-03, na2 2025-11).
        """
        return "app.hubspot.com" if self.config.data_center == "na1" else f"app-{self.config.data_center}.hubspot.com"

    @property
    def custom_types(self) -> list[ObjectType]:
        """The custom object types."""
        return [one for one in self.types.all() if one.is_custom]

    def touch(self) -> None:
        """Invalidate cached responses after a change that bypassed the rules."""
        self.context.changes.bump()

    def close(self) -> None:
        """Close the database; a portal in a file continues from here when it is opened again."""
        self.snapshots.clear()
        if self.db.path is not None and self.db.is_open:
            self.save()
        self.db.close()

    def add_type(self, object_type: ObjectType) -> ObjectType:
        """Define a custom object type.

        Raises:
            UsageError: One of its names is taken.
        """
        made = self._as_custom(object_type)
        if taken := self.types.taken(made):
            raise UsageError(f"the object type name {taken[0]!r} is taken")
        self._custom_types.put(made.type_id, made)
        self._know(made)
        return made

    def change_type(self, object_type: ObjectType) -> ObjectType:
        """Replace a custom object type by a changed one of the same id and names."""
        self._custom_types.put(object_type.type_id, object_type)
        self._know_types()
        return self.types[object_type.type_id]

    def drop_type(self, object_type: ObjectType) -> None:
        """Remove a custom object type; its records can no longer be reached."""
        self._custom_types.drop(object_type.type_id)
        self._know_types()

    def new_type_id(self) -> str:
        """Return the id of the next custom object type."""
        numbers = [int(kind.type_id.partition("-")[2]) for kind in self._custom_types]
        return f"2-{max(numbers, default=1000) + 1}"

    def new_correlation_id(self) -> str:
        """Return an id for one response."""
        return correlation_id(self.clock.now_ms(), self.random)

    def record_url(self, object_type: ObjectType, record_id: int) -> str:
        """Return the address at which a person views the record.

        Source: recording (2025-11 to 2026-04; tasks and notes Nango 2026-03), absent until 2024; that the other
        activities are shown as notes are: assumed.
        """
        type_id, contacts = object_type.type_id, f"https://{self.ui_domain}/contacts/{self.id}"
        if type_id == TASK:
            return f"https://{self.ui_domain}/tasks/{self.id}/view/all/task/{record_id}"
        if type_id in ACTIVITIES:
            return f"{contacts}/objects/{type_id}/views/all/list?filters={FILTER.format(record_id)}"
        return f"{contacts}/record/{type_id}/{record_id}"

    def list_records(
        self, object_type: ObjectType, *, after: int, limit: int, archived: bool = False
    ) -> tuple[list[Record], int | None]:
        """Return one page in ascending order of id, and the lowest id of the next page if there is one.

        Source: recording (hubspot-api-ruby 2026-04): the bound is the last id plus one.
        """
        rows = self.records.store.page(object_type.type_id, from_id=after, limit=limit + 1, archived=archived)
        if len(rows) <= limit:
            return rows, None
        page = rows[:limit]
        return page, page[-1].id + 1

    def load(self, object_type: ObjectType, records: Iterable[Record], *, expected: int = 0) -> None:
        """Write complete records as a seed does: without rules and history, in one transaction.

        Args:
            object_type: The type of the records.
            records: The records.
            expected: How many there are, so that very many are written faster.
        """
        unique = self.definitions.unique_names(object_type)
        bulk = expected >= BULK_FROM
        self.records.store.put_many(object_type.type_id, records, unique=unique, bulk=bulk)
        self.context.changes.bump()

    def to_record(self, object_type: ObjectType, record_id: int, properties: dict[str, str]) -> Record:
        """Build a record from its properties; an id and times that they lack are added."""
        now = format_time(self.clock.now_ms())
        complete = dict(properties)
        complete.setdefault("hs_object_id", str(record_id))
        created = complete.setdefault(object_type.created_property, now)
        modified = complete.setdefault(object_type.modified_property, created)
        return Record(record_id, dict(sorted(complete.items())), parse_time(created), parse_time(modified))

    def _values_of(self, type_id: str, record_id: int) -> Mapping[str, str]:
        record = self.store.get(type_id, record_id)
        return {} if record is None else record.properties

    def reload(self) -> None:
        """Read everything again after the database was replaced."""
        self._build()
        self.walks.clear()
        self.context.changes.bump()

    def clear(self) -> None:
        """Become a new, empty portal with the real time, the first random number and default assumptions.

        Its tokens and its rate limit settings stay.
        """
        tokens, grants = list(self.access.tokens), list(self.access.grants)
        self.db.clear()
        self.random.seed(self.config.seed)
        self.clock.reset()
        self.assumptions.reset()
        self.limits.reset()
        self.journal.clear()
        self.reload()
        self.save_config()
        for token in tokens:
            self.access.tokens.put(token.value, token)
        for grant in grants:
            self.access.grants.put(grant.client_id, grant)


def _nobody() -> None:
    """Do nothing: no server sends webhooks for this portal."""
