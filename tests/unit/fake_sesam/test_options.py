"""What a node is started with: precedence of files, environment and options; secrets that stay secret."""

from pathlib import Path
from typing import Any

import pytest

from fake_sesam import Node, NodeOptions
from fake_sesam.errors import ConfigurationError
from fake_sesam.options import load_environment, load_secrets, system_urls_from
from tests.unit.fake_sesam.conftest import Connector, NodeDir


def test_options_win_over_the_environment_file(tmp_path: Path) -> None:
    """The file may have a byte order mark; without a file there is only what is given."""
    options = NodeOptions(environment={"b": 3})
    assert load_environment(tmp_path, options) == ({"b": 3}, [])
    (tmp_path / "test-env.json").write_text('{"a": 1, "b": 2}', "utf-8-sig")

    assert load_environment(tmp_path, options) == ({"a": 1, "b": 3}, [])


@pytest.fixture
def profiles(tmp_path: Path) -> Path:
    """A directory with two profiles, one of them in a folder, and variables for both."""
    files = {
        "test-env.json": '{"a": "test", "b": "test"}',
        "profiles/prod-env.json": '{"a": "prod", "b": "prod", "c": "prod"}',
        "variables/variables-test.json": '{"b": "test variables"}',
        "variables/variables-prod.json": '{"b": "prod variables", "c": "prod variables"}',
        "other.json": '{"a": "other"}',
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, "utf-8-sig")
    return tmp_path


@pytest.mark.parametrize(
    ("options", "values"),
    [
        ({}, {"a": "test", "b": "test variables"}),
        ({"profile": "test"}, {"a": "test", "b": "test variables"}),
        ({"profile": "profiles/prod"}, {"a": "prod", "b": "prod variables", "c": "prod variables"}),
        ({"profile": "prod"}, {"b": "prod variables", "c": "prod variables"}),
        ({"profile": "profiles/prod", "environment": {"c": 1}}, {"a": "prod", "b": "prod variables", "c": 1}),
        ({"env_file": "other.json"}, {"a": "other"}),
        ({"env_file": "other.json", "profile": "prod"}, {"a": "other", "b": "prod variables", "c": "prod variables"}),
    ],
)
def test_a_profile_names_its_files_and_the_later_wins(
    profiles: Path, options: dict[str, Any], values: dict[str, Any]
) -> None:
    """Environment file, variables, given by hand; an environment file of one's own stands in for the profile's."""
    given = {**options, "env_file": profiles / options["env_file"]} if "env_file" in options else options

    assert load_environment(profiles, NodeOptions(**given)) == (values, [])


def test_an_error_for_a_missing_profile_names_the_expected_files(profiles: Path) -> None:
    """Where it was named; the default need not be there."""
    _, (problem,) = load_environment(profiles, NodeOptions(profile="staging"))
    _, others = load_environment(profiles, NodeOptions(profile="staging", env_file=profiles / "other.json"))

    assert [problem.level, *(other.level for other in others)] == ["error", "error"]
    assert "staging-env.json" in problem.message
    assert str(profiles / "variables" / "variables-staging.json") in problem.message


def test_only_secrets_that_are_used_are_read_from_the_environment(tmp_path: Path) -> None:
    """The environment wins over the file, and an option over both."""
    path = tmp_path / "secrets.json"
    path.write_text('{"api-key": "file", "other": "file", "third": "file"}', "utf-8")
    environ = {"SESAM_SECRET_API_KEY": "environment", "SESAM_SECRET_UNUSED": "x", "SESAM_SECRET_THIRD": "environment"}
    options = NodeOptions(secrets_file=path, secrets={"third": "option"}, environ=environ)

    secrets, problems = load_secrets(options, {"api-key", "third"})

    assert (secrets, problems) == ({"api-key": "environment", "other": "file", "third": "option"}, [])
    assert "option" not in repr(options)


def test_a_system_address_can_come_from_the_environment(node_dir: NodeDir, connector: Connector) -> None:
    """As the container takes it."""
    connector.gives([{"id": "a"}])
    environ = {"FAKE_SESAM_SYSTEM_URL_THINGS": connector.url}
    assert system_urls_from(environ, {"things", "others"}) == {"things": connector.url}

    with Node(node_dir.path, NodeOptions(environ=environ)) as node:
        assert node.run_pipe("things-collect").ok


def test_a_directory_without_configuration_is_enough_for_a_node_that_clients_fill(tmp_path: Path) -> None:
    """sesam-py uploads into it; everywhere else an empty directory is a wrong path."""
    with pytest.raises(ConfigurationError, match="found none"):
        Node(tmp_path, NodeOptions(environ={}))

    with Node(tmp_path, NodeOptions(environ={}, may_be_empty=True)) as node:
        assert (node.pipes, node.configuration.problems) == ({}, ())
