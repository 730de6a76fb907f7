"""The requests of a pull through the proxy, and the places that they are. Pure."""

import glob
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from bench_core.journal import JournalEntry
from contract_bench.matrix.cells import FIRST_FAILURE, TIMES, Cell, Place

__all__ = ["OrderedPlace", "SentRequest", "places_of_requests", "sent_requests"]


@dataclass(frozen=True, slots=True)
class SentRequest:
    """One request of a pull.

    Attributes:
        route: The method and the path, with `*` for ids.
        number: Which request for this route it is, from 1.
        is_only: Whether no other request of the pull has the same method, path and query.
    """

    route: str
    method: str
    path: str
    query: str
    number: int
    is_only: bool = True

    @property
    def identity(self) -> tuple[str, str, str]:
        """What a retry of it has in common with it."""
        return self.method, self.path, self.query

    @property
    def label(self) -> str:
        """The route without slashes, as places name it: `orders.*.lines`, `POST-token`."""
        method, _, path = self.route.partition(" ")
        name = path.strip("/").replace("/", ".") or "root"
        return name if method == "GET" else f"{method}-{name}"

    def where(self) -> dict[str, Any]:
        """Return the `where` of a fault that matches this request and its retries."""
        query = {name: glob.escape(value) for name, value in parse_qsl(self.query, keep_blank_values=True)}
        return {"method": self.method, "path": glob.escape(self.path), "query": query}


@dataclass(frozen=True, slots=True)
class OrderedPlace(Place):
    """A place that is found by counting the requests for a route, because its request has nothing of its own."""

    number: int = 1

    def fault_rules(self, cell: Cell) -> list[Mapping[str, Any]]:
        """Return the faults of a cell: at the request of this number and, if they last, at those after it."""
        at = {**self.where, "nth": self.number}
        own = {"fault": cell.fault, "params": cell.params, "times": TIMES[cell.times]}
        if cell.times != "retry":
            return [{**own, "where": at if cell.times == "once" else {**at, "every": 1}}]
        second = {**self.where, "nth": self.number + 1}
        return [{**own, "where": second}, {"fault": FIRST_FAILURE, "where": at}]


def sent_requests(entries: Iterable[JournalEntry]) -> tuple[SentRequest, ...]:
    """Return the requests in the journal, in their order."""
    found = list(entries)
    often = Counter((entry.method, entry.path, entry.query) for entry in found)
    numbers: Counter[str] = Counter()
    requests = []
    for entry in found:
        numbers[entry.route] += 1
        is_only = often[entry.method, entry.path, entry.query] == 1
        requests.append(SentRequest(entry.route, entry.method, entry.path, entry.query, numbers[entry.route], is_only))
    return tuple(requests)


def places_of_requests(
    requests: Sequence[SentRequest], again: Sequence[SentRequest], *, at_start: Sequence[SentRequest] = ()
) -> dict[str, Place]:
    """Return the first, the middle and the last request for each route, in the order of the pull.

    Args:
        requests: The requests of a pull.
        at_start: Those of the first pull after the connector's start. Routes that only this one has are places too.
        again: Those of another one. A request that it lacks, for instance because a cursor is new each time, is found
            by counting.
    """
    known = {each.identity for each in again if each.is_only}
    usual = {each.route for each in requests}
    rest = [each for each in at_start if each.route not in usual]
    places: dict[str, Place] = {}
    for walk in (*_walks(rest), *_walks(requests)):
        ends = {"first": walk[0]}
        if len(walk) > 2:
            ends["middle"] = walk[len(walk) // 2]
        if len(walk) > 1:
            ends["last"] = walk[-1]
        for position, each in ends.items():
            is_known = each.is_only and (each.identity in known or each in rest)
            places[f"{each.label}:{position}"] = _place(each, is_known=is_known, restarts=each in rest)
    return places


def _walks(requests: Sequence[SentRequest]) -> list[list[SentRequest]]:
    """Return the requests of each route."""
    routes = dict.fromkeys(each.route for each in requests)
    return [[each for each in requests if each.route == route] for route in routes]


def _place(request: SentRequest, *, is_known: bool, restarts: bool) -> Place:
    if is_known:
        return Place(request.where(), has_page=False, restarts=restarts)
    where = {"route": glob.escape(request.route)}
    return OrderedPlace(where, has_page=False, restarts=restarts, number=request.number)
