"""The Python, JSON, YAML, ini and nginx blocks of the documents are run or read by the program they are for."""

import ast
import configparser
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from contract_bench.pytest_plugin import SETTINGS
from fake_hubspot import FaultRule, FaultSet, Server, Settings
from fake_sesam import ConfigFile, configure
from tests.meta.blocks import DOCUMENTS, ROOT, Block, blocks_of, every_block
from tests.meta.commands import PROGRAMS, problems_of_call, reader_environment
from tests.meta.test_document_extensions import EXTENSIONS
from tests.support.cases import for_each
from tests.support.nested_pytest import LIGHT

pytest_plugins = ["pytester"]

PYTHON = [block for block in every_block("python") if block.document not in EXTENSIONS]
WITH_TESTS = sorted({block.document for block in PYTHON if "def test_" in block.text})
# Stands in for the reader's connector.
CONNECTOR = ROOT / "examples" / "flask_official_client" / "connector.py"


@pytest.mark.parametrize("document", WITH_TESTS, ids=lambda path: path.stem)
def test_tests_of_the_document_pass(document: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder with a connector and the files that the document names."""
    shutil.copy(CONNECTOR, pytester.path)
    (pytester.path / "cassettes").symlink_to(ROOT / "cassettes")
    monkeypatch.setenv("PATH", reader_environment()["PATH"])
    shown = [block for block in blocks_of(document) if block.file]
    for block in shown:
        (pytester.path / block.file).write_text(block.text, encoding="utf-8")

    result = pytester.runpytest_inprocess(*LIGHT, "-p", "no:xdist")

    result.assert_outcomes(passed=sum(block.text.count("def test_") for block in shown))


@pytest.mark.parametrize("block", [b for b in PYTHON if "def test_" not in b.text], ids=lambda block: block.where)
def test_python_block_runs(block: Block, capsys: pytest.CaptureFixture[str]) -> None:
    """Blocks that cannot run completely run their imports."""
    tree = ast.parse(block.text)
    if block.file or block.not_run:
        tree.body = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]

    exec(compile(tree, block.where, "exec"), {"__name__": "document"})  # noqa: S102 - it is our own

    assert tree.body


@pytest.mark.parametrize("block", every_block("json"), ids=lambda block: block.where)
def test_json_block_is_valid(block: Block, tmp_path: Path) -> None:
    """Accounts and faults for the fake HubSpot, systems, pipes and sources for the node, mappings for WireMock."""
    content = json.loads(block.text)

    if "fault" in content:
        FaultSet().arm(msgspec.convert(content, FaultRule))
    elif "records" in content:
        path = tmp_path / "account.json"
        path.write_text(block.text, encoding="utf-8")
        with Server(Settings(seed_files=(str(path),))) as server:
            assert server.portal.store.count("0-1") == len(content["records"]["contacts"])
    elif "json.schemas" in content:
        assert all({"fileMatch", "url"} == each.keys() for each in content["json.schemas"])
    elif "mappings" in content:
        assert all({"request", "response"} <= set(mapping) for mapping in content["mappings"])
    else:
        assert problems_of_configuration(content) == []


def problems_of_configuration(content: dict[str, Any]) -> list[str]:
    """Return the problems that a node finds in a system, a pipe or the source of a pipe."""
    if "_id" not in content:
        content = {"_id": "a-pipe", "type": "pipe", "source": content}
    files = [ConfigFile("shown.conf.json", content)]
    if "source" in content:
        files.append(ConfigFile("hubspot.conf.json", {"_id": "hubspot", "type": "system:url", "url_pattern": "x/%s"}))
    known = {"hubspot-api-key": "x", "hubspot-base-url": "x"}
    found = configure(files, env=known, secrets=known, system_secrets={}).problems
    return [problem.message for problem in found]


@pytest.mark.parametrize("block", every_block("ini"), ids=lambda block: block.where)
def test_ini_block_names_existing_settings_of_the_plugin(block: Block) -> None:
    parsed = configparser.ConfigParser()
    parsed.read_string(block.text)

    unknown = set(parsed["pytest"]) - {name for name, _, _ in SETTINGS}

    assert unknown == set()


class Tolerant(yaml.SafeLoader):
    """A loader that ignores the tags of other programs, such as `!reset` of compose."""


Tolerant.add_multi_constructor("!", lambda _loader, _tag, _node: None)


@for_each("block", every_block("yaml"), ids=lambda block: block.where)
def test_yaml_block_names_existing_options_and_services(block: Block) -> None:
    """Services only if the block extends our compose file."""
    content = yaml.load(block.text, Tolerant)  # noqa: S506 - a safe loader
    compose = yaml.safe_load((ROOT / "docker-compose.test.yml").read_text("utf-8"))
    is_laid_over = isinstance(content, dict) and "include" not in content  # otherwise it defines its own services
    services = content.get("services") if is_laid_over else None

    calls = [line for text in texts_in(content) for line in text.splitlines() if line.split(" ")[0] in PROGRAMS]

    assert [problem for line in calls if (problem := problems_of_call(line))] == []
    assert set(services if isinstance(services, dict) else ()) <= set(compose["services"])


def texts_in(content: Any) -> Iterator[str]:
    """Yield every string in a value."""
    if isinstance(content, str):
        yield content
    for each in content.values() if isinstance(content, dict) else content if isinstance(content, list) else ():
        yield from texts_in(each)


@pytest.mark.parametrize("block", every_block("nginx"), ids=lambda block: block.where)
def test_nginx_block_is_the_configuration_of_the_benchmarks(block: Block) -> None:
    """Except the addresses, which are the reader's."""
    shown = {line.strip() for line in block.text.splitlines() if not re.search(r"^\s*(server|listen) \S+;|^}", line)}
    runs = {line.strip() for line in (ROOT / "benchmarks" / "balancer.py").read_text("utf-8").splitlines()}

    assert shown - {line.replace("{{", "{").replace("}}", "}") for line in runs} == set()


def test_every_language_is_checked() -> None:
    """A block in an unknown language would not be tested."""
    known = {"console", "sh", "bash", "python", "json", "ini", "yaml", "nginx", "diff", "toml", ""}

    assert {block.language for path in DOCUMENTS for block in blocks_of(path)} <= known
