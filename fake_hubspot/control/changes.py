"""What HubSpot, or a person in its user interface, does to an account behind a client's back."""

from typing import Any, TypedDict

import msgspec

from bench_core.control.bodies import read_body
from fake_hubspot.context import Handler, Operation, RequestContext, Response, Route, control_route
from fake_hubspot.control.state import named_type
from fake_hubspot.crm.schemas import NewType, define_type
from fake_hubspot.errors import NotFoundError, UsageError
from fake_hubspot.portal.access import ACCESS_TOKEN_LIFE_S, DEFAULT_SCOPES, Token
from fake_hubspot.portal.change_feed import PERSON
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.durations import DAY_MS
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType

__all__ = ["routes"]

MAX_LAG_MS = DAY_MS


class Lag(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """How far the search index lags behind."""

    lag_ms: int


class Touch(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Records that get the same time of change, as in a batch update; without ids every record."""

    object_type: str = "contacts"
    ids: list[str] | None = None
    properties: dict[str, str] = {}


class Ids(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Some records."""

    ids: list[str]
    object_type: str = "contacts"


class Merge(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Two records to merge."""

    primary_id: str
    other_id: str
    object_type: str = "contacts"


class NewToken(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A token to accept: private-app, oauth or hapikey; without scopes it allows everything."""

    kind: str = "private-app"
    value: str | None = None
    scopes: list[str] | None = None
    expires_in_s: int | None = None


class NewGrant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a user allows an OAuth app."""

    scopes: tuple[str, ...] = DEFAULT_SCOPES


class Changed(TypedDict):
    """How many records or tokens were changed."""

    changed: int


class TokenResponse(TypedDict):
    """A token that is now accepted."""

    token: str
    kind: str
    scopes: list[str] | None
    expiresMs: int | None


class GrantResponse(TypedDict):
    """What an OAuth app needs to get its first access token."""

    clientId: str
    clientSecret: str
    redirectUri: str
    code: str
    refreshToken: str
    scopes: list[str]


class TypeResponse(TypedDict):
    """A new object type."""

    objectTypeId: str
    name: str
    plural: str


def routes() -> list[Route]:
    """Return the routes `/_fake/changes/...`, `/_fake/tokens`, `/_fake/grants` and `/_fake/types`."""
    table: list[tuple[str, str, Any, str, Operation]] = [
        ("search-lag", "/_fake/changes/search-lag", search_lag, "Let the search index lag behind", _operation(Lag)),
        ("touch", "/_fake/changes/touch", touch, "Identical timestamps", _operation(Touch)),
        ("archive", "/_fake/changes/archive", archive, "Archive records", _operation(Ids)),
        ("restore", "/_fake/changes/restore", restore, "Take records out of the recycle bin", _operation(Ids)),
        ("erase", "/_fake/changes/gdpr-delete", erase, "Erase records for good", _operation(Ids)),
        ("merge", "/_fake/changes/merge", merge, "Merge two records", _operation(Merge)),
        ("expire", "/_fake/changes/expire-tokens", expire, "Let every OAuth token expire", Operation(response=Changed)),
        (
            "token",
            "/_fake/tokens",
            add_token,
            "Accept a token",
            Operation(body=NewToken, response=TokenResponse, statuses=(201,)),
        ),
        (
            "grant",
            "/_fake/grants",
            add_grant,
            "Allow an app",
            Operation(body=NewGrant, response=GrantResponse, statuses=(201,)),
        ),
        (
            "type",
            "/_fake/types",
            add_type,
            "Define a type",
            Operation(body=NewType, response=TypeResponse, statuses=(201,)),
        ),
    ]
    made = [
        control_route(f"{name}", "POST", path, _by_person(handler), summary=summary, operation=operation)
        for name, path, handler, summary, operation in table
    ]
    revoking = Operation(statuses=(204,))
    path = "/_fake/tokens/{token}"
    return [*made, control_route("token.revoke", "DELETE", path, revoke, operation=revoking)]


def _by_person(handler: Handler) -> Handler:
    """Return the handler of a change that a person makes in the user interface, as webhooks tell it."""

    def answer(context: RequestContext) -> Response:
        with context.portal.context.feed.made_by(PERSON):
            return handler(context)

    return answer


def _operation(body: Any) -> Operation:
    return Operation(body=body, response=Changed)


def _changed(count: int) -> Response:
    return Response.of({"changed": count})


def _found(portal: Portal, kind: ObjectType, ids: list[str], *, archived: bool = False) -> list[Record]:
    found = []
    for text in ids:
        record = portal.records.find(kind, parse_id(text), archived=archived)
        if record is None:
            state = "archived" if archived else "living"
            raise NotFoundError(f"there is no {state} {kind.singular} with the id {text!r}")
        found.append(record)
    return found


def search_lag(context: RequestContext) -> Response:
    """Let search see the state of `lagMs` ago from now on; 0 lets it catch up at once."""
    wanted = read_body(context, Lag)
    if not 0 <= wanted.lag_ms <= MAX_LAG_MS:
        raise UsageError(f"lagMs is between 0 and {MAX_LAG_MS}, not {wanted.lag_ms}")
    index = context.portal.records.index_lag
    index.lag_ms = wanted.lag_ms
    if not wanted.lag_ms:
        index.clear()
    context.portal.touch()
    context.portal.save()
    return _changed(0)


def touch(context: RequestContext) -> Response:
    """Give many records the same time of change.

    Source: reader (airbyte #43317).
    """
    wanted, portal = read_body(context, Touch), context.portal
    kind = named_type(portal, wanted.object_type)
    now = portal.clock.now_ms()
    for name in wanted.properties:
        portal.definitions.define(kind.type_id, name)
    count = 0
    with portal.db.transaction():
        for record in _wanted_records(portal, kind, wanted.ids):
            portal.records.overwrite(kind, record, wanted.properties, at_ms=now, source="BATCH_UPDATE")
            count += 1
    return _changed(count)


def _wanted_records(portal: Portal, kind: ObjectType, ids: list[str] | None) -> list[Record]:
    if ids is not None:
        return _found(portal, kind, ids)
    return portal.store.page(kind.type_id, from_id=0, limit=-1, archived=False)


def archive(context: RequestContext) -> Response:
    """Move records to the recycle bin."""
    wanted, portal = read_body(context, Ids), context.portal
    kind = named_type(portal, wanted.object_type)
    records = _found(portal, kind, list(dict.fromkeys(wanted.ids)))
    for record in records:
        portal.records.archive(kind, record)
    return _changed(len(records))


def restore(context: RequestContext) -> Response:
    """Move records out of the recycle bin."""
    wanted, portal = read_body(context, Ids), context.portal
    kind = named_type(portal, wanted.object_type)
    records = _found(portal, kind, list(dict.fromkeys(wanted.ids)), archived=True)
    for record in records:
        portal.records.restore(kind, record)
    return _changed(len(records))


def erase(context: RequestContext) -> Response:
    """Erase records for good."""
    wanted, portal = read_body(context, Ids), context.portal
    kind = named_type(portal, wanted.object_type)
    records = _found(portal, kind, list(dict.fromkeys(wanted.ids)))
    for record in records:
        portal.records.erase(kind, record)
    return _changed(len(records))


def merge(context: RequestContext) -> Response:
    """Merge two records."""
    wanted, portal = read_body(context, Merge), context.portal
    kind = named_type(portal, wanted.object_type)
    primary, other = _found(portal, kind, [wanted.primary_id, wanted.other_id])
    if primary.id == other.id:
        raise UsageError("a record cannot be merged with itself")
    portal.records.merge(kind, primary, other)
    return _changed(2)


def expire(context: RequestContext) -> Response:
    """Let every OAuth access token expire now."""
    return _changed(context.portal.access.expire_all())


def _token_wire(token: Token) -> dict[str, Any]:
    scopes = None if token.scopes is None else list(token.scopes)
    return {"token": token.value, "kind": token.kind, "scopes": scopes, "expiresMs": token.expires_ms}


def add_token(context: RequestContext) -> Response:
    """Accept a token from now on; without a value one is generated."""
    wanted, portal = read_body(context, NewToken), context.portal
    if wanted.kind not in ("private-app", "oauth", "hapikey"):
        raise UsageError(f"a token's kind is private-app, oauth or hapikey, not {wanted.kind!r}")
    life_s = wanted.expires_in_s
    if life_s is None and wanted.kind == "oauth":
        life_s = ACCESS_TOKEN_LIFE_S
    if life_s is not None and abs(life_s) > 10**9:
        raise UsageError("expiresInS is at most 1000000000 seconds")
    number = portal.random.getrandbits(128)
    value = wanted.value or f"pat-{portal.config.data_center}-{number:032x}"
    made = Token(
        value=value,
        kind=wanted.kind,
        scopes=None if wanted.scopes is None else tuple(wanted.scopes),
        expires_ms=None if life_s is None else portal.clock.now_ms() + life_s * 1000,
    )
    return Response.of(_token_wire(portal.access.add(made)), status=201)


def revoke(context: RequestContext) -> Response:
    """Stop accepting a token. Answers 204."""
    context.portal.access.revoke(context.params["token"])
    return Response.empty()


def add_grant(context: RequestContext) -> Response:
    """Return what an OAuth app gets when a user authorizes it: credentials, a code and a refresh token."""
    grant = context.portal.access.grant(scopes=read_body(context, NewGrant).scopes)
    answer: GrantResponse = {
        "clientId": grant.client_id,
        "clientSecret": grant.client_secret,
        "redirectUri": grant.redirect_uri,
        "code": grant.code,
        "refreshToken": grant.refresh_token,
        "scopes": list(grant.scopes),
    }
    return Response.of(answer, status=201)


def add_type(context: RequestContext) -> Response:
    """Define an object type, as `POST /crm-object-schemas/v3/schemas` does."""
    kind = define_type(context.portal, read_body(context, NewType))
    return Response.of({"objectTypeId": kind.type_id, "name": kind.singular, "plural": kind.plural}, status=201)
