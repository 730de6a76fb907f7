"""The cells of the matrix and their names."""

import re

import pytest

from contract_bench.matrix.cells import (
    PARAMS,
    TIMES,
    Cell,
    Selection,
    SelectionError,
    UnknownCellError,
    make_cells,
    parse_cell,
    places_of,
)
from contract_bench.matrix.portal import Step
from fake_hubspot import UnknownFaultError, catalogue
from tests.support.cases import for_each

LIST = [Step("objects.list", page) for page in (1, 2, 3, 4)]
SEARCH = [Step("objects.search", 1), Step("objects.search", 2)]
ARCHIVED = [Step("objects.list", 1, "true")]


def test_places_are_those_of_the_walk() -> None:
    """Each pass has a first, middle and last page; the list also has one behind its last."""
    places = places_of([*SEARCH, *ARCHIVED, *LIST], after_end="99")

    assert list(places) == [
        "search:first",
        "search:last",
        "archived:first",
        "list:first",
        "list:middle",
        "list:last",
        "list:after-last",
    ]
    assert places["list:middle"].where == {"route": "objects.list", "page": 3, "query": {"archived": ""}}
    assert places["archived:first"].where["query"] == {"archived": "true"}


def test_page_behind_the_last_needs_a_cursor_to_it() -> None:
    """A second fault adds that cursor."""
    place = places_of(LIST, after_end="99")["list:after-last"]

    own, companion = place.fault_rules(Cell("full", "list:after-last", "once", "server-error"))

    assert own["where"] == {"route": "objects.list", "query": {"after": "99"}}
    assert companion["fault"] == "cursor-after-end"
    assert companion["where"]["page"] == 4


def test_pages_of_ranges_are_those_of_the_account() -> None:
    """Which number the last page has depends on where the ranges begin; so it is selected by being the last."""
    read = [(1, False), (2, False), (4, True), (3, False), (5, False), (5, True), (3, True), (6, False), (5, True)]
    steps = [Step("objects.list", page, is_chosen=is_chosen) for page, is_chosen in read]

    places = places_of(steps, after_end="99")

    assert {name: place.where for name, place in places.items()} == {
        "list:first": {"route": "objects.list", "query": {"archived": ""}, "page": 1},
        "list:middle": {"route": "objects.list", "query": {"archived": ""}, "page": 4},
        "list:last": {"route": "objects.list", "query": {"archived": ""}, "lastPage": True},
        "list:range": {"route": "objects.list", "query": {"archived": ""}, "cursor": "chosen"},
        "list:after-last": {"route": "objects.list", "query": {"after": "99"}},
    }
    assert places["list:after-last"].companions[0]["where"] == places["list:last"].where
    assert [name for name, place in places.items() if place.counts_pages] == ["list:middle", "list:last", "list:range"]


def test_ranges_within_a_single_page_end_with_it() -> None:
    """A connector may look twice at an account of one page."""
    steps = [Step("objects.list", 1), Step("objects.list", 1, is_chosen=True)]

    places = places_of(steps, after_end="99")

    assert places["list:after-last"].companions[0]["where"] == places["list:first"].where


def test_the_retry_of_a_range_is_a_second_request_for_the_same_page() -> None:
    """Other ranges begin at the same time."""
    steps = [Step("objects.list", page, is_chosen=page == 3) for page in (1, 2, 3)]
    place = places_of(steps, after_end=None)["list:range"]

    rules = {times: place.fault_rules(Cell("full", "list:range", times, "stall")) for times in TIMES}

    assert {times: [rule["where"].get("per") for rule in each] for times, each in rules.items()} == {
        "once": [None],
        "retry": ["page", "page"],
        "twice": ["page"],
        "always": [None],
    }


