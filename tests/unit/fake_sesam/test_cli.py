"""The command line: exit status, messages, JSON."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from fake_sesam.cli import cli
from tests.unit.fake_sesam.conftest import Connector, NodeDir


def fake_sesam(*arguments: object, env: dict[str, str | None] | None = None) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], env=env or {})


def url(connector: Connector) -> str:
    """Return the option that tells where the system is."""
    return f"things-url={connector.url}"


def test_run_completes_with_status_0_and_shows_the_dataset(node_dir: NodeDir, connector: Connector) -> None:
    """A summary and the first rows."""
    connector.gives([{"id": "a", "name": "[bold]Ada"}])

    result = fake_sesam("run", node_dir.path, "--env", url(connector))

    assert result.exit_code == 0, result.output
    assert "things-collect: completed, full, 1 processed, 1 changed, 0 deleted" in result.output
    assert "[bold]Ada" in result.output


@pytest.mark.parametrize("entity_id", ["713000000000000051", "a-very-long-identifier-" * 4])
def test_the_preview_cuts_no_id_on_a_narrow_terminal(node_dir: NodeDir, connector: Connector, entity_id: str) -> None:
    """It is what a developer looks an entity up with; the properties take what is left, as names and values."""
    connector.gives([{"id": entity_id, "p": {"mail": "ada@example.com", "none": None}, "more": "x" * 200}])

    result = fake_sesam("run", node_dir.path, "--env", url(connector), env={"COLUMNS": "80"})

    cells = [line.split("│")[1].strip() for line in result.output.splitlines() if "│" in line]
    assert "".join(cells) == entity_id
    assert "{" not in result.output
    assert max(len(line) for line in result.output.splitlines() if "│" in line) <= 80


def test_the_preview_names_nested_properties(node_dir: NodeDir, connector: Connector) -> None:
    """And leaves out what is empty."""
    connector.gives([{"id": "a", "p": {"mail": "ada@example.com", "none": None}, "n": 1, "list": [1, 2], "no": []}])

    result = fake_sesam("run", node_dir.path, "--env", url(connector), env={"COLUMNS": "100"})

    assert "p.mail: ada@example.com, n: 1, list: [1, 2]" in result.output
    assert "none" not in result.output


def test_run_fails_with_status_1_and_says_why(node_dir: NodeDir, connector: Connector) -> None:
    """The connector's own words."""
    connector.sends(b'{"message": "HubSpot answered 500"}', status=500)

    result = fake_sesam("run", node_dir.path, "things-collect", "--env", url(connector))

    assert result.exit_code == 1
    assert "things-collect: FAILED" in result.output
    assert "HubSpot answered 500" in result.output


def test_run_as_json_is_one_object_a_pipe(node_dir: NodeDir, connector: Connector) -> None:
    """Nothing else is on standard output."""
    connector.gives([{"id": "a"}])

    result = fake_sesam("run", node_dir.path, "--env", url(connector), "--json")

    shown: dict[str, Any] = json.loads(result.stdout)
    assert (shown["ok"], shown["processed"], shown["events"][-1]["event_type"]) == (True, 1, "pump-completed")


def test_run_lists_every_configuration_error_with_status_2(node_dir: NodeDir) -> None:
    node_dir.pipe(source={"system": "nowhere"}, batch_size=0)

    result = fake_sesam("run", node_dir.path)

    assert result.exit_code == 2
    assert "source.system" in result.stderr
    assert "batch_size" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no-such-pipe"], "Known: things-collect."),
        (["--env", "novalue"], "expected NAME=VALUE"),
        (["--env-file", "/nowhere.json"], "cannot be read"),
        (["--system-url", "things=nonsense"], "expected a URL that starts with http:// or https://, got 'nonsense'"),
        (
            ["--system-url", "thing=http://127.0.0.1:1"],
            "there is no system 'thing'; did you mean 'things'?",
        ),
        (["--system-command", "thing=true"], "there is no system 'thing'; did you mean 'things'?"),
        (["--profile", "staging"], "there is no such profile"),
        (["--assume", "follows=true"], "there is no assumption 'follows'"),
        (["--assume", "takes-object=perhaps"], "expected true or false, got 'perhaps'"),
        (["--data-dir", "/proc/nowhere"], "choose another with --data-dir"),
    ],
)
def test_wrong_arguments_give_status_2_and_a_message(node_dir: NodeDir, arguments: list[str], message: str) -> None:
    """Never a traceback."""
    result = fake_sesam("run", node_dir.path, *arguments)

    assert result.exit_code == 2
    assert message in result.stderr


