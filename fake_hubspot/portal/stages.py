"""The stage that a record is in: which properties hold it, and whether a write names one that exists."""

from collections.abc import Mapping

import msgspec

from fake_hubspot.portal.errors import InvalidValue
from fake_hubspot.portal.pipelines import Pipeline, Pipelines, Stage
from fake_hubspot.portal.types import ObjectType

__all__ = ["Place", "Stages"]

# (pipeline property, stage property) of the types that do not call them as the others do.
NAMES = {
    "0-1": ("hs_pipeline", "lifecyclestage"),
    "0-2": ("hs_pipeline", "lifecyclestage"),
    "0-3": ("pipeline", "dealstage"),
}
USUAL = ("hs_pipeline", "hs_pipeline_stage")
# Their stages are checked as options. Source: assumed.
LIFECYCLE = frozenset({"0-1", "0-2"})


class Place(msgspec.Struct, frozen=True):
    """Where a write leaves a record.

    Attributes:
        old: The stage before the write.
        new: The stage after it.
        stage: The stage after it, if it exists.
        filled: The pipeline, if the write names only the stage.
    """

    old: str | None = None
    new: str | None = None
    stage: Stage | None = None
    filled: dict[str, str] = {}


class Stages:
    """Finds and checks the stages of records."""

    def __init__(self, pipelines: Pipelines) -> None:
        self._pipelines = pipelines

    def names(self, object_type: ObjectType) -> tuple[str, str]:
        """Return the properties that hold the pipeline and the stage of records of this type."""
        return NAMES.get(object_type.type_id, USUAL)

    def first(self, object_type: ObjectType) -> str | None:
        """Return the first stage of the first pipeline of a type, None if it has no pipeline."""
        return next((stage.id for one in self._pipelines.of(object_type.type_id) for stage in _living(one)), None)

    def place(
        self, object_type: ObjectType, before: Mapping[str, str], given: Mapping[str, str]
    ) -> Place | InvalidValue:
        """Return where a write leaves a record, or why the stage or the pipeline is refused.

        Source: reader (a public client's test, undated) for the text about stages; the one about pipelines is assumed,
        and that a stage without a pipeline chooses the pipeline that has it: docs (deals guide: the default one).
        """
        pipeline_name, stage_name = self.names(object_type)
        old, new = before.get(stage_name), given.get(stage_name, before.get(stage_name))
        pipelines = self._pipelines.of(object_type.type_id)
        if not new or not pipelines:
            return self._check_pipeline(object_type, given, pipelines) or Place(old, new)
        if not given.keys() & {pipeline_name, stage_name}:
            return Place(new, new, _stage(pipelines, before.get(pipeline_name), new))
        wanted = given.get(pipeline_name) or before.get(pipeline_name)
        if not wanted or (pipeline_name not in given and _stage(pipelines, wanted, new) is None):
            wanted = _pipeline_with(pipelines, new) or wanted or pipelines[0].id
        refused = self._check_pipeline(object_type, {pipeline_name: wanted}, pipelines)
        if refused is not None:
            return refused
        stage = _stage(pipelines, wanted, new)
        if stage is None and object_type.type_id not in LIFECYCLE:
            return InvalidValue(stage_name, "INVALID_OPTION", _no_stage(pipelines, new))
        return Place(old, new, stage, {pipeline_name: wanted})

    def _check_pipeline(
        self, object_type: ObjectType, given: Mapping[str, str], pipelines: list[Pipeline]
    ) -> InvalidValue | None:
        name = self.names(object_type)[0]
        wanted = given.get(name)
        if not wanted or not pipelines or wanted in {one.id for one in pipelines}:
            return None
        listed = ", ".join(one.id for one in pipelines)
        text = f"{wanted} is not a valid pipeline ID. Valid options are: [{listed}]"
        return InvalidValue(name, "INVALID_OPTION", text)


def _living(pipeline: Pipeline) -> list[Stage]:
    return sorted((one for one in pipeline.stages if not one.archived), key=lambda one: one.display_order)


def _stage(pipelines: list[Pipeline], pipeline_id: str | None, stage_id: str) -> Stage | None:
    for pipeline in pipelines:
        if pipeline_id in (pipeline.id, None):
            for stage in pipeline.stages:
                if stage.id == stage_id and not stage.archived:
                    return stage
    return None


def _pipeline_with(pipelines: list[Pipeline], stage_id: str) -> str | None:
    return next((one.id for one in pipelines if _stage([one], one.id, stage_id)), None)


def _no_stage(pipelines: list[Pipeline], stage_id: str) -> str:
    listed = ", ".join(f"pipelineId={one.id} : [{', '.join(stage.id for stage in _living(one))}]" for one in pipelines)
    return f"{stage_id} is not a valid pipeline stage ID. Valid options are: {listed}"
