"""Fault rules: which fault fires, at which requests and how often."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

import msgspec

from bench_core.exchange import Exchange

__all__ = ["FaultRule", "Selector"]

Ordinal = Annotated[int, msgspec.Meta(ge=1)]


class Selector(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", omit_defaults=True):
    """Which requests a rule applies to. Every condition must hold; one that is left out always holds.

    `route` (for instance `objects.list`), `path` and the values of `query` are patterns with `*` and `?`. `objectType`
    takes every spelling of the type. `page` is a page of a list, counted from 1, and `fromPage` that page and every
    later one; the retry of a page has the page's number, and pages are counted for each walk through a list separately.
    `cursor` tells the cursors that a response had from those that the client chose itself, to read several parts of a
    list at the same time. `lastPage` is the page with the last records of a list.
    `afterRequest` is the ordinal of a request in the journal: only later requests match.

    Among the matching requests, `nth` selects one, counted from 1. `every` 3 selects the third, the sixth and so on;
    with `nth` 1 the first, the fourth and so on. `per` says what is counted: all matching requests together, or those
    of each page of each walk separately. Walks with the same parameters and the same token share these counts: two
    requests for the same page are then taken for a request and its retry.
    """

    route: str = "*"
    object_type: str | None = None
    method: str | None = None
    path: str = "*"
    query: Mapping[str, str] = {}
    page: Ordinal | None = None
    from_page: Ordinal | None = None
    cursor: Literal["handed-out", "chosen"] | None = None
    last_page: bool | None = None
    after_request: Annotated[int, msgspec.Meta(ge=0)] | None = None
    nth: Ordinal | None = None
    every: Ordinal | None = None
    per: Literal["fault", "page"] = "fault"

    def matches(self, context: Exchange) -> bool:
        """Whether the rule applies to this request.

        `nth`, `every`, `cursor` and `last_page` are not considered here, but in `ArmedFault`.
        """
        return (
            self._matches_page(context)
            and (self.after_request is None or context.entry.ordinal > self.after_request)
            and fnmatchcase(context.route_name, self.route)
            and self._matches_request(context)
            and (self.object_type is None or context.is_of_type(self.object_type))
        )

    def _matches_page(self, context: Exchange) -> bool:
        if self.page is not None and context.page != self.page:
            return False
        return self.from_page is None or (context.page is not None and context.page >= self.from_page)

    def _matches_request(self, context: Exchange) -> bool:
        request = context.request
        return (
            (self.method is None or request.method == self.method.upper())
            and fnmatchcase(request.path, self.path)
            and all(fnmatchcase(request.first(name) or "", value) for name, value in self.query.items())
        )

    def selects(self, count: int) -> bool:
        """Whether `nth` and `every` select the `count`-th matching request."""
        first = self.nth or self.every or 1
        if self.every is not None:
            return count >= first and (count - first) % self.every == 0
        return self.nth is None or count == self.nth


class FaultRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A fault, its parameters, and when it fires.

    `times` is how often it fires: a number, `once` or `forever`. If `per` of `where` is `page`, it fires that often on
    each page. With a `probability` below 1 a selected request gets the fault only by chance, drawn from `seed`: the
    same requests in the same order get the same faults.
    """

    fault: str
    params: Mapping[str, Any] = {}
    where: Selector = Selector()
    times: Annotated[int, msgspec.Meta(ge=1)] | Literal["once", "forever"] = "once"
    probability: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0
    seed: int = 0

    @property
    def limit(self) -> int | None:
        """How often the fault fires; None for no limit."""
        if self.times == "forever":
            return None
        return 1 if self.times == "once" else self.times
