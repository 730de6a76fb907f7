"""Declared differences."""

from pathlib import Path

import pytest

from contract_bench.cassettes.model import Request
from contract_bench.fidelity.gaps import Gap, GapsError, apply_gaps, read_gaps
from contract_bench.fidelity.mismatch import Mismatch, MismatchKind, MismatchSeverity
from tests.support.cases import for_each

REQUEST = Request("GET", "https://api.hubapi.com/crm/v3/owners?limit=1")
FOUND = Mismatch("$.results[0].teams", MismatchKind.MISSING_KEY, MismatchSeverity.ERROR, "[]", "nothing")


@for_each(
    ("gap", "covers"),
    [
        (Gap("^GET /crm/v3/owners$", r"\.teams$", "no teams"), True),
        (Gap("^GET /crm/v3/owners$", r"\.teams$", "no teams", "missing-key"), True),
        (Gap("^GET /crm/v3/owners$", r"\.teams$", "no teams", "type"), False),
        (Gap("^POST", r"\.teams$", "no teams"), False),
        (Gap("owners", r"\.email$", "no teams"), False),
    ],
)
def test_a_gap_covers_the_mismatch_it_declares(gap: Gap, covers: bool) -> None:
    """The mismatch stays in the report, with the reason."""
    (found,) = apply_gaps(REQUEST, [FOUND], [gap])

    assert (found.severity, found.reason) == (
        (MismatchSeverity.INFO, "no teams") if covers else (MismatchSeverity.ERROR, "")
    )


def test_gaps_are_read(tmp_path: Path) -> None:
    path = tmp_path / "gaps.toml"
    path.write_text('[[gap]]\nrequest = "x"\npath = "y"\nreason = "z"\n', encoding="utf-8")

    assert read_gaps(path) == (Gap("x", "y", "z"),)
    assert read_gaps(tmp_path / "absent.toml") == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[[gap]]\nrequest = "x"\npath = "y"\nreason = " "\n', "a gap has no reason"),
        ('[[gap]]\nrequest = "x"\n', "missing"),
        ('[[gap]]\nrequest = "("\npath = "y"\nreason = "z"\n', "unterminated"),
        ("[[gap", "Expected"),
        ('[[gap]]\nrequest = "x"\npath = "y"\nreason = "z"\nother = 1\n', "other"),
    ],
)
def test_a_malformed_gaps_file_is_rejected_with_a_reason(tmp_path: Path, text: str, problem: str) -> None:
    """A gap without a reason could hide a mistake."""
    path = tmp_path / "gaps.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(GapsError, match=problem):
        read_gaps(path)
