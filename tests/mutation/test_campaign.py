"""What becomes of a sample: how it is chosen, which tests are run, how it is counted."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest

from tests.mutation.__main__ import main
from tests.mutation.campaign import Score, sample_of, try_mutants
from tests.mutation.line_map import LineMap
from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.survivors import read_survivors
from tests.mutation.targets import TARGETS, Target, chosen
from tests.mutation.worker import Job, Outcome, stages
from tests.support.cases import for_each

ROOT = Path(__file__).resolve().parents[2]
Result = Literal["passed", "failed", "timeout", "nothing"]
Run = Callable[[Iterator[Job]], Iterator[Outcome]]
CODE = "LIMIT = 3\n\n\ndef f(size):\n    a = size\n    return size < LIMIT\n"
TARGET = Target("project", ("code.py",), ("checks",))
SURVIVOR = """
[[survivor]]
file = "code.py"
within = "f"
code = "return size < LIMIT"
mutant = "return size <= LIMIT"
kind = "{kind}"
reason = "a test of the list"
date = 2026-11-28
"""


def always(result: Result, *, jobs: list[Job] | None = None) -> Run:
    """Workers under which every mutant ends the same way; `jobs` takes what they were given."""

    def run(given: Iterator[Job]) -> Iterator[Outcome]:
        for job in given:
            if jobs is not None:
                jobs.append(job)
            failed = ["test_a"] if result == "failed" else []
            yield Outcome(result=result, failed=failed, seconds={}, output="")

    return run


def ignore(*_: object) -> None:
    """A report that nobody reads."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "code.py").write_text(CODE, encoding="utf-8")
    (tmp_path / "checks").mkdir()
    (tmp_path / "survivors.toml").write_text("", encoding="utf-8")
    return tmp_path


def lines() -> LineMap:
    return LineMap(
        {"a.py::slow": 9.0, "b.py::quick": 1.0, "c.py::far": 2.0},
        {"code.py": {"6": ["a.py::slow", "b.py::quick"], "5": ["a.py::slow"]}},
        [],
    )


def score_of(root: Path, outcome: Result, kind: str | None) -> Score:
    file = root / "survivors.toml"
    file.write_text(SURVIVOR.format(kind=kind) if kind else "", encoding="utf-8")
    sample = sample_of(TARGET, root, None, 1, "+ return size <= LIMIT")
    assert len(sample) == 1
    return try_mutants(TARGET, sample, lines(), read_survivors(file), always(outcome), ignore)


@pytest.mark.parametrize(
    ("outcome", "kind", "part", "percent"),
    [
        ("failed", None, "killed", 100.0),
        ("timeout", None, "timed_out", 100.0),
        ("passed", None, "survived", 0.0),
        ("passed", "accepted", "accepted", 0.0),
        ("failed", "accepted", "outdated", 100.0),
        ("passed", "equivalent", "equivalent", 0.0),
    ],
)
def test_mutant_is_counted_as_what_it_is(
    root: Path, outcome: Result, kind: str | None, part: str, percent: float
) -> None:
    score = score_of(root, outcome, kind)

    assert len(getattr(score, part)) == 1
    assert score.percent == percent
    assert score.tried == (0 if kind == "equivalent" else 1)


def test_job_names_the_tests_that_are_not_run(root: Path) -> None:
    jobs: list[Job] = []
    sample = sample_of(TARGET, root, None, 1, "+ a = size")
    sample += sample_of(TARGET, root, None, 1, "+ return size <= LIMIT")
    seen = LineMap({"a.py::one": 1.0, "a.py::two": 1.0, "b.py::three": 1.0}, {"code.py": {"6": ["a.py::two"]}}, [])

    try_mutants(TARGET, sample, seen, [], always("failed", jobs=jobs), ignore)

    assert [(job["paths"], job["tests"], job["left_out"]) for job in jobs] == [(["a.py"], ["a.py::two"], ["a.py::one"])]


