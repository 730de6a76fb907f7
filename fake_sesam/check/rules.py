"""The rules that one full pull is judged by. Pure.

Source: docs (json-pull.rst, entity-data-model.rst, configuration-sources.rst, custom-data-source.rst). Where the
documents do not insist, a rule warns.
"""

from collections.abc import Iterator

from fake_sesam.check.result import RuleResult, failed, passed, skipped, warned
from fake_sesam.check.route_client import RoutePull

__all__ = ["judge_body", "judge_entities", "judge_transport"]

LARGE_BODY = 1024 * 1024
LARGE_CHUNK = 1024 * 1024
SLOW_FIRST_BYTE_S = 10


def judge_body(pull: RoutePull) -> Iterator[RuleResult]:
    """Judge the status and the array."""
    if pull.status is None:
        yield failed("answers", f"no answer: {pull.error}")
    elif not 200 <= pull.status < 300:
        yield failed("answers", f"expected a 2xx status, got {pull.status}")
    else:
        yield passed("answers", f"status {pull.status}")
        yield _array(pull)
        yield _not_a_number(pull)


def judge_transport(pull: RoutePull) -> Iterator[RuleResult]:
    """Judge the content type, the streaming and the time to the first byte."""
    yield _content_type(pull)
    yield _streaming(pull)
    detail = f"{pull.first_byte_s:.3f} s of {pull.total_s:.3f} s"
    slow = f"{detail}; send the first page as soon as it is there"
    yield warned("first-byte", slow) if pull.first_byte_s > SLOW_FIRST_BYTE_S else passed("first-byte", detail)


def judge_entities(pull: RoutePull, *, claims_since: bool, claims_order: bool) -> Iterator[RuleResult]:
    """Judge what the entities hold."""
    if pull.traits.count == 0:
        yield skipped("entities", "the array is empty; there is nothing to judge")
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
    if pull.has_not_a_number:
        return failed("nan", "the body has NaN or Infinity, which is not JSON; send null")
    return passed("nan", "no NaN, no Infinity")


def _content_type(pull: RoutePull) -> RuleResult:
    kind = pull.headers.get("Content-Type", "")
    if kind.partition(";")[0].strip().lower() == "application/json":
        return passed("content-type", kind)
    return warned("content-type", f"expected application/json, got {kind or 'none'}; Sesam does not look at it")


def _streaming(pull: RoutePull) -> RuleResult:
    if pull.size < LARGE_BODY:
        return skipped("streaming", f"{pull.size:,} bytes are too few to tell")
    if not pull.is_chunked:
        return warned("streaming", f"{pull.size:,} bytes with a Content-Length: the whole list was held in memory")
    if pull.largest_chunk > LARGE_CHUNK:
        return warned("streaming", f"the largest chunk has {pull.largest_chunk:,} bytes; send a page at a time")
    return passed("streaming", f"{pull.chunks:,} chunks, the largest {pull.largest_chunk:,} bytes")


def _ids(pull: RoutePull) -> Iterator[RuleResult]:
    traits = pull.traits
    if traits.without_id:
        detail = f"{traits.without_id:,} of {traits.count:,} entities have no _id; only a transform can save them"
        yield failed("id-present", detail)
    else:
        yield passed("id-present", f"all {traits.count:,} entities have one")
    if traits.id_not_string:
        yield failed("id-string", f"{traits.id_not_string:,} _ids are no strings; send str(id)")
    else:
        yield passed("id-string", "every _id is a string")
    if traits.repeated_ids:
        detail = (
            f"{traits.repeated_ids:,} _ids come more than once: allowed as versions of one entity, else a paging fault"
        )
        yield warned("id-unique", detail)
    else:
        yield passed("id-unique", "no _id comes twice")


def _updated(pull: RoutePull, *, claims_since: bool, claims_order: bool) -> Iterator[RuleResult]:
    traits = pull.traits
    insist = failed if claims_since or claims_order else warned
    if traits.without_updated:
        detail = (
            f"{traits.without_updated:,} of {traits.count:,} entities have no _updated; without it every run is full"
        )
        yield insist("updated-present", detail)
    else:
        yield passed("updated-present", "every entity has one")
    yield _updated_type(pull)
    yield _updated_comparable(pull)
    if traits.is_monotone:
        yield passed("updated-order", "never goes down")
    elif claims_order:
        yield failed("updated-order", "is_chronological is claimed, but _updated goes down")
    else:
        yield skipped("updated-order", "goes up and down; leave is_chronological false")


def _updated_type(pull: RoutePull) -> RuleResult:
    traits = pull.traits
    if traits.bad_updated:
        return failed("updated-type", f"{traits.bad_updated:,} _updated are neither string nor integer")
    if len(traits.kinds) > 1:
        return failed("updated-type", "strings and integers are mixed; they cannot be compared")
    return passed("updated-type", ", ".join(traits.kinds) or "none")


def _updated_comparable(pull: RoutePull) -> RuleResult:
    shapes = sorted(pull.traits.shapes)
    if len(shapes) > 1:
        return failed("updated-comparable", f"strings are compared byte by byte; give them one format, not {shapes}")
    return passed("updated-comparable", shapes[0] if shapes else "numbers, or none")


def _deleted(pull: RoutePull) -> RuleResult:
    if pull.traits.bad_deleted:
        return warned("deleted", f"{pull.traits.bad_deleted:,} _deleted are no booleans; only true deletes")
    return passed("deleted", "_deleted is true, false or absent")


def _hazards(pull: RoutePull) -> RuleResult:
    if pull.traits.hazards:
        detail = f"values that look like Transit but are not, in {', '.join(pull.traits.hazards)}"
        return warned("transit", f"{detail}; Sesam has no escape for a leading ~")
    return passed("transit", "no value looks like a broken Transit value")


def _numbers(pull: RoutePull) -> RuleResult:
    if pull.traits.imprecise:
        detail = f"numbers that others cannot hold exactly, in {', '.join(pull.traits.imprecise)}; send them as strings"
        return warned("numbers", detail)
    return passed("numbers", "every number is exact in 64 bits")
