"""`--connector` has the same spelling in every command; ambiguous texts are refused."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from contract_bench.cli import main
from contract_bench.roles.connector import ConnectorUnderTest
from contract_bench.roles.connector_spec import ConnectorKind, ConnectorSpecError, is_program, parse_connector
from contract_bench.roles.driven_connector import ConnectorOptions, start_of
from tests.support.cases import for_each

ROOT = Path(__file__).parents[4]
DIGEST = "sha256:" + "0f" * 32
COMMANDS = ("matrix", "record", "scenario")


@for_each(
    ("text", "target"),
    [
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("https://connector.example.com/base/", "https://connector.example.com/base"),
        ("HTTP://LocalHost:5000", "http://LocalHost:5000"),
        (" http://127.0.0.1:5000 ", "http://127.0.0.1:5000"),
        ("http://[::1]:5000", "http://[::1]:5000"),
        ("http://connector", "http://connector"),
        ("127.0.0.1:5077", "http://127.0.0.1:5077"),
        ("127.0.0.1:5077/base/", "http://127.0.0.1:5077/base"),
        ("localhost:5077", "http://localhost:5077"),
        ("[::1]:5077", "http://[::1]:5077"),
    ],
)
def test_url_is_understood(text: str, target: str) -> None:
    """Loopback and numeric addresses need no scheme."""
    spec = parse_connector(text)

    assert (spec.kind, spec.target) == (ConnectorKind.URL, target)
    assert "understood as the URL" in spec.description


@for_each(
    ("text", "target"),
    [
        ("image:connector", "connector"),
        ("image:example/connector", "example/connector"),
        ("image:example/connector:1.2", "example/connector:1.2"),
        ("Image:example/connector:1.2", "example/connector:1.2"),
        ("image:localhost:5000/connector", "localhost:5000/connector"),
        (f"image:connector@{DIGEST}", f"connector@{DIGEST}"),
        ("example/connector:1.2", "example/connector:1.2"),
        ("connector:latest", "connector:latest"),
        ("connector:5000", "connector:5000"),
        ("my__team/my-connector:v1_2.3-rc", "my__team/my-connector:v1_2.3-rc"),
        ("registry.example.com/team/connector:1", "registry.example.com/team/connector:1"),
        ("registry.example.com:5000/team/connector:1", "registry.example.com:5000/team/connector:1"),
        ("localhost:5000/connector:1", "localhost:5000/connector:1"),
        ("127.0.0.1:5000/connector:1", "127.0.0.1:5000/connector:1"),
        (f"registry/x@{DIGEST}", f"registry/x@{DIGEST}"),
        (f"registry/x:1.2@{DIGEST}", f"registry/x:1.2@{DIGEST}"),
    ],
)
def test_image_is_understood(text: str, target: str) -> None:
    """`image:` names one; so does a tag or a digest."""
    spec = parse_connector(text, is_program=lambda _: False)

    assert (spec.kind, spec.target) == (ConnectorKind.IMAGE, target)
    assert "understood as an image" in spec.description


@for_each(
    "text",
    [
        "python -m service",
        "node connector.js",
        "./connector",
        "./connector:1.2",
        "/opt/connector:1.2",
        "../bin/connector",
        "connector",
        "example/connector",
        "'/a path/with spaces:1'",
        "env A=1 connector:1.2",
        "connector --upstream http://127.0.0.1:1",
        "docker run example/connector:1.2",
        "C:/programs/connector.exe",
    ],
)
def test_everything_else_is_a_command(text: str) -> None:
    """Unchanged."""
    spec = parse_connector(text, is_program=lambda _: False)

    assert (spec.kind, spec.target) == (ConnectorKind.COMMAND, text)
    assert "understood as a command" in spec.description
    assert ("image:NAME" in spec.description) is (" " not in text)


def test_program_wins_over_an_image_of_the_same_name(tmp_path: Path) -> None:
    """A file with a colon in its name is started, unless `image:` says otherwise."""
    program = tmp_path / "connector:1.2"
    program.write_text("#!/bin/sh\n")

    assert is_program(str(program))
    assert parse_connector("connector:1.2", is_program=lambda _: True).kind is ConnectorKind.COMMAND
    assert parse_connector("image:connector:1.2", is_program=lambda _: True).kind is ConnectorKind.IMAGE


@for_each(
    ("text", "advice"),
    [
        ("", "it is empty"),
        ("  ", "it is empty"),
        ("''", "it is empty"),
        ("python -c 'print", "quotation marks"),
        ("http://", "not a base URL"),
        ("http://127.0.0.1:99999", "not a base URL"),
        ("http://127.0.0.1:port", "not a base URL"),
        ("127.0.0.1:99999", "not a base URL"),
        ("http://127.0.0.1:5000/?since=1", "not a base URL"),
        ("http:127.0.0.1", "Write http://127.0.0.1."),
        ("https:/127.0.0.1:1", "Write https://127.0.0.1:1."),
        ("ftp://127.0.0.1", "ftp:// is not supported"),
        ("docker://example/connector", "image:NAME"),
        ("image:", "not an image's name"),
        ("image:-x", "not an image's name"),
        ("image:a b", "takes no arguments"),
        ("http://127.0.0.1:5000 --verbose", "takes no arguments"),
        ("localhost:5000/x", "Write http://localhost:5000/x or image:localhost:5000/x."),
        ("connector.internal:5000", "Write http://connector.internal:5000 or image:connector.internal:5000."),
        ("registry.example.com:5000/x", "or image:registry.example.com:5000/x."),
    ],
)
def test_what_cannot_be_understood_is_refused_with_advice(text: str, advice: str) -> None:
    """The message contains the text, the problem and what to write instead."""
    with pytest.raises(ConnectorSpecError) as caught:
        parse_connector(text, is_program=lambda _: False)

    assert advice in str(caught.value)
    assert repr(text) in str(caught.value)


def test_password_in_a_url_is_not_shown() -> None:
    """The connector still gets it."""
    spec = parse_connector("http://sesam:secret@127.0.0.1:5000/base")

    assert spec.target == "http://sesam:secret@127.0.0.1:5000/base"
    assert spec.description.startswith("http://***@127.0.0.1:5000/base (")


@for_each(
    ("text", "label"),
    [
        ("python -m service", "service"),
        ("/home/x/run --key 1", "a command"),
        ("image:a/b:1", "image:a/b:1"),
        ("a/b:1", "image:a/b:1"),
        ("http://h:1", "a URL"),
        ("127.0.0.1:1", "a URL"),
    ],
)
def test_evidence_does_not_describe_a_machine(text: str, label: str) -> None:
    """No path, no argument and no address."""
    assert parse_connector(text).label == label


@pytest.mark.parametrize("spelled", ["image:example/connector:1.2", "example/connector:1.2"])
def test_matrix_and_record_run_an_image_in_the_same_way(spelled: str) -> None:
    """On the machine's network; variables are passed by name, so that no secret is in a command line."""
    for_matrix = ConnectorUnderTest(spelled, environment={"EXTRA": "x"}).command("run-1")
    urls, commands = start_of(ConnectorOptions(node_dir=ROOT / "node", connector=spelled))

    start = "docker run --rm --init --network host "
    assert for_matrix.startswith(f"{start}--label contract-bench.connector=run-1 --env hubspot-api-key ")
    assert for_matrix.endswith("--env EXTRA --env PORT --env port example/connector:1.2")
    assert urls == {}
    assert commands == {
        "hubspot": f"{start}--env hubspot-api-key --env hubspot-base-url --env PORT --env port example/connector:1.2"
    }


