"""Every property that the node claims to act on changes what it does: one case for each row of the property tables.

A new row needs a case here, and an option needs one for each of its values.
"""

import json
from typing import Any

import pytest
import requests

from fake_sesam.config import ConfigFile, Configuration, System, configure
from fake_sesam.config.kinds import KINDS, Kind
from fake_sesam.config.systems import MICROSERVICE, REST, URL
from fake_sesam.dataset import NodeStore
from fake_sesam.errors import PumpRefusedError, ReadError
from fake_sesam.microservice import Container
from fake_sesam.pump import DatasetReader, EmbeddedReader, JsonPuller
from fake_sesam.pump.puller import make_session
from fake_sesam.pump.schedule import next_run
from fake_sesam.scheduler import Scheduler
from tests.support.cases import for_each
from tests.unit.fake_sesam.config import joined_effects, rest_effects
from tests.unit.fake_sesam.config.effects import Bench, Config, Effect, Observe
from tests.unit.fake_sesam.microservice.test_container import Docker
from tests.unit.fake_sesam.pump.memory_pump import pipe_of
from tests.unit.fake_sesam.pump.test_puller import head, raw

A, B, C = ({"_id": each, "n": number, "_updated": number} for number, each in enumerate("abc", 1))
IDENTITY = {"_id", "type"}
FREE_TEXT = {"comment", "description", "name"}
PARTS = {"source", "sink", "pump", "docker"}
"""Objects whose properties are rows of their own."""


# --- pipes ---


def stored(bench: Bench, pipe: Config) -> Any:
    pump = bench.pump(**pipe)
    pump.run({"_id": "x:a", "n": 1})
    return pump.stored


def batches(bench: Bench, pipe: Config) -> Any:
    counts: list[int] = []
    bench.pump(**pipe).run(A, B, C, on_progress=counts.append)
    return counts


def checkpoint(bench: Bench, pipe: Config) -> Any:
    pump = bench.pump(**pipe, batch_size=2, source={"supports_since": True, "is_chronological": True})
    pump.attempts = [([A, B, C], True)]
    return pump.run().offset


def offset(bench: Bench, pipe: Config) -> Any:
    return bench.pump(**pipe, source={"supports_since": True}).run(A).offset


def effective(name: str) -> Observe:
    return lambda _bench, pipe: pipe_of(**pipe).effective.get(name)


def namespaced(bench: Bench, namespaces: Config) -> Any:
    return stored(bench, {"namespaced_identifiers": True, "namespaces": namespaces})


PLAIN, UNDER_PIPE = [{"_id": "x:a", "n": 1}], [{"_id": "p:x:a", "p:n": 1}]
PIPE = {
    "transform": [
        Effect({"type": "dtl", "rules": {"default": [["add", "_id", "t"]]}}, stored, PLAIN, [{"_id": "t"}]),
        Effect([{"type": "dtl", "rules": {"default": [["add", "_id", "t"]]}}], stored, PLAIN, [{"_id": "t"}]),
    ],
    "metadata": [Effect({"tag": "x"}, effective("metadata"), None, {"tag": "x"})],
    "exclude_completeness": joined_effects.EXCLUDED,
    "include_completeness": joined_effects.INCLUDED,
    "batch_size": [Effect(2, batches, [3], [2, 3])],
    "checkpoint_interval": [Effect(1, checkpoint, None, 2)],
    "disable_set_last_seen": [Effect(True, offset, 1, None)],
    "add_namespaces": [
        Effect(True, stored, PLAIN, UNDER_PIPE),
        Effect(False, stored, UNDER_PIPE, PLAIN, {"namespaced_identifiers": True}),
    ],
    "remove_namespaces": [Effect(True, stored, PLAIN, [{"_id": "a", "n": 1}])],
    "namespaced_identifiers": [Effect(True, stored, PLAIN, UNDER_PIPE)],
    "namespaces": [
        Effect({"identity": "i"}, stored, UNDER_PIPE, [{"_id": "i:x:a", "p:n": 1}], {"namespaced_identifiers": True})
    ],
}
NAMESPACES = {
    "identity": [Effect("i", namespaced, UNDER_PIPE, [{"_id": "i:x:a", "p:n": 1}])],
    "property": [Effect("q", namespaced, UNDER_PIPE, [{"_id": "p:x:a", "q:n": 1}])],
}


