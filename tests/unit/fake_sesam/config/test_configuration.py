"""Configuration: files, variables, conditions, and every problem with its file and JSON path."""

import json
from typing import Any

from fake_sesam.config import ConfigFile, Configuration, configure
from fake_sesam.config.systems import join_url
from fake_sesam.dtl import DtlProgram
from fake_sesam.errors import Problem
from tests.support.cases import for_each

SYSTEM: dict[str, Any] = {
    "_id": "hub",
    "type": "system:microservice",
    "docker": {
        "image": "x/y:1",
        "port": 5000,
        "environment": {"key": "$SECRET(key)", "url": "$ENV(url)/v$ENV(version)", "flag": True, "list": [1]},
    },
}
PIPE: dict[str, Any] = {"_id": "p", "type": "pipe", "source": {"type": "json", "system": "hub", "url": "things"}}
ENV = {"url": "http://x", "version": 3, "size": 50, "node-env": "test"}


def read(*entities: dict[str, Any], env: dict[str, Any] | None = None, **secrets: str) -> Configuration:
    files = [ConfigFile(f"{entity.get('_id')}.conf.json", entity) for entity in entities]
    return configure(files, env=ENV if env is None else env, secrets=secrets or {"key": "s3cret"})


def errors(configuration: Configuration) -> list[tuple[str, str]]:
    return [(problem.file, problem.path) for problem in configuration.errors]


def messages(configuration: Configuration, level: str) -> str:
    return "\n".join(str(problem) for problem in configuration.problems if problem.level == level)


def test_a_valid_configuration_has_no_problem() -> None:
    configuration = read(SYSTEM, PIPE)

    assert configuration.problems == ()
    assert list(configuration.pipes) == ["p"]


def test_variables_keep_their_type_alone_and_are_text_inside_text() -> None:
    """Environment values that are no strings reach the container as JSON."""
    configuration = read(SYSTEM, {**PIPE, "batch_size": "$ENV(size)"})

    docker = configuration.systems["hub"].docker
    assert docker is not None
    assert dict(docker.environment) == {"key": "s3cret", "url": "http://x/v3", "flag": "true", "list": "[1]"}
    assert configuration.pipes["p"].batch_size == 50


def test_no_repr_shows_a_secret() -> None:
    """Neither of the system nor of the whole."""
    system = {**SYSTEM, "username": "u", "password": "$SECRET(key)", "authentication": "basic"}

    assert "s3cret" not in repr(read(system, PIPE))


def test_every_unresolved_name_is_listed_with_its_place() -> None:
    configuration = read(SYSTEM, {**PIPE, "batch_size": "$ENV(nothing)"}, env={"url": "x"}, other="x")

    assert errors(configuration) == [
        ("hub.conf.json", "docker.environment.url"),
        ("hub.conf.json", "docker.environment.key"),
        ("p.conf.json", "batch_size"),
    ]
    assert "SESAM_SECRET_KEY" in messages(configuration, "error")


def test_secrets_belong_to_systems_and_references_do_not_nest() -> None:
    pipe = {**PIPE, "name": "$SECRET(key)", "description": "$ENV(a$ENV(b))"}

    places = errors(read(SYSTEM, pipe))

    assert ("p.conf.json", "name") in places
    assert ("p.conf.json", "description") in places