def test_an_impossible_port_is_refused(node_dir: NodeDir) -> None:
    """By the command, not by the socket."""
    result = fake_sesam("serve", node_dir.path, "--port", 99999)

    assert result.exit_code == 2
    assert "99999 is not in the range" in result.stderr


def test_a_port_in_use_is_refused_with_a_way_out(node_dir: NodeDir, connector: Connector) -> None:
    """Status 2 and no traceback."""
    taken = connector.url.rpartition(":")[2]

    result = fake_sesam("serve", node_dir.path, "--port", taken)

    assert result.exit_code == 2
    assert f"cannot listen on 127.0.0.1:{taken}" in result.stderr
    assert "Use another port, or 0 for a free one." in result.stderr


def test_a_pump_that_is_refused_has_status_1(node_dir: NodeDir) -> None:
    node_dir.pipe(pump={"mode": "off"})

    result = fake_sesam("run", node_dir.path)

    assert (result.exit_code, "is off" in result.stderr) == (1, True)


UNSUPPORTED = {"_id": "g", "type": "pipe", "source": {"type": "kafka", "system": "things", "topic": "x"}}
WRONG = {"_id": "g", "type": "pipe", "source": {"type": "json", "url": "x"}}
UNUSABLE = {"_id": "g", "type": "pipe", "source": {"type": "json", "system": "ldap", "url": "x"}}
NO_ALTERNATIVE = {"condition": "prod", "alternatives": {"test": {"type": "embedded", "entities": []}}}
UNDECIDED = {"_id": "g", "type": "pipe", "source": {"type": "conditional", **NO_ALTERNATIVE}}


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (UNSUPPORTED, "not 'kafka'"),
        (WRONG, "required property 'system' (string) is missing"),
        (UNUSABLE, "the system 'ldap' cannot be used: this node has"),
        (UNDECIDED, "the condition is 'prod', but there are alternatives only for 'test'"),
    ],
)
def test_a_pipe_that_cannot_run_blocks_no_other(
    node_dir: NodeDir, connector: Connector, bad: dict[str, Any], reason: str
) -> None:
    """It is named with its reason; the status is 2 only where it was asked for."""
    node_dir.add({"_id": "ldap", "type": "system:ldap"})
    node_dir.add(bad)
    connector.gives([{"id": "a"}])

    good, asked, both, everything = (
        fake_sesam("run", node_dir.path, *names, "--env", url(connector))
        for names in (["things-collect"], ["g"], ["g", "things-collect"], [])
    )

    assert [result.exit_code for result in (good, asked, both, everything)] == [0, 2, 2, 2]
    assert all("1 of 2 pipes cannot run: g" in result.stderr for result in (good, asked, both, everything))
    assert reason in good.stderr
    assert "not 'conditional'" not in good.stderr
    assert all("things-collect: completed" in result.stdout for result in (good, both, everything))
    assert "completed" not in asked.stdout


@pytest.mark.parametrize(
    ("option", "used"),
    [
        (["--system-url", "things=URL"], []),
        (["--system-command", "things=true"], ["for-environment"]),
        ([], ["for-environment", "for-registry", "for-image"]),
    ],
)
def test_a_reference_that_is_not_used_needs_no_value(
    node_dir: NodeDir, connector: Connector, option: list[str], used: list[str]
) -> None:
    """A system that is given by its URL does not read its container's environment, one given by a command does."""
    docker = {
        "image": "example/$ENV(for-image)",
        "port": 5000,
        "environment": {"token": "$SECRET(for-environment)"},
        "password": "$SECRET(for-registry)",
    }
    node_dir.add({"_id": "things", "type": "system:microservice", "docker": docker})
    given = [each.replace("URL", connector.url) for each in option]

    result = fake_sesam("validate", node_dir.path, *given)

    assert [name for name in ("for-environment", "for-registry", "for-image") if f"({name})" in result.output] == used
    assert (result.exit_code == 0) == (not used)


