"""Pipelines and their stages."""

import re
from collections.abc import Set
from functools import partial
from typing import Any, TypedDict

import msgspec

from bench_core.text import counted
from fake_hubspot.context import ANY_SCOPE, Operation, Param, RateClass, RequestContext, Response, Route
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.parameters import object_type, parse_bool, resource_not_found
from fake_hubspot.crm.versions import PATHS
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.owners import ACTING_USER_ID
from fake_hubspot.portal.pipelines import Pipeline, Stage
from fake_hubspot.portal.stages import Stages

__all__ = ["routes"]

PREFIXES = PATHS["pipelines"]
GIVEN_ID = re.compile(r"[A-Za-z0-9_.-]{1,100}")
# The flags that have a deletion look for records first: that of deals, and that of all other types. From 2026-09 on
# they are set unless a request says `false`. Source: docs (pipelines guide of 2026-09; changelog of 2026-07).
CHECK_OF_DEALS = {"0-3": "validateDealStageUsagesBeforeDelete"}
CHECK = "validateReferencesBeforeDelete"
CHECKED_BY_DEFAULT = "/2026-09/"
MESSAGES = {"CREATE": "Created", "UPDATE": "Updated", "DELETE": "Deleted"}


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


class AuditResponse(TypedDict):
    """One change of a pipeline or stage."""

    portalId: int
    identifier: str
    action: str
    timestamp: str
    message: str
    rawObject: dict[str, Any]
    fromUserId: int


class AuditList(TypedDict):
    """The changes of a pipeline or stage, the newest first."""

    results: list[AuditResponse]


class StageList(TypedDict):
    """Every stage of a pipeline."""

    results: list[StageResponse]


class NewStage(msgspec.Struct, frozen=True, rename="camel"):
    """A stage to create, or to replace another one; it gets a new id unless it brings one."""

    label: str
    display_order: int
    metadata: dict[str, str] = {}
    stage_id: str | None = None


class NewPipeline(msgspec.Struct, frozen=True, rename="camel"):
    """A pipeline to create, or to replace another one; a new one gets a new id unless it brings one.

    Source: reader (the models of hubspot-sdk 0.1.0a9 for the ids).
    """

    label: str
    display_order: int
    stages: list[NewStage]
    pipeline_id: str | None = None


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
    checks = (Param(CHECK_OF_DEALS["0-3"], "boolean"), Param(CHECK, "boolean"))
    gone = Operation(query=checks, statuses=(204,))
    made = Operation(body=NewPipeline, response=PipelineResponse, statuses=(201,))
    put, patched = (
        Operation(query=checks, body=NewPipeline, response=PipelineResponse),
        Operation(body=Change, response=PipelineResponse),
    )
    stage_made = Operation(body=NewStage, response=StageResponse, statuses=(201,))
    stage_put = Operation(body=NewStage, response=StageResponse)
    audited = Operation(response=AuditList)
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
        route("stages.replace", "PUT", stage, replace_stage, summary="Replace a stage", operation=stage_put),
        route("pipelines.audit", "GET", f"{one}/audit", audit_pipeline, summary="List changes", operation=audited),
        route("stages.audit", "GET", f"{stage}/audit", audit_stage, summary="List changes", operation=audited),
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


def _check_unused(context: RequestContext, pipeline: Pipeline, stages: Set[str] | None = None) -> None:
    """Refuse to delete a pipeline, or some of its stages, while records are in it, if the request asks for this check.

    Raises:
        HubSpotError: 400.

    Source: docs (pipelines guide of 2026-09: the flags, their defaults, that a validation error is returned); the text
    of the error, and that archived records and workflows do not count, is assumed.
    """
    kind = object_type(context)
    flag = CHECK_OF_DEALS.get(kind.type_id, CHECK)
    if not parse_bool(context.request, flag, default=CHECKED_BY_DEFAULT in context.request.path):
        return
    store, names = context.portal.records.store, Stages(context.portal.pipelines).names(kind)
    places = [place.split(" ") for _, some in store.texts(kind.type_id, names, None) for place in some]
    used = sum(place[0] == pipeline.id and (stages is None or place[1] in stages) for place in places)
    if used:
        what = f"The pipeline {pipeline.id}" if stages is None else f"A stage of the pipeline {pipeline.id}"
        message = f"{what} is in use by {counted(used, 'record')}. Move what is in it first, or send {flag}=false"
        raise HubSpotError(400, message, category="VALIDATION_ERROR")


def _given_id(given: str | None) -> str | None:
    """Return an id that a request brings.

    Raises:
        HubSpotError: 400 for one that cannot stand in a path. Source: assumed.
    """
    if given and not GIVEN_ID.fullmatch(given):
        raise HubSpotError(400, "An id has up to 100 letters, digits, _, . or -", category="VALIDATION_ERROR")
    return given


def _new_stage(context: RequestContext, given: NewStage) -> Stage:
    now = context.portal.clock.now_ms()
    return Stage(
        id=_given_id(given.stage_id) or context.portal.pipelines.new_id(),
        label=given.label,
        display_order=given.display_order,
        metadata=given.metadata,
        created_ms=now,
        updated_ms=now,
    )


