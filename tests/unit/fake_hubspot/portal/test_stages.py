"""Where a write leaves a record in its pipelines, and which writes are refused."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from fake_hubspot.portal.config import PortalConfig
from fake_hubspot.portal.errors import InvalidValue
from fake_hubspot.portal.pipelines import Pipeline, Stage
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.stages import Place, Stages
from tests.support.cases import Cases


@pytest.fixture
def portal() -> Iterator[Portal]:
    """A portal with two pipelines of deals, besides one that is archived."""
    with closing(Portal(PortalConfig(contacts=0))) as made:
        made.pipelines.drop("0-3", "default")
        for order, (pipeline_id, stages) in enumerate((("p", "ab"), ("q", "bcx"), ("z", "d"))):
            made.pipelines.put(
                "0-3",
                Pipeline(
                    id=pipeline_id,
                    label=pipeline_id,
                    display_order=order,
                    stages=tuple(
                        Stage(id=one, label=one, display_order=9 - at, archived=one == "x")
                        for at, one in enumerate(stages)
                    ),
                    archived=pipeline_id == "z",
                ),
            )
        yield made


def test_each_type_has_its_names(portal: Portal) -> None:
    stages = Stages(portal.pipelines)
    names = {type_id: stages.names(portal.types[type_id]) for type_id in ("0-1", "0-2", "0-3", "0-5", "0-123")}

    usual = ("hs_pipeline", "hs_pipeline_stage")
    lifecycle = ("hs_pipeline", "lifecyclestage")
    expected = {"0-1": lifecycle, "0-2": lifecycle, "0-3": ("pipeline", "dealstage"), "0-5": usual, "0-123": usual}
    assert names == expected
    firsts = {type_id: stages.first(portal.types[type_id]) for type_id in ("0-3", "0-5", "0-8")}
    assert firsts == {"0-3": "b", "0-5": "1", "0-8": None}


def test_a_write_leaves_a_deal_in_a_stage(portal: Portal, cases: Cases) -> None:
    """A stage without a pipeline chooses the known one if it has the stage, or else the first that has it."""
    rows: tuple[tuple[dict[str, str], dict[str, str], tuple[str | None, str | None, str | None, str | None]], ...] = (
        ({}, {}, (None, None, None, None)),
        ({}, {"x": "1"}, (None, None, None, None)),
        ({}, {"dealstage": "a"}, (None, "a", "a", "p")),
        ({}, {"dealstage": "b"}, (None, "b", "b", "p")),
        ({}, {"dealstage": "c"}, (None, "c", "c", "q")),
        ({}, {"dealstage": "b", "pipeline": "q"}, (None, "b", "b", "q")),
        ({"pipeline": "q", "dealstage": "c"}, {"dealstage": "b"}, ("c", "b", "b", "q")),
        ({"pipeline": "q", "dealstage": "c"}, {"dealstage": "a"}, ("c", "a", "a", "p")),
        ({"pipeline": "q", "dealstage": "c"}, {"x": "1"}, ("c", "c", "c", None)),
        ({"pipeline": "q", "dealstage": "b"}, {"pipeline": "p"}, ("b", "b", "b", "p")),
        ({"dealstage": "c"}, {"x": "1"}, ("c", "c", "c", None)),
        ({"dealstage": "y"}, {"x": "1"}, ("y", "y", None, None)),
        ({"pipeline": "q", "dealstage": "c"}, {"dealstage": ""}, ("c", "", None, None)),
        ({}, {"pipeline": "q"}, (None, None, None, None)),
    )
    deal = portal.types["0-3"]
    for before, given, (old, new, stage, pipeline) in rows:
        with cases.case(f"{before} {given}"):
            found = Stages(portal.pipelines).place(deal, before, given)
            assert isinstance(found, Place)
            assert (found.old, found.new, found.stage and found.stage.id) == (old, new, stage)
            assert found.filled == ({} if pipeline is None else {"pipeline": pipeline})


def test_a_stage_or_a_pipeline_that_is_not_there_is_refused(portal: Portal, cases: Cases) -> None:
    """With those that there are."""
    no_pipeline = "is not a valid pipeline ID. Valid options are: [p, q]"
    no_stage = "is not a valid pipeline stage ID. Valid options are: pipelineId=p : [b, a], pipelineId=q : [c, b]"
    rows: tuple[tuple[dict[str, str], dict[str, str], str, str], ...] = (
        ({}, {"pipeline": "z"}, "pipeline", f"z {no_pipeline}"),
        ({}, {"pipeline": "y", "dealstage": "a"}, "pipeline", f"y {no_pipeline}"),
        ({}, {"dealstage": "x"}, "dealstage", f"x {no_stage}"),
        ({}, {"dealstage": "d"}, "dealstage", f"d {no_stage}"),
        ({}, {"dealstage": "c", "pipeline": "p"}, "dealstage", f"c {no_stage}"),
        ({"pipeline": "q", "dealstage": "c"}, {"pipeline": "p"}, "dealstage", f"c {no_stage}"),
    )
    for before, given, name, text in rows:
        with cases.case(f"{before} {given}"):
            found = Stages(portal.pipelines).place(portal.types["0-3"], before, given)
            assert found == InvalidValue(name, "INVALID_OPTION", text)


def test_lifecycle_stages_are_checked_as_options_alone(portal: Portal) -> None:
    """A type without pipelines has no stages at all."""
    for type_id, pipeline in (("0-1", "contacts-lifecycle-pipeline"), ("0-2", "companies-lifecycle-pipeline")):
        found = Stages(portal.pipelines).place(portal.types[type_id], {}, {"lifecyclestage": "own"})
        assert found == Place(None, "own", None, {"hs_pipeline": pipeline})
    given = {"hs_pipeline": "p", "hs_pipeline_stage": "s"}
    assert Stages(portal.pipelines).place(portal.types["0-8"], {}, given) == Place(None, "s")
