"""What the answers to too many requests have in common."""

from collections.abc import Mapping

from fake_hubspot.exchange import Headers, Reply
from fake_hubspot.faults.answers.replies import retry_after
from fake_hubspot.faults.fault import Moment

__all__ = ["TEN_SECONDS", "too_many"]

# The headers that tell of the window of ten seconds.
TEN_SECONDS = (
    b"x-hubspot-ratelimit-interval",
    b"x-hubspot-ratelimit-max",
    b"x-hubspot-ratelimit-remaining",
    b"x-hubspot-ratelimit-secondly",
)


def too_many(
    moment: Moment,
    limit: str,
    *,
    tail: Mapping[str, str],
    headers: Headers,
    without: tuple[bytes, ...],
    retry_after_s: int | None,
) -> Reply:
    """A 429.

    `tail` holds the keys that follow the correlation id; `without` names rate-limit headers that are left out,
    `headers` those that come in their place.
    Shape: `{status, message, [errorType], correlationId, [policyName], [category]}`; `errorType` comes with
    `policyName`.
    """
    body = {"status": "error", "message": f"You have reached your {limit} limit."}
    if "policyName" in tail:
        body["errorType"] = "RATE_LIMIT"
    body["correlationId"] = moment.exchange.correlation_id
    reply = Reply.of({**body, **tail}, status=429, headers=headers + retry_after(retry_after_s))
    reply.without = without
    return reply
