"""Pipelines and their stages."""

from functools import partial
from typing import Any, TypedDict

import msgspec

from fake_hubspot.context import ANY_SCOPE, Operation, RateClass, RequestContext, Response, Route
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.parameters import object_type, resource_not_found
from fake_hubspot.crm.versions import PATHS
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.pipelines import Pipeline, Stage

__all__ = ["routes"]

PREFIXES = PATHS["pipelines"]


class StageResponse(TypedDict):
    """One stage."""

    label: str
    displayOrder: int
    metadata: dict[str, str]
    id: str
    createdAt: str
    updatedAt: str
    writePermissions: str
    archived: bool


class PipelineResponse(TypedDict):
    """One pipeline."""

    label: str
    displayOrder: int
    id: str
    stages: list[StageResponse]
    createdAt: str
    updatedAt: str
    archived: bool


class PipelineList(TypedDict):
    """Every pipeline of a type."""

    results: list[PipelineResponse]


class StageList(TypedDict):
    """Every stage of a pipeline."""

    results: list[StageResponse]


class NewStage(msgspec.Struct, frozen=True, rename="camel"):
    """A stage to create."""

    label: str
    display_order: int
    metadata: dict[str, str] = {}


class NewPipeline(msgspec.Struct, frozen=True, rename="camel"):
    """A pipeline to create, or to replace another one."""

    label: str
    display_order: int
    stages: list[NewStage]


class Change(msgspec.Struct, frozen=True, rename="camel"):
    """What to change of a pipeline or a stage."""

    label: str | None = None
    display_order: int | None = None
    metadata: dict[str, str] | None = None


def routes() -> list[Route]:
    """Return the routes of this family."""
    return [route for prefix in PREFIXES for route in _routes_under(f"{prefix}/{{objectType}}")]


def _routes_under(many: str) -> list[Route]:
    route = partial(Route, scope=ANY_SCOPE, rate_class=RateClass.GENERAL)
    one = f"{many}/{{pipelineId}}"
    stages, stage = f"{one}/stages", f"{one}/stages/{{stageId}}"
    gone = Operation(statuses=(204,))
    made = Operation(body=NewPipeline, response=PipelineResponse, statuses=(201,))
    put, patched = (
        Operation(body=NewPipeline, response=PipelineResponse),
        Operation(body=Change, response=PipelineResponse),
    )
    stage_made = Operation(body=NewStage, response=StageResponse, statuses=(201,))
    stage_patched = Operation(body=Change, response=StageResponse)
    return [
        route(
            "pipelines.list",
            "GET",
            many,
            list_pipelines,
            summary="List pipelines",
            operation=Operation(response=PipelineList),
        ),
        route("pipelines.create", "POST", many, create_pipeline, summary="Create a pipeline", operation=made),
        route(
            "pipelines.read",
            "GET",
            one,
            read_pipeline,
            summary="Read a pipeline",
            operation=Operation(response=PipelineResponse),
        ),
        route("pipelines.replace", "PUT", one, replace_pipeline, summary="Replace a pipeline", operation=put),
        route("pipelines.update", "PATCH", one, update_pipeline, summary="Change a pipeline", operation=patched),
        route("pipelines.archive", "DELETE", one, archive_pipeline, summary="Archive a pipeline", operation=gone),
        route(
            "stages.list", "GET", stages, list_stages, summary="List stages", operation=Operation(response=StageList)
        ),
        route("stages.create", "POST", stages, create_stage, summary="Create a stage", operation=stage_made),
        route(
            "stages.read", "GET", stage, read_stage, summary="Read a stage", operation=Operation(response=StageResponse)
        ),
        route("stages.update", "PATCH", stage, update_stage, summary="Change a stage", operation=stage_patched),
        route("stages.archive", "DELETE", stage, archive_stage, summary="Archive a stage", operation=gone),
    ]


def _stage_wire(stage: Stage) -> dict[str, Any]:
    """Render one stage.

    Source: recording (Nango 2026-03, amp-labs 2025-01).
    """
    return {
        "label": stage.label,
        "displayOrder": stage.display_order,
        "metadata": stage.metadata,
        "id": stage.id,
        "createdAt": format_time(stage.created_ms),
        "updatedAt": format_time(stage.updated_ms),
        "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
        "archived": stage.archived,
    }


def _wire(pipeline: Pipeline) -> dict[str, Any]:
    """Render one pipeline.

    Source: recording (Nango 2026-03, amp-labs 2025-01).
    """
    return {
        "label": pipeline.label,
        "displayOrder": pipeline.display_order,
        "id": pipeline.id,
        "stages": [_stage_wire(stage) for stage in _living(pipeline)],
        "createdAt": format_time(pipeline.created_ms),
        "updatedAt": format_time(pipeline.updated_ms),
        "archived": pipeline.archived,
    }