# --- sources ---


def populated_at_start(bench: Bench, source: Config) -> Any:
    bench.node_dir.add({"_id": "inbox", "type": "pipe", "source": {"type": "http_endpoint", **source}})
    with bench.open() as node:
        return node.dataset("inbox").is_populated


RECEIVER = {"auto_populate_dataset": [Effect(False, populated_at_start, True, False)]}


def empty_second_run(bench: Bench, source: Config) -> Any:
    pump = bench.pump(source=source)
    pump.run(A)
    result = pump.run(is_rescan=True)
    return result.ok, result.deleted


def reads(bench: Bench, source: Config) -> Any:
    """Two runs; the second breaks off after its first batch, and is tried again."""
    pump = bench.pump(source=source, batch_size=1, pump={"max_read_retries": 1})
    pump.run({**A, "_updated": 7}, {**B, "_updated": 5})
    pump.attempts = [([{**C, "_updated": 9}], True)]
    result = pump.run()
    return pump.since, result.sync_type


def first_since(bench: Bench, source: Config) -> Any:
    pump = bench.pump(source={"supports_since": True, **source})
    result = pump.run(A)
    return pump.since, result.sync_type


WHOLE = ([None, None, None], "full")
MAX, CHRONOLOGICAL = ([None, 7, 7], "incremental"), ([None, 5, 9], "incremental")


def of_every_source(base: Config, *, is_dataset: bool) -> dict[str, list[Effect]]:
    """Return the cases of the properties that every source has; a dataset has other defaults."""
    since = {**base, "supports_since": True}
    chronological = {**since, "is_chronological": True}
    return {
        "if_source_empty": [Effect("fail", empty_second_run, (True, 1), (False, 0), base)],
        "supports_since": [
            Effect(False, reads, CHRONOLOGICAL, WHOLE, base) if is_dataset else Effect(True, reads, WHOLE, MAX, base)
        ],
        "is_since_comparable": [Effect(False, reads, MAX, WHOLE, {**since, "is_chronological": False})],
        "is_chronological": [
            Effect(False, reads, CHRONOLOGICAL, MAX, base)
            if is_dataset
            else Effect(True, reads, MAX, CHRONOLOGICAL, since)
        ],
        "initial_since_value": [
            Effect(value, first_since, ([None], "full"), ([value], "full"), chronological) for value in (4, "~t1")
        ],
    }


def queries(bench: Bench, source: Config) -> Any:
    """What a node's json pipe asks the connector for, and with which header."""
    bench.node_dir.add({"_id": "other", "type": "system:url", "url_pattern": f"{bench.connector.url}/other"})
    bench.node_dir.pipe(source=source)
    bench.connector.gives([])
    with bench.open() as node:
        node.run_pipe("things-collect")
    return bench.connector.paths, bench.connector.received[0].get("X-Test")


def notes(_bench: Bench, source: Config) -> Any:
    files = [ConfigFile("s", {"_id": "sys", "type": URL, "url_pattern": "http://x"})]
    files.append(ConfigFile("p", {"_id": "p", "type": "pipe", "source": {**JSON_BASE, **source}}))
    return [problem.path for problem in configure(files, env={}, secrets={}).problems]


JSON_BASE = {"type": "json", "system": "sys", "url": "x"}
PAGED = {"supports_since": True, "is_chronological": True}
JSON = {
    **of_every_source(JSON_BASE, is_dataset=False),
    "system": [Effect("other", queries, (["/get_things"], None), (["/other/get_things"], None))],
    "url": [Effect("here", queries, (["/get_things"], None), (["/here"], None))],
    "page_size": [Effect(2, queries, (["/get_things"], None), (["/get_things?limit=2"], None), PAGED)],
    "headers": [Effect({"X-Test": "y"}, queries, (["/get_things"], None), (["/get_things"], "y"))],
    "completeness": [Effect(True, notes, [], ["source.completeness"])],
}


def embedded(_bench: Bench, source: Config) -> Any:
    return list(EmbeddedReader(pipe_of(source=source).source).read("ignored"))


