"""Both ways to fetch the records of an object type."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.fetching.association_fetcher import AssociationFetcher
from service.fetching.list_fetcher import ListFetcher
from service.fetching.search_fetcher import SearchFetcher
from service.object_types import STANDARD_TYPES, ObjectType
from service.options import PullOptions
from service.upstream.account import PullClients

__all__ = ["RecordFetcher"]


@dataclass(frozen=True, slots=True)
class RecordFetcher:
    """Fetches pages of one object type with the options of one pull.

    A page of either kind has the same properties, history and associations.
    """

    lists: ListFetcher
    searches: SearchFetcher

    @classmethod
    def create(
        cls,
        clients: PullClients,
        object_type: ObjectType,
        options: PullOptions,
        *,
        page_size: int,
        known_types: Sequence[ObjectType] = STANDARD_TYPES,
    ) -> "RecordFetcher":
        """Create a fetcher.

        Args:
            clients: Pages travel on the primary connection, what completes them on the secondary.
            object_type: What to fetch.
            options: Without `*`: property names must be resolved.
            page_size: Records per page of a list.
            known_types: The types that the names of associations may mean.

        Raises:
            BadRequestError: The options do not fit into a request.
        """
        associations = AssociationFetcher(clients.secondary, object_type, known_types)
        return cls(
            ListFetcher(clients.primary, associations, object_type, options, page_size=page_size),
            SearchFetcher(clients.primary, clients.secondary, associations, object_type, options),
        )
