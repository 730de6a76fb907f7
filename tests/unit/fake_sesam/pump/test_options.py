"""Options in every combination of values that could make a full run delete too much: each is run twice and more."""

import json
from itertools import product
from typing import Any

import pytest

from fake_sesam import Node
from fake_sesam.config.properties import table
from fake_sesam.config.pumps import PumpConfig
from fake_sesam.config.sinks import SinkConfig
from fake_sesam.config.sources import SourceConfig
from fake_sesam.config.systems import RetryRule, RetryStrategy
from fake_sesam.dataset import NodeStore
from tests.support.cases import for_each
from tests.unit.fake_sesam.conftest import Connector, NodeDir
from tests.unit.fake_sesam.pump.memory_pump import MemoryPump

Entity = dict[str, Any]
A, B, C = ({"_id": each, "n": 1, "_updated": number} for number, each in enumerate("abc"))
DTL = {"type": "dtl", "rules": {"default": [["copy", "*"], ["filter", ["neq", "_S.n", 9]]]}}
BASES: dict[str, Entity] = {
    "partial_rescan_run_count": {"partial_rescan_delta": 1},
    "is_since_comparable": {"supports_since": True},
    "is_chronological": {"supports_since": True},
    "initial_since_value": {"supports_since": True},
}
VALUES: dict[str, dict[str, tuple[Any, ...]]] = {
    "sink": {
        "deletion_tracking": (True, False),
        "mark_deletion_tracked": (True, False),
        "circuit_breaker_threshold_factor": (1, 10),
        "circuit_breaker_threshold_count": (3, 100),
        "prevent_multiple_versions": (False, True, "ignore"),
        "suppress_filtered": (True, False),
        "track_children": (True, False),
        "set_initial_offset": ("if-source-populated", "never", "always", "initially", "onload"),
        "max_entity_bytes_size": (1000, 104857600),
    },
    "source": {
        "if_source_empty": ("accept", "fail"),
        "supports_since": (True, False),
        "is_since_comparable": (True, False),
        "is_chronological": (True, False),
        "initial_since_value": (0, "", "~t0"),
    },
    "pump": {
        "rescan_run_count": (1, 2, 3),
        "rescan_cron_expression": ("* * * * *", "0 0 1 1 ?"),
        "partial_rescan_run_count": (1, 2),
        "partial_rescan_delta": (0, 5),
        "max_read_retries": (0, 1, 3),
        "read_retry_delay": (0, 1.5),
        "write_retry_delay": (0, 1.5),
        "max_retries_per_entity": (0, 1, 5),
        "max_consecutive_write_errors": (0, 1, 2),
        "max_write_errors_in_retry_dataset": (0, 1, 100),
        "fallback_to_single_entities_on_batch_fail": (True, False),
        "dead_letter_dataset": ("dead",),
        "use_dead_letter_dataset": (True, False),
        "track_dead_letters": (True, False),
        "log_events_noop_runs": (True, False),
        "log_events_noop_runs_changes_only": (True, False),
    },
    "": {
        "batch_size": (1, 2, 3),
        "checkpoint_interval": (1, 2, 100),
        "disable_set_last_seen": (True, False),
        "add_namespaces": (True, False),
        "remove_namespaces": (True, False),
        "namespaced_identifiers": (True, False),
    },
}
NOT_ABOUT_ENTITIES = {
    "sink": {"type", "dataset", "comment"},
    "source": {"type", "entities", "comment"},
    "pump": {
        *("type", "_id", "mode", "schedule_interval", "cron_expression", "run_at_startup"),
        *("run_at_startup_if_not_populated", "comment"),
    },
}
CASES = [(part, name, value) for part, names in VALUES.items() for name, values in names.items() for value in values]


def pump_with(store: NodeStore, part: str, options: Entity, *, is_tracked: bool, **others: Any) -> MemoryPump:
    """Return a pump with these options, with and without deletion tracking."""
    config: Entity = {"sink": {"type": "dataset", "deletion_tracking": is_tracked}, "transform": DTL, **others}
    config = {**config, **options} if part == "" else {**config, part: {**config.get(part, {}), **options}}
    return MemoryPump(store, **config)