@for_each(
    ("changes", "level", "path", "message"),
    [
        ({"sourc": {}}, "warning", "sourc", "unknown property 'sourc'. Did you mean 'source'?"),
        ({"source": {**PIPE["source"], "page_siez": 1}}, "warning", "source.page_siez", "Did you mean 'page_size'?"),
        ({"zzz": 1}, "warning", "zzz", "It is not in Sesam's documentation"),
        ({"compaction": {}}, "info", "compaction", "known, not simulated"),
        ({"source": {**PIPE["source"], "completeness": False}}, "info", "source.completeness", "dataset sources only"),
        ({"batch_size": "ten"}, "error", "batch_size", "expected integer, got string"),
        ({"batch_size": True}, "error", "batch_size", "expected integer, got boolean"),
        ({"batch_size": 0}, "error", "batch_size", "expected at least 1, got 0"),
        ({"source": {"type": "json"}}, "error", "source.url", "required property 'url' (string) is missing"),
        ({"source": {**PIPE["source"], "system": "hbu"}}, "error", "source.system", "did you mean 'hub'?"),
        ({"source": {"type": "sql"}}, "error", "source.type", "not 'sql'"),
        (
            {"source": {**PIPE["source"], "if_source_empty": "x"}},
            "error",
            "source.if_source_empty",
            "one of 'accept', 'fail'",
        ),
        ({"sink": {"type": "sql"}}, "error", "sink.type", "not 'sql'"),
        ({"pump": {"mode": "auto"}}, "error", "pump.mode", "one of 'scheduled', 'manual', 'off'"),
        ({"pump": {"cron_expression": "every day"}}, "error", "pump.cron_expression", "five or six fields"),
        (
            {"pump": {"rescan_run_count": 1, "rescan_cron_expression": "0 0 ? * *"}},
            "error",
            "pump.rescan_run_count",
            "exclude each other",
        ),
        ({"pump": {"partial_rescan_run_count": 2}}, "error", "pump.partial_rescan_delta", "needs"),
        ({"transform": "dtl"}, "error", "transform", "expected object|list, got string"),
        ({"transform": {"type": "xml"}}, "error", "transform.type", "not 'xml'"),
        (
            {"transform": [{"type": "dtl", "rules": {"default": [["add", "x", ["uper", 1]]]}}]},
            "error",
            "transform[0].rules.default[0][2]",
            "Did you mean 'upper'?",
        ),
        ({"_id": "a/b"}, "error", "_id", "without '/'"),
        ({"_id": "under_score"}, "warning", "_id", "letters, digits and hyphens"),
    ],
)
def test_every_problem_of_a_pipe_has_its_path(changes: dict[str, Any], level: str, path: str, message: str) -> None:
    """Errors, warnings with the nearest name, and notes on what is not simulated."""
    configuration = read(SYSTEM, {**PIPE, **changes})

    found = [problem for problem in configuration.problems if problem.path == path]
    assert [problem.level for problem in found] == [level]
    assert message in found[0].message


@for_each(
    ("changes", "path", "message"),
    [
        ({"docker": {}}, "docker.image", "required property 'image'"),
        ({"docker": {"image": "x", "port": "5000"}}, "docker.port", "expected integer"),
        ({"authentication": "ntlm"}, "authentication", "one of 'basic', 'digest'"),
        ({"retry_strategy": {"4xx": {}}}, "retry_strategy.4xx", 'a range "400-428"'),
        ({"retry_strategy": {"429": 3}}, "retry_strategy.429", "expected object"),
        ({"connect_timeout": -1}, "connect_timeout", "at least 0"),
    ],
)
def test_every_problem_of_a_system_has_its_path(changes: dict[str, Any], path: str, message: str) -> None:
    configuration = read({**SYSTEM, **changes})

    assert any(problem.path == path and message in problem.message for problem in configuration.errors)


def test_a_url_system_needs_a_url_and_an_unknown_system_is_a_warning() -> None:
    """A system that this node does not have is a warning: other pipes can still run."""
    url, other = {"_id": "web", "type": "system:url"}, {"_id": "db", "type": "system:postgresql"}

    configuration = read(url, other)

    assert errors(configuration) == [("web.conf.json", "url_pattern")]
    assert "system:postgresql" in messages(configuration, "warning")


def test_the_same_id_twice_and_an_unknown_type_are_errors() -> None:
    configuration = configure(
        [ConfigFile("a", SYSTEM), ConfigFile("b", {**SYSTEM}), ConfigFile("c", {"_id": "c", "type": "pip"})],
        env=ENV,
        secrets={"key": "x"},
    )

    assert [(problem.file, problem.path) for problem in configuration.errors] == [("b", "_id"), ("c", "type")]


def test_two_pipes_cannot_share_a_dead_letter_dataset() -> None:
    """It must be unique per pipe."""
    one, two = ({**PIPE, "_id": name, "pump": {"dead_letter_dataset": "dead"}} for name in ("one", "two"))

    assert errors(read(SYSTEM, one, two)) == [("two.conf.json", "pump.dead_letter_dataset")]


CONDITIONAL = {
    "type": "conditional",
    "condition": "$ENV(node-env)",
    "alternatives": {
        "prod": PIPE["source"],
        "test": {"type": "embedded", "entities": [{"_id": "$ENV(not-looked-at)"}]},
    },
}


def test_a_conditional_source_becomes_the_alternative_that_applies() -> None:
    """What `sesam init` writes: a service in production, embedded entities in tests."""
    pipe = {**PIPE, "source": CONDITIONAL}

    test = read(SYSTEM, pipe, env={**ENV, "not-looked-at": "x"})
    prod = read(SYSTEM, pipe, env={**ENV, "node-env": "prod"})

    assert (test.pipes["p"].source.type, prod.pipes["p"].source.type) == ("embedded", "json")
    assert test.pipes["p"].original["source"] == CONDITIONAL


