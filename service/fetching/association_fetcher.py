"""The associations of the records of a page."""

from collections.abc import Iterator, Sequence

import msgspec

from service.errors import MismatchError
from service.merge import (
    Associated,
    in_order,
    open_associations,
    parse_associated,
    read_associations,
    with_associations,
)
from service.object_types import STANDARD_TYPES, ObjectType, find_type
from service.pages import Page
from service.upstream import endpoints
from service.upstream.client import Client

__all__ = ["AssociationFetcher"]

_BATCH_SIZE = 100


class AssociationFetcher:
    """Fetches associations of one object type.

    A record gets the same bytes from `complete` and from `add`: each type under its `association_key`, in the order in
    which the types are requested.

    Args:
        client: Not used for the pages themselves.
        object_type: The type of the records in the pages.
        known_types: The types that a name may mean.
    """

    def __init__(
        self, client: Client, object_type: ObjectType, known_types: Sequence[ObjectType] = STANDARD_TYPES
    ) -> None:
        self._client = client
        self._type = object_type
        self._known_types = known_types

    def complete(self, page: Page, to_types: Sequence[str]) -> Page:
        """Fetch what is missing in a page of a list, in which a record has its first hundred associations only.

        Types that HubSpot lists under an unknown name are read as for a page of a search.
        """
        found = [open_associations(record) for record in page.records]
        listed = dict.fromkeys(name for lists in found for name in lists)
        wanted = [self._named(name) for name in to_types]
        if all(name in {known.association_key for known in wanted} for name in listed) and not any(
            associated.after for lists in found for associated in lists.values()
        ):
            return in_order(page, [known.association_key for known in wanted])
        sent_as = {self._named(name).path_name: name for name in listed}
        if len(sent_as) < len(listed) or not sent_as.keys() <= {known.path_name for known in wanted}:
            return self.add(page, to_types)
        whole = [
            {
                known.association_key: self._all_rows(record_id, known.path_name, lists[name])
                for known in wanted
                if (name := sent_as.get(known.path_name, "")) in lists
            }
            for record_id, lists in zip(page.ids, found, strict=True)
        ]
        return with_associations(page, whole)

    def add(self, page: Page, to_types: Sequence[str]) -> Page:
        """Add associations to a page of a search, which has none."""
        return with_associations(page, list(self._read(page.ids, [self._named(name) for name in to_types])))

    def _named(self, name: str) -> ObjectType:
        return find_type(name, self._known_types) or ObjectType(name, type_id=name)

    def _read(self, ids: Sequence[str], to_types: Sequence[ObjectType]) -> Iterator[dict[str, list[msgspec.Raw]]]:
        found: list[tuple[ObjectType, dict[str, Associated]]] = []
        for to_type in to_types:
            rows: dict[str, Associated] = {}
            for start in range(0, len(ids), _BATCH_SIZE):
                batch = ids[start : start + _BATCH_SIZE]
                request = endpoints.associations_batch(self._type.path_name, to_type.path_name, batch)
                rows |= read_associations(self._client.request(request).body)
            found.append((to_type, rows))
        for record_id in ids:
            yield {
                to_type.association_key: self._all_rows(record_id, to_type.path_name, rows[record_id])
                for to_type, rows in found
                if record_id in rows
            }

    def _all_rows(self, record_id: str, to_type: str, associated: Associated) -> list[msgspec.Raw]:
        rows, after = list(associated.results), associated.after
        while after is not None:
            request = endpoints.associations_page(self._type.path_name, record_id, to_type, after=after)
            page = parse_associated(self._client.request(request).body)
            if page.after == after or (page.after and not page.results):
                raise MismatchError("HubSpot's cursor for a record's associations does not advance.")
            rows += page.results
            after = page.after
        return rows