@pytest.mark.parametrize("is_tracked", [True, False], ids=["tracked", "untracked"])
@pytest.mark.parametrize(("part", "name", "value"), CASES)
def test_no_value_of_an_option_makes_a_run_delete_what_the_source_has(
    store: NodeStore, part: str, name: str, value: Any, is_tracked: bool
) -> None:
    """Three full runs over the same entities, then one over fewer; the latest version of what is there stays."""
    options = {name: value, **BASES.get(name, {})}
    is_tracked = value if name == "deletion_tracking" else is_tracked
    pump = pump_with(store, part, options, is_tracked=is_tracked)

    same = [pump.run(A, B, C, is_rescan=True) for _ in range(3)]
    ids = pump.ids
    fewer = pump.run(A, B, is_rescan=True)

    is_refused = name == "prevent_multiple_versions" and value is True
    has_seen_everything = name != "initial_since_value" or value == ""
    assert [each.ok for each in same] == [True, not is_refused, not is_refused]
    assert [each.deleted for each in same] == [0, 0, 0]
    assert len(ids) == 3
    assert fewer.deleted == (1 if is_tracked and not is_refused and has_seen_everything else 0)
    assert len(pump.ids) == 3 - fewer.deleted


@pytest.mark.parametrize("is_tracked", [True, False], ids=["tracked", "untracked"])
@pytest.mark.parametrize("refuses", ["sink", "transform"])
@pytest.mark.parametrize("batch_size", [pytest.param(1, marks=pytest.mark.proof), 2, 100])
@pytest.mark.parametrize("retries", [0, 1, 5])
def test_an_entity_that_always_fails_is_never_deleted(
    store: NodeStore, retries: int, batch_size: int, refuses: str, is_tracked: bool
) -> None:
    """Neither while it waits for a retry nor once it was given up, in six full runs."""
    rules = {"default": [["copy", "*"], *([["if", "_S.bad", ["fail!", "no"]]] if refuses == "transform" else [])]}
    pump = MemoryPump(
        store,
        transform={"type": "dtl", "rules": rules},
        sink={"type": "dataset", "deletion_tracking": is_tracked, "max_entity_bytes_size": 100},
        batch_size=batch_size,
        pump={
            "max_consecutive_write_errors": 2,
            "max_write_errors_in_retry_dataset": 2,
            "max_retries_per_entity": retries,
        },
    )
    pump.run(A, B, C)
    bad = {**B, "bad": True, "text": "x" * (200 if refuses == "sink" else 0)}

    results = [pump.run(A, bad, C) for _ in range(6)]

    assert [(each.ok, each.deleted) for each in results] == [(True, 0)] * 6
    assert pump.ids == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("prevents", "suppresses", "is_tracked", "batch_size"),
    list(product([False, True, "ignore"], [True, False], [True, False], [1, 2, 100])),
)
def test_options_of_the_sink_in_every_combination(
    store: NodeStore, prevents: Any, suppresses: bool, is_tracked: bool, batch_size: int
) -> None:
    """Two runs over the same entities, one of which is filtered; then it is no longer filtered."""
    options = {"prevent_multiple_versions": prevents, "suppress_filtered": suppresses}
    pump = pump_with(store, "sink", options, is_tracked=is_tracked, batch_size=batch_size)

    results = [pump.run(A, {**B, "n": 9}, C) for _ in range(2)]
    filtered = pump.ids
    back = pump.run(A, B, C)

    assert [each.deleted for each in (*results, back)] == [0, 0, 0]
    assert filtered == ["a", "c"]
    assert [each.ok for each in (*results, back)] == [True, *[prevents is not True] * 2]
    assert pump.ids == (["a", "c"] if prevents is True else ["a", "b", "c"])


