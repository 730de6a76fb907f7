"""Finds the route for a path, and the nearest route for a path without one. Pure."""

from collections.abc import Callable, Iterable, Mapping
from difflib import SequenceMatcher
from functools import cache, lru_cache

import msgspec

from fake_hubspot.context import Route

__all__ = ["Match", "Router"]

CLOSE = 20
MATCHES_KEPT = 1024


class _Node(msgspec.Struct):
    children: dict[str, "_Node"] = msgspec.field(default_factory=dict)
    parameter: "_Node | None" = None
    parameter_name: str = ""
    routes: dict[str, Route] = msgspec.field(default_factory=dict)


class Match(msgspec.Struct, frozen=True):
    """The result of looking up a path.

    Attributes:
        route: None if the path or its method is unknown.
        allowed: The methods of the path.
    """

    route: Route | None
    params: Mapping[str, str]
    allowed: tuple[str, ...] = ()


class Router:
    """A tree of path segments; a literal segment wins over a parameter.

    `match(method, path)` finds the route of a request and caches the result.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = list(routes)
        self._root = _Node()
        self.match: Callable[[str, str], Match] = lru_cache(maxsize=MATCHES_KEPT)(self._match)
        for route in self.routes:
            self._add(route)

    def _add(self, route: Route) -> None:
        node = self._root
        for segment in _segments_of(route.template):
            if segment.startswith("{"):
                node.parameter = node.parameter or _Node(parameter_name=segment[1:-1])
                node = node.parameter
            else:
                node = node.children.setdefault(segment, _Node())
        if route.method in node.routes:
            raise ValueError(f"two routes for {route.method} {route.template}")
        node.routes[route.method] = route

    def _match(self, method: str, path: str) -> Match:
        """Find the route of a request. A trailing slash does not matter, and HEAD counts as GET."""
        params: dict[str, str] = {}
        node = self._find(self._root, _segments(path), 0, params)
        if node is None:
            return Match(None, {})
        route = node.routes.get("GET" if method == "HEAD" else method)
        return Match(route, params, tuple(node.routes))

    def _find(self, node: _Node, segments: list[str], depth: int, params: dict[str, str]) -> _Node | None:
        if depth == len(segments):
            return node if node.routes else None
        segment = segments[depth]
        child = node.children.get(segment)
        if child is not None and (found := self._find(child, segments, depth + 1, params)):
            return found
        if node.parameter is None:
            return None
        found = self._find(node.parameter, segments, depth + 1, params)
        if found is not None:
            params[node.parameter.parameter_name] = segment
        return found

    def nearest(self, method: str, path: str) -> str:
        """Return the known route that is most similar to the request, for a hint."""
        segments = set(_segments(path))
        known = sorted(self.routes, key=lambda route: -len(segments.intersection(_segments_of(route.template))))[:CLOSE]
        wanted = f"{method} {path}"
        close = [f"{route.method} {route.template}" for route in known]
        return max(close, key=lambda candidate: SequenceMatcher(None, wanted, candidate).ratio(), default="")


@cache
def _segments_of(template: str) -> tuple[str, ...]:
    """Return the segments of a template, of which there are few; every server has the same ones."""
    return tuple(_segments(template))


def _segments(path: str) -> list[str]:
    return path.strip("/").split("/")
