"""The configuration of a project: `contract-bench.toml`, or `[tool.contract-bench]` in `pyproject.toml`.

It holds what every command of a project would otherwise need as options. An option wins over it.
"""

import datetime
import tomllib
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from bench_core.errors import UsageError
from bench_core.names import nearest

__all__ = ["KnownDefect", "Project", "ProjectError", "project_schema", "project_table", "read_project"]

FILE = "contract-bench.toml"
TABLE = "tool.contract-bench"
Text = Annotated[str, Meta(min_length=1)]


class ProjectError(UsageError):
    """The configuration of the project cannot be used."""

    def __init__(self, path: Path, problem: str) -> None:
        self.path = path
        super().__init__(f"{path}: {problem}")


class KnownDefect(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A defect of the connector that does not fail the matrix until a day."""

    cell: Annotated[Text, Meta(description="The cell or probe, as reports name it; * stands for any text.")]
    reason: Annotated[Text, Meta(description="Why it is accepted.")]
    until: Annotated[datetime.date, Meta(description="The last day on which it is accepted.")]

    def covers(self, name: str, today: datetime.date) -> bool:
        """Whether this cell or probe is accepted today."""
        return today <= self.until and fnmatchcase(name, self.cell)


class Project(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    """What the tools use if no option says otherwise. Without a file, every value is the default."""

    connector: Annotated[Text, Meta(description="A URL, image:NAME or a command.")] | None = None
    upstream: (
        Annotated[Text, Meta(description="The API of a connector that is not for HubSpot: URL, cassette or command.")]
        | None
    ) = None
    route: Annotated[Text, Meta(description="The route of the connector that Sesam reads.")] | None = None
    environment: Annotated[
        dict[str, str], Meta(description="More variables for the connector; --env adds to them.")
    ] = {}
    node: Annotated[Text, Meta(description="The folder of the node's configuration, relative to this file.")] | None = (
        None
    )
    system: Annotated[Text, Meta(description="The system of that configuration that is the connector.")] | None = None
    pipe: Annotated[Text, Meta(description="The pipe of that configuration that pulls from it.")] | None = None
    contacts: Annotated[int, Meta(ge=0, description="The number of contacts to start with.")] | None = None
    seed_files: Annotated[
        tuple[Text, ...],
        Meta(description="FILE or TYPE=FILE: CSV, JSON or NDJSON files with the records to start with."),
    ] = ()
    scenario: Annotated[Text, Meta(description="The scenario of the fake HubSpot.")] | None = None
    faults: Annotated[tuple[Text, ...], Meta(description="The faults that the matrix plays; all if it is empty.")] = ()
    places: Annotated[tuple[Text, ...], Meta(description="The places that it plays them at; all if it is empty.")] = ()
    times: Annotated[tuple[Text, ...], Meta(description="How often it plays them; all if it is empty.")] = ()
    modes: Annotated[tuple[Text, ...], Meta(description="full, incremental or both; both if it is empty.")] = ()
    pages: Annotated[int, Meta(ge=1, le=100, description="The pages of a full pull in the matrix.")] | None = None
    patience: Annotated[float, Meta(ge=0.5, description="Seconds that the matrix gives a pull.")] | None = None
    known_defects: Annotated[
        tuple[KnownDefect, ...], Meta(description="Defects that do not fail the matrix until a day.")
    ] = ()

    def options(self, folder: Path) -> dict[str, Any]:
        """Return the values by the names that the commands give their parameters; without those that are not set.

        Args:
            folder: The folder of the file, to which `node` and `seed-files` are relative.
        """
        names = ("connector", "route", "system", "pipe", "contacts", "scenario", "faults", "places", "times", "modes")
        found = {name: getattr(self, name) for name in (*names, "upstream", "pages", "patience")}
        found["node_dir"] = None if self.node is None else folder / self.node
        found["seed_files"] = tuple(_in_folder(text, folder) for text in self.seed_files)
        found["environment"] = tuple(f"{name}={value}" for name, value in self.environment.items())
        return {name: value for name, value in found.items() if value not in (None, ())}


def _in_folder(text: str, folder: Path) -> str:
    """Return `FILE` or `TYPE=FILE` with a path below a folder."""
    name, found, path = text.rpartition("=")
    return f"{name}{found}{folder / path}"


def read_project(folder: Path = Path()) -> Project:
    """Return the configuration in a folder; the defaults if there is none.

    Raises:
        ProjectError: It cannot be read, or a key or a value is wrong.
    """
    path = folder / FILE
    if path.is_file():
        return _project(path, _parsed(path))
    path = folder / "pyproject.toml"
    if path.is_file() and TABLE.encode() in path.read_bytes():  # parsing it takes longer than starting
        return _project(path, _parsed(path).get("tool", {}).get("contract-bench", {}))
    return Project()


def project_schema() -> dict[str, Any]:
    """Return the JSON Schema of `contract-bench.toml`, for editors."""
    schema = msgspec.json.schema(Project)
    for definition in schema["$defs"].values():
        definition["properties"] = {name: _without_null(each) for name, each in definition["properties"].items()}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": FILE, **schema}


def project_table() -> str:
    """Return the keys of `contract-bench.toml` as a Markdown table."""
    definitions = project_schema()["$defs"]
    rows = ["| key | type | meaning |", "|---|---|---|"]
    for name in ("Project", "KnownDefect"):
        prefix = "known-defects: " if name == "KnownDefect" else ""
        for key, each in definitions[name]["properties"].items():
            rows.append(f"| {prefix}`{key}` | {each.get('format') or each['type']} | {each['description']} |")
    return "\n".join(rows)


def _without_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a property as a file may have it: TOML has no null."""
    choices = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    return dict(choices[0]) if choices else dict(schema)


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProjectError(path, f"expected TOML, got: {error}") from error


def _project(path: Path, content: Mapping[str, Any]) -> Project:
    _check_keys(path, content, Project, "")
    defects = content.get("known-defects")
    for number, each in enumerate(defects if isinstance(defects, list) else (), start=1):
        if isinstance(each, dict):
            _check_keys(path, each, KnownDefect, f"known-defects {number}: ")
    try:
        return msgspec.convert(content, Project)
    except msgspec.ValidationError as error:
        raise ProjectError(path, str(error).replace("`$.", "`")) from error


def _check_keys(path: Path, content: Iterable[str], kind: type[msgspec.Struct], where: str) -> None:
    known = [field.encode_name for field in msgspec.structs.fields(kind)]
    for name in content:
        if name not in known:
            meant = nearest(name, known)
            hint = f"did you mean {meant!r}?" if meant else f"Known: {', '.join(known)}."
            raise ProjectError(path, f"{where}there is no key {name!r}; {hint}")
