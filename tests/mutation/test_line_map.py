"""The lines of a test are measured again when the test or what it uses has changed."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.mutation import line_map
from tests.mutation.line_map import LineMap, measure
from tests.mutation.mutants import mutants_of
from tests.mutation.targets import Target

TARGET = Target("project", ("project",), ("checks",))
FILES = {
    "project/code.py": "one = 1\n",
    "checks/test_a.py": "def test(): ...\n",
    "checks/test_b.py": "from checks.test_a import test\n",
    "checks/test_c.py": "def test(): ...\n",
    "tests/support/shared.py": "",
}
EVERY = ["checks/test_a.py", "checks/test_b.py", "checks/test_c.py"]


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The files that are measured, each time. Each has one test, which runs line 1; the import does so as well."""
    seen: list[list[str]] = []

    def run(_target: Target, _root: Path, _pool: object, _space: Path, files: list[str]) -> LineMap:
        seen.append(files)
        tests = [f"{file}::test" for file in files]
        return LineMap(dict.fromkeys(tests, 0.5), {"project/code.py": {"1": ["", *tests]}}, tests[:1])

    monkeypatch.setattr(line_map, "_measured", run)
    return seen


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def found(project: Path) -> LineMap:
    pool: Any = None
    number = len(list(project.glob("space-*")))
    return measure(TARGET, project, pool, project / f"space-{number}", project / "cache")


def test_what_is_known_is_not_measured_again(project: Path, measured: list[list[str]]) -> None:
    first = found(project)

    assert found(project) == first
    assert measured == [EVERY]
    assert first.seconds == {f"{file}::test": 0.5 for file in EVERY}
    assert first.lines == {"project/code.py": {"1": ["", *(f"{file}::test" for file in EVERY)]}}


@pytest.mark.parametrize("name", ["project/code.py", "tests/support/shared.py"])
def test_code_and_helpers_concern_every_test(project: Path, measured: list[list[str]], name: str) -> None:
    found(project)
    (project / name).write_text("one = 2\n", encoding="utf-8")

    assert len(found(project).seconds) == 3
    assert measured == [EVERY, EVERY]


@pytest.mark.parametrize(
    ("name", "again"), [("test_a", EVERY[:2]), ("test_b", EVERY[1:2]), ("test_c", EVERY[2:]), ("test_d", None)]
)
def test_a_test_file_concerns_itself_and_those_that_import_it(
    project: Path, measured: list[list[str]], name: str, again: list[str] | None
) -> None:
    whole = found(project)
    (project / "checks" / f"{name}.py").write_text("from checks.test_a import test  # changed\n", encoding="utf-8")

    after = found(project)

    assert measured == [EVERY, again or ["checks/test_d.py"]]
    assert after.seconds.keys() == whole.seconds.keys() | {f"checks/{name}.py::test"}
    assert after.lines["project/code.py"]["1"] == ["", *sorted(after.seconds)]


def test_a_test_file_that_is_gone_is_forgotten(project: Path, measured: list[list[str]]) -> None:
    found(project)
    (project / "checks" / "test_a.py").unlink()

    after = found(project)

    tests = ["checks/test_b.py::test", "checks/test_c.py::test"]
    assert (list(after.seconds), after.lines["project/code.py"]["1"], after.unmeasured) == (tests, ["", *tests], [])
    assert measured == [EVERY]
    assert json.loads((project / "cache" / "project.json").read_text(encoding="utf-8"))["unmeasured"]


def test_the_tests_that_are_named_after_a_module_run_last() -> None:
    """What is run once for all of them was seen to be run by one."""
    tests = ["checks/test_a.py::test", "checks/test_code.py::test", "checks/test_z.py::test"]
    lines = LineMap(dict.fromkeys(tests, 0.5), {"project/code.py": {"2": [tests[2]], "4": [tests[0], tests[1]]}})
    text = "def kept():\n    return 1\ndef other():\n    return 2\n"
    by_line = {mutant.line: mutant for mutant in mutants_of("project/code.py", text)}

    assert lines.tests_for(by_line[2]) == [tests[2], tests[1]]
    assert lines.tests_for(by_line[4]) == tests[:2]
    assert LineMap(dict.fromkeys(tests, 0.5)).tests_for(by_line[2]) == []
