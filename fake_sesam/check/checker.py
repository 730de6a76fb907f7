"""The check of a route: one full pull, then requests that test parameters, compression, methods and upstream errors.

Source: docs (json-pull.rst): GET only; `since` and `limit` are optional; `since` is opaque, so nothing says what a
route does with one that it never sent; Sesam accepts every valid array.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fake_sesam.check.entity_traits import sort_key
from fake_sesam.check.result import RuleResult, failed, passed, skipped, warned
from fake_sesam.check.route_client import RouteClient, RoutePull
from fake_sesam.check.rules import check_body, check_entities, check_transport

__all__ = ["Claims", "check_route"]

BAD_SINCE = "not-a-since-value"
ENOUGH_ENTITIES = 1000
ENOUGH_TO_DIFFER = 3
LARGEST_PAGE = 10_000
NOT_IMPLEMENTED = 501
Verdict = Callable[[str, str], RuleResult]


@dataclass(frozen=True, slots=True)
class Claims:
    """What the pipe configuration claims about the route, and how to call the route.

    Attributes:
        supports_since: The source has `supports_since: true`, so a route that ignores `since` fails.
        is_chronological: The source has `is_chronological: true`, so a falling `_updated` fails.
        headers: Sent with every request.
        timeout_s: Seconds to wait for a connection and for each read.
        provoke: Makes the upstream fail, so that the route has an error to report; None skips that rule.
        restore: Makes the upstream work again.
    """

    supports_since: bool = False
    is_chronological: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float = 60
    provoke: Callable[[], None] | None = None
    restore: Callable[[], None] | None = None


def check_route(url: str, claims: Claims | None = None) -> list[RuleResult]:
    """Send requests to a route and return one result for each rule.

    A route that cannot be reached is a failed rule, not an exception. If the full pull fails, one result with the rule
    `the rest` and the outcome `skip` stands for the other rules.

    Args:
        url: Address of the route, such as `http://localhost:5000/get_contacts`.
        claims: What to hold the route to; without it, `since` and the order are optional.

    Raises:
        Exception: Whatever `provoke` or `restore` raise.
    """
    asked = claims or Claims()
    client = RouteClient(url, headers=asked.headers, timeout_s=asked.timeout_s)
    try:
        return list(_results(client, asked))
    finally:
        client.close()


def _results(client: RouteClient, claims: Claims) -> Iterator[RuleResult]:
    full = client.pull(headers={"Accept-Encoding": "identity"})
    yield from check_body(full)
    if not full.is_success:
        yield skipped("the rest", "the full pull did not succeed")
        return
    yield from check_transport(full)
    yield from check_entities(full, claims_since=claims.supports_since, claims_order=claims.is_chronological)
    yield from _since(client, full, claims)
    yield _limit(client, full)
    yield _compression(client, full)
    yield _method(client)
    yield _error(client, claims)


def _since(client: RouteClient, full: RoutePull, claims: Claims) -> Iterator[RuleResult]:
    verdict = failed if claims.supports_since else warned
    known = {key: each for key, each in full.traits.updated_by_id.items() if isinstance(each, (str, int))}
    if len(full.traits.kinds) != 1 or len(known) < 2:
        yield skipped("since", "needs at least two entities with an _updated, all of one type")
        yield skipped("bad-since", "needs a route that supports since")
        yield _complete(client, full, [])
        return
    ordered = sorted(known.values(), key=sort_key)
    part = client.pull(since=ordered[len(ordered) // 2])
    result = _since_result(client, part, known, ordered[len(ordered) // 2], verdict)
    yield result
    yield _bad_since(client, is_honoured=result.outcome == "pass")
    yield _complete(client, full, [(ordered[-1], client.pull(since=ordered[-1])), (ordered[len(ordered) // 2], part)])


def _since_result(
    client: RouteClient, part: RoutePull, known: Mapping[str, Any], middle: str | int, verdict: Verdict
) -> RuleResult:
    if not part.is_success:
        return verdict("since", f"since={middle!r} gave {part.status}: {part.error or 'no array'}")
    came = part.traits.updated_by_id
    moved = [key for key in known.keys() & came.keys() if came[key] != known[key]]
    if len(moved) > 1 and len(moved) == len(known.keys() & came.keys()):
        detail = (
            f"the _updated of all {len(moved):,} entities differs between two pulls; it must change with the entity"
        )
        return verdict("since", detail)
    if len(set(known.values())) == 1:
        return _constant(known, middle, verdict)
    newer = {key for key, updated in known.items() if sort_key(updated) > sort_key(middle)}
    lost = newer - came.keys()
    if lost and _still_there(client, lost, known):
        return failed("since", f"since={middle!r}: {len(lost):,} of {len(newer):,} newer entities are missing")
    return _repeated(known, came, middle, verdict)


def _constant(known: Mapping[str, Any], value: str | int, verdict: Verdict) -> RuleResult:
    if len(known) < ENOUGH_TO_DIFFER:
        return skipped("since", "needs entities with at least two different values of _updated")
    detail = f"all {len(known):,} entities have the _updated {value!r}, so since cannot tell what has changed"
    return verdict("since", detail)


def _repeated(known: Mapping[str, Any], came: Mapping[str, Any], middle: str | int, verdict: Verdict) -> RuleResult:
    """Return the result for a response that has every newer entity: which older ones it repeats."""
    older = {key for key, updated in known.items() if sort_key(updated) < sort_key(middle)}
    again = older & came.keys()
    if older and again == older:
        return verdict("since", "ignored: the route sent everything again, so every run is a full run")
    if again:
        return verdict("since", f"since={middle!r}: {len(again):,} of {len(older):,} older entities came again")
    is_inclusive = any(known[key] == middle for key in known.keys() & came.keys())
    return passed("since", f"supported, {'inclusive' if is_inclusive else 'exclusive'}; no newer entity is missing")


def _still_there(client: RouteClient, lost: set[str], known: Mapping[str, Any]) -> bool:
    """Whether entities that were missing are still in a full pull; otherwise the data has changed meanwhile."""
    now = client.pull().traits.updated_by_id
    return any(now.get(key, None) == known[key] for key in lost)


def _complete(client: RouteClient, full: RoutePull, pulls: Sequence[tuple[str | int, RoutePull]]) -> RuleResult:
    """Look for entities that the pull without parameters has left out: a full run deletes those."""
    for since, pull in pulls:
        if others := _left_out(client, full, pull):
            return failed("complete", f"since={since!r} gave {len(others):,} entities that {_LEFT_OUT}")
    if 0 < full.traits.count <= LARGEST_PAGE:
        limit = full.traits.count + ENOUGH_ENTITIES
        if others := _left_out(client, full, client.pull(limit=limit)):
            return failed("complete", f"limit={limit} gave {len(others):,} entities that {_LEFT_OUT}")
    return passed("complete", "no other request gave entities that the pull without parameters left out")


def _left_out(client: RouteClient, full: RoutePull, pull: RoutePull) -> set[str]:
    """Return the live entities of a pull that the full pull has not, and that another one has not either."""
    others = pull.traits.updated_by_id.keys() - pull.traits.deleted_ids - full.traits.updated_by_id.keys()
    if not pull.is_success or not others or others & client.pull().traits.updated_by_id.keys():
        return set()
    return others


_LEFT_OUT = (
    "the pull without parameters left out: it is one page of several. Sesam deletes in a full run what is left out; "
    "send all pages in one array"
)


def _bad_since(client: RouteClient, *, is_honoured: bool) -> RuleResult:
    pull = client.pull(since=BAD_SINCE, stop_after=ENOUGH_ENTITIES)
    if pull.status is not None and 400 <= pull.status < 500:
        return passed("bad-since", f"since={BAD_SINCE} gave {pull.status}")
    if not is_honoured:
        return skipped("bad-since", "the route does not support since")
    if pull.is_success:
        detail = f"since={BAD_SINCE} gave {_amount(pull)}; a 400 would show that an offset is not understood"
        return warned("bad-since", detail)
    return warned("bad-since", f"since={BAD_SINCE} gave {pull.status}; respond with 400, it is an error of the caller")


def _amount(pull: RoutePull) -> str:
    return (
        f"more than {ENOUGH_ENTITIES:,} entities"
        if pull.is_cut_short
        else f"a complete array of {pull.traits.count:,} entities"
    )


def _limit(client: RouteClient, full: RoutePull) -> RuleResult:
    if full.traits.count < 2:
        return skipped("limit", "needs at least two entities")
    pull = client.pull(limit=1, stop_after=ENOUGH_ENTITIES)
    if not pull.is_success:
        return warned("limit", f"limit=1 gave {pull.status}: {pull.error or 'no array'}")
    if pull.traits.count == 1:
        return passed("limit", "supported")
    if pull.is_cut_short or pull.traits.count >= min(full.traits.count, client.pull().traits.count):
        return skipped("limit", "not supported, which is allowed; do not set page_size in the pipe")
    return failed("limit", f"limit=1 gave {pull.traits.count:,} entities")


def _compression(client: RouteClient, full: RoutePull) -> RuleResult:
    if full.headers.get("Content-Encoding", "identity") != "identity":
        encoding = full.headers["Content-Encoding"]
        return failed("gzip", f"the body came as {encoding}, but the request accepted only identity")
    pull = client.pull(headers={"Accept-Encoding": "gzip"}, stop_after=ENOUGH_ENTITIES)
    if not pull.is_success or not (pull.is_cut_short or _is_between(client, full.traits.count, pull.traits.count)):
        got = pull.error or f"{pull.traits.count:,} entities"
        return failed("gzip", f"expected the same {full.traits.count:,} entities with Accept-Encoding: gzip, got {got}")
    used = pull.headers.get("Content-Encoding", "")
    return passed("gzip", f"used {used}" if used else "not used, which is allowed")


def _is_between(client: RouteClient, before: int, count: int) -> bool:
    """Whether a count is what a pull before it gave, or lies between that and what one after it gives."""
    if count == before:
        return True
    afterwards = client.pull(headers={"Accept-Encoding": "identity"}).traits.count
    return min(before, afterwards) <= count <= max(before, afterwards)


def _method(client: RouteClient) -> RuleResult:
    status = client.status_of("DELETE")
    if status is not None and (400 <= status < 500 or status == NOT_IMPLEMENTED):
        return passed("method", f"DELETE gave {status}")
    return failed("method", f"DELETE gave {status or 'no response'}; expected 405, because the protocol has only GET")


def _error(client: RouteClient, claims: Claims) -> RuleResult:
    if claims.provoke is None:
        return skipped("error", "use --provoke-url to make the upstream fail and see whether the route reports it")
    claims.provoke()
    try:
        pull = client.pull()
    finally:
        if claims.restore is not None:
            claims.restore()
    if pull.is_success:
        detail = (
            f"the upstream failed, but the route sent a complete array of {pull.traits.count:,} entities: data is lost"
        )
        return failed("error", detail)
    return passed("error", f"the upstream failed and so did the pull: {pull.error or f'status {pull.status}'}")