def _new_pipeline(context: RequestContext, pipeline_id: str | None = None) -> Pipeline:
    given, now = read_body(context, NewPipeline), context.portal.clock.now_ms()
    return Pipeline(
        id=pipeline_id or _given_id(given.pipeline_id) or context.portal.pipelines.new_id(),
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


def _put(context: RequestContext, type_id: str, pipeline: Pipeline, action: str) -> dict[str, Any]:
    """Store a new or changed pipeline, note the change, and render it."""
    wire = _wire(context.portal.pipelines.put(type_id, pipeline))
    context.portal.pipelines.audit(f"{type_id}/{pipeline.id}", pipeline.id, action, wire)
    return wire


def create_pipeline(context: RequestContext) -> Response:
    """Create a pipeline.

    Source: docs (201).
    """
    kind = object_type(context)
    made = _new_pipeline(context)
    _check_free(context.portal.pipelines.get(kind.type_id, made.id))
    return Response.of(_put(context, kind.type_id, made, "CREATE"), status=201)


def _check_free(known: Pipeline | Stage | None) -> None:
    """Refuse an id that is taken.

    Raises:
        HubSpotError: 409. Source: assumed.
    """
    if known is not None:
        raise HubSpotError(409, f"The id {known.id} is taken", category="OBJECT_ALREADY_EXISTS")


def read_pipeline(context: RequestContext) -> Response:
    """Return one pipeline."""
    return Response.of(_wire(_known(context)[1]))


def replace_pipeline(context: RequestContext) -> Response:
    """Replace a pipeline. Stages that the request does not bring again are gone, like deleted ones.

    Source: docs.
    """
    type_id, known = _known(context)
    made = _new_pipeline(context, known.id)
    if dropped := {one.id for one in _living(known)} - {one.id for one in made.stages}:
        _check_unused(context, known, dropped)
    return Response.of(_put(context, type_id, made, "UPDATE"))


def update_pipeline(context: RequestContext) -> Response:
    """Change a pipeline.

    Source: docs.
    """
    type_id, known = _known(context)
    changes = _changes(context)
    changes.pop("metadata", None)
    return Response.of(_put(context, type_id, msgspec.structs.replace(known, **changes), "UPDATE"))


def archive_pipeline(context: RequestContext) -> Response:
    """Archive a pipeline.

    Source: docs (204).
    """
    type_id, known = _known(context)
    _check_unused(context, known)
    _put(context, type_id, msgspec.structs.replace(known, archived=True), "DELETE")
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
    _check_free(next((one for one in known.stages if one.id == stage.id), None))
    wider = msgspec.structs.replace(known, stages=(*known.stages, stage))
    return Response.of(_put_stage(context, type_id, wider, stage, "CREATE"), status=201)


def read_stage(context: RequestContext) -> Response:
    """Return one stage."""
    return Response.of(_stage_wire(_known_stage(context)[2]))


def update_stage(context: RequestContext) -> Response:
    """Change a stage.

    Source: docs.
    """
    type_id, pipeline, stage = _known_stage(context)
    changed = msgspec.structs.replace(stage, **_changes(context))
    return Response.of(_put_stage(context, type_id, pipeline, changed, "UPDATE"))


def replace_stage(context: RequestContext) -> Response:
    """Replace a stage; it keeps its id.

    Source: docs.
    """
    type_id, pipeline, stage = _known_stage(context)
    made = msgspec.structs.replace(_new_stage(context, read_body(context, NewStage)), id=stage.id)
    return Response.of(_put_stage(context, type_id, pipeline, made, "UPDATE"))


def archive_stage(context: RequestContext) -> Response:
    """Archive a stage.

    Source: docs (204).
    """
    type_id, pipeline, stage = _known_stage(context)
    _check_unused(context, pipeline, {stage.id})
    _put_stage(context, type_id, pipeline, msgspec.structs.replace(stage, archived=True), "DELETE")
    return Response.empty()


def _put_stage(context: RequestContext, type_id: str, pipeline: Pipeline, stage: Stage, action: str) -> dict[str, Any]:
    """Store a new or changed stage, note the change, and render it."""
    stages = tuple(stage if one.id == stage.id else one for one in pipeline.stages)
    context.portal.pipelines.put(type_id, msgspec.structs.replace(pipeline, stages=stages))
    wire = _stage_wire(stage)
    context.portal.pipelines.audit(f"{type_id}/{pipeline.id}/{stage.id}", stage.id, action, wire)
    return wire


def audit_pipeline(context: RequestContext) -> Response:
    """Return the changes of a pipeline, the newest first."""
    type_id, known = _known(context)
    return _audits(context, f"{type_id}/{known.id}")


def audit_stage(context: RequestContext) -> Response:
    """Return the changes of a stage, the newest first."""
    type_id, pipeline, stage = _known_stage(context)
    return _audits(context, f"{type_id}/{pipeline.id}/{stage.id}")


def _audits(context: RequestContext, place: str) -> Response:
    """Render changes; HubSpot's own pipelines have none until they are changed.

    Source: reader (models of HubSpot's clients) for the keys; order, actions and texts are assumed.
    """
    rows = [
        {
            "portalId": context.portal.id,
            "identifier": one.identifier,
            "action": one.action,
            "timestamp": format_time(one.at_ms),
            "message": MESSAGES[one.action],
            "rawObject": one.after,
            "fromUserId": int(ACTING_USER_ID),
        }
        for one in context.portal.pipelines.audits(place)
    ]
    return Response.of({"results": rows})
