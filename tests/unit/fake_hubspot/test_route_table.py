"""Every route of HubSpot's API with its scope, limits, parameters, statuses and summary, as kept in `routes.txt`.

A change shows there as a change of a line: a scope that a route has lost, a parameter that nobody reads any more, a
path that is gone. If it is meant: `make pages`.
"""

from collections import defaultdict
from pathlib import Path

from fake_hubspot.context import Access, RateClass, Route
from fake_hubspot.settings import Settings
from tests.unit.fake_hubspot.inprocess import Fake

TABLE = Path(__file__).with_name("routes.txt")


def line_of(route: Route) -> str:
    """Return everything that can be said of a route but its path."""
    operation = route.operation
    told = {
        "scope": route.scope,
        "rate": "" if route.rate_class is RateClass.GENERAL else route.rate_class.name,
        "access": "" if route.access is Access.TOKEN else route.access.name,
        "status": ",".join(map(str, operation.statuses)).removeprefix("200"),
        "query": ",".join(str(getattr(one, "name", one)) for one in operation.query),
        "body": getattr(operation.body, "__name__", operation.body) or "",
        "response": getattr(operation.response, "__name__", operation.response) or "",
        "error": getattr(operation.error, "__name__", operation.error) or "",
        "type": route.object_type,
        "pages": "yes" if route.page_of else "",
        "streams": "yes" if route.streams else "",
        "shallow": "yes" if route.is_shallow else "",
        "summary": route.summary,
    }
    return " ".join([route.method, route.name, *(f"{name}={value}" for name, value in told.items() if value)])


def table() -> str:
    """Return the routes that HubSpot has, alike ones together."""
    fake = Fake(Settings())
    try:
        paths = defaultdict(list)
        for route in fake.app.router.routes:
            if not route.is_own:
                paths[line_of(route)].append(route.template)
    finally:
        fake.app.close()
    return "\n".join("\n    ".join([line, *sorted(paths[line])]) for line in sorted(paths)) + "\n"


def test_routes_are_those_that_are_listed() -> None:
    listed, found = TABLE.read_text("utf-8").splitlines(), table().splitlines()

    gone, new = sorted(set(listed) - set(found)), sorted(set(found) - set(listed))
    assert (gone, new) == ([], []), "if this is meant: make pages"
    assert found == listed


if __name__ == "__main__":
    TABLE.write_text(table(), "utf-8")
