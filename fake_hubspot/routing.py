"""Finds the route for a path, and the nearest route for a path without one. Pure."""

import threading
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from typing import NamedTuple

import msgspec

from bench_core.names import most_similar
from fake_hubspot.context import Route

__all__ = ["Later", "Match", "Router"]

CLOSE = 20
MATCHES_KEPT = 1024


class _Node(msgspec.Struct):
    """A segment of paths.

    Attributes:
        owner: The tree that may change the node. Other trees share it, and change a copy of it.
    """

    owner: object
    children: dict[str, "_Node"] = msgspec.field(default_factory=dict)
    parameter: "_Node | None" = None
    parameter_name: str = ""
    routes: dict[str, Route] = msgspec.field(default_factory=dict)

    def owned_by(self, owner: object) -> "_Node":
        """Return the node if this tree may change it, else a copy that it may change."""
        if self.owner is owner:
            return self
        return _Node(owner, dict(self.children), self.parameter, self.parameter_name, dict(self.routes))


class Match(msgspec.Struct, frozen=True):
    """The result of looking up a path.

    Attributes:
        route: None if the path or its method is unknown.
        allowed: The methods of the path.
    """

    route: Route | None
    params: Mapping[str, str]
    allowed: tuple[str, ...] = ()


class _Tree:
    """The segments of paths with their routes; a literal segment wins over a parameter.

    Args:
        routes: The routes to add.
        base: A tree whose routes come first. It is shared and not changed: building the tree of all routes takes
            longer than everything else that a server does when it starts.
    """

    def __init__(self, routes: Iterable[Route], base: "_Tree | None" = None) -> None:
        added = list(routes)
        self.routes: list[Route] = [*base.routes, *added] if base else added
        self._owner = object()
        self._root: _Node = base._root.owned_by(self._owner) if base else _Node(self._owner)
        for route in added:
            self._add(route)

    def _add(self, route: Route) -> None:
        node = self._root
        for segment in _segments_of(route.template):
            is_parameter = segment.startswith("{")
            known = node.parameter if is_parameter else node.children.get(segment)
            name = segment[1:-1] if is_parameter else ""
            following = known.owned_by(self._owner) if known else _Node(self._owner, parameter_name=name)
            if is_parameter:
                node.parameter = following
            else:
                node.children[segment] = following
            node = following
        if route.method in node.routes:
            raise ValueError(f"two routes for {route.method} {route.template}")
        node.routes[route.method] = route

    def match(self, method: str, path: str) -> Match:
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


class Later(NamedTuple):
    """Routes that are made when somebody needs them, so that a server starts quickly.

    Attributes:
        routes: Makes them. None of them may share a path with a route that is there from the start.
        may_have: Whether one of them may have a path.
    """

    routes: Callable[[], Iterable[Route]]
    may_have: Callable[[str], bool]


class Router:
    """Finds the route of a request.

    `match(method, path)` caches the result. Threads may share a router.

    Args:
        routes: The routes in order.
        base: A router whose routes come first. It is shared and not changed.
        later: Routes that follow.
    """

    def __init__(self, routes: Iterable[Route], *, base: "Router | None" = None, later: Iterable[Later] = ()) -> None:
        self._own, self._base, self._later = list(routes), base, list(later)
        self._lock = threading.Lock()
        self._base_tree = base._tree if base else None
        self._tree: _Tree = _Tree(self._own, self._base_tree)
        self.match: Callable[[str, str], Match] = lru_cache(maxsize=MATCHES_KEPT)(self._match)

    @property
    def routes(self) -> list[Route]:
        """Every route."""
        return self._with_later(lambda _: True).routes

    def _match(self, method: str, path: str) -> Match:
        tree = self._tree
        found = tree.match(method, path)
        if found.route is not None:
            return found
        grown = self._with_later(lambda later: later.may_have(path))
        return found if grown is tree else grown.match(method, path)

    def _with_later(self, is_needed: Callable[[Later], bool]) -> _Tree:
        """Return the tree, with the later routes that are needed."""
        with self._lock:
            base_tree = self._base._with_later(is_needed) if self._base else None
            needed = [later for later in self._later if is_needed(later)]
            if needed or base_tree is not self._base_tree:
                own = [*self._own, *(route for later in needed for route in later.routes())]
                self._tree = _Tree(own, base_tree)
                self._own, self._base_tree = own, base_tree
                self._later = [later for later in self._later if later not in needed]
            return self._tree

    def nearest(self, method: str, path: str) -> str:
        """Return the known route that is most similar to the request, for a hint."""
        segments = set(_segments(path))
        known = sorted(self.routes, key=lambda route: -len(segments.intersection(_segments_of(route.template))))[:CLOSE]
        return most_similar(f"{method} {path}", (f"{route.method} {route.template}" for route in known))


@cache
def _segments_of(template: str) -> tuple[str, ...]:
    """Return the segments of a template, of which there are few; every server has the same ones."""
    return tuple(_segments(template))


def _segments(path: str) -> list[str]:
    return path.strip("/").split("/")
