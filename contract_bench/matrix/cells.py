"""The cells of the matrix: every fault at every place of a walk, once, on a retry, twice and always. Pure.

The places are those of the connector's own walk without a fault, so they differ between connectors.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from bench_core.faults.registry import GENERAL
from bench_core.json_text import parse_json
from bench_core.names import no_such
from contract_bench.errors import BenchError
from contract_bench.matrix.portal import Step
from contract_bench.roles.node_config import MODES
from fake_hubspot import FaultDescription, catalogue, find_fault

__all__ = [
    "FIRST_FAILURE",
    "TIMES",
    "Cell",
    "NoCellError",
    "Place",
    "Selection",
    "SelectionError",
    "UnknownCellError",
    "make_cells",
    "parse_cell",
    "places_of",
]

# `retry` matches the retry of a request that another fault has failed.
TIMES: Mapping[str, int | str] = {"once": 1, "retry": 1, "twice": 2, "always": "forever"}
# The times that are worth playing for each group of faults. A wrong page is not retried, so `twice` would add nothing.
TIMES_OF_GROUP = {
    "answers": ("once", "retry", "twice", "always"),
    "wire": ("once", "retry", "twice", "always"),
    "bodies": ("once", "retry", "always"),
    "walk": ("once", "retry", "always"),
    "records": ("once", "retry", "always"),
    "portal": ("once",),
}
# Shorter than the defaults: a longer wait would prove nothing more.
PARAMS: Mapping[str, Mapping[str, Any]] = {
    "latency": {"delay_ms": 150},
    "dribble": {"duration_ms": 200},
    "slow-headers": {"duration_ms": 200},
    "slow-close": {"delay_ms": 150},
    "timeout": {"timeout_ms": 200},
}
PLACE_OF_EXAMPLES = "middle"
# Every connector that retries at all retries a 503.
FIRST_FAILURE = "service-unavailable"


class UnknownCellError(BenchError):
    """The cell's name is malformed, or the connector's walk does not have the place."""

    def __init__(self, cell_id: str, known: Iterable[str], problem: str = "") -> None:
        self.cell_id = cell_id
        self.known = sorted(known)
        text = f"expected a cell such as full/list:middle/once/server-error, got {cell_id!r}"
        if problem:
            text += f": {problem}"
        if self.known:
            text += f"; places of this connector's walk: {', '.join(self.known)}"
        super().__init__(text)


class SelectionError(BenchError):
    """A selection names something that does not exist, or its parts meet in no cell."""

    def __init__(self, what: str, unknown: Sequence[str], known: Iterable[str]) -> None:
        self.unknown = tuple(unknown)
        self.known = tuple(known)
        super().__init__(" ".join(no_such(what, name, self.known) for name in self.unknown))


class NoCellError(BenchError):
    """The selected faults, places and times exist, but there is no cell with all of them."""

    def __init__(self, faults: Iterable[str], places: Iterable[str], times: Iterable[str]) -> None:
        chosen = {"faults": faults, "places": places, "times": times}
        parts = [f"{name} {', '.join(values)}" for name, values in chosen.items() if values]
        super().__init__(
            f"expected at least one cell, but none has {' and '.join(parts) or 'anything'}. "
            "A fault is not played at every time: leave --times out to see which there are"
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """One fault at one place in one mode. `times` is a key of `TIMES`."""

    mode: str
    place: str
    times: str
    fault: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The name in reports and for `--cell`."""
        return f"{self.mode}/{self.place}/{self.times}/{self.label}"

    @property
    def label(self) -> str:
        """The fault, with its parameters if they are not the defaults."""
        shown = dict(self.params) if dict(self.params) != dict(PARAMS.get(self.fault, {})) else {}
        return self.fault + (json.dumps(shown, separators=(",", ":")) if shown else "")


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a walk.

    Attributes:
        where: Which requests a fault has to match there.
        companions: Further faults without which the walk does not reach the place.
        has_page: Whether the requests have page numbers.
        restarts: Whether only a connector that was just started sends such a request, for instance for a token.
        counts_pages: Whether several pages may match, so that a retry is the second request for one of them.
    """

    where: Mapping[str, Any]
    companions: tuple[Mapping[str, Any], ...] = ()
    has_page: bool = True
    restarts: bool = False
    counts_pages: bool = False

    @property
    def has_chosen_cursor(self) -> bool:
        """Whether the connector chooses the cursors of the requests."""
        return self.where.get("cursor") == "chosen"

    def fault_rules(self, cell: Cell) -> list[Mapping[str, Any]]:
        """Return the faults of a cell, starting with its own, each as `POST /_fake/faults` takes it."""
        is_counted = self.counts_pages and cell.times in ("retry", "twice")
        where = {**self.where, "per": "page"} if is_counted else self.where
        own = {"fault": cell.fault, "params": cell.params, "where": where, "times": TIMES[cell.times]}
        if cell.times != "retry":
            return [own, *self.companions]
        first = {"fault": FIRST_FAILURE, "where": {**where, "nth": 1}}
        return [{**own, "where": {**where, "nth": 2}}, first, *self.companions]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which cells to play; an empty field selects all.

    `with_examples` adds the further sets of parameters of each fault, in the middle of a walk. `only_general` leaves
    out the faults that know HubSpot.
    """

    faults: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    with_examples: bool = True
    only_general: bool = False

    def cards(self) -> list[FaultDescription]:
        """Return the selected faults.

        Raises:
            UsageError: a fault does not exist.
        """
        registry = GENERAL if self.only_general else None
        names = {(registry.find(name) if registry else find_fault(name)).name for name in self.faults}
        known = registry.catalogue() if registry else catalogue()
        return [card for card in known if not names or card.name in names]

    def check_names(self) -> None:
        """Check what can be checked before the first pull: that the faults and the times exist.

        Raises:
            SelectionError: A time does not.
            UsageError: A fault does not.
        """
        self.cards()
        _check_names("time", self.times, TIMES)

    def check(self, places: Iterable[str]) -> None:
        """Check that the places, which a walk has, and the times exist.

        Raises:
            SelectionError: One does not.
        """
        positions = list(dict.fromkeys(name.partition(":")[2] for name in places))
        _check_names("time", self.times, TIMES)
        _check_names("place", self.places, [*places, *positions])

    def includes(self, cell: Cell) -> bool:
        """Return whether the place and the times of a cell are selected."""
        has_place = not self.places or cell.place in self.places or cell.place.partition(":")[2] in self.places
        return has_place and (not self.times or cell.times in self.times)


