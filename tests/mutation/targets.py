"""The code that `make mutants` changes, and the tests that should notice."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["TARGETS", "Target", "chosen"]


@dataclass(frozen=True, slots=True)
class Target:
    """Code whose score is given as one figure.

    Attributes:
        name: What `PACKAGE=` names.
        code: Modules and packages, from the root of the repository.
        tests: Test files and folders. Of these, a mutant is given those that run its lines.
        left_out: Modules of `code` that are not changed.
    """

    name: str
    code: tuple[str, ...]
    tests: tuple[str, ...]
    left_out: tuple[str, ...] = ()

    def modules(self, root: Path) -> Iterator[str]:
        """The paths of the modules, sorted."""
        for name in self.code:
            path = root / name
            files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
            yield from (name for file in files if (name := file.relative_to(root).as_posix()) not in self.left_out)


CASSETTES = "tests/unit/contract_bench/cassettes"
REDACTION = (
    "headers",
    "messages",
    "people",
    "recorded_walks",
    "redaction",
    "redaction_anywhere",
    "redaction_depth",
    "redaction_forms",
    "redaction_in_detail",
    "redaction_of_members",
    "redaction_places",
    "redactor",
    "secrets",
    "texts",
    "words",
    "words_in_detail",
)

# Code where a silent fault costs data.
TARGETS = (
    Target(
        "service",
        ("service",),
        ("tests/unit/service", "tests/contract"),
        # The process, its log and its document: what they get wrong is seen at once or costs no data.
        left_out=("service/__main__.py", "service/logs.py", "service/openapi.py", "service/prometheus.py"),
    ),
    Target("fake_sesam.pump", ("fake_sesam/pump",), ("tests/unit/fake_sesam",)),
    Target("fake_sesam.dataset", ("fake_sesam/dataset",), ("tests/unit/fake_sesam",)),
    Target(
        "fake_hubspot.portal",
        ("fake_hubspot/portal",),
        ("tests/unit/fake_hubspot", "tests/fidelity"),
        # A table of facts, compared with HubSpot's own clients and with recordings.
        left_out=("fake_hubspot/portal/standard_properties.py",),
    ),
    Target("fake_hubspot.crm.search", ("fake_hubspot/crm/search.py",), ("tests/unit/fake_hubspot", "tests/fidelity")),
    Target(
        "contract_bench.matrix.judge",
        ("contract_bench/matrix/judge.py",),
        ("tests/unit/contract_bench/matrix/test_judge.py",),
    ),
    Target(
        "contract_bench.cassettes.redaction",
        ("contract_bench/cassettes/redaction",),
        tuple(f"{CASSETTES}/test_{name}.py" for name in REDACTION),
    ),
    Target("contract_bench.cassettes.lint", ("contract_bench/cassettes/lint",), (f"{CASSETTES}/test_lint.py",)),
)


def chosen(names: str, targets: tuple[Target, ...] = TARGETS) -> list[Target]:
    """The targets that a list of names, separated by commas or blanks, stands for; a package stands for what is in it.

    Raises:
        ValueError: A name stands for nothing.
    """
    wanted = names.replace(",", " ").split()
    if not wanted:
        return list(targets)
    unknown = [name for name in wanted if not any(_is_in(target, name) for target in targets)]
    if unknown:
        known = ", ".join(target.name for target in targets)
        raise ValueError(f"no code of this name is mutated: {', '.join(unknown)}. Choose from: {known}")
    return [target for target in targets if any(_is_in(target, name) for name in wanted)]


def _is_in(target: Target, name: str) -> bool:
    return f"{target.name}.".startswith(f"{name}.")