@for_each(
    ("part", "described", "kind"),
    [("sink", SinkConfig, "dataset"), ("source", SourceConfig, "embedded"), ("pump", PumpConfig, "")],
)
def test_every_option_is_in_the_table_of_values(part: str, described: type, kind: str) -> None:
    """A new option belongs there with each of its values, or among those that are not about entities."""
    known = table(described, kind)

    assert {name for name, each in known.items() if each.is_simulated} == VALUES[part].keys() | NOT_ABOUT_ENTITIES[part]
    for name, values in VALUES[part].items():
        wanted = {True, False} if known[name].kind == "boolean" and not known[name].choices else known[name].choices
        assert set(map(repr, wanted or ())) <= set(map(repr, values)), name


@pytest.mark.parametrize(
    ("pump", "rule", "ok", "slept"),
    [
        ({}, {"max_read_retries": 2, "read_retry_delay": 3}, True, [3, 3]),
        ({"read_retry_delay": 1.5}, {"max_read_retries": 2, "read_retry_delay": 3}, True, [1.5, 1.5]),
        ({"read_retry_delay": 0}, {"max_read_retries": 2, "read_retry_delay": 3}, True, [0, 0]),
        ({"max_read_retries": 1}, {"max_read_retries": 2, "read_retry_delay": 3}, False, [3]),
        ({"max_read_retries": 0}, {"max_read_retries": 2, "read_retry_delay": 3}, False, []),
        ({"max_read_retries": 2, "read_retry_delay": 1.5}, {"max_read_retries": 9}, True, [1.5, 1.5]),
        ({"max_read_retries": 2, "read_retry_delay": 1.5}, None, True, [1.5, 1.5]),
    ],
)
def test_the_pumps_own_retries_and_delay_win_over_those_of_the_system(
    store: NodeStore, pump: Entity, rule: Entity | None, ok: bool, slept: list[float]
) -> None:
    """Each property for itself, zero included."""
    memory = MemoryPump(store, pump=pump)
    if rule is not None:
        renamed = {"max_read_retries": "max_read_retries", "read_retry_delay": "read_retry_delay_s"}
        memory.retry_strategy = RetryStrategy(default=RetryRule(**{renamed[name]: each for name, each in rule.items()}))
    memory.attempts = [([A], True)] * 2

    result = memory.run(A)

    assert (result.ok, memory.slept) == (ok, slept)


def test_a_rule_for_a_status_is_used_for_that_status_only(store: NodeStore) -> None:
    """Both ends of a range belong to it."""
    ranges = ((500, 503, RetryRule(max_read_retries=1)), (429, 429, RetryRule(max_read_retries=2)))
    strategy = RetryStrategy(ranges, RetryRule(max_read_retries=3))
    tried = {}
    for status in (None, 428, 429, 430, 499, 500, 503, 504):
        memory = MemoryPump(store)
        memory.retry_strategy, memory.status = strategy, status
        memory.attempts = [([], True)] * 5
        memory.run()
        tried[status] = len(memory.since) - 1

    assert tried == {None: 3, 428: 3, 429: 2, 430: 3, 499: 3, 500: 1, 503: 1, 504: 3}


HOPS = {"datasets": ["colours c"], "where": ["eq", "_S.colour", "c._id"], "return": "c.name"}


def test_a_hop_by_id_finds_nothing_for_a_missing_or_deleted_entity(store: NodeStore) -> None:
    """Neither does a lookup; one of several ids is enough for a hop."""
    lookup = ["path", "name", ["lookup-entity", "colours", "_S.colour"]]
    rules = {"default": [["add", "_id", "_S._id"], ["add", "hop", ["hops", HOPS]], ["add", "lookup", lookup]]}
    pump = MemoryPump(store, transform={"type": "dtl", "rules": rules})
    pump.fill("colours", [{"_id": "r", "name": "red"}, {"_id": "x", "name": "gone", "_deleted": True}])
    pump.dataset("colours").write([{"_id": "7", "name": "a text is no number"}])

    result = pump.run(
        *({"_id": f"{number}", "colour": each} for number, each in enumerate(("r", "no", "x", ["no", "r"], 7)))
    )

    assert result.ok, result.error
    assert [(each["hop"], each["lookup"]) for each in pump.stored][:3] == [(["red"], "red"), ([], None), ([], None)]
    assert [each["hop"] for each in pump.stored][3:] == [["red"], []]