def versions_read(bench: Bench, source: Config) -> Any:
    pump = bench.pump(source={"type": "dataset", "dataset": "q", **source})
    pump.fill("q", [A, {**A, "n": 2}, B])
    return [(each["_id"], each["n"]) for each in DatasetReader(pump.pipe.source, pump.dataset("q")).read(None)]


def dataset_read(bench: Bench, source: Config) -> Any:
    bench.node_dir.add({"_id": "follow", "type": "pipe", "source": {"type": "dataset", "dataset": "one", **source}})
    with bench.open() as node:
        for name in ("one", "two"):
            node.dataset(name).write([{"_id": name}])
        node.run_pipe("follow")
        return [each["_id"] for each in node.dataset("follow").entities()]


EMBEDDED = {
    **of_every_source({}, is_dataset=False),
    "entities": [Effect([{"_id": "e"}], embedded, [], [{"_id": "e"}])],
}
DATASET = {
    **of_every_source({"type": "dataset", "dataset": "q"}, is_dataset=True),
    "dataset": [Effect("two", dataset_read, ["one"], ["two"])],
    "subset": joined_effects.SUBSET,
    "include_previous_versions": [Effect(True, versions_read, [("a", 2), ("b", 2)], [("a", 1), ("a", 2), ("b", 2)])],
}


# --- transforms and sinks ---


def transformed(bench: Bench, transform: Config) -> Any:
    rules = {"default": [["add", "m", 1]]}
    first = {"type": "dtl", "rules": rules, **transform}
    second = {"type": "dtl", "rules": {"default": [["copy", "*"], ["add", "_id", "late"]]}}
    pump = bench.pump(transform=[first, second])
    pump.run({"n": 1})
    return pump.stored


DTL = {
    "trigger_on": joined_effects.TRIGGER,
    "id_required": [Effect(False, transformed, [], [{"_id": "late", "m": 1}])],
    "rules": [
        Effect({"default": [["copy", "n"], ["add", "_id", "x"]]}, transformed, [], [{"_id": "late", "n": 1}]),
    ],
}


def two_runs(bench: Bench, sink: Config) -> Any:
    """Two full runs; in the second, one entity is missing, one is changed and one is filtered."""
    rules = {"default": [["copy", "*"], ["filter", ["neq", "_S.n", 9]]]}
    transform = {"type": "dtl", "rules": rules}
    pump = bench.pump(sink={"type": "dataset", **sink}, transform=transform)
    pump.run(A, B, C, {"_id": "d"})
    result = pump.run({**A, "n": 2}, {**B, "n": 9}, {"_id": "d"})
    gone = pump.dataset("p").entity("c") or {}
    return result.ok, result.changed, pump.ids, "$deletion_tracked" in gone


def filtered_without_tracking(bench: Bench, sink: Config) -> Any:
    return two_runs(bench, {"deletion_tracking": False, **sink})[1:3]


def written_to(bench: Bench, sink: Config) -> Any:
    source = {"type": "embedded", "entities": [A]}
    bench.node_dir.add({"_id": "fixed", "type": "pipe", "source": source, "sink": {"type": "dataset", **sink}})
    with bench.open() as node:
        node.run_pipe("fixed")
        return [name for name in node.store.dataset_names() if not name.startswith("system:")]


NORMAL = (True, 3, ["a", "d"], False)
SINK = {
    "set_initial_offset": joined_effects.INITIAL_OFFSET,
    "track_children": joined_effects.CHILDREN,
    "dataset": [Effect("elsewhere", written_to, ["fixed"], ["elsewhere"])],
    "deletion_tracking": [Effect(False, two_runs, NORMAL, (True, 2, ["a", "c", "d"], False))],
    "mark_deletion_tracked": [Effect(True, two_runs, NORMAL, (True, 3, ["a", "d"], True))],
    "circuit_breaker_threshold_factor": [Effect(0.5, two_runs, NORMAL, (False, 2, ["a", "b", "c", "d"], False))],
    "circuit_breaker_threshold_count": [Effect(2, two_runs, NORMAL, (False, 2, ["a", "b", "c", "d"], False))],
    "prevent_multiple_versions": [
        Effect(True, two_runs, NORMAL, (False, 0, ["a", "b", "c", "d"], False)),
        Effect("ignore", two_runs, NORMAL, (True, 1, ["a", "b", "d"], False)),
    ],
    "suppress_filtered": [
        Effect(True, filtered_without_tracking, (2, ["a", "c", "d"]), (1, ["a", "b", "c", "d"])),
    ],
    "max_entity_bytes_size": [Effect(12, two_runs, NORMAL, (False, 0, [], False))],
}


