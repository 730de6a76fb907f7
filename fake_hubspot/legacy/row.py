"""A route of an older API as a row of its family's table."""

from collections.abc import Callable
from typing import Any

import msgspec

from fake_hubspot.context import ANY_SCOPE, Operation, Param, RateClass, RequestContext, Response, Route
from fake_hubspot.paging import LEGACY, page_of

__all__ = ["NO_CONTENT", "Row"]

NO_CONTENT = (204,)
# Families whose names are types of records.
RECORDS = frozenset({"contacts", "companies", "deals"})
# Accepted: a batch that is written later, as the older APIs have it.
WITHOUT_JSON = (NO_CONTENT, (202,))


class Row(msgspec.Struct, frozen=True):
    """One route.

    Attributes:
        name: The name of the route after `legacy.`.
        query: The names of its query parameters.
        body: The type of the request's body, if it has one.
        pages: Whether the route pages, so that faults can select a page.
        statuses: The statuses of its good responses.
        answers: Whether these have JSON.
        object_type: The type of its records, if neither the path nor the name says it.
    """

    name: str
    method: str
    template: str
    handler: Callable[[RequestContext], Response]
    query: tuple[str, ...] = ()
    body: Any = None
    pages: bool = False
    scope: str = ANY_SCOPE
    statuses: tuple[int, ...] = (200,)
    answers: bool = True
    object_type: str = ""

    def _family_of_records(self) -> str:
        family = self.name.partition(".")[0]
        return family if family in RECORDS else ""

    def route(self) -> Route:
        """Return the row as a route."""
        response = Any if self.answers and self.statuses not in WITHOUT_JSON else None
        return Route(
            f"{LEGACY}{self.name}",
            self.method,
            self.template,
            self.handler,
            scope=self.scope,
            rate_class=RateClass.GENERAL,
            summary=f"{self.name.replace('.', ': ').replace('-', ' ')} (older API)",
            operation=Operation(tuple(map(Param, self.query)), self.body, response, self.statuses),
            page_of=page_of if self.pages else None,
            object_type=self.object_type or self._family_of_records(),
        )
