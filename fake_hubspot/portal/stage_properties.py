"""The properties that HubSpot defines for the stages of pipelines: when records entered and left them. Pure."""

from collections.abc import Iterable, Iterator

from fake_hubspot.portal.definitions import PropertyDefinition
from fake_hubspot.portal.pipelines import Pipeline, Stage
from fake_hubspot.portal.types import ObjectType

__all__ = ["stage_properties"]

# The beginning of the name, of the label and of the description, whether it is a time, and the end of the description.
KINDS = (
    ("hs_v2_date_entered", "Date entered", "The date and time when the {noun} entered", True, ""),
    ("hs_v2_date_exited", "Date exited", "The date and time when the {noun} exited", True, ""),
    (
        *("hs_v2_latest_time_in", "Latest time in", "The total time in seconds spent by the {noun} in", False),
        " since it last entered this stage",
    ),
    (
        "hs_v2_cumulative_time_in",
        "Cumulative time in",
        "The cumulative time in seconds spent by the {noun} in",
        False,
        "",
    ),
)
# The groups of these properties. Source: recording (amp-labs 2025-11, Nango 2026-03); those of other types: assumed.
GROUPS = {"0-1": "contactlcs", "0-2": "companylcs", "0-3": "dealstages", "0-5": "ticketstages"}


def stage_properties(
    object_type: ObjectType, pipelines: Iterable[Pipeline], *, group: str
) -> dict[str, PropertyDefinition]:
    """Return the properties for every stage of a type's pipelines, by name; the stages need not be in use any more.

    Args:
        object_type: The type of the records.
        pipelines: Its pipelines.
        group: The group of the properties, if HubSpot has none for those of stages.

    Source: recording (names, labels, descriptions and kinds: contacts, deals and tickets amp-labs 2025-11, companies
    Nango 2026-03).
    """
    wanted = GROUPS.get(object_type.type_id, group)
    found: list[PropertyDefinition] = []
    for pipeline in pipelines:
        for stage in pipeline.stages:
            found += _of_stage(object_type, pipeline, stage, wanted)
    common = [_current(wanted), _since(wanted)] if found else []
    return {one.name: one for one in (*common, *found)}


def _of_stage(object_type: ObjectType, pipeline: Pipeline, stage: Stage, group: str) -> Iterator[PropertyDefinition]:
    for name, label, begin, is_time, end in KINDS:
        what = begin.format(noun=object_type.singular.replace("_", " "))
        yield PropertyDefinition(
            name=f"{name}_{stage.id}",
            label=f'{label} "{stage.label} ({pipeline.label})"',
            type="datetime" if is_time else "number",
            field_type="date" if is_time else "number",
            group_name=group,
            description=f"{what} the '{stage.label}' stage, '{pipeline.label}' pipeline{end}",
            hubspot_defined=True,
            read_only_value=True,
            created_ms=stage.created_ms,
            updated_ms=stage.updated_ms,
        )


def _current(group: str) -> PropertyDefinition:
    return PropertyDefinition(
        name="hs_v2_date_entered_current_stage",
        label="Date entered current stage",
        type="datetime",
        field_type="calculation_equation",
        group_name=group,
        description="The date this object entered its current pipeline stage",
        calculated=True,
        hubspot_defined=True,
        read_only_value=True,
    )


def _since(group: str) -> PropertyDefinition:
    return PropertyDefinition(
        name="hs_v2_time_in_current_stage",
        label="Time in current stage",
        type="datetime",
        field_type="calculation_equation",
        group_name=group,
        description="The time this object has spent in the current pipeline stage",
        calculated=True,
        hubspot_defined=True,
        read_only_value=True,
        calculation_formula="hs_v2_date_entered_current_stage",
        date_display_hint="time_since",
    )
