"""The route for a path."""

import pytest

from fake_hubspot.context import RequestContext, Response, open_route
from fake_hubspot.routing import Router
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
