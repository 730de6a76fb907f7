"""It follows `paging.next.link` to any host and sends the token along.

Violates: no-secret
Shown by: full/list:first/once/wrong-link-host
"""

from collections.abc import Iterator

from tests.broken_connectors._sound import Connector, Json, serve


class Broken(Connector):
    def all_pages(self) -> Iterator[list[Json]]:
        """Follow the links."""
        link: str | None = f"/crm/v3/objects/contacts?limit={self.limit}"
        while link:
            page = self.call("GET", link)
            yield self.records_of(page)
            link = page.get("paging", {}).get("next", {}).get("link")


if __name__ == "__main__":
    serve(Broken)
