"""Pipelines and their stages, for deals, tickets and other types that have them."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from fake_hubspot.portal.key_value_store import KeyValueStore
from fake_hubspot.portal.portal_context import PortalContext

__all__ = ["Audit", "Pipeline", "Pipelines", "Stage"]


# Source: recording (amp-labs 2025-01, Nango 2026-03): HubSpot's own pipelines are of 1970.
SEEDED_MS = 0


class Stage(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One step of a pipeline."""

    id: str
    label: str
    display_order: int
    metadata: dict[str, str] = {}
    created_ms: int = SEEDED_MS
    updated_ms: int = SEEDED_MS
    archived: bool = False


class Pipeline(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The steps that records of a type go through."""

    id: str
    label: str
    display_order: int
    stages: tuple[Stage, ...]
    created_ms: int = SEEDED_MS
    updated_ms: int = SEEDED_MS
    archived: bool = False


class Audit(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One change of a pipeline or of a stage.

    Attributes:
        action: CREATE, UPDATE or DELETE.
        after: The pipeline or the stage after the change, in the form of responses.

    Units: milliseconds since 1970.
    """

    identifier: str
    action: str
    at_ms: int
    after: dict[str, Any]


# Source: docs (the default deal and ticket pipelines).
DEAL_STAGES = (
    ("appointmentscheduled", "Appointment Scheduled", "0.2"),
    ("qualifiedtobuy", "Qualified To Buy", "0.4"),
    ("presentationscheduled", "Presentation Scheduled", "0.6"),
    ("decisionmakerboughtin", "Decision Maker Bought-In", "0.8"),
    ("contractsent", "Contract Sent", "0.9"),
    ("closedwon", "Closed Won", "1.0"),
    ("closedlost", "Closed Lost", "0.0"),
)
TICKET_STAGES = (
    ("1", "New", "OPEN"),
    ("2", "Waiting on contact", "OPEN"),
    ("3", "Waiting on us", "OPEN"),
    ("4", "Closed", "CLOSED"),
)
LIFECYCLE = (
    ("subscriber", "Subscriber"),
    ("lead", "Lead"),
    ("marketingqualifiedlead", "Marketing Qualified Lead"),
    ("salesqualifiedlead", "Sales Qualified Lead"),
    ("opportunity", "Opportunity"),
    ("customer", "Customer"),
    ("evangelist", "Evangelist"),
    ("other", "Other"),
)


def _lifecycle(pipeline_id: str) -> Pipeline:
    """Return the pipeline of the lifecycle stages.

    Source: recording (amp-labs 2025-01, contacts); that companies have the same one: recording (Nango 2026-03) for its
    id, assumed for its stages.
    """
    stages = []
    for order, (stage, label) in enumerate(LIFECYCLE):
        is_closed = stage == "other"
        metadata = {"isClosed": str(is_closed).lower(), "state": "CLOSED" if is_closed else "OPEN"}
        stages.append(Stage(id=stage, label=label, display_order=order, metadata=metadata))
    return Pipeline(id=pipeline_id, label="Lifecycle Stage Pipeline", display_order=0, stages=tuple(stages))


def _deals() -> Pipeline:
    stages = tuple(
        Stage(
            id=stage,
            label=label,
            display_order=order,
            metadata={"isClosed": str(stage.startswith("closed")).lower(), "probability": probability},
        )
        for order, (stage, label, probability) in enumerate(DEAL_STAGES)
    )
    return Pipeline(id="default", label="Sales Pipeline", display_order=0, stages=stages)


def _tickets() -> Pipeline:
    stages = tuple(
        Stage(
            id=stage,
            label=label,
            display_order=order,
            metadata={"ticketState": state, "isClosed": str(state == "CLOSED").lower()},
        )
        for order, (stage, label, state) in enumerate(TICKET_STAGES)
    )
    return Pipeline(id="0", label="Support Pipeline", display_order=0, stages=stages)


# Types that have pipelines besides deals and tickets: the id and label of the default one, and its stages.
# Source: docs for leads (leads guide); for the others that they have pipelines, while ids and labels are assumed.
NEWER_PIPELINES = {
    "0-136": (
        *("lead-pipeline-id", "Lead pipeline"),
        {
            "new-stage-id": "New",
            "attempting-stage-id": "Attempting",
            "connected-stage-id": "Connected",
            "qualified-stage-id": "Qualified",
            "unqualified-stage-id": "Disqualified",
        },
    ),
    "0-123": (
        *("order-pipeline", "Order pipeline"),
        {
            "open": "Open",
            "processed": "Processed",
            "shipped": "Shipped",
            "delivered": "Delivered",
            "cancelled": "Cancelled",
        },
    ),
    "0-162": ("service-pipeline", "Service pipeline", {"new": "New", "in-progress": "In progress", "closed": "Closed"}),
    "0-410": (
        "course-pipeline",
        "Course pipeline",
        {"planned": "Planned", "running": "Running", "finished": "Finished"},
    ),
    "0-420": ("listing-pipeline", "Listing pipeline", {"active": "Active", "pending": "Pending", "sold": "Sold"}),
    "0-421": (
        *("appointment-pipeline", "Appointment pipeline"),
        {"scheduled": "Scheduled", "completed": "Completed", "cancelled": "Cancelled"},
    ),
    "0-970": ("project-pipeline", "Project pipeline", {"new": "New", "in-progress": "In progress", "done": "Done"}),
}


def _newer(pipeline_id: str, label: str, labels: Mapping[str, str]) -> Pipeline:
    stages = tuple(
        Stage(id=stage, label=text, display_order=order) for order, (stage, text) in enumerate(labels.items())
    )
    return Pipeline(id=pipeline_id, label=label, display_order=0, stages=stages)


class Pipelines:
    """The pipelines of a portal, by object type."""

    def __init__(self, context: PortalContext) -> None:
        self._context = context
        self.stored = KeyValueStore(context.db, "pipelines", Pipeline, on_change=context.changes.bump)
        self._audits = KeyValueStore(context.db, "pipeline_audits", Audit, on_change=context.changes.bump)
        self.on_put: Callable[[str], None] = _nobody
        self._in_order: dict[str, list[Pipeline]] = {}
        self._ordered_version: int | None = None

    def seed(self) -> None:
        """Add the default pipelines."""
        self.put("0-1", _lifecycle("contacts-lifecycle-pipeline"))
        self.put("0-2", _lifecycle("companies-lifecycle-pipeline"))
        self.put("0-3", _deals())
        self.put("0-5", _tickets())
        for type_id, row in NEWER_PIPELINES.items():
            self.put(type_id, _newer(*row))

    def all_of(self, type_id: str) -> list[Pipeline]:
        """Return the pipelines of a type, also those that are archived."""
        begin = f"{type_id}/"
        return [one for key, one in self.stored.items() if key.startswith(begin)]

    def of(self, type_id: str) -> list[Pipeline]:
        """Return the pipelines of a type that are not archived, in display order."""
        if self._ordered_version != self.stored.version:
            self._in_order, self._ordered_version = {}, self.stored.version
        known = self._in_order.get(type_id)
        if known is None:
            living = (one for one in self.all_of(type_id) if not one.archived)
            known = self._in_order[type_id] = sorted(living, key=lambda one: one.display_order)
        return list(known)

    def get(self, type_id: str, pipeline_id: str) -> Pipeline | None:
        """Return one pipeline."""
        found = self.stored.get(f"{type_id}/{pipeline_id}")
        return None if found is None or found.archived else found

    def put(self, type_id: str, pipeline: Pipeline) -> Pipeline:
        """Store a new or changed pipeline."""
        self.stored.put(f"{type_id}/{pipeline.id}", pipeline)
        self.on_put(type_id)
        return pipeline

    def audit(self, place: str, identifier: str, action: str, after: dict[str, Any]) -> None:
        """Note a change of the pipeline or stage in a place, `type/pipeline` or `type/pipeline/stage`."""
        made = Audit(identifier=identifier, action=action, at_ms=self._context.clock.now_ms(), after=after)
        self._audits.put(f"{place}#{len(self._audits):06}", made)

    def audits(self, place: str) -> list[Audit]:
        """Return the changes of a pipeline or stage, the newest first."""
        return [one for key, one in self._audits.items() if key.startswith(f"{place}#")][::-1]

    def drop(self, type_id: str, pipeline_id: str) -> None:
        """Remove a pipeline."""
        self.stored.drop(f"{type_id}/{pipeline_id}")

    def new_id(self) -> str:
        """Return an id for a new pipeline or stage."""
        return str(self._context.random.randrange(10**7, 10**9))


def _nobody(type_id: str) -> None:
    """Do nothing: nobody wants to know about pipelines."""