# --- pumps ---


def planned(_bench: Bench, pump: Config) -> Any:
    return next_run(pipe_of(pump=pump).pump, last=0)


def refusal(bench: Bench, pump: Config) -> Any:
    try:
        bench.pump(pump=pump).pump().refuse_unless_ready()
    except PumpRefusedError as error:
        return error.message
    return ""


def syncs(bench: Bench, pump: Config) -> Any:
    """The type and the offset of four runs, half a day apart."""
    memory = bench.pump(source={"supports_since": True}, pump=pump)
    found = []
    for _ in range(4):
        found.append(memory.run({**A, "_updated": 10}).sync_type)
        memory.clock_s += 43_200
    return found, memory.since


def startup(bench: Bench, pump: Config) -> Any:
    bench.node_dir.pipe(pump=pump)
    with bench.open() as node:
        return Scheduler(node).start_due(is_startup=True)


def read_retries(bench: Bench, pump: Config) -> Any:
    memory = bench.pump(pump=pump)
    memory.attempts = [([A], True)] * 3
    return memory.run(A).ok, memory.slept


FAILS = {"type": "dtl", "rules": {"default": [["copy", "*"], ["if", ["eq", "_S.n", 2], ["fail!", "two"]]]}}


def write_errors(bench: Bench, pump: Config) -> Any:
    """Three runs over a bad entity between good ones, and one after it was mended."""
    memory = bench.pump(transform=FAILS, pump=pump)
    results = [memory.run(A, B, C).ok for _ in range(3)]
    event = memory.dataset("system:pump:p").entity("write-error:b") or {}
    dead = {name: memory.dataset(name).count for name in ("dead", "system:dead-letter:p")}
    memory.run(A, {**B, "n": 3}, C)
    left = {name: memory.dataset(name).count for name in dead}
    return {
        "ok": results,
        "ids": memory.ids,
        "event": (event.get("retry_attempts"), event.get("dead")),
        "dead": [name for name, count in dead.items() if count],
        "left": [name for name, count in left.items() if count],
        "slept": memory.slept,
    }


def of_write_errors(**changes: Any) -> Config:
    """Return what `write_errors` observes with `LENIENT`, with changes."""
    same = {"ok": [True] * 3, "ids": ["a", "b", "c"], "event": (2, False), "dead": [], "left": [], "slept": [0, 0, 0]}
    return {**same, **changes}


LENIENT = {"max_consecutive_write_errors": 2, "max_write_errors_in_retry_dataset": 1}
DEADLY = {**LENIENT, "max_retries_per_entity": 1}
STOPPED = of_write_errors(ok=[False] * 3, event=(None, None), slept=[])


def logged(bench: Bench, pump: Config) -> Any:
    """The number of logged events: of a run that changes nothing, and of one that reads nothing."""
    memory = bench.pump(source={"supports_since": True}, pump=pump)
    memory.run(A)
    counts = []
    for entities in ([A], []):
        before = len(memory.events)
        memory.clock_s += 1
        memory.run(*entities)
        counts.append(len(memory.events) - before)
    return counts


