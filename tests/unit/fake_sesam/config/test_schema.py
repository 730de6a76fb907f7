"""The JSON Schema of configurations agrees with what `fake-sesam validate` says about them."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from click.testing import CliRunner

from fake_sesam.cli import cli
from fake_sesam.config import ConfigFile, configure
from fake_sesam.config.kinds import KINDS
from fake_sesam.config.properties import Property
from fake_sesam.config.schema import SCHEMAS, configuration_schema
from fake_sesam.errors import Problem
from tests.support.cases import for_each

ROOT = Path(__file__).parents[4]
OPERATION = {"url": "x", "method": "GET"}
# A valid configuration for each kind of table, and the way to the part that the table describes.
BASES: dict[str, tuple[dict[str, Any], tuple[Any, ...]]] = {
    "Pipe": ({"source": {"type": "json", "system": "u", "url": "x"}}, ()),
    "`namespaces` of a pipe": ({"namespaces": {}}, ("namespaces",)),
    "`json` source": ({"source": {"type": "json", "system": "u", "url": "x"}}, ("source",)),
    "`embedded` source": ({"source": {"type": "embedded", "entities": []}}, ("source",)),
    "`dataset` source": ({"source": {"type": "dataset", "dataset": "d"}}, ("source",)),
    "`http_endpoint` source": ({"source": {"type": "http_endpoint"}}, ("source",)),
    "`rest` source": ({"source": {"type": "rest", "system": "r", "operation": "get"}}, ("source",)),
    "`merge_datasets` source": ({"source": {"type": "merge_datasets", "datasets": ["a"]}}, ("source",)),
    "`merge` source": ({"source": {"type": "merge", "datasets": ["a a"], "equality": []}}, ("source",)),
    "`chained` transform": ({"transform": {"type": "chained", "transforms": []}}, ("transform",)),
    "`dtl` transform": ({"transform": [{"type": "dtl", "rules": {"default": []}}]}, ("transform", 0)),
    "`emit_children` transform": ({"transform": {"type": "emit_children"}}, ("transform",)),
    "`rest` transform": ({"transform": {"type": "rest", "system": "r"}}, ("transform",)),
    "`template` transform": (
        {"transform": {"type": "template", "template": "transform-collect-rest", "properties": {}}},
        ("transform",),
    ),
    "`dataset` sink": ({"sink": {}}, ("sink",)),
    "`http_endpoint` sink": ({"sink": {"type": "http_endpoint"}}, ("sink",)),
    "`csv_endpoint` sink": ({"sink": {"type": "csv_endpoint", "columns": ["a"]}}, ("sink",)),
    "`xml_endpoint` sink": ({"sink": {"type": "xml_endpoint"}}, ("sink",)),
    "`rest` sink": ({"sink": {"type": "rest", "system": "r", "operation": "get"}}, ("sink",)),
    "Pump": ({"pump": {}}, ("pump",)),
    "`system:microservice`": ({"type": "system:microservice", "docker": {"image": "x/y:1", "port": 1}}, ()),
    "`system:url`": ({"type": "system:url", "url_pattern": "http://x/%s"}, ()),
    "`system:rest`": ({"type": "system:rest", "url_pattern": "http://x", "operations": {"get": OPERATION}}, ()),
    "`docker` of a `system:microservice`": (
        {"type": "system:microservice", "docker": {"image": "x/y:1", "port": 1, "environment": {"a": "$SECRET(s)"}}},
        ("docker",),
    ),
    "An operation of a `system:rest`": (
        {"type": "system:rest", "url_pattern": "http://x", "operations": {"get": OPERATION}},
        ("operations", "get"),
    ),
    "A rule of `retry_strategy`": (
        {"type": "system:url", "url_pattern": "http://x", "retry_strategy": {"500-599": {}}},
        ("retry_strategy", "500-599"),
    ),
    "Node metadata": ({"type": "metadata", "_id": "node"}, ()),
}
SYSTEMS = (
    {"_id": "u", "type": "system:url", "url_pattern": "http://x/%s"},
    {"_id": "r", "type": "system:rest", "url_pattern": "http://x", "operations": {"get": OPERATION}},
)
# About these the tables say less than `validate` knows.
NOT_TOLD = {
    "cron_expression",
    "rescan_cron_expression",
    "type",
    "_id",
    "template",
    "operation",
    "get_token_operation",
    "next_page_termination_strategy",
}
NOT_TOLD |= {"system", "allowed_status_codes", "ignored_status_codes", "custom_auth", "authentication", "datasets"}
WRONG: dict[str, Any] = {"string": 5, "integer": "x", "number": "x", "boolean": "x", "object": [], "list": {}}


@cache
def is_valid(what: str = "any", *, strict: bool = False) -> Callable[[Any], bool]:
    """Return the check of a schema."""
    return jsonschema_rs.validator_for(configuration_schema(what, strict=strict)).is_valid


def problems(config: dict[str, Any]) -> list[Problem]:
    """Return what `validate` says about one file, beside the systems that it needs."""
    files = [ConfigFile("node-metadata.conf.json" if config.get("type") == "metadata" else "x.conf.json", config)]
    files += [ConfigFile(f"{each['_id']}.conf.json", each) for each in SYSTEMS]
    found = configure(files, env={}, secrets={"s": "x"}).problems
    return [problem for problem in found if problem.file == files[0].name]


def is_taken(config: dict[str, Any]) -> bool:
    """Return whether `validate` finds no error."""
    return not any(problem.level == "error" for problem in problems(config))


def based_on(title: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a valid configuration, and the part of it that a table describes."""
    base, way = BASES[title]
    config: dict[str, Any] = deepcopy(base)
    if not str(config.get("type", "")):
        config = {"_id": "p", "type": "pipe", "source": {"type": "embedded", "entities": []}} | config
    config.setdefault("_id", "own")
    part: Any = config
    for step in way:
        part = part[step]
    return config, part


