"""Pipelines and their stages."""

from typing import Any, TypedDict

import msgspec

from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.parameters import object_type, resource_not_found
from fake_hubspot.exchange import Doc, Exchange, Reply, Route
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.pipelines import Pipeline, Stage

__all__ = ["routes"]

PREFIXES = ("/crm/v3/pipelines", "/crm/pipelines/v3", "/crm/pipelines/2026-03", "/crm/pipelines/2026-09")


class StageAnswer(TypedDict):
    """One step."""

    label: str
    displayOrder: int
    metadata: dict[str, str]
    id: str
    createdAt: str
    updatedAt: str
    archived: bool


class PipelineAnswer(TypedDict):
    """One pipeline."""

    label: str
    displayOrder: int
    id: str
    stages: list[StageAnswer]
    createdAt: str
    updatedAt: str
    archived: bool


class PipelineList(TypedDict):
    """Every pipeline of a type."""

    results: list[PipelineAnswer]


class StageList(TypedDict):
    """Every stage of a pipeline."""

    results: list[StageAnswer]


class NewStage(msgspec.Struct, frozen=True, rename="camel"):
    """A stage to make."""

    label: str
    display_order: int
    metadata: dict[str, str] = {}


class NewPipeline(msgspec.Struct, frozen=True, rename="camel"):
    """A pipeline to make or to put in another's place."""

    label: str
    display_order: int
    stages: list[NewStage]


class Change(msgspec.Struct, frozen=True, rename="camel"):
    """What to change of a pipeline or a stage."""

    label: str | None = None
    display_order: int | None = None
    metadata: dict[str, str] | None = None


def routes() -> list[Route]:
    """The routes of this family."""
    return [route for prefix in PREFIXES for route in _routes_under(f"{prefix}/{{objectType}}")]


def _routes_under(many: str) -> list[Route]:
    one = f"{many}/{{pipelineId}}"
    stages, stage = f"{one}/stages", f"{one}/stages/{{stageId}}"
    gone = Doc(statuses=(204,))
    made = Doc(body=NewPipeline, answer=PipelineAnswer, statuses=(201,))
    put, patched = Doc(body=NewPipeline, answer=PipelineAnswer), Doc(body=Change, answer=PipelineAnswer)
    stage_made = Doc(body=NewStage, answer=StageAnswer, statuses=(201,))
    stage_patched = Doc(body=Change, answer=StageAnswer)
    return [
        Route("pipelines.list", "GET", many, list_pipelines, summary="Pipelines", doc=Doc(answer=PipelineList)),
        Route("pipelines.create", "POST", many, create_pipeline, summary="Make a pipeline", doc=made),
        Route("pipelines.read", "GET", one, read_pipeline, summary="A pipeline", doc=Doc(answer=PipelineAnswer)),
        Route("pipelines.replace", "PUT", one, replace_pipeline, summary="Replace a pipeline", doc=put),
        Route("pipelines.update", "PATCH", one, update_pipeline, summary="Change a pipeline", doc=patched),
        Route("pipelines.archive", "DELETE", one, archive_pipeline, summary="Archive a pipeline", doc=gone),
        Route("stages.list", "GET", stages, list_stages, summary="Stages", doc=Doc(answer=StageList)),
        Route("stages.create", "POST", stages, create_stage, summary="Make a stage", doc=stage_made),
        Route("stages.read", "GET", stage, read_stage, summary="A stage", doc=Doc(answer=StageAnswer)),
        Route("stages.update", "PATCH", stage, update_stage, summary="Change a stage", doc=stage_patched),
        Route("stages.archive", "DELETE", stage, archive_stage, summary="Archive a stage", doc=gone),
    ]


def _stage_wire(stage: Stage) -> dict[str, Any]:
    """Source: docs for the keys; their order is assumed."""
    return {
        "label": stage.label,
        "displayOrder": stage.display_order,
        "metadata": stage.metadata,
        "id": stage.id,
        "createdAt": format_time(stage.created_ms),
        "updatedAt": format_time(stage.updated_ms),
        "archived": stage.archived,
    }


def _wire(pipeline: Pipeline) -> dict[str, Any]:
    """Source: docs for the keys; their order is assumed."""
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


def _known(exchange: Exchange) -> tuple[str, Pipeline]:
    kind = object_type(exchange)
    found = exchange.portal.pipelines.get(kind.type_id, exchange.params["pipelineId"])
    if found is None:
        raise resource_not_found()
    return kind.type_id, found