NEVER, DAILY, OFF = None, "0 0 ? * *", "the pump of pipe 'p' is off and cannot be started"
ONCE_FULL = (["full", "incremental", "incremental", "incremental"], [None, 10, 10, 10])
PARTIAL = {"partial_rescan_run_count": 2, "partial_rescan_delta": 3}
PUMP = {
    "mode": [
        Effect("manual", planned, 900, NEVER),
        Effect("off", planned, 900, NEVER),
        Effect("off", refusal, "", OFF),
    ],
    "schedule_interval": [Effect(7, planned, 900, 7)],
    "cron_expression": [Effect("30 * * * *", planned, 900, 1800)],
    "rescan_run_count": [
        Effect(3, syncs, ONCE_FULL, (["full", "incremental", "full", "incremental"], [None, 10, None, 10]))
    ],
    "rescan_cron_expression": [
        Effect(DAILY, syncs, ONCE_FULL, (["full", "full", "incremental", "full"], [None, None, 10, None]))
    ],
    "partial_rescan_run_count": [
        Effect(
            2,
            syncs,
            ONCE_FULL,
            (["full", "incremental", "partial", "incremental"], [None, 10, 7, 10]),
            {"partial_rescan_delta": 3},
        )
    ],
    "partial_rescan_delta": [
        Effect(
            5,
            syncs,
            (["full", "incremental", "partial", "incremental"], [None, 10, 7, 10]),
            (["full", "incremental", "partial", "incremental"], [None, 10, 5, 10]),
            PARTIAL,
        )
    ],
    "run_at_startup": [Effect(True, startup, [], ["things-collect"])],
    "run_at_startup_if_not_populated": [Effect(True, startup, [], ["things-collect"])],
    "max_read_retries": [Effect(3, read_retries, (False, []), (True, [0, 0, 0]))],
    "read_retry_delay": [
        Effect(1.5, read_retries, (True, [0, 0, 0]), (True, [1.5, 1.5, 1.5]), {"max_read_retries": 3})
    ],
    "write_retry_delay": [
        Effect(2.5, write_errors, of_write_errors(), of_write_errors(slept=[2.5, 2.5, 2.5]), LENIENT)
    ],
    "max_retries_per_entity": [Effect(1, write_errors, of_write_errors(), of_write_errors(event=(1, True)), LENIENT)],
    "max_consecutive_write_errors": [
        Effect(2, write_errors, STOPPED, of_write_errors(), {"max_write_errors_in_retry_dataset": 1})
    ],
    "max_write_errors_in_retry_dataset": [
        Effect(1, write_errors, STOPPED, of_write_errors(), {"max_consecutive_write_errors": 2})
    ],
    "fallback_to_single_entities_on_batch_fail": [Effect(False, write_errors, of_write_errors(), STOPPED, LENIENT)],
    "dead_letter_dataset": [
        Effect(
            "dead",
            write_errors,
            of_write_errors(event=(1, True)),
            of_write_errors(event=(1, True), dead=["dead"], left=["dead"]),
            DEADLY,
        )
    ],
    "use_dead_letter_dataset": [
        Effect(
            True,
            write_errors,
            of_write_errors(event=(1, True)),
            of_write_errors(event=(1, True), dead=["system:dead-letter:p"], left=["system:dead-letter:p"]),
            DEADLY,
        )
    ],
    "track_dead_letters": [
        Effect(
            True,
            write_errors,
            of_write_errors(event=(1, True), dead=["dead"], left=["dead"]),
            of_write_errors(event=(1, True), dead=["dead"], left=[]),
            {**DEADLY, "dead_letter_dataset": "dead"},
        )
    ],
    "log_events_noop_runs": [Effect(True, logged, [0, 0], [2, 2])],
    "log_events_noop_runs_changes_only": [Effect(False, logged, [0, 0], [2, 0])],
}


# --- systems ---


def system_of(kind: str, options: Config) -> System:
    base = {"docker": {"image": "x", "port": 1}} if kind == MICROSERVICE else {"url_pattern": "http://x"}
    files = [ConfigFile("s", {"_id": "sys", "type": kind, **base, **options})]
    configuration = configure(files, env={}, secrets={})
    assert configuration.errors == ()
    return configuration.systems["sys"]


class Recorder(requests.Session):
    """A session that sends nothing and keeps how it was asked."""

    timeout: Any = None

    def get(self, url: Any, **options: Any) -> Any:
        """Keep the timeouts."""
        self.timeout = options["timeout"]
        raise requests.ConnectionError(str(url))


def timeouts(kind: str) -> Observe:
    def observe(_bench: Bench, options: Config) -> Any:
        with Recorder() as session:
            source = pipe_of(source=JSON_BASE).source
            puller = JsonPuller(
                source, system_of(kind, options), base_url=lambda: "http://x", session=lambda _http: session
            )
            with pytest.raises(ReadError):
                list(puller.read(None))
        return session.timeout

    return observe


