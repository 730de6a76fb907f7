"""A warm process that tries mutants in a copy of the repository: `python -m tests.mutation.worker`, run in the copy.

It imports what the tests need from other people's packages, and nothing of this repository. For each job it forks a
child, which runs pytest and so imports the code again, with the mutant in it. Jobs and results are lines of JSON.
"""

import ctypes
import importlib
import json
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, NotRequired, TypedDict

import pytest

__all__ = ["Job", "Outcome", "all_tests_of", "stages"]

# What the tests import from elsewhere. A package that is not installed is not missed.
WARM = (
    "_hypothesis_pytestplugin",
    "_pytest.assertion.rewrite",
    "anyio.pytest_plugin",
    "click",
    "coverage",
    "croniter",
    "flask",
    "gunicorn.app.base",
    "httptools",
    "hypothesis.stateful",
    "ijson",
    "jinja2",
    "msgspec",
    "phonenumbers",
    "pytest_docker",
    "pytest_timeout",
    "requests",
    "rich.console",
    "starlette.applications",
    "urllib3",
    "uvicorn",
    "vcr",
    "xdist.looponfail",
    "xdist.plugin",
    "yaml",
)
MAX_MEMORY = 6 << 30
MAX_FILE = 1 << 30
PR_SET_CHILD_SUBREAPER = 36


class Job(TypedDict):
    """What a child does.

    Attributes:
        near: Those of `paths` that are run first, by themselves. The others are run only if these pass.
        tests: Node ids to run, in this order.
        left_out: Other node ids of `paths`, which are not run. What is in neither list is run too, at the end: a mutant
            may change a table from which tests are made, and so their names.
        mutate: The path of a module and its changed text.
        coverage: A configuration of coverage; with it the lines that each test runs are measured.
        test_timeout_s: After how many seconds a single test fails.
    """

    paths: list[str]
    tests: list[str]
    left_out: list[str]
    timeout_s: float
    test_timeout_s: float
    near: NotRequired[list[str]]
    mutate: NotRequired[tuple[str, str]]
    coverage: NotRequired[str]


class Outcome(TypedDict):
    """What became of it.

    Attributes:
        failed: The tests that failed; `(import)` if the code or the tests could not be imported.
        seconds: How long each test took.
    """

    result: Literal["passed", "failed", "timeout", "nothing"]
    failed: list[str]
    seconds: dict[str, float]
    output: str


class Listener:
    """The pytest plugin of a child: chooses the tests, and writes down what became of them."""

    def __init__(self, job: Job, results: Path, switch: Callable[[str], object]) -> None:
        self._order = {test: at for at, test in enumerate(job["tests"])}
        self._left_out = frozenset(job["left_out"])
        self._results = results
        self._switch = switch

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Keep the chosen tests, in the chosen order."""
        kept = [item for item in items if item.nodeid not in self._left_out]
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid in self._left_out])
        items[:] = sorted(kept, key=lambda item: self._order.get(item.nodeid, len(self._order)))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        """Tell coverage, also that of processes which the test starts, whose lines these are."""
        self._is_at(item.nodeid)
        try:
            return (yield)
        finally:
            self._is_at("")

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Any:
        """Tell coverage that what several tests share is for every test of the file."""
        test = os.environ.get("MUTATION_TEST", "")
        if fixturedef.scope == "function":
            return (yield)
        self._is_at(all_tests_of(test.partition("::")[0]))
        try:
            return (yield)
        finally:
            self._is_at(test)

    def _is_at(self, place: str) -> None:
        self._switch(place)
        os.environ["MUTATION_TEST"] = place

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write it down at once: the child may be ended before it is done."""
        line = json.dumps([report.nodeid, report.failed, report.duration])
        with self._results.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")


def all_tests_of(file: str) -> str:
    """What stands for every test of a file."""
    return f"{file}::"


def main() -> None:
    """Do jobs until there are none."""
    sys.path.insert(0, str(Path.cwd()))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command, which then ends its workers
    signal.signal(signal.SIGTERM, _stop)
    _adopt_orphans()
    for name in WARM:
        with suppress(ImportError):
            importlib.import_module(name)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    for at, line in enumerate(sys.stdin):
        answers.write(json.dumps(_do(json.loads(line), at)) + "\n")
        answers.flush()


