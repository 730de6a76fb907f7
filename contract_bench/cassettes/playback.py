"""Finds the recorded interaction for a request, or the nearest one if none matches."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench_core.json_text import parse_json
from bench_core.names import similarity
from contract_bench.cassettes.model import Interaction, Request

__all__ = ["Miss", "Nearest", "Playback"]

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Nearest:
    """The most similar recorded request and its differences."""

    index: int
    request: Request
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Miss:
    """A request without a matching interaction.

    Attributes:
        played: Matching interactions that have all been played.
    """

    request: Request
    nearest: Nearest | None
    played: tuple[int, ...] = ()

    @property
    def message(self) -> str:
        """What was requested, what is recorded, and what to do."""
        asked = f"{self.request.method} {self.request.target}"
        if self.played:
            return (
                f"{asked} is recorded {len(self.played)} times, and all of them have been played. Send fewer requests, "
                f"record more of them, or allow repeats."
            )
        if self.nearest is None:
            return f"the cassette is empty, so it has no response to {asked}. Record it first."
        near = self.nearest
        return (
            f"no recorded request matches {asked}. The nearest is interaction {near.index}, {near.request.method} "
            f"{near.request.target}: {'; '.join(near.differences)}. Change the request, or record it again."
        )


class Playback:
    """Recorded interactions and which of them have been played.

    Identical requests are answered in recorded order. When all of them have been played, a playback with `repeats`
    starts over; without, the request is a miss.
    """

    def __init__(self, interactions: Sequence[Interaction], *, repeats: bool = True) -> None:
        self._interactions = list(interactions)
        self._keys = [_key(one.request) for one in interactions]
        self._repeats = repeats
        self._played: Counter[int] = Counter()

    @property
    def interactions(self) -> tuple[Interaction, ...]:
        """The interactions in recorded order."""
        return tuple(self._interactions)

    def append(self, interaction: Interaction) -> int:
        """Add an interaction that was just recorded, marked as played; return its index."""
        self._interactions.append(interaction)
        self._keys.append(_key(interaction.request))
        self._played[len(self._interactions) - 1] = 1
        return len(self._interactions) - 1

    def play(self, request: Request) -> int | Miss:
        """Return the index of the matching interaction and mark it as played, or return the miss."""
        wanted = _key(request)
        matching = [index for index, key in enumerate(self._keys) if key == wanted]
        if not matching:
            return Miss(request, self._nearest(request))
        index = min(matching, key=lambda one: (self._played[one], one))
        if self._played[index] and not self._repeats:
            return Miss(request, None, tuple(matching))
        self._played[index] += 1
        return index

    def _nearest(self, request: Request) -> Nearest | None:
        scored = [(_distance(request, one.request), index) for index, one in enumerate(self._interactions)]
        if not scored:
            return None
        _, index = min(scored)
        recorded = self._interactions[index].request
        return Nearest(index, recorded, tuple(_differences(request, recorded)))


def _key(request: Request) -> tuple[Any, ...]:
    """Return what must be equal: method, path, query in any order, body. Not the host, which differs in a replay."""
    return request.method, request.path, tuple(sorted(request.query)), _canonical(request.body)


def _canonical(body: bytes) -> Any:
    """Normalise a JSON body, so that its layout does not matter."""
    try:
        return json.dumps(parse_json(body), sort_keys=True)
    except ValueError:
        return body


def _distance(wanted: Request, recorded: Request) -> float:
    path = 1 - similarity(wanted.path, recorded.path)
    asked, there = dict(wanted.query), dict(recorded.query)
    query = sum(2 if name not in asked or name not in there else asked[name] != there[name] for name in asked | there)
    method, body = wanted.method != recorded.method, _canonical(wanted.body) != _canonical(recorded.body)
    return float(4 * method + 10 * path + query + 0.5 * body)


def _differences(wanted: Request, recorded: Request) -> list[str]:
    found = []
    if wanted.method != recorded.method:
        found.append(f"the method is {recorded.method}, not {wanted.method}")
    if wanted.path != recorded.path:
        found.append(f"the path is {recorded.path}, not {wanted.path}")
    asked, there = dict(wanted.query), dict(recorded.query)
    for name in sorted(asked.keys() | there.keys()):
        if asked.get(name) != there.get(name):
            found.append(f"{name} is {_shown(there.get(name))}, not {_shown(asked.get(name))}")
    if not found and sorted(wanted.query) != sorted(recorded.query):
        found.append("a parameter is repeated a different number of times")
    if _canonical(wanted.body) != _canonical(recorded.body):
        found.append(f"the body is {_body(recorded.body)}, not {_body(wanted.body)}")
    return found


def _shown(value: str | None) -> str:
    return "absent" if value is None else repr(value)


def _body(body: bytes) -> str:
    text = body.decode(errors="replace")
    return (text if len(text) <= SHOWN else f"{text[:SHOWN]}...") or "empty"
