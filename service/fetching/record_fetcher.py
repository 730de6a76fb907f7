"""Both ways to fetch the records of an object type."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from service.fetching.association_fetcher import AssociationFetcher
from service.fetching.list_fetcher import ListFetcher
from service.fetching.search_fetcher import SearchFetcher
from service.object_types import STANDARD_TYPES, ObjectType
from service.options import PullOptions
from service.upstream.account import PullClients
from service.upstream.client import Client
from service.upstream.pending_set import PendingSet

__all__ = ["RecordFetcher", "SideBySide"]


@dataclass(frozen=True, slots=True)
class SideBySide:
    """What fetches pages of one list over several connections.

    Attributes:
        lists: One for each connection.
        create_set: Creates an empty set for pages that are under way.
    """

    lists: tuple[ListFetcher, ...]
    create_set: Callable[[], PendingSet[Any]]


@dataclass(frozen=True, slots=True)
class RecordFetcher:
    """Fetches pages of one object type with the options of one pull.

    A page of either kind has the same properties, history and associations.

    Attributes:
        side_by_side: None if a list is read over one connection.
    """

    lists: ListFetcher
    searches: SearchFetcher
    side_by_side: SideBySide | None = None

    @classmethod
    def create(
        cls,
        clients: PullClients,
        object_type: ObjectType,
        options: PullOptions,
        *,
        page_size: int,
        known_types: Sequence[ObjectType] = STANDARD_TYPES,
        connections: int = 1,
    ) -> "RecordFetcher":
        """Create a fetcher.

        Args:
            clients: Pages travel on the primary connection, what completes them on the secondary.
            object_type: What to fetch.
            options: Without `*`: property names must be resolved.
            page_size: Records per page of a list.
            known_types: The types that the names of associations may mean.
            connections: How many connections may read one list.

        Raises:
            BadRequestError: The options do not fit into a request.
        """
        associations = AssociationFetcher(clients.secondary, object_type, known_types)

        def over(client: Client) -> ListFetcher:
            return ListFetcher(client, associations, object_type, options, page_size=page_size)

        searches = SearchFetcher(clients.primary, clients.secondary, associations, object_type, options)
        if connections == 1 or options.archived or options.limit is not None or options.since_ms is not None:
            return cls(over(clients.primary), searches)
        lists = tuple(map(over, clients.side_by_side(connections)))
        return cls(lists[0], searches, SideBySide(lists, clients.create_set))
