"""One walk over the tables: every object type on every route that names one, in every version, under every name.

A route that is missing in `ASKED` fails the walk, so no new one goes unasked.
"""

import itertools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest

from fake_hubspot.context import Route
from fake_hubspot.portal.types import ObjectType
from tests.unit.fake_hubspot.inprocess import Fake

Names = dict[str, Any]
UNMATCHED = b"x-fake-hubspot-unmatched"
CAR = {
    "name": "car",
    "labels": {"singular": "Car", "plural": "Cars"},
    "requiredProperties": ["plate"],
    "properties": [{"name": "plate", "label": "Plate", "type": "string", "fieldType": "text"}],
}
NEW_LABEL = {"label": "Fan", "name": "fan_{number}"}
NEW_PIPELINE: dict[str, Any] = {
    "label": "Mine {number}",
    "displayOrder": 1,
    "stages": [{"label": "One", "displayOrder": 0}],
}
NEW_PROPERTY = {"name": "mine_{number}", "label": "Mine", "type": "string", "fieldType": "text", "groupName": "{group}"}
PAIR = {"from": {"id": "{id}"}, "to": {"id": "{toId}"}}
TYPED = PAIR | {"types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": "{linkType}"}]}
NAMED = PAIR | {"type": "{linkName}"}

LIMIT = {"category": "HUBSPOT_DEFINED", "typeId": "{linkType}", "maxToObjectIds": 500}


@dataclass(frozen=True)
class Asked:
    """How a route is asked: the status that it answers, the body, and a query.

    `{...}` in a body stands for what `names_of` knows about the types.
    """

    status: int | tuple[int, int]
    body: Any = None
    query: str = ""


def inputs(*rows: Any) -> dict[str, Any]:
    """The body of a batch."""
    return {"inputs": list(rows)}


