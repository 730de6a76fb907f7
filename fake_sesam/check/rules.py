"""The rules that need one full pull only. Pure.

Source: docs (json-pull.rst, entity-data-model.rst, configuration-sources.rst, custom-data-source.rst). A rule that the
docs do not require warns instead of failing.
"""

import re
from collections.abc import Callable, Iterator

from fake_sesam.check.result import RuleResult, failed, passed, skipped, warned
from fake_sesam.check.route_client import RoutePull

__all__ = ["check_body", "check_entities", "check_transport"]

Verdict = Callable[[str, str], RuleResult]
# A number or a time, with 9 for every digit: what somebody writes who means an order.
_ORDERED = re.compile(r"9+|(?:~t)?9999-99-99(?:[T ]99:99.*)?")
LARGE_BODY = 1024 * 1024
LARGE_CHUNK = 1024 * 1024
SLOW_FIRST_BYTE_S = 10


def check_body(pull: RoutePull) -> Iterator[RuleResult]:
    """Check the status and the array."""
    if pull.status is None:
        yield failed("answers", f"no response: {pull.error}")
    elif not 200 <= pull.status < 300:
        yield failed("answers", f"expected a 2xx status, got {pull.status}")
    else:
        yield passed("answers", f"status {pull.status}")
        yield _array(pull)
        yield _not_a_number(pull)


def check_transport(pull: RoutePull) -> Iterator[RuleResult]:
    """Check the content type, the streaming and the time to the first byte."""
    yield _content_type(pull)
    yield _streaming(pull)
    detail = f"{pull.first_byte_s:.3f} s of {pull.total_s:.3f} s"
    slow = f"{detail}; send the first page as soon as you have it"
    yield warned("first-byte", slow) if pull.first_byte_s > SLOW_FIRST_BYTE_S else passed("first-byte", detail)


def check_entities(pull: RoutePull, *, claims_since: bool, claims_order: bool) -> Iterator[RuleResult]:
    """Check the entities.

    Args:
        pull: The full pull.
        claims_since: The pipe has `supports_since: true`.
        claims_order: The pipe has `is_chronological: true`.
    """
    if pull.traits.count == 0:
        yield skipped("entities", "the array is empty; there is nothing to check")
        return
    yield from _ids(pull)
    yield from _updated(pull, claims_since=claims_since, claims_order=claims_order)
    yield _deleted(pull)
    yield _hazards(pull)
    yield _numbers(pull)


def _array(pull: RoutePull) -> RuleResult:
    if pull.error:
        return failed("array", pull.error)
    return passed("array", f"one array of {pull.traits.count:,} objects, {pull.size:,} bytes")


def _not_a_number(pull: RoutePull) -> RuleResult:
    if pull.has_not_a_number and pull.error:  # otherwise it is the text of a string
        return failed("nan", "the body contains NaN or Infinity, which are not JSON; send null")
    return passed("nan", "no NaN, no Infinity")


def _content_type(pull: RoutePull) -> RuleResult:
    kind = pull.headers.get("Content-Type", "")
    if kind.partition(";")[0].strip().lower() == "application/json":
        return passed("content-type", kind)
    return warned("content-type", f"expected application/json, got {kind or 'none'}; Sesam ignores it")


def _streaming(pull: RoutePull) -> RuleResult:
    if pull.size < LARGE_BODY:
        return skipped("streaming", f"a body of {pull.size:,} bytes is too small to tell")
    if not pull.is_chunked:
        return warned("streaming", f"{pull.size:,} bytes with a Content-Length: the route held the list in memory")
    if pull.largest_chunk > LARGE_CHUNK:
        return warned("streaming", f"the largest chunk has {pull.largest_chunk:,} bytes; send one page at a time")
    return passed("streaming", f"{pull.chunks:,} chunks, the largest {pull.largest_chunk:,} bytes")


def _ids(pull: RoutePull) -> Iterator[RuleResult]:
    traits = pull.traits
    if traits.without_id == traits.count:
        yield warned("id-present", "no entity has an _id; the pipe needs a transform that adds it")
    elif traits.without_id:
        detail = f"{traits.without_id:,} of {traits.count:,} entities have no _id; only a transform can add it"
        yield failed("id-present", detail)
    else:
        yield passed("id-present", f"all {traits.count:,} entities have an _id")
    if traits.id_not_string:
        yield failed("id-string", f"{traits.id_not_string:,} entities have an _id that is not a string; send str(id)")
    else:
        yield passed("id-string", "every _id is a string")
    if traits.repeated_ids:
        detail = f"{traits.repeated_ids:,} entities repeat an _id: allowed for versions of an entity, else a paging bug"
        yield warned("id-unique", detail)
    else:
        yield passed("id-unique", "no _id occurs twice")


def _updated(pull: RoutePull, *, claims_since: bool, claims_order: bool) -> Iterator[RuleResult]:
    traits = pull.traits
    fail_or_warn = failed if claims_since or claims_order else warned
    if traits.without_updated:
        detail = f"{traits.without_updated:,} of {traits.count:,} entities have no _updated, so every run is a full run"
        yield fail_or_warn("updated-present", detail)
    else:
        yield passed("updated-present", "every entity has an _updated")
    yield _updated_type(pull, fail_or_warn)
    yield _updated_comparable(pull, fail_or_warn)
    if traits.is_monotone:
        yield passed("updated-order", "_updated never decreases")
    elif claims_order:
        yield failed("updated-order", "the pipe claims is_chronological, but _updated decreases")
    else:
        yield skipped("updated-order", "_updated increases and decreases; leave is_chronological false")


def _updated_type(pull: RoutePull, fail_or_warn: Verdict) -> RuleResult:
    traits = pull.traits
    if traits.bad_updated:
        return failed("updated-type", f"{traits.bad_updated:,} values of _updated are neither strings nor integers")
    if len(traits.kinds) > 1:
        return fail_or_warn("updated-type", "_updated mixes strings and integers, which cannot be compared")
    return passed("updated-type", ", ".join(traits.kinds) or "none")


def _updated_comparable(pull: RoutePull, fail_or_warn: Verdict) -> RuleResult:
    shapes = sorted(pull.traits.shapes)
    if len(shapes) > 1 and not all(_ORDERED.fullmatch(shape) for shape in shapes):
        detail = f"values such as {shapes[0]}: set is_since_comparable to false unless their bytes are in order"
        return warned("updated-comparable", detail)
    if len(shapes) > 1:
        detail = f"Sesam compares strings byte by byte; use one format, not {', '.join(shapes)}"
        return fail_or_warn("updated-comparable", detail)
    return passed("updated-comparable", shapes[0] if shapes else "numbers, or none")


def _deleted(pull: RoutePull) -> RuleResult:
    if pull.traits.bad_deleted:
        return warned(
            "deleted", f"{pull.traits.bad_deleted:,} values of _deleted are not booleans; only true deletes an entity"
        )
    return passed("deleted", "_deleted is true, false or missing")


def _hazards(pull: RoutePull) -> RuleResult:
    if pull.traits.hazards:
        detail = f"values that look like Transit but are not, in {', '.join(pull.traits.hazards)}"
        return warned("transit", f"{detail}; Sesam has no escape for a leading ~")
    return passed("transit", "no value looks like a broken Transit value")


def _numbers(pull: RoutePull) -> RuleResult:
    if pull.traits.imprecise:
        detail = f"numbers that a 64-bit float cannot hold, in {', '.join(pull.traits.imprecise)}; send them as strings"
        return warned("numbers", detail)
    return passed("numbers", "every number fits in a 64-bit float")