@pytest.mark.parametrize(
    ("spelled", "urls", "commands"),
    [
        ("127.0.0.1:5000", {"hubspot": "http://127.0.0.1:5000"}, {}),
        ("node connector.js", {}, {"hubspot": "node connector.js"}),
    ],
)
def test_node_gets_an_address_or_a_command(spelled: str, urls: dict[str, str], commands: dict[str, str]) -> None:
    """Exactly one of the two."""
    assert start_of(ConnectorOptions(node_dir=ROOT / "node", connector=spelled)) == (urls, commands)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_how_the_connector_was_understood(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And refuses what is ambiguous, with status 2."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenario.json").write_text("no scenario")
    # each is incomplete, so that it ends before it starts a connector
    arguments = {"matrix": ["--cell", "no-cell"], "record": [], "scenario": ["scenario.json"]}[command]
    runner = CliRunner(env={"HUBSPOT_TOKEN": ""})

    understood = runner.invoke(main, [command, *arguments, "--connector", "a/b:1"])
    refused = runner.invoke(main, [command, *arguments, "--connector", "localhost:5000/x"])

    assert understood.exit_code == refused.exit_code == 2
    assert "connector: a/b:1 (understood as an image, started with docker run)" in understood.output
    assert "image:localhost:5000/x" in " ".join(refused.output.split())
