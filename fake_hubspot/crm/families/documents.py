"""Documents: settings and the like, of which there is one at a path. It is set, read, changed and deleted there.

Source: reader (the operations and models of HubSpot's clients) for paths and methods. HubSpot does more with a document
than to keep it, so the routes are shallow.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any, NamedTuple

import msgspec

from bench_core.json_text import decode_json
from fake_hubspot.context import Operation, RequestContext, Response, Route
from fake_hubspot.crm.families.collection import Row, row_routes
from fake_hubspot.crm.parameters import resource_not_found
from fake_hubspot.crm.versions import FAMILY_PATHS, PATHS, SINCE_2026
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.portal.clock import format_time

__all__ = ["routes"]

READ = ("GET",)
LISTED: dict[str, Any] = {"results": []}


class Document(NamedTuple):
    """What there is one of at a path.

    Attributes:
        name: What its routes are called.
        paths: Its path in each version.
        methods: GET reads it, POST and PUT set it, PATCH changes it, DELETE deletes it.
        default: What there is before somebody has set it; None for nothing, which is a 404.
        answers: The status of an answer to POST.
        lists: The name of the documents below this path that GET lists.
    """

    name: str
    paths: tuple[str, ...]
    methods: tuple[str, ...]
    default: dict[str, Any] | None = None
    answers: int = 200
    lists: str = ""


def _under(family: str, tail: str) -> tuple[str, ...]:
    return tuple(f"{path}{tail}" for path in FAMILY_PATHS[family])


def _activity(name: str) -> tuple[str, ...]:
    return tuple(f"{path}/activity/{name}" for path in PATHS["account"])


def _callbacks(tail: str) -> tuple[str, ...]:
    return tuple(f"/automation/actions/callbacks/{date}{tail}" for date in SINCE_2026)


LISTS = "/associations/{externalAccountId}/{externalEventId}/lists"
OWN_LISTS = "/associations/{marketingEventId}/lists"
CRUD = ("GET", "POST", "PATCH", "DELETE")
ASSETS = "/{campaignGuid}/assets/{assetType}"
FUNCTION = "/{appId}/{definitionId}/functions/{functionType}"
DOCUMENTS = (
    Document("calling.settings", _under("calling", "/{appId}/settings"), CRUD),
    Document("calling.channel", _under("calling", "/{appId}/settings/channel-connection"), CRUD),
    Document("calling.recording", _under("calling", "/{appId}/settings/recording"), ("GET", "POST", "PATCH")),
    Document("calling.ready", _under("calling", "/recordings/ready"), ("POST",), answers=204),
    Document("calling.inbound", _under("calling", "/inbound-call"), ("POST",)),
    Document("calling.transcript", _under("calling", "/transcripts/{transcriptId}"), ("GET", "DELETE")),
    Document("videoconferencing.settings", _under("videoconferencing", "/{appId}"), ("GET", "PUT", "DELETE")),
    Document("cards.sample", _under("cards", "/sample-response"), READ, LISTED),
    Document("cards.migrate", _under("cards", "/{appId}/views/migrate"), ("POST",), answers=204),
    Document("actions.function", _under("actions", FUNCTION), ("GET", "PUT", "DELETE")),
    Document("actions.function_by_id", _under("actions", f"{FUNCTION}/{{functionId}}"), ("GET", "PUT", "DELETE")),
    Document(
        "actions.functions",
        _under("actions", "/{appId}/{definitionId}/functions"),
        READ,
        LISTED,
        lists="actions.function",
    ),
    Document("actions.revisions", _under("actions", "/{appId}/{definitionId}/revisions"), READ, LISTED),
    Document("actions.revision", _under("actions", "/{appId}/{definitionId}/revisions/{revisionId}"), READ),
    Document("actions.object", _under("actions", "/{appId}/{definitionId}/requires-object"), ("GET", "POST"), {}),
    Document("actions.complete", _under("actions", "/callbacks/{callbackId}/complete"), ("POST",), answers=204),
    Document("actions.complete_many", _under("actions", "/callbacks/complete"), ("POST",), answers=204),
    Document("actions.complete_dated", _callbacks("/{callbackId}/complete"), ("POST",), answers=204),
    Document("actions.complete_many_dated", _callbacks("/complete"), ("POST",), answers=204),
    Document("marketing-events.list", _under("marketing-events", f"{LISTS}/{{listId}}"), ("PUT", "DELETE"), {}),
    Document("marketing-events.lists", _under("marketing-events", LISTS), READ, LISTED, lists="marketing-events.list"),
    Document("marketing-events.own_list", _under("marketing-events", f"{OWN_LISTS}/{{listId}}"), ("PUT", "DELETE"), {}),
    Document(
        "marketing-events.own_lists",
        _under("marketing-events", OWN_LISTS),
        READ,
        LISTED,
        lists="marketing-events.own_list",
    ),
    Document("sequences.enroll", _under("sequences", "/enrollments"), ("POST",)),
    Document("sequences.enrolled", _under("sequences", "/enrollments/contact/{contactId}"), READ, LISTED),
    Document("business-units.list", _under("business-units", "/business-units/user/{userId}"), READ, LISTED),
    Document(
        "campaigns.asset", _under("campaigns", "/{campaignGuid}/assets/{assetType}/{assetId}"), ("PUT", "DELETE"), {}
    ),
    Document("campaigns.assets", _under("campaigns", ASSETS), READ, LISTED, lists="campaigns.asset"),
    Document("campaigns.metrics", _under("campaigns", "/{campaignGuid}/reports/metrics"), READ, {"metrics": {}}),
    Document("campaigns.revenue", _under("campaigns", "/{campaignGuid}/reports/revenue"), READ, {"revenueAmount": 0}),
    Document(
        "campaigns.contacts",
        _under("campaigns", "/{campaignGuid}/reports/contacts/{contactType}"),
        READ,
        {"results": []},
    ),
    Document("marketing-events.settings", _under("marketing-events", "/{appId}/settings"), ("GET", "POST"), {}),
    Document("smtp-tokens.reset", _under("transactional", "/smtp-tokens/{tokenId}/password-reset"), ("POST",)),
    Document("currencies.company", _under("currencies", "/company-currency"), ("GET", "PUT"), {"currencyCode": "USD"}),
    Document(
        "currencies.visibility", _under("currencies", "/exchange-rates/update-visibility"), ("POST",), answers=204
    ),
    Document("emails.histogram", _under("emails", "/statistics/histogram"), READ, {"total": 0, "results": []}),
    Document(
        "emails.statistics",
        _under("emails", "/statistics/list"),
        READ,
        {"emails": [], "aggregate": {"counters": {}, "deviceBreakdown": {}, "qualifierStats": {}, "ratios": {}}},
    ),
    Document("subscriptions.links", _under("subscriptions", "/links/generate"), ("POST",)),
    Document("account.audit", _activity("audit-logs"), READ, LISTED),
    Document("account.login", _activity("login"), READ, LISTED),
    Document("account.security", _activity("security"), READ, LISTED),
)


def routes() -> list[Route]:
    """Return the routes of these documents."""
    return row_routes((row for one in DOCUMENTS for row in _rows(one)), is_shallow=True)


def _rows(document: Document) -> Iterable[Row]:
    verbs = {"GET": "read", "POST": "set", "PUT": "replace", "PATCH": "change", "DELETE": "drop"}
    for path in document.paths:
        for method in document.methods:
            status = 204 if method == "DELETE" else document.answers if method == "POST" else 200
            body = None if method in ("GET", "DELETE") else dict
            operation = Operation(body=body, response=None if status == 204 else dict, statuses=(status,))
            handler = partial(_answer, document=document, template=path)
            yield Row(f"{document.name}.{verbs[method]}", method, path, handler, operation)


def _key(context: RequestContext, template: str) -> str:
    """Return what the parameters of the path are, in their order."""
    pairs = zip(template.strip("/").split("/"), context.request.path.strip("/").split("/"), strict=True)
    return "/".join(value for name, value in pairs if name.startswith("{")) or "the one"


def _answer(context: RequestContext, *, document: Document, template: str) -> Response:
    resources, family, key = context.portal.resources, f"documents.{document.name}", _key(context, template)
    method = context.request.method
    known = resources.find(family, key)
    if document.lists:
        return Response.of({"results": _below(context, document.lists, key)})
    if method in ("GET", "HEAD", "DELETE", "PATCH") and known is None and document.default is None:
        raise resource_not_found()
    if method == "DELETE":
        resources.drop(family, key)
        return Response.empty()
    fields = dict(known.fields) if known else dict(document.default or {})
    if method not in ("GET", "HEAD"):
        given = _given(context)
        made = resources.add(family, {**fields, **given} if method == "PATCH" else given, resource_id=key)
        times = {"createdAt": format_time(made.created_ms), "updatedAt": format_time(made.updated_ms)}
        fields = {"id": key.rpartition("/")[2], **times, **made.fields} if key != "the one" else dict(made.fields)
    if method == "POST" and document.answers == 204:
        return Response.empty()
    return Response.of(fields)


def _below(context: RequestContext, name: str, key: str) -> list[dict[str, Any]]:
    found = [one for one in context.portal.resources.all(f"documents.{name}") if one.id.startswith(f"{key}/")]
    return [{"id": one.id.rpartition("/")[2], **one.fields} for one in found]


def _given(context: RequestContext) -> dict[str, Any]:
    """Return the fields of a body; one that is a text, as the source of a function is, is one field."""
    if not context.request.body:
        return {}
    try:
        given = decode_json(context.request.body)
    except msgspec.DecodeError as error:
        raise HubSpotError(400, f"Invalid input JSON on line 1, column 1: {error}") from error
    return given if isinstance(given, dict) else {"functionSource" if isinstance(given, str) else "inputs": given}
