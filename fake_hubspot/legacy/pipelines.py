"""The pipelines API of version 1, and the earlier one inside of deals."""

from typing import Any

import msgspec

from fake_hubspot.context import RequestContext, Response
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.parameters import infer_type
from fake_hubspot.legacy.errors import LegacyError
from fake_hubspot.legacy.row import NO_CONTENT, Row
from fake_hubspot.portal.pipelines import Pipeline, Stage
from fake_hubspot.portal.types import ObjectType

__all__ = ["ROWS"]

PREFIX = "/crm-pipelines/v1/pipelines/{objectType}"
OF_DEALS = "/deals/v1/pipelines"
DEFAULTS = frozenset({"default", "0"})
# What a new pipeline of deals has. Source: recording (2022-08).
DEFAULT_STAGES = (
    ("Appointment Scheduled", "0.2"),
    ("Qualified To Buy", "0.4"),
    ("Presentation Scheduled", "0.6"),
    ("Decision Maker Bought-In", "0.8"),
    ("Contract Sent", "0.9"),
    ("Closed Won", "1.0"),
    ("Closed Lost", "0.0"),
)


class OldStage(msgspec.Struct, frozen=True, rename="camel"):
    """A stage of a pipeline to write."""

    label: str
    display_order: int = 0
    metadata: dict[str, Any] = {}
    stage_id: str | None = None
    active: bool = True
    probability: float | None = None


class OldPipeline(msgspec.Struct, frozen=True, rename="camel"):
    """A pipeline to write."""

    label: str
    display_order: int = 0
    stages: list[OldStage] = []
    pipeline_id: str | None = None
    active: bool = True


def _kind(context: RequestContext) -> ObjectType:
    return infer_type(context.portal, context.params.get("objectType", "deals"))


def _stage(stage: Stage) -> dict[str, Any]:
    """Render a stage.

    Source: docs; reader (airbyte's expected records) for a time that is not set.
    """
    return {
        "label": stage.label,
        "displayOrder": stage.display_order,
        "metadata": stage.metadata,
        "stageId": stage.id,
        "createdAt": stage.created_ms,
        "updatedAt": stage.updated_ms or None,
        "active": not stage.archived,
    }


def _wire(kind: ObjectType, pipeline: Pipeline) -> dict[str, Any]:
    """Render a pipeline. Source: docs."""
    return {
        "label": pipeline.label,
        "displayOrder": pipeline.display_order,
        "active": not pipeline.archived,
        "stages": [_stage(one) for one in _living(pipeline)],
        "objectType": kind.upper_name,
        "objectTypeId": kind.type_id,
        "pipelineId": pipeline.id,
        "createdAt": pipeline.created_ms,
        "updatedAt": pipeline.updated_ms or None,
        "default": pipeline.id in DEFAULTS,
    }


def _living(pipeline: Pipeline) -> list[Stage]:
    return sorted((one for one in pipeline.stages if not one.archived), key=lambda one: one.display_order)


def _wire_of_deals(pipeline: Pipeline) -> dict[str, Any]:
    """Render a pipeline of deals as the deals API has it.

    Source: recording (2022-08).
    """
    stages = []
    for stage in _living(pipeline):
        probability = float(stage.metadata.get("probability", "0") or 0)
        stages.append(
            {
                "stageId": stage.id,
                "label": stage.label,
                "probability": probability,
                "active": True,
                "displayOrder": stage.display_order,
                "closedWon": probability == 1.0,
            }
        )
    return {
        "pipelineId": pipeline.id,
        "stages": stages,
        "label": pipeline.label,
        "active": not pipeline.archived,
        "displayOrder": pipeline.display_order,
        "staticDefault": pipeline.id in DEFAULTS,
    }


def _known(context: RequestContext) -> Pipeline:
    """Return the pipeline in the path.

    Raises:
        LegacyError: 404. Source: the text is assumed.
    """
    text = context.params["pipelineId"]
    known = context.portal.pipelines.get(_kind(context).type_id, text)
    if known is None:
        raise LegacyError(404, f"Couldn't find a pipeline with the ID '{text}'")
    return known


