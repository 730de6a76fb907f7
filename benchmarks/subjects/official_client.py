"""HubSpot's official client, with `get_all` as in its README, or page by page.

`python -m benchmarks.subjects.official_client URL get_all|pages`
"""

import sys
from typing import Any

from hubspot import HubSpot  # type: ignore[import-untyped]  # it has no types

from benchmarks.processes import TOKEN
from benchmarks.subjects.result import print_result


def by_get_all(contacts: Any) -> int:
    """Read everything at once, 100 per page."""
    return len(contacts.get_all())


def by_pages(contacts: Any) -> int:
    """Read page by page and keep nothing."""
    total, after = 0, None
    while True:
        page = contacts.basic_api.get_page(limit=100, after=after)
        total += len(page.results)
        if page.paging is None or page.paging.next is None:
            return total
        after = page.paging.next.after


if __name__ == "__main__":
    contacts = HubSpot(access_token=TOKEN, host=sys.argv[1]).crm.contacts
    pull = {"get_all": by_get_all, "pages": by_pages}[sys.argv[2]]
    print_result(lambda: pull(contacts))