def _do(job: Job, at: int) -> Outcome:
    if "mutate" not in job:
        return _in_a_child(job)
    path, text = Path(job["mutate"][0]), job["mutate"][1]
    original, times = path.read_bytes(), path.stat()
    path.write_text(text, encoding="utf-8")
    # Bytecode is kept, for speed. It is found stale by whole seconds and by size: no two mutants may look alike.
    os.utime(path, (at, 1_000_000_000 + at))
    try:
        outcomes = []
        for stage in stages(job):
            outcomes.append(_in_a_child(stage))
            if outcomes[-1]["result"] in ("failed", "timeout"):
                return outcomes[-1]
        return next((one for one in outcomes if one["result"] == "passed"), outcomes[-1])
    finally:
        path.write_bytes(original)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def stages(job: Job) -> list[Job]:
    """The runs of pytest that a job consists of."""
    near = job.get("near", [])
    shares = [[path for path in job["paths"] if (path in near) == is_near] for is_near in (True, False)]
    return [_share(job, paths) for paths in shares if paths]


def _share(job: Job, paths: list[str]) -> Job:
    files = frozenset(paths)
    tests, left_out = (
        [test for test in names if test.partition("::")[0] in files] for names in (job["tests"], job["left_out"])
    )
    return {**job, "paths": paths, "tests": tests, "left_out": left_out}


def _in_a_child(job: Job) -> Outcome:
    results, output = Path("../results.jsonl").absolute(), Path("../output.txt").absolute()
    results.unlink(missing_ok=True)
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        status = int(pytest.ExitCode.INTERNAL_ERROR)
        try:
            status = _run(job, results, output)
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    try:
        exit_status = _wait(child, job["timeout_s"])
    finally:
        _end_orphans(child)
    return _outcome(exit_status, results, output)


def _run(job: Job, results: Path, output: Path) -> int:
    """In the child: run pytest."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_FILE, MAX_FILE))
    with output.open("wb") as file, Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    arguments = ["-q", "--no-header", "-p", "no:cacheprovider", "-p", "no:randomly", "--basetemp=../tmp", "--tb=short"]
    arguments += ["-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"]  # the warm ones
    arguments += [f"--timeout={job['test_timeout_s']:g}", "--hypothesis-seed=0"]
    if "coverage" in job:
        return _measured(job, arguments, results)
    return int(pytest.main(["-x", *arguments, *job["paths"]], [Listener(job, results, _ignore)]))


def _measured(job: Job, arguments: list[str], results: Path) -> int:
    import coverage

    measuring = coverage.Coverage(config_file=job["coverage"])
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)  # of a run that measures the tests of this tool
    os.environ["COVERAGE_PROCESS_START"] = job["coverage"]
    measuring.start()
    try:
        return int(pytest.main([*arguments, *job["paths"]], [Listener(job, results, measuring.switch_context)]))
    finally:
        measuring.stop()
        measuring.save()


def _ignore(_: str) -> None:
    pass


def _stop(signal_number: int, _: object) -> None:
    sys.exit(128 + signal_number)


def _wait(child: int, timeout_s: float) -> int | None:
    """The child's exit status; None if it had to be ended."""
    deadline = time.monotonic() + timeout_s
    pause = 0.005
    while time.monotonic() < deadline:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        time.sleep(pause)
        pause = min(pause * 1.2, 0.1)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def _outcome(status: int | None, results: Path, output: Path) -> Outcome:
    failed, seconds = [], dict[str, float]()
    for line in results.read_text("utf-8").splitlines() if results.is_file() else []:
        test, has_failed, duration = json.loads(line)
        seconds[test] = seconds.get(test, 0.0) + duration
        failed += [test] if has_failed and test not in failed else []
    text = output.read_text("utf-8", errors="replace")[-20_000:]
    if status is None:
        return Outcome(result="timeout", failed=failed, seconds=seconds, output=text)
    if status == int(pytest.ExitCode.OK):
        return Outcome(result="passed", failed=failed, seconds=seconds, output=text)
    if status == int(pytest.ExitCode.NO_TESTS_COLLECTED):
        return Outcome(result="nothing", failed=failed, seconds=seconds, output=text)
    return Outcome(result="failed", failed=failed or ["(import)"], seconds=seconds, output=text)


def _adopt_orphans() -> None:
    """Become the parent of processes that a child leaves behind, so that they can be found and ended."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _end_orphans(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    while children.is_file() and (pids := children.read_text().split()):
        for pid in map(int, pids):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
