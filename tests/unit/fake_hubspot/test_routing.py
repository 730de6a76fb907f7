"""The route for a path."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from fake_hubspot.context import RequestContext, Response, Route, open_route
from fake_hubspot.routing import Later, Router
from tests.support.cases import for_each


def nothing(_: RequestContext) -> Response:
    """A handler that is never called."""
    return Response.empty()


ROUTER = Router(
    open_route(name, method, template, nothing)
    for name, method, template in (
        ("list", "GET", "/objects/{type}"),
        ("create", "POST", "/objects/{type}"),
        ("read", "GET", "/objects/{type}/{id}"),
        ("search", "POST", "/objects/{type}/search"),
        ("deep", "GET", "/objects/{type}/{id}/links/{to}"),
        ("odd", "GET", "/objects/odd/one/more"),
    )
)


@for_each(
    ("method", "path", "name", "params"),
    [
        ("GET", "/objects/contacts", "list", {"type": "contacts"}),
        ("GET", "/objects/contacts/", "list", {"type": "contacts"}),
        ("HEAD", "/objects/contacts", "list", {"type": "contacts"}),
        ("POST", "/objects/contacts/search", "search", {"type": "contacts"}),
        ("GET", "/objects/contacts/5", "read", {"type": "contacts", "id": "5"}),
        ("GET", "/objects/odd/5/links/x", "deep", {"type": "odd", "id": "5", "to": "x"}),
        ("GET", "/objects/odd/one/more", "odd", {}),
    ],
)
def test_a_path_leads_to_its_route(method: str, path: str, name: str, params: dict[str, str]) -> None:
    """Literal segments take precedence unless they lead nowhere."""
    match = ROUTER.match(method, path)

    assert match.route is not None
    assert (match.route.name, match.params) == (name, params)


def test_a_known_path_with_another_method_tells_the_methods() -> None:
    """They are needed for `Allow`."""
    match = ROUTER.match("DELETE", "/objects/contacts")

    assert match.route is None
    assert match.allowed == ("GET", "POST")


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("/object/contacts", "GET /objects/{type}"),
        ("/objects/contacts/5/link/x", "GET /objects/{type}/{id}/links/{to}"),
    ],
)
def test_an_unknown_path_has_a_nearest_route(path: str, nearest: str) -> None:
    """It is needed for the hint."""
    assert ROUTER.match("GET", path).route is None
    assert ROUTER.nearest("GET", path) == nearest


def test_two_routes_for_one_path_are_a_mistake() -> None:
    """It is reported when the server is built."""
    with pytest.raises(ValueError, match="two routes for GET /a"):
        Router([open_route("a", "GET", "/a", nothing), open_route("b", "GET", "/a", nothing)])


def test_routers_share_a_base_and_do_not_change_it() -> None:
    """Each finds the routes of the base and its own, also below one path; another one does not find these."""
    base = Router([open_route("read", "GET", "/a/{id}", nothing), open_route("list", "GET", "/a", nothing)])
    own = open_route("own", "POST", "/a/{id}", nothing)
    deep = open_route("deep", "GET", "/a/{id}/b", nothing)

    one, other = Router([own, deep], base=base), Router([], base=base)

    assert [route.name for route in one.routes] == ["read", "list", "own", "deep"]
    found = one.match("POST", "/a/5")
    assert (found.route, dict(found.params), found.allowed) == (own, {"id": "5"}, ("GET", "POST"))
    assert one.match("GET", "/a/5/b").route is deep
    for untouched in (base, other):
        assert untouched.match("POST", "/a/5").route is None
        assert untouched.match("POST", "/a/5").allowed == ("GET",)
        assert untouched.match("GET", "/a/5/b").route is None
    with pytest.raises(ValueError, match="two routes for GET /a"):
        Router([open_route("again", "GET", "/a", nothing)], base=base)


class Late:
    """Later routes that count how often they are made."""

    def __init__(self, name: str) -> None:
        self.route = open_route(name, "GET", f"/{name}/{{id}}", nothing)
        self.made = 0

    def later(self) -> Later:
        """The routes, below a path of their own."""
        return Later(self._make, lambda path: path.startswith(f"/{self.route.name}"))

    def _make(self) -> list[Route]:
        self.made += 1
        return [self.route]


def test_later_routes_are_made_when_a_path_of_theirs_is_asked_for() -> None:
    """Once for all routers that share them, and only those that may have the path."""
    rare, own = Late("rare"), Late("own")
    base = Router([open_route("read", "GET", "/a/{id}", nothing)], later=[rare.later()])
    one, other = Router([], base=base, later=[own.later()]), Router([], base=base)

    for path in ("/a/5", "/unknown"):
        one.match("GET", path)
    before = (rare.made, own.made)
    found = [router.match("GET", "/rare/5") for router in (one, other, base)]

    assert before == (0, 0)
    assert [(match.route, dict(match.params)) for match in found] == [(rare.route, {"id": "5"})] * 3
    assert other.match("GET", "/own/5").route is None
    assert (rare.made, own.made) == (1, 0)
    assert one.match("GET", "/own/5").route is own.route
    assert one.match("GET", "/rare/6").route is rare.route
    assert one.match("POST", "/rare/6").allowed == ("GET",)


def test_all_routes_and_the_nearest_one_count_later_routes() -> None:
    """So hints and tables do not depend on what was asked for before."""
    rare, own = Late("rare"), Late("own")
    base = Router([open_route("read", "GET", "/a/{id}", nothing)], later=[rare.later()])

    assert Router([], base=base, later=[own.later()]).nearest("GET", "/rar/5") == "GET /rare/{id}"
    assert [route.name for route in Router([], base=base, later=[own.later()]).routes] == ["read", "rare", "own"]


def test_threads_that_need_later_routes_at_once_make_them_once() -> None:
    """Each of them finds its route."""
    rare = Late("rare")
    base = Router([], later=[rare.later()])
    routers = [Router([], base=base) for _ in range(4)]
    barrier = Barrier(8)

    def match(number: int) -> Route | None:
        barrier.wait()
        return routers[number % 4].match("GET", f"/rare/{number}").route

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(match, range(8)))

    assert found == [rare.route] * 8
    assert rare.made == 1


def test_later_routes_that_cannot_be_made_are_made_with_the_next_request() -> None:
    """An import that Ctrl-C or a full disk ends does not leave a server without them."""
    rare = Late("rare")
    failures = [OSError("no file handles left")]

    def make() -> list[Route]:
        if failures:
            raise failures.pop()
        return [rare.route]

    router = Router([], later=[Later(make, lambda _: True)])

    with pytest.raises(OSError, match="no file handles"):
        router.match("GET", "/rare/5")
    assert router.match("GET", "/rare/5").route is rare.route