def test_validate_prints_every_finding_and_runs_nothing(node_dir: NodeDir) -> None:
    """Status 0 with warnings, 2 with errors."""
    node_dir.pipe(bach_size=1, source={"completeness": False})
    warned = fake_sesam("validate", node_dir.path)
    node_dir.pipe(source={"system": "nowhere"})
    failed = fake_sesam("validate", node_dir.path, "--json")

    assert warned.exit_code == 0
    assert "warning: pipes/things-collect.conf.json:bach_size: unknown property" in warned.output
    assert "0 errors, 1 warning, 1 note" in warned.output
    assert failed.exit_code == 2
    assert json.loads(failed.output)[0]["path"] == "source.system"


def test_secrets_come_from_the_environment_or_a_file(node_dir: NodeDir, connector: Connector, tmp_path: Path) -> None:
    """And are never shown."""
    node_dir.system(username="u", password="$SECRET(pass-word)", authentication="basic")
    connector.sends(b'{"message": "wrong password t0psecret"}', status=401)
    secrets = tmp_path / "secrets.json"
    secrets.write_text('{"pass-word": "t0psecret"}', "utf-8")
    arguments = ["run", node_dir.path, "--env", url(connector)]

    by_environment = fake_sesam(*arguments, env={"SESAM_SECRET_PASS_WORD": "t0psecret"})
    by_file = fake_sesam(*arguments, "--secrets", secrets)
    missing = fake_sesam(*arguments)

    assert [by_environment.exit_code, by_file.exit_code, missing.exit_code] == [1, 1, 2]
    assert "wrong password ***" in by_environment.output
    assert "t0psecret" not in by_environment.output + by_file.output


def test_check_has_status_1_if_a_rule_is_broken(connector: Connector, tmp_path: Path) -> None:
    """A table, JSON, or JUnit in a file."""
    connector.gives([{"_id": "a", "_updated": 1}])
    good = fake_sesam("check", f"{connector.url}/things", "--header", "X-A: b", "--json")
    connector.gives([{"_id": "a"}, {"id": "b"}])
    bad = fake_sesam("check", f"{connector.url}/things", "--junit", tmp_path / "out.xml")

    assert (good.exit_code, json.loads(good.output)["ok"]) == (0, True)
    assert connector.received[0]["X-A"] == "b"
    assert bad.exit_code == 1
    assert "id-present" in bad.output
    assert 'failures="1"' in (tmp_path / "out.xml").read_text("utf-8")
    assert fake_sesam("check", connector.url, "--header", "x").exit_code == 2


@pytest.mark.parametrize(
    "body",
    [
        b'[{"_id":"1","_updated":1}\x01oops\x1b[31m',
        b'[{"_id":"1","_updated":1}\x00',
        b'[{"_id":"1","_updated":1}\xef\xbf\xbeoops',
        b'[{"_id":"1","_updated":1}\xff\xfe\xed\xa0\x80',
        b'[{"_id":"\\udfff","_updated":1}]',
        b'[{"_id":1,"_updated":"\\ufffe\\u0001"},{"_id":"\\ufffe","_updated":"\\u001b[31m"}]',
        b'[{"_id":1,"\\u001b[31m":"~r\\uffff"}]',
    ],
)
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_check_writes_reports_that_parsers_read_whatever_the_connector_answers(
    connector: Connector, tmp_path: Path, body: bytes, options: list[str]
) -> None:
    connector.sends(body)

    done = fake_sesam("check", f"{connector.url}/things", "--junit", tmp_path / "out.xml", *options)

    report = ElementTree.parse(tmp_path / "out.xml").getroot()  # noqa: S314 - our own output
    assert isinstance(done.exception, SystemExit)
    assert (done.exit_code, report.get("failures") != "0") == (1, True)
    assert "\x1b" not in done.output
    assert not options or json.loads(done.output)["ok"] is False