def session_of(kind: str) -> Observe:
    """Return what a request of this system has: TLS check, authentication, headers and proxies."""

    def observe(_bench: Bench, options: Config) -> Any:
        with make_session(system_of(kind, options)) as session:
            auth: Any = session.auth
            sent = {name: session.headers[name] for name in ("Authorization", "X-Test") if name in session.headers}
            login = (type(auth).__name__, auth.username, auth.password) if auth else None
            return session.verify, login, sent, dict(session.proxies)

    return observe


def metadata_of(kind: str) -> Observe:
    return lambda _bench, options: system_of(kind, options).metadata


def retried(kind: str) -> Observe:
    def observe(bench: Bench, options: Config) -> Any:
        memory = bench.pump()
        memory.retry_strategy, memory.status = system_of(kind, options).retry_strategy, 503
        memory.attempts = [([A], True)]
        return memory.run(A).ok

    return observe


def retry_rule(bench: Bench, rule: Config) -> Any:
    memory = bench.pump()
    memory.retry_strategy, memory.status = system_of(URL, {"retry_strategy": {"503": rule}}).retry_strategy, 503
    memory.attempts = [([A], True)]
    return memory.run(A).ok, memory.slept


def content_length(bench: Bench, options: Config) -> Any:
    bench.node_dir.system(**options)
    bench.connector.replies(raw(head("Content-Length: many", "Connection: close") + b"[]"))
    with bench.open() as node:
        return node.run_pipe("things-collect").ok


def asked(bench: Bench, options: Config) -> Any:
    system = {"_id": "things", "type": URL, **options}
    for name in ("url_pattern", "base_url"):
        if name in system:
            system[name] = system[name].replace("URL", bench.connector.url)
    bench.node_dir.add(system)
    with bench.open() as node:
        node.run_pipe("things-collect")
    return bench.connector.paths


OPEN: Any = (False, None, {}, {})
LOGIN = {"authentication": "basic", "username": "u", "password": "p"}


def http_of(kind: str) -> dict[str, list[Effect]]:
    """Return the cases of the properties that both types of system have."""
    basic, digest = ("HTTPBasicAuth", "u", "p"), ("HTTPDigestAuth", "u", "p")
    session = session_of(kind)
    return {
        "connect_timeout": [Effect(2, timeouts(kind), (60, 1800), (2, 1800))],
        "read_timeout": [Effect(2, timeouts(kind), (60, 1800), (60, 2))],
        "verify_ssl": [Effect(True, session, OPEN, (True, None, {}, {}))],
        "authentication": [
            Effect("basic", session, OPEN, (False, basic, {}, {}), {"username": "u", "password": "p"}),
            Effect("digest", session, OPEN, (False, digest, {}, {}), {"username": "u", "password": "p"}),
        ],
        "username": [Effect("v", session, (False, basic, {}, {}), (False, ("HTTPBasicAuth", "v", "p"), {}, {}), LOGIN)],
        "password": [Effect("q", session, (False, basic, {}, {}), (False, ("HTTPBasicAuth", "u", "q"), {}, {}), LOGIN)],
        "retry_strategy": [Effect({"500-503": {"max_read_retries": 1}}, retried(kind), False, True)],
        "metadata": [Effect({"tag": 1}, metadata_of(kind), None, {"tag": 1})],
    }


LENGTH = [Effect(True, content_length, False, True)]


def by_url(kind: str) -> dict[str, list[Effect]]:
    """Return the cases of the properties that both types of system with a URL have."""
    found = http_of(kind)
    found["authentication"].append(
        Effect("jwt", session_of(kind), OPEN, (False, None, {"Authorization": "Bearer t"}, {}), {"jwt_token": "t"})
    )
    token: Any = (False, None, {"Authorization": "Bearer "}, {}), (False, None, {"Authorization": "Bearer t"}, {})
    return {
        **found,
        "jwt_token": [Effect("t", session_of(kind), token[0], token[1], {"authentication": "jwt"})],
        "headers": [Effect({"X-Test": "y"}, session_of(kind), OPEN, (False, None, {"X-Test": "y"}, {}))],
        "proxies": [Effect({"http": "http://y"}, session_of(kind), OPEN, (False, None, {}, {"http": "http://y"}))],
    }