def list_pipelines(context: RequestContext) -> Response:
    """Return every pipeline of a type, with `includeInactive=INCLUDE_DELETED` the archived ones too. Source: docs."""
    kind, pipelines = _kind(context), context.portal.pipelines
    is_every = context.request.first("includeInactive") == "INCLUDE_DELETED"
    found = pipelines.all_of(kind.type_id) if is_every else pipelines.of(kind.type_id)
    return Response.of({"results": [_wire(kind, one) for one in found]})


def create_pipeline(context: RequestContext) -> Response:
    """Create a pipeline. Source: docs."""
    return Response.of(_wire(_kind(context), _put(context, None)))


def replace_pipeline(context: RequestContext) -> Response:
    """Replace a pipeline. Source: docs."""
    return Response.of(_wire(_kind(context), _put(context, _known(context))))


def _put(context: RequestContext, known: Pipeline | None) -> Pipeline:
    portal, given, kind = context.portal, read_body(context, OldPipeline), _kind(context)
    now, new_id = portal.clock.now_ms(), portal.pipelines.new_id
    pipeline_id = known.id if known else given.pipeline_id or new_id()
    made = Pipeline(
        id=pipeline_id,
        label=given.label,
        display_order=given.display_order,
        stages=tuple(_to_stage(one, one.stage_id or new_id(), now) for one in _stages_of(kind, given)),
        created_ms=known.created_ms if known else now,
        updated_ms=now,
    )
    return portal.pipelines.put(kind.type_id, made)


def _stages_of(kind: ObjectType, given: OldPipeline) -> list[OldStage]:
    if given.stages or kind.type_id != "0-3":
        return given.stages
    rows = enumerate(DEFAULT_STAGES)
    return [OldStage(label, order, {"probability": probability}) for order, (label, probability) in rows]


def _to_stage(given: OldStage, stage_id: str, now_ms: int) -> Stage:
    metadata = {name: str(value) for name, value in given.metadata.items()}
    if given.probability is not None:
        metadata["probability"] = str(given.probability)
    if "probability" in metadata and "isClosed" not in metadata:
        metadata["isClosed"] = str(float(metadata["probability"]) in (0.0, 1.0)).lower()
    return Stage(
        id=stage_id,
        label=given.label,
        display_order=given.display_order,
        metadata=metadata,
        created_ms=now_ms,
        updated_ms=now_ms,
    )


def delete_pipeline(context: RequestContext) -> Response:
    """Archive a pipeline. Source: recording (2022-08: 204)."""
    known = msgspec.structs.replace(_known(context), archived=True)
    context.portal.pipelines.put(_kind(context).type_id, known)
    return Response.empty()


def list_of_deals(context: RequestContext) -> Response:
    """Return every pipeline of deals. Source: recording (2022-08)."""
    found = context.portal.pipelines.of(_kind(context).type_id)
    return Response.of([_wire_of_deals(one) for one in found])


def read_of_deals(context: RequestContext) -> Response:
    """Return one pipeline of deals. Source: recording (2022-08)."""
    return Response.of(_wire_of_deals(_known(context)))


def create_of_deals(context: RequestContext) -> Response:
    """Create a pipeline of deals. Source: recording (2022-08)."""
    return Response.of(_wire_of_deals(_put(context, None)))


def replace_of_deals(context: RequestContext) -> Response:
    """Replace a pipeline of deals. Source: docs."""
    return Response.of(_wire_of_deals(_put(context, _known(context))))


ONE, ONE_OF_DEALS = f"{PREFIX}/{{pipelineId}}", f"{OF_DEALS}/{{pipelineId}}"
ROWS = (
    Row("pipelines.list", "GET", PREFIX, list_pipelines, ("includeInactive",)),
    Row("pipelines.create", "POST", PREFIX, create_pipeline, body=OldPipeline),
    Row("pipelines.replace", "PUT", ONE, replace_pipeline, body=OldPipeline),
    Row("pipelines.delete", "DELETE", ONE, delete_pipeline, statuses=NO_CONTENT),
    Row("deal-pipelines.list", "GET", OF_DEALS, list_of_deals),
    Row("deal-pipelines.create", "POST", OF_DEALS, create_of_deals, body=OldPipeline),
    Row("deal-pipelines.read", "GET", ONE_OF_DEALS, read_of_deals),
    Row("deal-pipelines.replace", "PUT", ONE_OF_DEALS, replace_of_deals, body=OldPipeline),
    Row("deal-pipelines.delete", "DELETE", ONE_OF_DEALS, delete_pipeline, statuses=NO_CONTENT),
)
