"""The list of survivors: what is wrong with an entry, and what to do about it."""

from datetime import date
from pathlib import Path

import pytest

from tests.mutation.survivors import MAX_AGE_DAYS, SurvivorsError, problems, read_survivors

TODAY = date(2026, 11, 28)
ENTRY = """
[[survivor]]
file = "code.py"
within = "f"
code = "return a < b"
mutant = "return a <= b"
kind = "equivalent"
reason = "they are never equal"
date = 2026-11-28
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "code.py").write_text("def f(a, b):\n    return a < b\n", encoding="utf-8")
    return tmp_path


def problems_of(root: Path, entries: str, today: date = TODAY) -> list[str]:
    file = root / "survivors.toml"
    file.write_text(entries, encoding="utf-8")
    return list(problems(root, read_survivors(file), today))


def test_entry_that_matches_the_code_is_right(root: Path) -> None:
    assert problems_of(root, ENTRY) == []


@pytest.mark.parametrize(
    "code",
    ["def f(a, b):\n    return a > b\n", "def g(a, b):\n    return a < b\n", "def f(a, b):\n    return a <= b\n"],
)
def test_entry_of_code_that_has_changed_is_reported(root: Path, code: str) -> None:
    (root / "code.py").write_text(code, encoding="utf-8")

    (problem,) = problems_of(root, ENTRY)

    assert "is no mutant of the code any more. Remove the entry" in problem


def test_entry_of_a_module_that_is_gone_is_reported(root: Path) -> None:
    (root / "code.py").unlink()

    (problem,) = problems_of(root, ENTRY)

    assert problem.startswith("code.py, f: 'return a < b'")


def test_entry_is_looked_at_again_after_a_year(root: Path) -> None:
    last_day = date.fromordinal(TODAY.toordinal() + MAX_AGE_DAYS)

    assert problems_of(root, ENTRY, last_day) == []
    (problem,) = problems_of(root, ENTRY, date.fromordinal(last_day.toordinal() + 1))
    assert "set date = 2027-11-29, or remove the entry and write a test" in problem


def test_entry_of_tomorrow_is_reported(root: Path) -> None:
    (problem,) = problems_of(root, ENTRY, date(2026, 11, 27))

    assert "in the future" in problem


def test_entry_that_is_there_twice_is_reported(root: Path) -> None:
    (problem,) = problems_of(root, ENTRY + ENTRY)

    assert "listed twice" in problem


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('kind = "equivalent"', 'kind = "wrong"', "Use one of: equivalent, accepted"),
        ("date = 2026-11-28", 'date = "2026-11-28"', "unquoted"),
        ('within = "f"\n', "", "lacks within"),
        ("kind =", "sort = 1\nkind =", "unknown keys sort"),
        ('reason = "they are never equal"', 'reason = "because"', "Write a sentence"),
        ("[[survivor]]", "[[survivor]", "survivors.toml"),
    ],
)
def test_entry_that_is_not_as_it_should_be_is_refused(root: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(SurvivorsError, match=message):
        problems_of(root, ENTRY.replace(old, new))