# Two records may be linked or not.
EITHER = (200, 207)
RECORD = {"properties": "{required}"}
ASKED = {
    "objects.list": Asked(200, query="limit=1&associations={toName}&properties={display}"),
    "objects.create": Asked(201, RECORD),
    "objects.read": Asked(200, query="associations={toName}"),
    "objects.update": Asked(200, {"properties": {"{writable}": "{number}"}}),
    "objects.archive": Asked(204),
    "objects.search": Asked(
        200, {"filters": [{"propertyName": "associations.{toName}", "operator": "EQ", "value": "{toId}"}], "limit": 1}
    ),
    "objects.merge": Asked(404, {"primaryObjectId": "8", "objectIdToMerge": "9"}),
    "objects.gdpr-delete": Asked(404, {"objectId": "9"}),
    "objects.batch.read": Asked(200, inputs({"id": "{id}"})),
    "objects.batch.create": Asked(201, inputs(RECORD)),
    "objects.batch.update": Asked(200, inputs({"id": "{id}", "properties": {"{writable}": "{number}"}})),
    "objects.batch.upsert": Asked(200, inputs({"id": "{id}", "properties": {"{writable}": "{number}"}})),
    "objects.batch.archive": Asked(204, inputs({"id": "9"})),
    "associations.list": Asked(200),
    "associations.create": Asked(201, TYPED["types"]),
    "associations.archive": Asked(204),
    "associations.default": Asked(200),
    "associations.list-v3": Asked(200),
    "associations.create-v3": Asked(200),
    "associations.archive-v3": Asked(204),
    "associations.batch.read": Asked(EITHER, inputs({"id": "{id}"})),
    "associations.batch.create": Asked(201, inputs(TYPED)),
    "associations.batch.default": Asked(200, inputs(PAIR)),
    "associations.batch.archive": Asked(204, inputs({"from": {"id": "{id}"}, "to": [{"id": "9"}]})),
    "associations.batch.labels": Asked(204, inputs(TYPED)),
    "associations-v3.read": Asked(EITHER, inputs({"id": "{id}"})),
    "associations-v3.create": Asked(201, inputs(NAMED)),
    "associations-v3.archive": Asked(204, inputs(NAMED)),
    "associations-v3.types": Asked(200),
    "labels.list": Asked(200),
    "labels.create": Asked(200, NEW_LABEL),
    "labels.update": Asked(404, {"associationTypeId": 99, "label": "Fan"}),
    "labels.archive": Asked(204),
    "association-limits.list": Asked(200),
    "association-limits.create": Asked(201, inputs(LIMIT)),
    "association-limits.update": Asked(200, inputs(LIMIT)),
    "association-limits.purge": Asked(204, inputs({"category": "HUBSPOT_DEFINED", "typeId": "{linkType}"})),
    "properties.list": Asked(200),
    "properties.create": Asked(201, NEW_PROPERTY),
    "properties.read": Asked(200),
    "properties.update": Asked(200, {"label": "Mine"}),
    "properties.archive": Asked(404),
    "properties.batch.read": Asked(200, {"archived": False} | inputs({"name": "{display}"})),
    "properties.batch.create": Asked(201, inputs(NEW_PROPERTY)),
    "properties.batch.archive": Asked(204, inputs({"name": "nothing"})),
    "property-groups.list": Asked(200),
    "property-groups.create": Asked(201, {"name": "mine_{number}", "label": "Mine"}),
    "property-groups.read": Asked(200),
    "property-groups.update": Asked(200, {"label": "Mine"}),
    "property-groups.archive": Asked(404),
    "pipelines.list": Asked(200),
    "pipelines.create": Asked(201, NEW_PIPELINE),
    "pipelines.read": Asked(200),
    "pipelines.replace": Asked(200, NEW_PIPELINE | {"stages": [NEW_PIPELINE["stages"][0] | {"stageId": "{stage}"}]}),
    "pipelines.update": Asked(200, {"label": "Mine"}),
    "pipelines.audit": Asked(200),
    "stages.audit": Asked(200),
    "stages.replace": Asked(200, {"label": "Other", "displayOrder": 3}),
    "pipelines.archive": Asked(404),
    "stages.list": Asked(200),
    "stages.create": Asked(201, {"label": "Two", "displayOrder": 2}),
    "stages.read": Asked(200),
    "stages.update": Asked(200, {"label": "Mine"}),
    "stages.archive": Asked(404),
    "schemas.read": Asked(200, query="includePropertyDefinitions=false"),
    "schemas.update": Asked(404, {}),
    "schemas.associate": Asked(404, {"fromObjectTypeId": "{typeId}", "toObjectTypeId": "{toName}"}),
    "schemas.dissociate": Asked(404),
    "schemas.archive": Asked(404),
}
# Routes on which HubSpot tells its own types from those of a portal: what the latter get.
OF_OWN_TYPE = {"schemas.update": Asked(200, {}), "schemas.associate": Asked(201, ASKED["schemas.associate"].body)}
OLD_PROPERTY = {"name": "old_{number}", "label": "Old", "type": "string", "fieldType": "text", "groupName": "{group}"}
OLD_GROUP = {"name": "old_{number}", "displayName": "Old"}
OLD_PIPELINE = {"label": "Old {number}", "displayOrder": 1, "stages": [{"label": "One", "displayOrder": 0}]}
OLD_VALUES = [{"name": "{writable}", "value": "{number}"}]
# The routes of the older APIs, by their names without `legacy.`; `v1` and `v2` of properties are alike.
ASKED_OF_OLDER = {
    "properties.list": Asked(200),
    "properties.create": Asked(200, OLD_PROPERTY),
    "properties.read": Asked(200),
    "properties.update": Asked(200, {"label": "Other"}),
    "properties.patch": Asked(200, {"label": "Other"}),
    "properties.delete": Asked(404),
    "groups.list": Asked(200),
    "groups.create": Asked(200, OLD_GROUP),
    "groups.read": Asked(200),
    "groups.update": Asked(200, {"displayName": "Other"}),
    "groups.delete": Asked(404),
    "pipelines.list": Asked(200),
    "pipelines.create": Asked(200, OLD_PIPELINE),
    "pipelines.replace": Asked(200, OLD_PIPELINE),
    "pipelines.delete": Asked(404),
    "objects.paged": Asked(200, query="properties={display}"),
    "objects.changes": Asked(200),
    "objects.read-batch": Asked(200, {"ids": ["{number_id}"]}),
    "objects.create-batch": Asked(200, ["{requiredRows}"]),
    "objects.update-batch": Asked(200, [{"objectId": "{number_id}", "properties": OLD_VALUES}]),
    "objects.delete-batch": Asked(204, {"ids": [9]}),
    "objects.create": Asked(200, "{requiredRows}"),
    "objects.read": Asked(200),
    "objects.update": Asked(200, OLD_VALUES),
    "objects.delete": Asked(404),
    "deals.associate": Asked(204, query="id={id}"),
    "deals.dissociate": Asked(204, query="id=9"),
    "deals.associated": Asked(200),
    "engagements.associate": Asked(204),
    "engagements.dissociate": Asked(204),
    "engagements.associated": Asked(200),
}
# The types that these APIs have, which refuse others; the rest has every type.
LINKED_TYPES = {"contacts", "companies", "deals", "tickets"}
TYPES_OF_OLDER = {
    "objects": {"tickets", "products", "line_items"},
    "deals": LINKED_TYPES,
    "engagements": LINKED_TYPES | {"quotes"},
}
# These would take away what the walk needs.
LEFT_OUT_OF_OWN_TYPE = {"schemas.archive"}
# What these routes have in the place of a name in the path.
MISSING = {"archive", "dissociate", "delete"}


