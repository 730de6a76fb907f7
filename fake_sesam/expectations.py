"""The tests of a node's directory, `expected/*.test.json`, and what its pipes give.

Source: reader (sesam-py 2.11: the commands `test`, `verify` and `update`): a spec may name its `pipe`, its `file` and a
`stage`, `ignore` it, list a `blacklist` of paths, and count deleted entities (`ignore_deletes`); `testdata/PIPE.json`
is posted to the pipe before the run. Assumed: where no pipe publishes entities, `update` writes what every pipe stores.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import msgspec

from bench_core.json_text import parse_json
from fake_sesam.diff import Difference, compare, read_entities
from fake_sesam.errors import FakeSesamError
from fake_sesam.evaluation import evaluate
from fake_sesam.node import Node
from fake_sesam.pump.transformation import compile_transformation
from fake_sesam.run_all import RunAll, RunAllSettings

__all__ = ["Expectation", "differences", "post_testdata", "read_expectations", "run_everything", "write_expectations"]

SUFFIX = ".test.json"
_sorted = msgspec.json.Encoder(decimal_format="number", order="sorted")


@dataclass(frozen=True, slots=True)
class Expectation:
    """One spec.

    Attributes:
        spec: Its file.
        pipe_id: The pipe that it is about.
        file: What the pipe is expected to give.
        stage: The stage of the pipe; empty for what it publishes or stores.
        blacklist: Patterns of paths that are not compared.
        ignores_deletes: Deleted entities count only where they are expected.
        is_ignored: Nothing is compared.
    """

    spec: Path
    pipe_id: str
    file: Path
    stage: str = ""
    blacklist: tuple[str, ...] = ()
    ignores_deletes: bool = True
    is_ignored: bool = False


def read_expectations(node_dir: Path) -> list[Expectation]:
    """Read the specs of a node's directory.

    Raises:
        FakeSesamError: One of them is not a JSON object, or asks for something else than JSON.
    """
    return [_read(path) for path in sorted((node_dir / "expected").glob(f"*{SUFFIX}"))]


def _read(path: Path) -> Expectation:
    try:
        spec = parse_json(path.read_text("utf-8-sig"))
    except ValueError as error:
        raise FakeSesamError(f"{path} is not JSON: {error}") from error
    if not isinstance(spec, dict):
        raise FakeSesamError(f"expected a JSON object in {path}, got {type(spec).__name__}")
    endpoint, name = spec.get("endpoint", "json"), path.name.removesuffix(SUFFIX)
    if endpoint != "json" and spec.get("ignore") is not True:
        raise FakeSesamError(f"{path}: only the endpoint json is compared here, not {endpoint!r}; use sesam-py for it")
    return Expectation(
        spec=path,
        pipe_id=str(spec.get("pipe", name)),
        file=path.parent / Path(str(spec.get("file", f"{name}.json"))).name,
        stage=str(spec.get("stage") or ""),
        blacklist=tuple(str(each).replace("[].", ".*.") for each in spec.get("blacklist") or ()),
        ignores_deletes=spec.get("ignore_deletes", True) is True,
        is_ignored=spec.get("ignore") is True,
    )


def post_testdata(node: Node, node_dir: Path) -> None:
    """Write the entities of `testdata/PIPE.json` to the datasets of `http_endpoint` sources.

    Raises:
        FakeSesamError: There is no such pipe, or a file has something else.
    """
    for path in sorted((node_dir / "testdata").rglob("*.json")):
        pipe = node.pipe(path.stem)
        if pipe.source.type != "http_endpoint":
            raise FakeSesamError(f"{path}: pipe {pipe.id!r} has no http_endpoint source that could take it")
        made = compile_transformation(pipe, node.datasets_for(pipe), rest=node.rest_client)
        with closing(made) as transform:
            node.sink_dataset(pipe.id).write(transform(read_entities(path)))


def run_everything(node: Node) -> RunAll:
    """Run all pipes until nothing changes; a pipe that fails to read from outside the node fails the run."""
    run = RunAll(node, RunAllSettings(is_reset=False, checks_input_pipes=True))
    run.execute()
    return run


def differences(node: Node, expectation: Expectation) -> Iterator[Difference]:
    """Yield the differences between what is expected and what a pipe gives.

    Raises:
        FakeSesamError: The pipe cannot be evaluated, or there is no file with what is expected.
    """
    expected = read_entities(expectation.file)
    if expected and not any(_without(expectation, entity) for entity in expected):
        raise FakeSesamError(f"the blacklist in {expectation.spec} leaves nothing to compare")
    deletions = {str(entity.get("_id")) for entity in expected if entity.get("_deleted") is True}
    current = _current(node, expectation, deletions)
    yield from compare([_without(expectation, entity) for entity in expected], current)


def write_expectations(node: Node, node_dir: Path) -> dict[Path, int]:
    """Write what the pipes give to the files of their specs; return the files and the number of entities in each.

    A pipe that publishes entities and has no spec gets one; so does every pipe that stores them, if none publishes.
    """
    specs = read_expectations(node_dir)
    for pipe_id in _outputs(node):
        if not any(spec.pipe_id == pipe_id for spec in specs):
            path = node_dir / "expected" / f"{pipe_id}{SUFFIX}"
            path.parent.mkdir(exist_ok=True)
            path.write_text("{}\n", "utf-8")
            specs.append(_read(path))
    written: dict[Path, int] = {}
    for spec in specs:
        if not spec.is_ignored:
            entities = sorted(_current(node, spec, set()), key=lambda entity: str(entity.get("_id")))
            spec.file.write_bytes(msgspec.json.format(_sorted.encode(entities), indent=2) + b"\n")
            written[spec.file] = len(entities)
    return written


def _outputs(node: Node) -> Sequence[str]:
    published = [pipe.id for pipe in node.pipes.values() if pipe.sink.type == "http_endpoint"]
    return published or [pipe.id for pipe in node.pipes.values() if pipe.sink.type == "dataset"]


def _current(node: Node, spec: Expectation, deletions: set[str]) -> list[dict[str, Any]]:
    found = list(evaluate(node, node.pipe(spec.pipe_id), spec.stage))
    if spec.ignores_deletes:
        found = [each for each in found if each.get("_deleted") is not True or str(each.get("_id")) in deletions]
    return [_without(spec, entity) for entity in found]


def _without(spec: Expectation, value: Any, path: str = "") -> Any:
    """Return a value without what is not compared: properties that begin with `_`, and those of the blacklist."""
    if isinstance(value, dict):
        return {
            name: _without(spec, each, where)
            for name, each in value.items()
            for where in [f"{path}.{name}" if path else name]
            if _is_compared(name, each) and not any(fnmatchcase(where, pattern) for pattern in spec.blacklist)
        }
    return [_without(spec, each, path) for each in value] if isinstance(value, list) else value


def _is_compared(name: str, value: Any) -> bool:
    return not name.startswith("_") or name == "_id" or (name == "_deleted" and value is True)