@pytest.mark.parametrize(
    ("module", "near"),
    [
        ("shop/cart/lines.py", ["tests/shop/cart/test_a.py"]),
        ("shop/stock/shelf.py", ["tests/shop/cart/test_a.py", "tests/shop/test_b.py"]),
        ("cart/lines.py", ["tests/shop/cart/test_a.py"]),
        ("other/lines.py", []),
        ("lines.py", []),
    ],
)
def test_tests_that_mirror_a_module_are_run_first_and_by_themselves(
    tmp_path: Path, module: str, near: list[str]
) -> None:
    """Those of the nearest folder that has any; the others follow only if these pass."""
    tests = ["tests/shop/cart/test_a.py::one", "tests/shop/test_b.py::two", "tests/test_c.py::three"]
    (tmp_path / module).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / module).write_text("def f(a):\n    return a < 1\n", encoding="utf-8")
    jobs: list[Job] = []
    seen = LineMap(dict.fromkeys([*tests, "tests/test_c.py::four"], 1.0), {module: {"2": tests}}, [])
    target = Target("project", (module,), ("tests",))

    sample = sample_of(target, tmp_path, None, 1, "return a <=")
    try_mutants(target, sample, seen, [], always("failed", jobs=jobs), ignore)

    (job,) = jobs
    assert job["near"] == near
    rest = [test for test in tests if test.partition("::")[0] not in near]
    first = [[test for test in tests if test not in rest]] if near else []
    assert [stage["tests"] for stage in stages(job)] == [*first, rest]
    assert [stage["left_out"] for stage in stages(job)] == [*([[]] if near else []), ["tests/test_c.py::four"]]
    assert [test.partition("::")[0] for test in tests] == [path for stage in stages(job) for path in stage["paths"]]


def test_equivalent_mutant_is_not_tried(root: Path) -> None:
    jobs: list[Job] = []
    (root / "survivors.toml").write_text(SURVIVOR.format(kind="equivalent"), encoding="utf-8")
    sample = sample_of(TARGET, root, None, 1, "return size <")

    listed = read_survivors(root / "survivors.toml")
    score = try_mutants(TARGET, sample, lines(), listed, always("failed", jobs=jobs), ignore)

    assert len(jobs) == len(sample) - 1 == len(score.killed)


OUT_OF_TIME = "FAILED a.py::slow - Failed: Timeout (>20.0s) from pytest-timeout."


@pytest.mark.parametrize(
    ("first", "output"), [("timeout", ""), ("failed", OUT_OF_TIME), ("failed", "+++++ Timeout +++++")]
)
@pytest.mark.parametrize(("second", "part"), [("passed", "survived"), ("failed", "killed"), ("timeout", "timed_out")])
def test_mutant_under_which_the_tests_do_not_end_is_tried_again_alone_and_with_more_patience(
    root: Path, first: Result, output: str, second: Result, part: str
) -> None:
    """On a busy machine tests do not end either: that kills nothing."""
    given: list[list[Job]] = []

    def run(jobs: Iterator[Job]) -> Iterator[Outcome]:
        given.append(list(jobs))
        result, text = (first, output) if len(given) == 1 else (second, "")
        for _ in given[-1]:
            yield Outcome(result=result, failed=["a.py::slow"], seconds={}, output=text)

    sample = sample_of(TARGET, root, None, 1, "return size")
    score = try_mutants(TARGET, sample, lines(), [], run, ignore)

    assert len(getattr(score, part)) == len(sample) == score.tried
    assert [len(jobs) for jobs in given] == [len(sample), *[1] * len(sample)]
    for once, (again,) in zip(given[0], given[1:], strict=True):
        assert again["mutate"] == once["mutate"]
        assert again["timeout_s"] > once["timeout_s"]
        assert again["test_timeout_s"] > once["test_timeout_s"]


def test_mutant_without_tests_survives(root: Path) -> None:
    said: list[str] = []
    sample = sample_of(TARGET, root, None, 1, "in f")

    score = try_mutants(TARGET, sample, LineMap(), [], always("failed"), lambda _, result: said.append(result))

    assert len(score.survived) == len(sample) > 0
    assert set(said) == {"survived: no test runs this module"}


