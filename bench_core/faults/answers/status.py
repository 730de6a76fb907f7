from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from bench_core.exchange import Response
from bench_core.faults.answers.responses import RetryAfter, retry_after
from bench_core.faults.fault import Replacement
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register

__all__ = ["Status"]


@register
@dataclass(frozen=True, slots=True)
class Status(Replacement):
    """Any status with the API's own error body.

    Source: recording (the 500 body), assumed (other statuses).
    """

    name = "status"
    group = "answers"
    examples = ({"status": 503, "retry_after_s": 1}, {"status": 418})

    status: Annotated[int, Meta(ge=200, le=599, description="The HTTP status.")] = 500
    message: Annotated[str, Meta(description="The `message` of the body.")] = "internal error"
    category: Annotated[str, Meta(description="The `category` of the body; null omits it.")] | None = None
    retry_after_s: RetryAfter = None

    def respond(self, firing: Firing) -> Response:
        headers = retry_after(self.retry_after_s)
        return firing.context.error(self.status, self.message, category=self.category, headers=headers)