class Walk:
    """The fake with a record of each type, and what the routes need to know about the types."""

    def __init__(self, fake: Fake) -> None:
        assert fake.post("/crm/v3/schemas", CAR).status == 201
        self.fake, self.portal = fake, fake.portal
        self.number = 1000
        self.kinds = self.portal.types.all()
        self.pipelines: dict[str, tuple[str, str]] = {}
        self.ids: dict[str, str] = {}
        self.known: dict[str, Names] = {}
        for kind in self.kinds:
            self.ids[kind.type_id] = str(self.portal.records.create(kind, self.required(kind)).id)
            made = self.ask("POST", f"/crm/v3/pipelines/{kind.type_id}", self.filled(NEW_PIPELINE, {}))[1]
            self.pipelines[kind.type_id] = (made["id"], made["stages"][0]["id"])
        self.spellings = {kind.type_id: spellings(kind) for kind in self.kinds}
        self.chance = Random(16)  # noqa: S311 - chooses names for a test

    def name(self, kind: ObjectType) -> str:
        """One of the names of a type."""
        return self.chance.choice(self.spellings[kind.type_id])

    def other_than(self, kind: ObjectType) -> ObjectType:
        """Another type."""
        return self.chance.choice([one for one in self.kinds if one is not kind])

    def required(self, kind: ObjectType) -> dict[str, Any]:
        """The properties with which a record of a type can be made."""
        self.number += 1
        values = self.portal.records.required_values(kind)
        return values | ({"email": f"p{self.number}@example.com"} if kind.plural == "contacts" else {})

    def filled(self, body: Any, known: Names) -> Any:
        """A body with its placeholders filled in; a placeholder alone may become something else than a text."""
        if isinstance(body, dict):
            return {self.filled(name, known): self.filled(value, known) for name, value in body.items()}
        if isinstance(body, list):
            return [self.filled(value, known) for value in body]
        if not isinstance(body, str) or "{" not in body:
            return body
        self.number += 1
        numbered = known | {"number": self.number}
        return numbered[body[1:-1]] if re.fullmatch(r"{\w+}", body) else body.format(**numbered)

    def known_of(self, kind: ObjectType) -> Names:
        """What stays the same about a type: a property that can be written, a group, a pipeline with its stage."""
        definitions, type_id = self.portal.definitions, kind.type_id
        writable = next(
            one.name
            for one in definitions.of(type_id)
            if one.type in ("string", "number")
            and not (one.read_only_value or one.options or one.has_unique_value or one.external_options)
        )
        pipeline, stage = self.pipelines[type_id]
        return {
            "typeId": type_id,
            "id": self.ids[type_id],
            "display": kind.display_property,
            "writable": writable,
            "group": definitions.groups(type_id)[0].name,
            "pipeline": pipeline,
            "stage": stage,
        }

    def names_of(self, kind: ObjectType, other: ObjectType) -> Names:
        """What the bodies and paths of requests may name."""
        type_id = kind.type_id
        if type_id not in self.known:
            self.known[type_id] = self.known_of(kind)
        link = self.portal.associations.types(kind, other)[0]
        return self.known[type_id] | {
            "toId": self.ids[other.type_id],
            "toName": self.name(other),
            "required": self.required(kind),
            "linkType": link.type_id,
            "linkName": link.name,
        }

    def path(self, route: Route, kind: ObjectType, other: ObjectType, known: Names) -> str:
        """The path of a route for two types, each under its next name."""
        is_gone = route.name.rpartition(".")[2] in MISSING
        return route.template.format(
            objectType=self.name(kind),
            toObjectType=self.name(other),
            objectId="9" if is_gone else known["id"],
            toObjectId="9" if is_gone else known["toId"],
            associationType=known["linkType"],
            associationTypeId="99",
            associationIdentifier="0",
            propertyName="nothing" if is_gone else known["writable"],
            groupName="nothing" if is_gone else known["group"],
            pipelineId="nothing" if is_gone else known["pipeline"],
            stageId="nothing" if is_gone else known["stage"],
        )

    def ask(self, method: str, target: str, body: Any = None) -> tuple[int, Any, bytes]:
        """Send a request on the short way through the application; return status, JSON and the head."""
        path, _, query = target.partition("?")
        content = b"" if body is None else json.dumps(body).encode()
        headers = {"host": "api.test", "authorization": f"Bearer {self.fake.token}", "content-type": "application/json"}
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "scheme": "http",
            "client": ("127.0.0.1", 1),
        }
        answer = self.fake.app.fast_path(scope, content, keeps_alive=True)
        assert answer is not None
        head, _, rest = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), json.loads(rest) if rest.startswith(b"{") else rest, head.lower()

    def send(self, route: Route, kind: ObjectType, other: ObjectType) -> tuple[Asked, str, tuple[int, Any, bytes]]:
        """Ask a route about a type, as the table says."""
        known, asked = self.names_of(kind, other), ASKED[route.name]
        if kind.is_custom:
            asked = OF_OWN_TYPE.get(route.name, asked)
        path = self.path(route, kind, other, known)
        if asked.query:
            path += f"?{self.filled(asked.query, known)}"
        return asked, f"{route.method} {path}", self.ask(route.method, path, self.filled(asked.body, known))