def test_a_join_finds_entities_by_several_values_in_the_order_of_their_ids(store: NodeStore) -> None:
    """An index has every value of a list; an entity that matches twice is found once."""
    hops = {"datasets": ["colours c"], "where": ["eq", "_S.codes", "c.code"], "return": "c._id"}
    rules = {"default": [["add", "_id", "_S._id"], ["add", "found", ["hops", hops]]]}
    pump = MemoryPump(store, transform={"type": "dtl", "rules": rules})
    pump.fill("colours", [{"_id": "2", "code": ["r", "g"]}, {"_id": "1", "code": "r"}, {"_id": "3", "code": "b"}])

    pump.run({"_id": "a", "codes": ["r", "g"]}, {"_id": "b", "codes": "x"}, {"_id": "c", "codes": "b"})

    assert [each["found"] for each in pump.stored] == [["1", "2"], [], ["3"]]


@pytest.mark.parametrize("removes", [True, False])
def test_namespaces_are_added_once_before_two_transforms_and_removed_after_them(
    store: NodeStore, removes: bool
) -> None:
    """The second transform sees what the first one made, with its namespaces."""
    first = [["copy", "*"], ["add", "one", "_S.p:n"]]
    second = [["copy", "*"], ["add", "two", "_S.p:one"], ["add", "three", ["concat", "_S._id", "-x"]]]
    pump = MemoryPump(
        store,
        namespaced_identifiers=True,
        remove_namespaces=removes,
        transform=[{"type": "dtl", "rules": {"default": steps}} for steps in (first, second)],
    )

    results = [pump.run({"_id": "a", "n": 1, "o": {"q": [{"r": 2}]}}) for _ in range(2)]

    assert [(each.ok, each.deleted) for each in results] == [(True, 0)] * 2
    bare = {"n": 1, "o": {"q": [{"r": 2}]}, "one": 1, "two": 1, "three": "p:a-x"}
    full = {"p:n": 1, "p:o": {"p:q": [{"p:r": 2}]}, "p:one": 1, "p:two": 1, "p:three": "p:a-x"}
    assert pump.stored == [{"_id": "a", **bare} if removes else {"_id": "p:a", **full}]


def test_a_follower_of_a_dataset_deletes_nothing_that_its_source_still_has(
    node_dir: NodeDir, connector: Connector
) -> None:
    """Rescans of a dataset source, which also returns deleted entities."""
    node_dir.add({"_id": "follow", "type": "pipe", "source": {"type": "dataset", "dataset": "things-collect"}})
    with node_dir.open(connector.url) as node:
        connector.gives([{"id": "a"}, {"id": "b"}])
        node.run_pipe("things-collect")
        node.run_pipe("follow")
        connector.gives([{"id": "a"}])
        node.run_pipe("things-collect")

        results = [node.run_pipe("follow", is_rescan=True) for _ in range(2)]

        assert [each.deleted for each in results] == [1, 0]
        assert live(node, "follow") == ["a"]


def live(node: Node, name: str) -> list[str]:
    return [each["_id"] for each in node.dataset(name).entities()]


def test_an_offset_that_was_set_to_text_is_sent_as_text(node_dir: NodeDir, connector: Connector) -> None:
    """Also where the source is chronological and sends numbers."""
    node_dir.pipe(source={"supports_since": True, "is_chronological": True})
    connector.sends(json.dumps([{"id": "a", "_updated": 3}]).encode())
    with node_dir.open(connector.url) as node:
        assert node.run_pipe("things-collect").offset == 3
        assert node.run_pipe("things-collect").sync_type == "incremental"
    assert connector.paths == ["/get_things", "/get_things?since=3"]
