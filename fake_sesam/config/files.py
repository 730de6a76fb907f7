"""Reads configuration files from a node's directory, a zip or a JSON upload; checks only that they are JSON.

Source: docs (sesam-py readme): `pipes/**/*.conf.json`, `systems/**/*.conf.json`, `node-metadata.conf.json`,
`<profile>-env.json` in UTF-8 with or without a byte order mark.
"""

import io
import json
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench_core.json_text import TooDeepError, parse_json
from fake_sesam.errors import Problem

__all__ = [
    "ConfigFile",
    "files_from_entities",
    "read_directory",
    "read_json_object",
    "read_zip",
    "with_entity",
    "without_entity",
    "write_zip",
]

METADATA_FILE = "node-metadata.conf.json"
MAX_MEMBER_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """One configuration entity and the name of the file it came from."""

    name: str
    content: dict[str, Any]

    @property
    def is_metadata(self) -> bool:
        """Whether this is the node's metadata."""
        return self.content.get("type") == "metadata" or self.name.endswith(METADATA_FILE)

    @property
    def is_system(self) -> bool:
        """Whether this describes a system."""
        return str(self.content.get("type", "")).startswith("system:")


def read_directory(node_dir: Path) -> tuple[list[ConfigFile], list[Problem]]:
    """Read every configuration file of a node's directory, sorted by name."""
    paths = sorted(
        [path for folder in ("systems", "pipes") for path in (node_dir / folder).rglob("*.conf.json")]
        + [path for path in (node_dir / METADATA_FILE,) if path.exists()]
    )
    if not paths:
        message = "expected systems/*.conf.json and pipes/*.conf.json, found none. Is this the node's directory?"
        return [], [Problem("error", message, str(node_dir))]
    return _parse_all((path.relative_to(node_dir).as_posix(), path.read_bytes()) for path in paths)


def read_zip(content: bytes) -> tuple[list[ConfigFile], list[Problem]]:
    """Read the `.conf.json` members of an uploaded zip."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile as error:
        return [], [Problem("error", f"expected a zip archive of *.conf.json files: {error}")]
    with archive:
        members = [info for info in archive.infolist() if info.filename.endswith(".conf.json")]
        too_big = [info.filename for info in members if info.file_size > MAX_MEMBER_BYTES]
        if too_big:
            return [], [Problem("error", f"larger than {MAX_MEMBER_BYTES} bytes", name) for name in too_big]
        try:
            documents = [(info.filename, archive.read(info)) for info in members]
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            message = f"a member of the zip archive cannot be read: {error}"
            return [], [Problem("error", message, "upload")]
    return _parse_all(documents)


def files_from_entities(entities: Iterable[Any]) -> tuple[list[ConfigFile], list[Problem]]:
    """Make a file of each entity of an uploaded JSON array, named as in a download."""
    files, problems = [], []
    for index, entity in enumerate(entities):
        if not isinstance(entity, dict):
            problems.append(
                Problem("error", f"expected an object, got {type(entity).__name__}", "upload", f"[{index}]")
            )
            continue
        files.append(ConfigFile(_file_name(entity), entity))
    return files, problems


def write_zip(entities: Iterable[dict[str, Any]]) -> bytes:
    """Pack configuration entities into a zip, as a node does for a download."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for entity in entities:
            archive.writestr(_file_name(entity), json.dumps(entity, indent=2, ensure_ascii=False))
    return buffer.getvalue()


def read_json_object(path: Path) -> tuple[dict[str, Any], list[Problem]]:
    """Read a file with one JSON object (environment, secrets) in UTF-8, with or without a byte order mark."""
    try:
        content = path.read_bytes()
    except OSError as error:
        return {}, [Problem("error", f"cannot be read: {error.strerror}", str(path))]
    files, problems = _parse_all([(str(path), content)])
    return (files[0].content if files else {}), problems


def _parse_all(documents: Iterable[tuple[str, bytes]]) -> tuple[list[ConfigFile], list[Problem]]:
    files, problems = [], []
    for name, content in documents:
        try:
            value = parse_json(content.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            problems.append(Problem("error", f"expected UTF-8, byte {error.start} is not", name))
            continue
        except TooDeepError:
            problems.append(Problem("error", "nested too deeply; expected at most some hundred levels", name))
            continue
        except json.JSONDecodeError as error:
            problems.append(
                Problem("error", f"not JSON: {error.msg} at line {error.lineno} column {error.colno}", name)
            )
            continue
        if isinstance(value, dict):
            files.append(ConfigFile(name, value))
        else:
            problems.append(Problem("error", f"expected one JSON object, got {type(value).__name__}", name))
    return files, problems


def _file_name(entity: dict[str, Any]) -> str:
    kind = str(entity.get("type", ""))
    if kind == "metadata":
        return METADATA_FILE
    folder = "systems" if kind.startswith("system:") else "pipes"
    return f"{folder}/{entity.get('_id', 'unnamed')}.conf.json"


def with_entity(files: Iterable[ConfigFile], entity: dict[str, Any]) -> list[ConfigFile]:
    """Return the files with one configuration entity added; it replaces one with the same `_id`."""
    others = without_entity(files, entity.get("_id"))
    return [*others, ConfigFile(_file_name(entity), entity)]


def without_entity(files: Iterable[ConfigFile], entity_id: Any) -> list[ConfigFile]:
    """Return the files without one configuration entity."""
    return [file for file in files if file.content.get("_id") != entity_id]