def changes(name: str, known: Property) -> Iterator[tuple[str, Any]]:
    """Yield what may be written into a property: wrong and right values."""
    if "any" not in known.kind:
        wrong = next((value for kind, value in WRONG.items() if kind not in known.kind.split("|")), None)
        for value in (WRONG[known.kind.split("|")[0]], wrong):
            yield name, value
    if known.choices:
        yield name, "nothing"
        yield from ((name, choice) for choice in known.choices)
    if known.minimum is not None:
        yield name, known.minimum - 1
        yield name, int(known.minimum) + 1
    yield name, None
    yield name, "$ENV(x)"


def test_every_kind_of_configuration_has_a_base() -> None:
    assert {kind.title for kind in KINDS} == set(BASES)


@pytest.mark.parametrize("title", BASES)
def test_the_schema_agrees_with_validate(title: str) -> None:
    """About every property of every kind: missing, of each wrong type, at its bounds, unknown."""
    properties = next(kind.table for kind in KINDS if kind.title == title)
    config, _ = based_on(title)
    assert problems(config) == [each for each in problems(config) if each.level == "info"], problems(config)
    assert is_valid()(config)
    for name, known in properties.items():
        if name in NOT_TOLD:
            continue
        for key, value in changes(name, known):
            config, part = based_on(title)
            part[key] = value
            said = [each for each in problems(config) if "is not set" not in each.message and each.level == "error"]
            assert is_valid()(config) == (not said), (config, said)
        config, part = based_on(title)
        if part.pop(name, None) is not None:
            assert is_valid()(config) == is_taken(config), (config, problems(config))


@for_each("title", BASES)
def test_only_the_strict_schema_refuses_unknown_properties(title: str) -> None:
    """About which `validate` warns; names that begin with a dollar sign are taken by all."""
    config, part = based_on(title)
    part["$comment"] = "x"
    assert is_valid(strict=True)(config)

    part["unknown_property"] = 1

    assert is_valid()(config)
    assert not is_valid(strict=True)(config)
    assert "warning" in {problem.level for problem in problems(config)}


def test_what_the_schema_refuses_besides() -> None:
    """Each is an error of `validate` too."""
    pipe = {"_id": "p", "type": "pipe"}
    embedded = {"type": "embedded", "entities": []}
    url = {"_id": "own", "type": "system:url", "url_pattern": "http://x"}
    refused: tuple[dict[str, Any], ...] = (
        {**pipe, "source": {"type": "jsn"}},
        {**pipe, "source": {}},
        {**pipe, "_id": "a/b", "source": embedded},
        {**pipe, "source": embedded, "sink": {"type": "datset"}},
        {**pipe, "source": embedded, "transform": [{"type": "dtll"}]},
        {**pipe, "source": embedded, "transform": [5]},
        {**pipe, "source": embedded, "transform": {"type": "chained", "transforms": [{"type": "dtl"}]}},
        {**pipe, "source": embedded, "pump": {"rescan_run_count": 1, "rescan_cron_expression": "* * * * *"}},
        {**pipe, "source": embedded, "pump": {"partial_rescan_run_count": 1}},
        {"_id": "own", "type": "system:url"},
        {**url, "retry_strategy": {"5xx": {}}},
        {**url, "retry_strategy": {"500": 3}},
        {**url, "oauth2": {}},
        {"_id": "x", "type": "pip"},
        {"_id": "x"},
    )
    for config in refused:
        assert not is_valid()(config), config
        assert not is_taken(config), config


def test_conditions_and_documented_types_are_taken() -> None:
    """A condition may bring what is required; a real node has more types than this one."""
    pipe = {"_id": "p", "type": "pipe"}
    source = {"type": "embedded", "entities": []}
    conditional = {"type": "conditional", "condition": "a", "alternatives": {"a": source}}
    taken: tuple[dict[str, Any], ...] = (
        {**pipe, "source": conditional},
        {**pipe, "$conditional_properties": {"condition": "a", "alternatives": {"a": {"source": source}}}},
        {**pipe, "source": source, "transform": {**conditional, "alternatives": {"a": {"type": "emit_children"}}}},
    )
    for config in taken:
        assert is_valid()(config), config
        assert is_taken(config), problems(config)
    assert is_valid()({**pipe, "source": {"type": "sql", "table": "x"}})
    assert is_valid()({"_id": "x", "type": "system:mssql", "host": "x"})
    assert not is_valid()({**pipe, "source": {**conditional, "alternatives": {"a": {"type": "jsn"}}}})


def test_the_configurations_of_this_repository_are_taken() -> None:
    """Also by the strict schema."""
    files = [path for folder in ("node", "examples") for path in (ROOT / folder).rglob("*.conf.json")]
    assert len(files) >= 10
    for path in files:
        assert is_valid(strict=True)(json.loads(path.read_text(encoding="utf-8"))), path


def test_the_command_prints_the_schema(tmp_path: Path) -> None:
    """Of one kind too, and into a file; each one is a valid schema."""
    for what in SCHEMAS:
        schema = json.loads(CliRunner().invoke(cli, ["schema", what]).output)
        assert schema == configuration_schema(what)
        jsonschema_rs.meta.validate(schema)
    CliRunner().invoke(cli, ["schema", "pipe", "--strict", "-o", str(tmp_path / "new" / "pipe.json")])

    assert json.loads((tmp_path / "new" / "pipe.json").read_text()) == configuration_schema("pipe", strict=True)
    assert not is_valid("pipe")({"_id": "x", "type": "system:url", "url_pattern": "http://x"})
