"""When a fault strikes: at which requests, at the how manieth of them, and how often."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

import msgspec

from fake_hubspot.context import RequestContext

__all__ = ["Plan", "Selector"]

Ordinal = Annotated[int, msgspec.Meta(ge=1)]


class Selector(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel", omit_defaults=True):
    """Which requests a fault is meant for; what is left out does not matter.

    `route` (for instance `objects.list`), `path` and the values of `query` are patterns with `*` and `?`. `objectType`
    is any spelling of it. `page` is the page of a walk, from 1, `fromPage` that page and those behind it; a retry of a
    page has the page's number. `afterRequest` is a request's ordinal in the journal: only later ones are meant.

    Of the requests meant, `nth` picks one, counted from 1; `every` 3 picks the third, sixth and so on, or with `nth` 1
    the first, fourth and so on. `per` says what is counted: all of them, or the requests of each page by itself.
    """

    route: str = "*"
    object_type: str | None = None
    method: str | None = None
    path: str = "*"
    query: Mapping[str, str] = {}
    page: Ordinal | None = None
    from_page: Ordinal | None = None
    after_request: Annotated[int, msgspec.Meta(ge=0)] | None = None
    nth: Ordinal | None = None
    every: Ordinal | None = None
    per: Literal["fault", "page"] = "fault"

    def means(self, context: RequestContext) -> bool:
        """Whether the request is one that the fault is meant for."""
        return (
            self._means_page(context)
            and (self.after_request is None or context.entry.ordinal > self.after_request)
            and fnmatchcase(context.route.name if context.route else "", self.route)
            and self._means_request(context)
            and self._means_type(context)
        )

    def _means_page(self, context: RequestContext) -> bool:
        if self.page is not None and context.page != self.page:
            return False
        return self.from_page is None or (context.page is not None and context.page >= self.from_page)

    def _means_request(self, context: RequestContext) -> bool:
        request = context.request
        return (
            (self.method is None or request.method == self.method.upper())
            and fnmatchcase(request.path, self.path)
            and all(fnmatchcase(request.first(name) or "", value) for name, value in self.query.items())
        )

    def _means_type(self, context: RequestContext) -> bool:
        if self.object_type is None:
            return True
        types = context.portal.types
        spelled = context.params.get("objectType", "")
        wanted, given = types.get(self.object_type), types.get(spelled)
        return spelled == self.object_type if wanted is None or given is None else wanted is given

    def picks(self, count: int) -> bool:
        """Whether the request is due, of which this is the `count`-th that the fault is meant for."""
        first = self.nth or self.every or 1
        if self.every is not None:
            return count >= first and (count - first) % self.every == 0
        return self.nth is None or count == self.nth


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A fault, its parameters, and when it strikes.

    `times` is how often it strikes before it is spent: a number, `once` or `forever`. With `per` page in `where` each
    page has as many. `probability` makes a request that is due meet the fault only by chance, drawn from `seed`: the
    same requests in the same order meet the same faults.
    """

    fault: str
    params: Mapping[str, Any] = {}
    where: Selector = Selector()
    times: Annotated[int, msgspec.Meta(ge=1)] | Literal["once", "forever"] = "once"
    probability: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0
    seed: int = 0

    @property
    def limit(self) -> int | None:
        """How often the fault strikes; None without end."""
        if self.times == "forever":
            return None
        return 1 if self.times == "once" else self.times