def test_diff_compares_a_dataset_with_an_expected_file(node_dir: NodeDir, connector: Connector, tmp_path: Path) -> None:
    """Status 0 equal, 1 different, 2 unreadable."""
    connector.gives([{"id": "a", "n": 1.0}, {"id": "b", "n": 2}])
    fake_sesam("run", node_dir.path, "--env", url(connector))
    expected = tmp_path / "expected.json"
    options = ["--data-dir", node_dir.path / ".fake-sesam"]

    expected.write_text('[{"_id": "b", "id": "b", "n": 2, "_ts": 1}, {"_id": "a", "id": "a", "n": 1}]', "utf-8")
    same = fake_sesam("diff", "things-collect", expected, *options)
    expected.write_text('[{"_id": "a", "id": "a", "n": 5}, {"_id": "c"}]', "utf-8")
    different = fake_sesam("diff", "things-collect", expected, *options)

    assert same.exit_code == 0, same.output
    assert different.exit_code == 1
    assert different.output.splitlines() == [
        "a: n: 1 != 5",
        "b: missing",
        "c: extra",
        "2 and 2 entities, 3 differences",
    ]
    assert fake_sesam("diff", "nothing", expected, *options).exit_code == 2
    expected.write_text("{}", "utf-8")
    assert fake_sesam("diff", expected, expected).exit_code == 2


def test_the_node_is_by_default_in_the_directory_of_the_command(
    node_dir: NodeDir, connector: Connector, monkeypatch: pytest.MonkeyPatch
) -> None:
    connector.gives([{"id": "a"}])
    monkeypatch.chdir(node_dir.path)

    for command in ("validate", "run"):
        done = fake_sesam(command, "--env", url(connector))
        assert done.exit_code == 0, done.output


def test_diff_of_nothing_with_nothing_does_not_pass(tmp_path: Path) -> None:
    """Deleted entities are not compared unless they are asked for."""
    empty, deleted = tmp_path / "empty.json", tmp_path / "deleted.json"
    empty.write_text("[]", "utf-8")
    deleted.write_text('[{"_id": "a", "_deleted": true}]', "utf-8")

    for pair in ((empty, empty), (deleted, empty), (deleted, deleted)):
        compared, accepted = fake_sesam("diff", *pair), fake_sesam("diff", *pair, "--allow-empty")
        assert (compared.exit_code, accepted.exit_code) == (2, 0)
        assert "nothing was compared: both are empty" in compared.stderr
    assert fake_sesam("diff", deleted, deleted, "--deleted").exit_code == 0


def test_diff_compares_entities_without_ids_and_several_of_one_id(tmp_path: Path) -> None:
    """An entity must not hide another one."""
    left, right = tmp_path / "left.json", tmp_path / "right.json"
    for lefts, rights, found in (
        ('[{"n": 1}, {"n": 2}]', '[{"n": 2}, {"n": 1}]', []),
        ('[{"n": 1}, {"n": 2}]', '[{"n": 2}]', ['{"n": 1}: missing']),
        ('[{"_id": "a", "n": 1}, {"_id": "a", "n": 2}]', '[{"_id": "a", "n": 1}]', ["a (no. 2): missing"]),
    ):
        left.write_text(lefts, "utf-8")
        right.write_text(rights, "utf-8")
        assert fake_sesam("diff", left, right).output.splitlines()[:-1] == found


def test_check_refuses_what_is_not_a_url() -> None:
    """A wrong call is status 2 and says what was expected; status 1 means that a rule is broken."""
    result = CliRunner().invoke(cli, ["check", "nonsense"])

    assert result.exit_code == 2
    assert "expected the address of a route" in result.output
