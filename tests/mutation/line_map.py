"""Which tests run which lines, measured once for each state of the code and kept in `.mutants/`."""

import hashlib
import json
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tests.mutation.mutants import Mutant
from tests.mutation.pool import Pool
from tests.mutation.targets import Target
from tests.mutation.worker import Job, all_tests_of

__all__ = ["FailingTestsError", "LineMap", "measure"]

# Changes when what is kept in `.mutants/` means something else.
FORMAT = b"2"
CONFIGURATION = """\
[run]
data_file = {data}
parallel = true
sigterm = true
disable_warnings = no-data-collected,module-not-measured,module-not-imported,couldnt-parse,no-ctracer
context = ${{MUTATION_TEST-}}
include =
{include}
"""


class FailingTestsError(Exception):
    """Tests fail without any mutant, so they could not tell one."""


@dataclass(slots=True)
class LineMap:
    """The tests of a target.

    Attributes:
        seconds: How long each takes.
        lines: By module and line, the tests that run it. A file with `::` stands for all of its tests, and `""` for
            what runs a line outside of tests, which is usually the import.
        unmeasured: Tests that pass, but not while lines are measured.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    lines: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    unmeasured: list[str] = field(default_factory=list)

    def tests_for(self, mutant: Mutant) -> list[str]:
        """The tests that could notice a mutant, the most promising first.

        What runs at import runs for whichever test comes first: any test may depend on it. Lines that no test was seen
        to run get the tests that run others of the module; a process that was killed could not report its lines. The
        tests that are named after the module come last: what is kept after the first call, such as the routes, was run
        for whichever test came first as well.
        """
        lines = {line: self._tests(tests) for line, tests in self.lines.get(mutant.path, {}).items()}
        running = {test for at in range(mutant.line, mutant.last_line + 1) for test in lines.get(str(at), ())}
        in_module = {test for tests in lines.values() for test in tests} - {""}
        if mutant.runs_at_import or "" in running:
            return [*self._sorted(in_module), *self._sorted(self.seconds.keys() - in_module)]
        chosen = (running or in_module) | set(self.unmeasured)
        if not chosen:
            return []
        named = {test for test in self.seconds if _is_named_after(_file_of(test), mutant.path)}
        return [*self._sorted(chosen), *self._sorted(named - chosen)]

    def _tests(self, contexts: Iterable[str]) -> set[str]:
        """Test for test what ran a line."""
        found = set(contexts)
        shared = {one for one in found if one.endswith("::")}
        return found - shared | {test for test in self.seconds if all_tests_of(test.partition("::")[0]) in shared}

    def _sorted(self, tests: Iterable[str]) -> list[str]:
        """Quick files first, and each file's tests together, so that its fixtures are set up once."""
        by_file: dict[str, list[str]] = {}
        wanted = set(tests)
        for test in self.seconds:  # in the order of the files
            if test in wanted:
                by_file.setdefault(_file_of(test), []).append(test)
        groups = sorted(by_file.values(), key=lambda group: sum(self.seconds[test] for test in group))
        return [test for group in groups for test in group]


def measure(target: Target, root: Path, pool: Pool, space: Path, cache: Path) -> LineMap:
    """Run the tests of a target with coverage, except the files whose lines are known and still the same.

    Raises:
        FailingTestsError: Some fail, also without coverage.
    """
    file = cache / f"{target.name}.json"
    shared, digests = _shared_checksum(target, root), _digests(target, root)
    known = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    if known.get("shared") != shared:
        known = {"digests": {}, "seconds": {}, "lines": {}, "unmeasured": []}
    stale = _stale(root, known["digests"], digests)
    kept = _without(LineMap(known["seconds"], known["lines"], known["unmeasured"]), digests.keys() - stale)
    if not stale:
        return kept
    space.mkdir(parents=True)
    found = _joined(kept, _measured(target, root, pool, space, sorted(stale)))
    cache.mkdir(exist_ok=True)
    content = {"shared": shared, "digests": digests}
    content |= {"seconds": found.seconds, "lines": found.lines, "unmeasured": found.unmeasured}
    file.write_text(json.dumps(content), encoding="utf-8")
    return found


def _stale(root: Path, known: dict[str, str], now: dict[str, str]) -> set[str]:
    """The test files that are new or changed, and those that import one of them."""
    stale = {file for file, digest in now.items() if known.get(file) != digest}
    names = [file.removesuffix(".py").replace("/", ".") for file in stale if file in known]
    return stale | {file for file in now if any(name in (root / file).read_text("utf-8") for name in names)}