def test_run_of_no_tests_is_not_taken_for_a_survivor(root: Path) -> None:
    with pytest.raises(RuntimeError, match="no test was run"):
        score_of(root, "nothing", None)


def mutant_of(operator: str, code: str) -> Mutant:
    return next(one for one in mutants_of("code.py", CODE) if one.operator == operator and one.code == code)


def test_tests_of_the_line_are_run_quick_files_first() -> None:
    assert lines().tests_for(mutant_of("comparison", "return size < LIMIT")) == ["b.py::quick", "a.py::slow"]


def test_all_tests_are_run_for_what_runs_at_import_those_of_the_module_first() -> None:
    assert lines().tests_for(mutant_of("number", "LIMIT = 3")) == ["b.py::quick", "a.py::slow", "c.py::far"]


def test_line_that_nobody_was_seen_to_run_gets_the_tests_of_the_module() -> None:
    seen = LineMap({"a.py::a": 1.0, "b.py::b": 1.0}, {"code.py": {"5": ["a.py::a"]}}, ["b.py::b"])

    assert seen.tests_for(mutant_of("comparison", "return size < LIMIT")) == ["a.py::a", "b.py::b"]


def test_what_several_tests_share_is_noticed_by_each_test_of_the_file() -> None:
    seen = LineMap(
        dict.fromkeys(["a.py::one", "a.py::two", "b.py::three"], 1.0), {"code.py": {"6": ["a.py::"], "5": []}}, []
    )

    assert seen.tests_for(mutant_of("comparison", "return size < LIMIT")) == ["a.py::one", "a.py::two"]


def test_function_that_runs_at_import_gets_all_tests() -> None:
    seen = LineMap({"a.py::one": 1.0, "b.py::two": 1.0}, {"code.py": {"6": ["", "b.py::two"]}}, [])

    assert seen.tests_for(mutant_of("comparison", "return size < LIMIT")) == ["b.py::two", "a.py::one"]


def test_sample_is_the_same_for_the_same_seed(root: Path) -> None:
    first, same, *others = (sample_of(TARGET, root, 3, seed) for seed in (1, 1, 2, 3, 4, 5))

    assert first == same
    assert len(first) == 3
    assert any(other != first for other in others)


def test_whole_sample_holds_every_mutant_that_is_python(root: Path) -> None:
    everything = sample_of(TARGET, root, None, 1)

    assert [mutant for mutant, _ in everything] == mutants_of("code.py", CODE)
    assert all(mutant.applied_to(CODE) == text for mutant, text in everything)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--package", "projct"], "Choose from: project"),
        (["--sample", "0"], "nothing to mutate"),
        (["--only", "no such diff"], "nothing to mutate"),
        (["--sample", "many"], "many"),
    ],
)
def test_run_that_would_try_nothing_does_not_pass(
    root: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(arguments, root=root, targets=(TARGET,), survivors_file=root / "survivors.toml")

    assert status == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(("code", "status"), [(CODE, 0), (CODE.replace("size <", "size >"), 1)])
def test_check_fails_for_an_entry_that_does_not_match(root: Path, code: str, status: int) -> None:
    (root / "survivors.toml").write_text(SURVIVOR.format(kind="accepted"), encoding="utf-8")
    (root / "code.py").write_text(code, encoding="utf-8")

    assert main(["--check"], root=root, survivors_file=root / "survivors.toml") == status


def test_package_stands_for_what_is_in_it() -> None:
    names = [target.name for target in chosen("fake_sesam, service")]

    assert names == ["service", "fake_sesam.pump", "fake_sesam.dataset"]
    assert len(chosen("")) == len(TARGETS)


@for_each("target", TARGETS, ids=lambda target: target.name)
def test_every_target_has_code_and_tests(target: Target) -> None:
    modules = list(target.modules(ROOT))

    assert modules
    for path in (*modules, *target.tests, *target.left_out):
        assert (ROOT / path).exists(), path
