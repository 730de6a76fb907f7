"""The associations of the records of a page."""

from collections.abc import Iterator, Sequence

import msgspec

from service.errors import MismatchError
from service.merge import Associated, open_associations, parse_associated, read_associations, with_associations
from service.object_types import STANDARD_TYPES, ObjectType, find_type
from service.pages import Page
from service.upstream import endpoints
from service.upstream.client import Client

__all__ = ["AssociationFetcher"]

_BATCH_SIZE = 100


class AssociationFetcher:
    """Fetches associations of one object type.

    Args:
        client: Not used for the pages themselves.
        object_type: The type of the records in the pages.
    """

    def __init__(self, client: Client, object_type: ObjectType) -> None:
        self._client = client
        self._type = object_type

    def complete(self, page: Page) -> Page:
        """Fetch what is missing in a page of a list, in which a record has its first hundred associations only."""
        found = [open_associations(record) for record in page.records]
        if not any(associated.after for lists in found for associated in lists.values()):
            return page
        whole = [
            {name: self._all_rows(record_id, name, associated) for name, associated in lists.items()}
            for record_id, lists in zip(page.ids, found, strict=True)
        ]
        return with_associations(page, whole)

    def add(self, page: Page, to_types: Sequence[str]) -> Page:
        """Add associations to a page of a search, which has none."""
        return with_associations(page, list(self._read(page.ids, to_types)))

    def _read(self, ids: Sequence[str], to_types: Sequence[str]) -> Iterator[dict[str, list[msgspec.Raw]]]:
        found: dict[str, dict[str, Associated]] = {}
        for to_type in to_types:
            found[_plural(to_type)] = {}
            for start in range(0, len(ids), _BATCH_SIZE):
                request = endpoints.associations_batch(self._type.path_name, to_type, ids[start : start + _BATCH_SIZE])
                found[_plural(to_type)] |= read_associations(self._client.request(request).body)
        for record_id in ids:
            yield {
                name: self._all_rows(record_id, name, rows[record_id])
                for name, rows in found.items()
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


def _plural(to_type: str) -> str:
    """Return the name under which HubSpot lists associations to a type."""
    known = find_type(to_type, STANDARD_TYPES)
    return known.name if known else to_type
