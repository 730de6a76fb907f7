"""The report as JSON."""

import json
from dataclasses import asdict

from bench_core.text import encodable_json
from contract_bench.fidelity.mismatch import MismatchSeverity
from contract_bench.fidelity.verify import CassetteResult, Verification

__all__ = ["to_json"]


def to_json(verification: Verification) -> str:
    """Return the report as JSON.

    Shape: `{verified_at, counts: {severity: n}, cassettes: [{path, origin, ..., interactions: [...]}]}`.
    """
    content = {
        "verified_at": verification.verified_at,
        "counts": {str(one): verification.count(one) for one in MismatchSeverity},
        "cassettes": [_cassette(one) for one in verification.cassettes],
    }
    return encodable_json(json.dumps(content, indent=2, ensure_ascii=False)) + "\n"


def _cassette(result: CassetteResult) -> dict[str, object]:
    return {
        "path": str(result.path),
        "recorded_from": result.origin,
        "recorded_from_sentence": result.origin_sentence,
        "recorded_at": result.recorded_at,
        "against": result.against,
        "mode": result.mode,
        "interactions": [asdict(one) for one in result.interactions],
    }