def _living(pipeline: Pipeline) -> list[Stage]:
    return sorted((one for one in pipeline.stages if not one.archived), key=lambda one: one.display_order)


def _known(context: RequestContext) -> tuple[str, Pipeline]:
    kind = object_type(context)
    found = context.portal.pipelines.get(kind.type_id, context.params["pipelineId"])
    if found is None:
        raise resource_not_found()
    return kind.type_id, found


def _known_stage(context: RequestContext) -> tuple[str, Pipeline, Stage]:
    type_id, pipeline = _known(context)
    for stage in _living(pipeline):
        if stage.id == context.params["stageId"]:
            return type_id, pipeline, stage
    raise resource_not_found()


def _new_stage(context: RequestContext, given: NewStage) -> Stage:
    now = context.portal.clock.now_ms()
    return Stage(
        id=context.portal.pipelines.new_id(),
        label=given.label,
        display_order=given.display_order,
        metadata=given.metadata,
        created_ms=now,
        updated_ms=now,
    )


def _new_pipeline(context: RequestContext, pipeline_id: str) -> Pipeline:
    given, now = read_body(context, NewPipeline), context.portal.clock.now_ms()
    return Pipeline(
        id=pipeline_id,
        label=given.label,
        display_order=given.display_order,
        stages=tuple(_new_stage(context, stage) for stage in given.stages),
        created_ms=now,
        updated_ms=now,
    )


def _changes(context: RequestContext) -> dict[str, Any]:
    given = msgspec.structs.asdict(read_body(context, Change))
    changed = {name: value for name, value in given.items() if value is not None}
    return changed | {"updated_ms": context.portal.clock.now_ms()}


def list_pipelines(context: RequestContext) -> Response:
    """Return every pipeline of a type."""
    kind = object_type(context)
    return Response.of({"results": [_wire(one) for one in context.portal.pipelines.of(kind.type_id)]})


def create_pipeline(context: RequestContext) -> Response:
    """Create a pipeline.

    Source: docs (201).
    """
    kind = object_type(context)
    made = _new_pipeline(context, context.portal.pipelines.new_id())
    return Response.of(_wire(context.portal.pipelines.put(kind.type_id, made)), status=201)


def read_pipeline(context: RequestContext) -> Response:
    """Return one pipeline."""
    return Response.of(_wire(_known(context)[1]))


def replace_pipeline(context: RequestContext) -> Response:
    """Replace a pipeline.

    Source: docs.
    """
    type_id, known = _known(context)
    return Response.of(_wire(context.portal.pipelines.put(type_id, _new_pipeline(context, known.id))))


def update_pipeline(context: RequestContext) -> Response:
    """Change a pipeline.

    Source: docs.
    """
    type_id, known = _known(context)
    changes = _changes(context)
    changes.pop("metadata", None)
    return Response.of(_wire(context.portal.pipelines.put(type_id, msgspec.structs.replace(known, **changes))))


def archive_pipeline(context: RequestContext) -> Response:
    """Archive a pipeline.

    Source: docs (204).
    """
    type_id, known = _known(context)
    context.portal.pipelines.put(type_id, msgspec.structs.replace(known, archived=True))
    return Response.empty()


def list_stages(context: RequestContext) -> Response:
    """Return every stage of a pipeline."""
    return Response.of({"results": [_stage_wire(stage) for stage in _living(_known(context)[1])]})


def create_stage(context: RequestContext) -> Response:
    """Create a stage.

    Source: docs (201).
    """
    type_id, known = _known(context)
    stage = _new_stage(context, read_body(context, NewStage))
    changed = msgspec.structs.replace(known, stages=(*known.stages, stage))
    context.portal.pipelines.put(type_id, changed)
    return Response.of(_stage_wire(stage), status=201)


def read_stage(context: RequestContext) -> Response:
    """Return one stage."""
    return Response.of(_stage_wire(_known_stage(context)[2]))


def update_stage(context: RequestContext) -> Response:
    """Change a stage.

    Source: docs.
    """
    type_id, pipeline, stage = _known_stage(context)
    changed = msgspec.structs.replace(stage, **_changes(context))
    _put_stage(context, type_id, pipeline, changed)
    return Response.of(_stage_wire(changed))


def archive_stage(context: RequestContext) -> Response:
    """Archive a stage.

    Source: docs (204).
    """
    type_id, pipeline, stage = _known_stage(context)
    _put_stage(context, type_id, pipeline, msgspec.structs.replace(stage, archived=True))
    return Response.empty()


def _put_stage(context: RequestContext, type_id: str, pipeline: Pipeline, stage: Stage) -> None:
    stages = tuple(stage if one.id == stage.id else one for one in pipeline.stages)
    context.portal.pipelines.put(type_id, msgspec.structs.replace(pipeline, stages=stages))