URL_SYSTEM = {
    **by_url(URL),
    "oauth2": rest_effects.oauth2_of(URL),
    "ignore_invalid_content_length_response_header": LENGTH,
    "url_pattern": [Effect("URL/%s/z", asked, ["/b/get_things"], ["/get_things/z"], {"base_url": "URL/b/c"})],
    "base_url": [Effect("URL/d/c", asked, ["/b/get_things"], ["/d/get_things"], {"base_url": "URL/b/c"})],
}
REFUSED = {"authentication": {"ntlm", "tripletex"}}
"""Values that the check of a configuration refuses."""


def container(_bench: Bench, options: Config) -> Any:
    """What docker is asked: to pull, to publish, to limit, and with which credentials and environment."""
    docker = Docker()
    system = system_of(MICROSERVICE, {"docker": {"image": "x.example.com/y", "port": 1, **options}})
    Container(system, docker=docker, is_answering=lambda _host, _port: True).start()
    (run,) = docker.named("run")
    flags = dict(zip(run[6:-1:2], run[7:-1:2], strict=True))
    pulled = [call[-1] for call in docker.named("pull")]
    return {"image": run[-1], "pulled": pulled, **flags, "login": credentials(docker)}


def credentials(docker: Docker) -> str:
    auths = json.loads(docker.credentials)["auths"] if docker.credentials else {}
    return ",".join(f"{registry} {login['auth']}" for registry, login in auths.items())


def of_container(**changes: Any) -> Config:
    same: Config = {
        "image": "x.example.com/y",
        "pulled": ["x.example.com/y"],
        "--publish": "127.0.0.1::1",
        "--memory": "128m",
        "--memory-swap": "128m",
        "--cpus": "0.25",
        "login": "",
    }
    return {**same, **changes}


DOCKER = {
    "image": [Effect("z:1", container, of_container(), of_container(image="z:1", pulled=["z:1"]))],
    "port": [Effect(7, container, of_container(), of_container(**{"--publish": "127.0.0.1::7"}))],
    "environment": [Effect({"E": "1"}, container, of_container(), of_container(**{"--env": "E"}))],
    "username": [Effect("u", container, of_container(), of_container(login="x.example.com dTpw"), {"password": "p"})],
    "password": [
        Effect(
            "p",
            container,
            of_container(login="x.example.com dTo="),
            of_container(login="x.example.com dTpw"),
            {"username": "u"},
        )
    ],
    "memory": [Effect(64, container, of_container(), of_container(**{"--memory": "64m", "--memory-swap": "64m"}))],
    "cpu_quota": [Effect(50, container, of_container(), of_container(**{"--cpus": "0.5"}))],
    "hosts": [Effect({"db": "10.0.0.1"}, container, of_container(), of_container(**{"--add-host": "db:10.0.0.1"}))],
    "skip_pull": [Effect(True, container, of_container(), of_container(pulled=[]))],
}
RULE = {
    "max_read_retries": [Effect(1, retry_rule, (False, []), (True, [0]))],
    "read_retry_delay": [Effect(4, retry_rule, (True, [0]), (True, [4]), {"max_read_retries": 1})],
}


# --- node metadata ---


def is_scheduled(_bench: Bench, metadata: Config) -> Any:
    files = [ConfigFile("node", {"_id": "node", "type": "metadata", **metadata})]
    found: Configuration = configure(files, env={}, secrets={})
    return found.runs_pipes_by_itself


def node_default(_bench: Bench, metadata: Config) -> Any:
    return pipe_of(node=metadata).source.if_source_empty


def stored_on_node(bench: Bench, metadata: Config) -> Any:
    return stored(bench, {"node": metadata})