def _without(lines: LineMap, files: Set[str]) -> LineMap:
    """Only what is known of the tests in these files, and of what no test runs."""
    kept = {*files, _file_of("")}
    return LineMap(
        {test: took for test, took in lines.seconds.items() if _file_of(test) in files},
        {
            module: {line: [test for test in tests if _file_of(test) in kept] for line, tests in found.items()}
            for module, found in lines.lines.items()
        },
        [test for test in lines.unmeasured if _file_of(test) in files],
    )


def _joined(one: LineMap, other: LineMap) -> LineMap:
    lines: dict[str, dict[str, list[str]]] = {}
    for module in sorted(one.lines.keys() | other.lines.keys()):
        here, there = one.lines.get(module, {}), other.lines.get(module, {})
        lines[module] = {
            line: sorted({*here.get(line, ()), *there.get(line, ())}) for line in sorted({*here, *there}, key=int)
        }
    seconds = dict(sorted((one.seconds | other.seconds).items()))
    return LineMap(seconds, lines, sorted({*one.unmeasured, *other.unmeasured}))


def _measured(target: Target, root: Path, pool: Pool, space: Path, files: list[str]) -> LineMap:
    configuration = space / "coverage.ini"
    include = "\n".join(f"    */tree/{module}" for module in target.modules(root))
    configuration.write_text(CONFIGURATION.format(data=space / "data", include=include), encoding="utf-8")
    shares = [files[at :: pool.size] for at in range(pool.size)]
    jobs = [
        Job(paths=share, tests=[], left_out=[], timeout_s=3600, test_timeout_s=300, coverage=str(configuration))
        for share in shares
        if share
    ]
    outcomes = list(pool.map(jobs))
    for outcome in outcomes:
        if outcome["result"] in ("timeout", "nothing") or "(import)" in outcome["failed"]:
            raise FailingTestsError(f"the tests of {target.name} cannot be run:\n{outcome['output']}")
    seconds = {test: took for outcome in outcomes for test, took in outcome["seconds"].items()}
    unmeasured = [test for outcome in outcomes for test in outcome["failed"]]
    _assert_sound(target, pool, unmeasured, seconds.keys())
    return LineMap(dict(sorted(seconds.items())), _lines(space), unmeasured)


def _assert_sound(target: Target, pool: Pool, tests: list[str], known: Iterable[str]) -> None:
    """Whether tests that failed while lines were measured pass without."""
    if not tests:
        return
    files = _files_of(tests)
    left_out = [test for test in known if test not in tests]
    job = Job(paths=files, tests=tests, left_out=left_out, timeout_s=3600, test_timeout_s=300)
    (outcome,) = pool.map([job])
    if outcome["result"] != "passed":
        raise FailingTestsError(
            f"tests of {target.name} fail without any mutant. Fix them first, or wait until the machine is quiet:\n"
            f"{outcome['output']}"
        )


def _lines(space: Path) -> dict[str, dict[str, list[str]]]:
    from coverage import CoverageData

    lines: dict[str, dict[str, set[str]]] = {}
    for file in space.glob("data.*"):
        data = CoverageData(str(file))
        data.read()
        for module in data.measured_files():
            found = lines.setdefault(module.partition("/tree/")[2], {})
            for line, contexts in data.contexts_by_lineno(module).items():
                found.setdefault(str(line), set()).update(contexts)
    return {module: {line: sorted(tests) for line, tests in found.items()} for module, found in sorted(lines.items())}


def _test_files(target: Target, root: Path) -> list[str]:
    found = []
    for name in target.tests:
        path = root / name
        found += sorted(path.rglob("test_*.py")) if path.is_dir() else [path]
    return [file.relative_to(root).as_posix() for file in found]


def _files_of(tests: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(map(_file_of, tests)))


def _is_named_after(file: str, module: str) -> bool:
    return PurePosixPath(file).name == f"test_{PurePosixPath(module).name}"


def _file_of(test: str) -> str:
    return test.partition("::")[0]


def _digests(target: Target, root: Path) -> dict[str, str]:
    """A checksum of each test file."""
    return {name: hashlib.sha256((root / name).read_bytes()).hexdigest() for name in _test_files(target, root)}


def _shared_checksum(target: Target, root: Path) -> str:
    """Of the code that is mutated, and of what all tests use."""
    modules = [root / module for module in target.modules(root)]
    helpers = [*root.rglob("conftest.py"), *(root / "tests" / "support").rglob("*.py")]
    digest = hashlib.sha256(FORMAT)
    for path in sorted({*modules, *(one for one in helpers if ".venv" not in one.parts)}):
        digest.update(f"{path.relative_to(root)}\n".encode() + path.read_bytes())
    return digest.hexdigest()