def _check_names(what: str, wanted: Sequence[str], known: Iterable[str]) -> None:
    names = tuple(known)
    unknown = [name for name in wanted if name not in names]
    if unknown:
        raise SelectionError(what, unknown, names)


def places_of(steps: Sequence[Step], *, after_end: str | None) -> dict[str, Place]:
    """Return the places of a walk without a fault, in the order it reached them.

    The pages of a list are those of the account, in its order, also if several ranges of it are read at the same time.

    Args:
        steps: The walk's requests.
        after_end: A cursor behind the last record of the list. A walk requests that page only if the last page has
            such a cursor.
    """
    places: dict[str, Place] = {}
    for name, group in groupby(sorted(steps, key=_by_pass(steps)), key=lambda step: step.pass_name):
        walk = list(group)
        if any(step.is_chosen for step in walk):
            places |= _places_of_ranges(name, walk)
        else:
            by_order = name == "search" and len({step.page for step in walk}) < len(walk)
            for position, step in _ends(walk):
                places[f"{name}:{position}"] = Place(step.selector(by_order=by_order), has_page=step.page is not None)
        if name == "list" and after_end is not None:
            places["list:after-last"] = _after_last(places.get("list:last", places["list:first"]), after_end)
    return places


def _places_of_ranges(name: str, walk: Sequence[Step]) -> dict[str, Place]:
    """Return the places of a list that is read in ranges.

    Where a range begins depends on which response arrives first. So no number is that of the last page in each pull.
    """
    by_page = {step.page: step for step in sorted(walk, key=lambda step: step.page or 0)}
    ends = {position: step.selector() for position, step in _ends(list(by_page.values()))}
    every = {key: value for key, value in ends["first"].items() if key != "page"}
    if "last" in ends:
        ends["last"] = {**every, "lastPage": True}
    # Where one range ends and the next begins, both ask for the same page; each has retries of its own.
    places = {f"{name}:{position}": Place(where, counts_pages=position != "first") for position, where in ends.items()}
    return {**places, f"{name}:range": Place({**every, "cursor": "chosen"}, counts_pages=True)}


def _by_pass(steps: Sequence[Step]) -> Any:
    order = {name: number for number, name in enumerate(dict.fromkeys(step.pass_name for step in steps))}
    return lambda step: order[step.pass_name]


def _ends(walk: list[Step]) -> Iterator[tuple[str, Step]]:
    yield "first", walk[0]
    if len(walk) > 2:
        yield "middle", walk[len(walk) // 2]
    if len(walk) > 1:
        yield "last", walk[-1]


def _after_last(last: Place, after_end: str) -> Place:
    companion = {"fault": "cursor-after-end", "where": last.where, "times": "forever"}
    return Place({"route": last.where["route"], "query": {"after": after_end}}, (companion,))


def make_cells(mode: str, places: Mapping[str, Place], selection: Selection) -> list[Cell]:
    """Return the selected cells of one mode, fault by fault."""
    found = (cell for card in selection.cards() for cell in _cells_of(card, mode, places, selection))
    return [cell for cell in found if selection.includes(cell)]


def _cells_of(card: FaultDescription, mode: str, places: Mapping[str, Place], selection: Selection) -> Iterator[Cell]:
    for name, place in places.items():
        if (card.needs_page and not place.has_page) or (card.needs_chosen_cursor and not place.has_chosen_cursor):
            continue
        is_example_place = name.partition(":")[2] == PLACE_OF_EXAMPLES
        examples = card.examples if selection.with_examples and is_example_place else ()
        for times in TIMES_OF_GROUP[card.group]:
            yield Cell(mode, name, times, card.name, dict(PARAMS.get(card.name, {})))
        for params in examples:
            for times in TIMES_OF_GROUP[card.group]:
                if times != "retry":
                    yield Cell(mode, name, times, card.name, dict(params))


def parse_cell(cell_id: str) -> Cell:
    """Read a cell's name.

    Raises:
        UnknownCellError: it is malformed.
    """
    mode, _, rest = cell_id.partition("/")
    place, _, rest = rest.partition("/")
    times, _, label = rest.partition("/")
    fault, brace, params = label.partition("{")
    try:
        values = parse_json(brace + params) if brace else dict(PARAMS.get(fault, {}))
    except ValueError as error:
        raise UnknownCellError(cell_id, (), f"the parameters are not JSON: {brace}{params}") from error
    if mode not in MODES:
        raise UnknownCellError(cell_id, (), no_such("mode", mode, MODES))
    if not fault:
        raise UnknownCellError(cell_id, (), "it has four parts, separated by /")
    if times not in TIMES:
        raise UnknownCellError(cell_id, (), no_such("time", times, TIMES))
    return Cell(mode, place, times, find_fault(fault).name, values)
