"""The list of the clients' operations is what the installed client has, and the families that are complete stay so."""

from fake_hubspot.context import ANY_SCOPE, RateClass, RequestContext, Response, Route
from fake_hubspot.coverage import Operations, coverage, read_operations, to_lines
from fake_hubspot.server import api_routes
from tests.support.cases import for_each
from tests.unit.fake_hubspot.client_operations import PYTHON, in_python_client

# Families of which every operation is served. Add yours when it is.
COMPLETE = {
    "crm-object-schemas",
    "crm/associations",
    "crm/exports",
    "crm/imports",
    "crm/lists",
    "crm/owners",
    "crm/pipelines",
    "crm/properties",
    "deal-splits",
    "files",
    "marketing/forms",
    "oauth",
    "settings/users",
    "webhooks",
    "webhooks-journal",
}


def test_the_list_is_what_the_installed_client_has() -> None:
    """If this fails, run `python -m tests.unit.fake_hubspot.client_operations` and then `make pages`."""
    known = read_operations()[PYTHON].operations

    assert known == in_python_client()
    assert len(known) > 600


def test_the_list_survives_writing_and_reading() -> None:
    """So a refresh changes what changed and nothing else."""
    known = read_operations()

    assert read_operations(to_lines(known)) == known
    assert set(known) == {PYTHON, "@hubspot/api-client", "hubspot-sdk"}


def test_families_that_are_complete_stay_complete() -> None:
    """Every operation of every client."""
    rows = [one for one in coverage(api_routes()) if one.family in COMPLETE]

    assert {one.family for one in rows} == COMPLETE
    assert [f"{one.method} {one.path}" for one in rows if one.state != "served"] == []


@for_each(
    ("path", "state"),
    [
        ("/crm/v3/boats/{id}", "served"),
        ("/crm/v3/contacts/{id}", "served"),
        ("/crm/v3/boats/search", "not served"),
        ("/crm/v3/boats/{id}/keel", "not served"),
        ("/crm/v3/lists/{id}", "shallow"),
    ],
)
def test_only_the_type_of_a_record_may_stand_for_a_parameter(path: str, state: str) -> None:
    """A read of a record called `search` is no search."""

    def answer(_: RequestContext) -> Response:
        raise NotImplementedError

    def route(template: str, *, is_shallow: bool = False) -> Route:
        return Route("a", "GET", template, answer, scope=ANY_SCOPE, rate_class=RateClass.NONE, is_shallow=is_shallow)

    routes = [route("/crm/v3/{objectType}/{objectId}"), route("/crm/v3/lists/{listId}", is_shallow=True)]

    (row,) = coverage(routes, {"a": Operations("1", {("GET", path)})})

    assert row.state == state