def _known_stage(exchange: Exchange) -> tuple[str, Pipeline, Stage]:
    type_id, pipeline = _known(exchange)
    for stage in _living(pipeline):
        if stage.id == exchange.params["stageId"]:
            return type_id, pipeline, stage
    raise resource_not_found()


def _new_stage(exchange: Exchange, given: NewStage) -> Stage:
    now = exchange.portal.clock.now_ms()
    return Stage(
        id=exchange.portal.pipelines.new_id(),
        label=given.label,
        display_order=given.display_order,
        metadata=given.metadata,
        created_ms=now,
        updated_ms=now,
    )


def _new_pipeline(exchange: Exchange, pipeline_id: str) -> Pipeline:
    given, now = read_body(exchange, NewPipeline), exchange.portal.clock.now_ms()
    return Pipeline(
        id=pipeline_id,
        label=given.label,
        display_order=given.display_order,
        stages=tuple(_new_stage(exchange, stage) for stage in given.stages),
        created_ms=now,
        updated_ms=now,
    )


def _changes(exchange: Exchange) -> dict[str, Any]:
    given = msgspec.structs.asdict(read_body(exchange, Change))
    changed = {name: value for name, value in given.items() if value is not None}
    return changed | {"updated_ms": exchange.portal.clock.now_ms()}


def list_pipelines(exchange: Exchange) -> Reply:
    """Every pipeline of a type."""
    kind = object_type(exchange)
    return Reply.of({"results": [_wire(one) for one in exchange.portal.pipelines.of(kind.type_id)]})


def create_pipeline(exchange: Exchange) -> Reply:
    """Make a pipeline. Source: docs (201)."""
    kind = object_type(exchange)
    made = _new_pipeline(exchange, exchange.portal.pipelines.new_id())
    return Reply.of(_wire(exchange.portal.pipelines.put(kind.type_id, made)), status=201)


def read_pipeline(exchange: Exchange) -> Reply:
    """One pipeline."""
    return Reply.of(_wire(_known(exchange)[1]))


def replace_pipeline(exchange: Exchange) -> Reply:
    """Put a pipeline in another's place. Source: docs."""
    type_id, known = _known(exchange)
    return Reply.of(_wire(exchange.portal.pipelines.put(type_id, _new_pipeline(exchange, known.id))))


def update_pipeline(exchange: Exchange) -> Reply:
    """Change a pipeline. Source: docs."""
    type_id, known = _known(exchange)
    changes = _changes(exchange)
    changes.pop("metadata", None)
    return Reply.of(_wire(exchange.portal.pipelines.put(type_id, msgspec.structs.replace(known, **changes))))


def archive_pipeline(exchange: Exchange) -> Reply:
    """Archive a pipeline. Source: docs (204)."""
    type_id, known = _known(exchange)
    exchange.portal.pipelines.put(type_id, msgspec.structs.replace(known, archived=True))
    return Reply.empty()


def list_stages(exchange: Exchange) -> Reply:
    """Every stage of a pipeline."""
    return Reply.of({"results": [_stage_wire(stage) for stage in _living(_known(exchange)[1])]})


def create_stage(exchange: Exchange) -> Reply:
    """Make a stage. Source: docs (201)."""
    type_id, known = _known(exchange)
    stage = _new_stage(exchange, read_body(exchange, NewStage))
    changed = msgspec.structs.replace(known, stages=(*known.stages, stage))
    exchange.portal.pipelines.put(type_id, changed)
    return Reply.of(_stage_wire(stage), status=201)


def read_stage(exchange: Exchange) -> Reply:
    """One stage."""
    return Reply.of(_stage_wire(_known_stage(exchange)[2]))


def update_stage(exchange: Exchange) -> Reply:
    """Change a stage. Source: docs."""
    type_id, pipeline, stage = _known_stage(exchange)
    changed = msgspec.structs.replace(stage, **_changes(exchange))
    _put_stage(exchange, type_id, pipeline, changed)
    return Reply.of(_stage_wire(changed))


def archive_stage(exchange: Exchange) -> Reply:
    """Archive a stage. Source: docs (204)."""
    type_id, pipeline, stage = _known_stage(exchange)
    _put_stage(exchange, type_id, pipeline, msgspec.structs.replace(stage, archived=True))
    return Reply.empty()


def _put_stage(exchange: Exchange, type_id: str, pipeline: Pipeline, stage: Stage) -> None:
    stages = tuple(stage if one.id == stage.id else one for one in pipeline.stages)
    exchange.portal.pipelines.put(type_id, msgspec.structs.replace(pipeline, stages=stages))
