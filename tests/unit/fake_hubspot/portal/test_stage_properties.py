"""The properties that the stages of pipelines bring with them, as they were recorded; and the ids that are drawn."""

from typing import Any

import pytest

from fake_hubspot.portal.definitions import PropertyDefinition
from fake_hubspot.portal.pipelines import Pipeline, Stage
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.stage_properties import stage_properties
from tests.support.cases import Cases

PIPELINE = Pipeline(
    id="p",
    label="Sales",
    display_order=0,
    stages=(Stage(id="s", label="Won", display_order=0, created_ms=5, updated_ms=6),),
)
SINCE: dict[str, Any] = {"calculation_formula": "hs_v2_date_entered_current_stage", "date_display_hint": "time_since"}


def test_every_stage_has_four_properties_and_all_together_two(portal: Portal, cases: Cases) -> None:
    """In the group of stages that the type has, or in the one that is told."""
    for type_id, noun, group in (
        ("0-1", "contact", "contactlcs"),
        ("0-2", "company", "companylcs"),
        ("0-3", "deal", "dealstages"),
        ("0-5", "ticket", "ticketstages"),
        ("0-8", "line item", "told"),
    ):
        with cases.case(type_id):
            found = stage_properties(portal.types[type_id], [PIPELINE], group="told")
            whole: dict[str, Any] = {"group_name": group, "hubspot_defined": True, "read_only_value": True}
            common: dict[str, Any] = {
                "type": "datetime",
                "field_type": "calculation_equation",
                "calculated": True,
                **whole,
            }
            expected = [
                PropertyDefinition(
                    name="hs_v2_date_entered_current_stage",
                    label="Date entered current stage",
                    description="The date this object entered its current pipeline stage",
                    **common,
                ),
                PropertyDefinition(
                    name="hs_v2_time_in_current_stage",
                    label="Time in current stage",
                    description="The time this object has spent in the current pipeline stage",
                    **common,
                    **SINCE,
                ),
            ]
            for name, label, begin, kind, field, end in (
                ("date_entered", "Date entered", f"The date and time when the {noun} entered", "datetime", "date", ""),
                ("date_exited", "Date exited", f"The date and time when the {noun} exited", "datetime", "date", ""),
                (
                    *("latest_time_in", "Latest time in", f"The total time in seconds spent by the {noun} in"),
                    *("number", "number", " since it last entered this stage"),
                ),
                (
                    *("cumulative_time_in", "Cumulative time in"),
                    *(f"The cumulative time in seconds spent by the {noun} in", "number", "number", ""),
                ),
            ):
                expected.append(
                    PropertyDefinition(
                        name=f"hs_v2_{name}_s",
                        label=f'{label} "Won (Sales)"',
                        type=kind,
                        field_type=field,
                        description=f"{begin} the 'Won' stage, 'Sales' pipeline{end}",
                        created_ms=5,
                        updated_ms=6,
                        **whole,
                    )
                )
            assert list(found.items()) == [(one.name, one) for one in expected]
            assert stage_properties(portal.types[type_id], [], group="told") == {}


def test_ids_are_drawn_from_their_whole_range(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the random source of the portal; one that is taken is drawn again."""
    draws = [7, 8, 8, 9]
    asked: list[tuple[int, ...]] = []

    def draw(*bounds: int) -> int:
        asked.append(bounds)
        return draws.pop(0)

    monkeypatch.setattr(portal.context.random, "randrange", draw)
    assert portal.pipelines.new_id() == "7"
    assert portal.resources.add("forms", {}).id == "10000000008"
    assert portal.resources.new_number("forms") == "10000000009"
    assert asked == [(10_000_000, 1_000_000_000), *[(89_999_999_999,)] * 3]
