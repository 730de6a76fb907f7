from dataclasses import dataclass
from typing import Annotated, Any, Literal

from msgspec import Meta
from msgspec.structs import replace

from bench_core.exchange import Response
from bench_core.faults.fault import Alteration
from bench_core.json_text import decode_json
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register

__all__ = ["PartialBatch"]

MESSAGES = {"RATE_LIMITS": "You have reached your secondly limit.", "INTERNAL_ERROR": "internal error"}


@register
@dataclass(frozen=True, slots=True)
class PartialBatch(Alteration):
    """A batch read, of records or of associations, in which the last part failed: 207 with an error for it.

    Other responses do not change.

    Source: reader (hubspot-api-ruby #403, airbyte #74716).
    """

    name = "partial-batch"
    group = "answers"
    examples = ({"category": "INTERNAL_ERROR"},)

    category: Annotated[Literal["RATE_LIMITS", "INTERNAL_ERROR"], Meta(description="The category of the error.")] = (
        "RATE_LIMITS"
    )

    def alter(self, firing: Firing, response: Response) -> Response:
        """Replace the last result by an error."""
        if not firing.context.request.path.endswith("/batch/read") or response.status not in (200, 207):
            return response
        batch: dict[str, Any] = decode_json(response.body.raw)
        if not batch.get("results"):
            return response
        *rest, failed = batch["results"]
        failed_id = failed["id"] if "id" in failed else failed["from"]["id"]
        error = {
            "status": "error",
            "category": self.category,
            "message": MESSAGES[self.category],
            "context": {"ids": [failed_id]},
        }
        errors = [*batch.get("errors", ()), error]
        altered = {**batch, "results": rest, "errors": errors, "numErrors": len(errors)}
        return replace(response, status=207, body=Response.of(altered).body)