NODE = {
    "task_manager": [Effect({"disable_user_pipes": True}, is_scheduled, True, False)],
    "global_defaults": [Effect({"if_source_empty": "fail"}, node_default, "accept", "fail")],
    "namespaced_identifiers": [Effect(True, stored_on_node, PLAIN, UNDER_PIPE)],
    "namespaces": [
        Effect(
            {"identity": "i", "property": "q"},
            stored_on_node,
            UNDER_PIPE,
            [{"_id": "i:x:a", "q:n": 1}],
            {"namespaced_identifiers": True},
        )
    ],
}

EFFECTS: dict[str, dict[str, list[Effect]]] = {
    "Pipe": PIPE,
    "`namespaces` of a pipe": NAMESPACES,
    "`json` source": JSON,
    "`embedded` source": EMBEDDED,
    "`dataset` source": DATASET,
    "`http_endpoint` source": RECEIVER,
    "`rest` source": {
        **of_every_source({"type": "rest", "system": "sys", "operation": "x"}, is_dataset=False),
        **rest_effects.REST_SOURCE,
    },
    "`merge_datasets` source": joined_effects.MERGE_DATASETS,
    "`merge` source": joined_effects.MERGE,
    "`dtl` transform": DTL,
    "`chained` transform": joined_effects.CHAINED,
    "`emit_children` transform": {},
    "`rest` transform": rest_effects.REST_TRANSFORM,
    "`template` transform": joined_effects.TEMPLATE,
    "`dataset` sink": SINK,
    "`http_endpoint` sink": {},
    "`csv_endpoint` sink": joined_effects.CSV,
    "`xml_endpoint` sink": joined_effects.XML,
    "`rest` sink": rest_effects.REST_SINK,
    "Pump": PUMP,
    "`system:microservice`": http_of(MICROSERVICE),
    "`system:url`": URL_SYSTEM,
    "`system:rest`": {
        **by_url(REST),
        "ignore_invalid_content_length_response_header": LENGTH,
        **rest_effects.REST_SYSTEM,
    },
    "An operation of a `system:rest`": rest_effects.OPERATION,
    "`docker` of a `system:microservice`": DOCKER,
    "A rule of `retry_strategy`": RULE,
    "Node metadata": NODE,
}
CASES = [
    pytest.param(
        kind, name, effect, id=f"{kind.title.replace('`', '')} {name} {effect.value!r} {effect.observe.__name__}"
    )
    for kind in KINDS
    for name, effects in EFFECTS.get(kind.title, {}).items()
    for effect in effects
]


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Any:
    """A store in memory, and on demand a node's directory and a connector."""
    with NodeStore() as store:
        yield Bench(store, request)


@pytest.mark.parametrize(("kind", "name", "effect"), CASES)
def test_a_property_has_its_effect(bench: Bench, kind: Kind, name: str, effect: Effect) -> None:
    assert effect.value != kind.table[name].default
    assert effect.without != effect.with_it

    assert effect.observe(bench, {**(effect.base or {}), name: effect.value}) == effect.with_it


# Many cases have the same configuration without their property.
WITHOUT = {
    (each.observe, repr(each.base)): each
    for by_name in EFFECTS.values()
    for effects in by_name.values()
    for each in effects
}


@pytest.mark.parametrize("effect", WITHOUT.values())
def test_without_the_property_there_is_no_effect(bench: Bench, effect: Effect) -> None:
    assert effect.observe(bench, effect.base or {}) == effect.without


@for_each("kind", KINDS, ids=lambda kind: kind.title)
def test_every_property_that_the_node_acts_on_has_a_case(kind: Kind) -> None:
    """If this fails for a new row: add a case for it, or describe it with `known`."""
    exempt = IDENTITY | FREE_TEXT | PARTS
    expected = {name for name, each in kind.table.items() if each.is_simulated} - exempt

    assert EFFECTS[kind.title].keys() == expected


@for_each("kind", KINDS, ids=lambda kind: kind.title)
def test_every_value_of_an_option_has_a_case(kind: Kind) -> None:
    """All but the default, and those that are refused; a boolean's other value is its only one."""
    for name, effects in EFFECTS[kind.title].items():
        known = kind.table[name]
        wanted = {repr(each) for each in known.choices or () if each not in REFUSED.get(name, ())} - {
            repr(known.default)
        }
        assert wanted <= {repr(effect.value) for effect in effects}, name