def spellings(kind: ObjectType) -> list[str]:
    """The names that HubSpot takes for a type, in the cases in which readers write them."""
    cases: tuple[Callable[[str], str], ...] = (str.lower, str.upper, str.title)
    return list(dict.fromkeys(case(name) for name in kind.names for case in cases))


@pytest.fixture
def walk(empty: Fake) -> Walk:
    """The fake with a record of each type."""
    return Walk(empty)


def routes_of(walk: Walk) -> Iterator[Route]:
    """The routes whose path names an object type, but those of the older APIs, which have tests of their own."""
    named = (one for one in walk.fake.app.router.routes if "{objectType}" in one.template and not one.is_own)
    return (one for one in named if not one.name.startswith("legacy."))


@pytest.mark.parametrize("part", [4, pytest.param(1, marks=pytest.mark.proof)])
def test_every_type_is_served_on_every_route_in_every_version(walk: Walk, part: int) -> None:
    """Each type on a fourth of the routes, each route with a fourth of the types, or all of them with all.

    Never as something that the fake has not, and never as a type that cannot be inferred.
    """
    routes, asked, wrong = [*routes_of(walk)], Counter[str](), []

    for number, route in enumerate(routes):
        for kind in walk.kinds[number % part :: part]:
            if kind.is_custom and route.name in LEFT_OUT_OF_OWN_TYPE:
                continue
            expected, request, (status, body, head) = walk.send(route, kind, walk.other_than(kind))
            asked[kind.type_id] += 1
            statuses = expected.status if isinstance(expected.status, tuple) else (expected.status,)
            if status not in statuses or UNMATCHED in head or "Unable to infer" in str(body):
                wrong.append(f"{request}: {status} for {statuses}, {str(body)[:200]}")

    assert {one.name for one in routes} == {*ASKED}
    assert (len(walk.kinds), len(asked), min(asked.values()) > 250 // part) == (38, 38, True)
    assert not wrong, "\n".join(map(str, wrong))


def test_a_name_that_hubspot_refuses_is_refused_on_every_route(walk: Walk) -> None:
    """In HubSpot's words; one that only HubSpot has is the fake's gap, told in the header and in its own words."""
    contacts = walk.portal.types["contacts"]
    known, wrong = walk.names_of(contacts, contacts), []

    for route, place in itertools.product(routes_of(walk), ("objectType", "toObjectType")):
        if f"{{{place}}}" not in route.template:
            continue
        body = walk.filled(ASKED[route.name].body, known)
        for name, is_gap in (("butterflies", False), ("car", False), ("p_bus", False), ("Campaigns", True)):
            template = route.template.replace(f"{{{place}}}", name)
            path = walk.path(Route(route.name, route.method, template, route.handler, "", route.rate_class), contacts,
                             contacts, known)  # fmt: skip
            status, answer, head = walk.ask(route.method, path, body)
            is_infer = "Unable to infer object type from" in str(answer)
            if (status, UNMATCHED in head, is_infer) != ((404, True, False) if is_gap else (400, False, True)):
                wrong.append(f"{route.method} {path}: {status} {str(answer)[:200]}")

    assert not wrong, "\n".join(map(str, wrong))


def test_every_name_is_taken_wherever_a_request_names_a_type(walk: Walk) -> None:
    """In `associations=`, in a filter on links, and in the body that makes a list."""
    wrong = []

    for kind in walk.kinds:
        for name in spellings(kind):
            filters = [{"propertyName": f"associations.{name}", "operator": "HAS_PROPERTY"}]
            listed = {"name": walk.filled("L {number}", {}), "objectTypeId": name, "processingType": "MANUAL"}
            statuses = (
                walk.ask("GET", f"/crm/v3/objects/contacts?associations=deals,{name}")[0],
                walk.ask("POST", "/crm/v3/objects/contacts/search", {"filters": filters})[0],
                walk.ask("POST", "/crm/v3/lists", listed)[0],
            )
            if statuses != (200, 200, 200):
                wrong.append((name, statuses))

    assert not wrong, "\n".join(map(str, wrong))


def test_every_type_is_served_on_the_routes_of_the_older_apis(walk: Walk) -> None:
    """Those that an API lacks are refused in its own words, not as something that the fake has not."""
    routes = [one for one in walk.fake.app.router.routes if one.name.startswith("legacy.")]
    named, wrong, asked = [one for one in routes if "{objectType}" in one.template], [], set()

    for route in named:
        key = re.sub(r"\.v\d", "", route.name.removeprefix("legacy."))
        family = key.partition(".")[0]
        asked.add(key)
        for kind in walk.kinds:
            is_there = kind.plural in TYPES_OF_OLDER.get(family, {kind.plural})
            status = ASKED_OF_OLDER[key].status if is_there else 400
            request, (got, body, head) = _send_to_older(walk, route, ASKED_OF_OLDER[key], kind)
            if got != status or UNMATCHED in head or "Unable to infer" in str(body):
                wrong.append(f"{request}: {got} for {status}, {str(body)[:200]}")

    assert asked == {*ASKED_OF_OLDER}
    assert not wrong, "\n".join(wrong)


def _send_to_older(walk: Walk, route: Route, asked: Asked, kind: ObjectType) -> tuple[str, tuple[int, Any, bytes]]:
    """Ask a route of an older API about a type: deals and activities name it in the singular."""
    rows = [{"name": name, "value": value} for name, value in walk.required(kind).items()]
    known = walk.names_of(kind, walk.other_than(kind)) | {
        "number_id": int(walk.ids[kind.type_id]),
        "requiredRows": rows,
    }
    template = route.template
    if template.startswith(("/deals/", "/engagements/")):
        template = template.replace("{objectType}", kind.singular.upper())
    ids = {"dealId": walk.ids["0-3"], "engagementId": walk.ids["0-46"]}
    for name, value in ids.items():
        template = template.replace(f"{{{name}}}", value)
    stand_in = Route(route.name, route.method, template, route.handler, scope="", rate_class=route.rate_class)
    path = walk.path(stand_in, kind, kind, known)
    if asked.query:
        path += f"?{walk.filled(asked.query, known)}"
    return f"{route.method} {path}", walk.ask(route.method, path, walk.filled(asked.body, known))