def test_a_conditional_transform_becomes_the_alternative_that_applies() -> None:
    """In a list and in a chain as well; without an alternative the pipe is invalid, and nothing else."""
    alternatives = {name: {"type": "dtl", "rules": {"default": [["add", "_id", name]]}} for name in ("test", "prod")}
    choice = {"type": "conditional", "condition": "$ENV(node-env)", "alternatives": alternatives}
    pipe = {**PIPE, "transform": [choice, {"type": "chained", "transforms": [choice]}]}

    test, none = (read(SYSTEM, pipe, {**PIPE, "_id": "q"}, env={**ENV, "node-env": env}) for env in ("test", "none"))

    programs = [step.does for step in test.pipes["p"].steps]
    assert [each.apply({"_id": "e"}) for each in programs if isinstance(each, DtlProgram)] == [[{"_id": "test"}]] * 2
    assert none.pipes.keys() == {"q"}
    assert {problem.path for problem in none.errors} == {
        "transform[0].condition",
        "transform[1].transforms[0].condition",
    }


def test_conditional_properties_are_put_beside_the_others() -> None:
    """At any depth; the root keeps its `_id` and `type`."""
    alternatives = {"test": {"batch_size": 7, "_id": "other"}}
    pipe = {
        **PIPE,
        "$conditional_properties": {"condition": "$ENV(node-env)", "alternatives": alternatives},
        "pump": {"$conditional_properties": {"condition": "x", "alternatives": {"x": {"mode": "manual"}}}},
    }

    built = read(SYSTEM, pipe).pipes["p"]

    assert (built.id, built.batch_size, built.pump.mode) == ("p", 7, "manual")


def test_transforms_and_embedded_entities_are_no_place_for_conditions() -> None:
    """What looks like one there is data."""
    data = {"type": "conditional", "condition": "x", "alternatives": {}}
    rules = {"default": [["copy", "_id"], ["add", "data", data]]}
    source = {"type": "embedded", "entities": [{"_id": "e", "data": data}]}
    pipe = {**PIPE, "source": source, "transform": {"type": "dtl", "rules": rules}}

    configuration = read(SYSTEM, pipe)

    assert configuration.errors == ()
    built = configuration.pipes["p"]
    assert built.source.entities == ({"_id": "e", "data": data},)
    assert isinstance(built.steps[0].does, DtlProgram)
    assert built.steps[0].does.apply({"_id": "e"}) == [{"_id": "e", "data": data}]


@for_each("block", [{"condition": "other", "alternatives": {"a": {}}}, {"alternatives": {}}, []])
def test_a_condition_without_its_alternative_is_an_error(block: Any) -> None:
    """With the alternatives there are."""
    configuration = read(SYSTEM, {**PIPE, "$conditional_properties": block})

    assert [file for file, _ in errors(configuration)] == ["p.conf.json"]


@for_each(
    ("base", "relative", "joined"),
    [
        ("http://h:1", "get_contacts", "http://h:1/get_contacts"),
        ("http://h:1/", "/get_contacts", "http://h:1/get_contacts"),
        ("http://h:1/api", "a?b=c", "http://h:1/api/a?b=c"),
        ("http://h:1/%s?key=1", "a", "http://h:1/a?key=1"),
        ("http://h:1/%s", "/a", "http://h:1/a"),
    ],
)
def test_addresses_are_joined_with_and_without_slashes(base: str, relative: str, joined: str) -> None:
    assert join_url(base, relative) == joined


def test_a_problem_reads_as_one_line() -> None:
    assert str(Problem("error", "no", "pipes/x", "source.url")) == "error: pipes/x:source.url: no"
    assert str(Problem("info", "no")) == "info: no"


def test_defaults_are_filled_in_as_documented() -> None:
    """A json pipe runs every 900 seconds, one between datasets every 30."""
    inner = {"_id": "q", "type": "pipe", "source": {"type": "dataset", "dataset": "p"}}

    pipes = read(SYSTEM, PIPE, inner).pipes

    assert (pipes["p"].pump.schedule_interval_s, pipes["q"].pump.schedule_interval_s) == (900, 30)
    assert json.loads(json.dumps(pipes["p"].effective))["sink"]["dataset"] == "p"
    assert (pipes["p"].batch_size, pipes["p"].checkpoint_interval) == (100, 100)