def test_pages_of_repeated_searches_are_identified_by_order() -> None:
    """They all have page number 1, so the number of earlier requests identifies them."""
    windows = [Step("objects.search", 1, before=number) for number in (0, 1, 2, 3)]

    places = places_of([*windows, *ARCHIVED], after_end=None)

    assert [places[f"search:{place}"].where["afterRequest"] for place in ("first", "middle", "last")] == [0, 2, 3]
    assert all("page" not in places[f"search:{place}"].where for place in ("first", "middle", "last"))


def test_fault_on_a_retry_follows_another_fault() -> None:
    """The first request at the place gets a 503, the second one the fault."""
    place = places_of(LIST, after_end=None)["list:middle"]

    own, first = place.fault_rules(Cell("full", "list:middle", "retry", "missing-id"))

    assert (own["fault"], own["where"]["nth"], own["times"]) == ("missing-id", 2, 1)
    assert (first["fault"], first["where"]["nth"]) == ("service-unavailable", 1)


def test_every_fault_is_played_at_every_place() -> None:
    """There are at least forty faults, and none is missing. One strikes only where a range begins."""
    places = places_of([*LIST, Step("objects.list", 3, is_chosen=True)], after_end="99")

    cells = make_cells("full", places, Selection())

    assert len(catalogue()) >= 40
    assert {(cell.fault, cell.place) for cell in cells} == {
        (card.name, place)
        for card in catalogue()
        for place in places
        if place == "list:range" or not card.needs_chosen_cursor
    }
    assert len({cell.id for cell in cells}) == len(cells)


def test_selection_limits_the_cells() -> None:
    """By faults, places and times; a place may omit its pass."""
    places = places_of(LIST, after_end=None)

    cells = make_cells("full", places, Selection(("Server_Error",), ("last",), ("twice",)))

    assert [cell.id for cell in cells] == ["full/list:last/twice/server-error"]


def test_unknown_fault_is_an_error() -> None:
    """A typo does not produce an empty matrix."""
    with pytest.raises(UnknownFaultError):
        make_cells("full", places_of(LIST, after_end=None), Selection(("no-such-fault",)))


def test_name_of_a_cell_can_be_parsed_back() -> None:
    """Every cell in a report can be played again."""
    cells = make_cells("full", places_of(LIST, after_end="99"), Selection())

    assert [parse_cell(cell.id) for cell in cells] == cells


@for_each("text", ["", "full", "full/list:first/sometimes/stall", 'full/list:first/once/stall{"a"'])
def test_malformed_name_is_refused(text: str) -> None:
    """The message shows an example."""
    with pytest.raises(UnknownCellError) as caught:
        parse_cell(text)

    assert caught.value.cell_id == text
    assert "full/list:middle/once/server-error" in str(caught.value)


def test_shortened_waits_are_not_shown() -> None:
    """Parameters that are the matrix's defaults are not part of a cell's name."""
    assert Cell("full", "list:first", "once", "latency", PARAMS["latency"]).label == "latency"
    assert Cell("full", "list:first", "once", "latency", {"delay_ms": 3}).label == 'latency{"delay_ms":3}'


@for_each(
    ("selection", "message"),
    [
        (
            Selection(places=("list:midle",)),
            "there is no place 'list:midle'; did you mean 'list:middle'? "
            "Known: first, last, list:first, list:last, list:middle, middle.",
        ),
        (Selection(times=("thrice", "once")), "there is no time 'thrice'; did you mean 'twice'?"),
        (Selection(places=("nowhere", "last")), "there is no place 'nowhere'."),
    ],
)
def test_a_selection_of_what_does_not_exist_is_an_error(selection: Selection, message: str) -> None:
    with pytest.raises(SelectionError, match=re.escape(message)):
        selection.check(places_of(LIST, after_end=None))


@pytest.mark.parametrize(
    "selection", [Selection(), Selection(places=("list:last", "middle"), times=("once", "always"))]
)
def test_a_selection_of_what_exists_is_taken(selection: Selection) -> None:
    selection.check(places_of(LIST, after_end=None))
