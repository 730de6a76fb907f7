"""What each probe says of what a connector did, without a connector: pulls are played from a script."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from contract_bench.matrix import probes, upstream_probes
from contract_bench.matrix.bench import PEOPLE, Bench, Learned, Reference
from contract_bench.matrix.cells import Place
from contract_bench.matrix.fixture import Fixture, make_fixture
from contract_bench.matrix.judge import Pulled, Verdict, Version
from contract_bench.matrix.probes import PROBES, ProbeResult, run_probe, run_probes
from contract_bench.matrix.requests import OrderedPlace
from contract_bench.matrix.response import ConnectorResponse
from fake_hubspot import Record
from tests.support.cases import Cases

FIXTURE = make_fixture(12)
Entity = dict[str, Any]


def entity_of(record: Record) -> Entity:
    """A record as a sound connector sends it."""
    return {"_id": str(record.id), "_updated": f"{record.updated_ms:020}", **record.properties}


def response_of(*entities: Entity) -> ConnectorResponse:
    """A response with these entities."""
    return ConnectorResponse(status=200, is_complete=True, value=list(entities))


def pulled_of(entities: Iterable[Entity] = (), *, error: str | None = None, **changes: Any) -> Pulled:
    """A pull of these entities. The digest of each is all of its content."""
    sent = list(entities)
    dataset = {str(each["_id"]): Version(repr(sorted(each.items()))) for each in sent}
    pulled = Pulled(error is None, error, 0.1, False, 0, None, (response_of(*sent),), dataset)
    return replace(pulled, **changes)


def live_of(fixture: Fixture) -> list[Entity]:
    """The records after the changes."""
    return [entity_of(record) for record in fixture.after if record.archived_ms is None]


BEFORE = pulled_of(map(entity_of, FIXTURE.before))
AFTER = pulled_of(live_of(FIXTURE))
FAILED = pulled_of(error="the pump failed")
KINDS = ("gzip", "br", "length", "chunks")
LOUD = [("completes", "a pull without a fault failed: the pump failed")]


def learned_of(first: Pulled = BEFORE, second: Pulled = AFTER, steps: int = 2) -> Learned:
    """What was learned of a mode."""
    places = {name: Place({"route": "objects.list"}) for name in ("list:first", "list:last")}
    return Learned(FIXTURE, Path("data"), cast("Any", range(steps)), first, second, places)


def reference_of(**modes: Learned) -> Reference:
    """What was learned."""
    return Reference(FIXTURE, 5, modes or {"full": learned_of(), "incremental": learned_of()})


@dataclass
class Portal:
    """The account: what is filled in is noted, and what a fault did is said."""

    fires: int = 1
    requests: Sequence[Any] = ()
    secrets: tuple[str, ...] = ("s3cret",)
    records: list[Record] = field(default_factory=list)
    rules: list[Mapping[str, Any]] = field(default_factory=list)
    armed: int = 0

    def fill(self, records: Iterable[Record]) -> None:
        """Keep what it is filled with."""
        self.records = list(records)

    def add_unindexed(self, records: Iterable[Record]) -> None:
        """Add records that search does not know yet."""
        self.records += records

    def arm(self, rules: Iterable[Mapping[str, Any]]) -> None:
        """Keep the rules."""
        self.rules += rules
        self.armed += 1

    def disarm(self) -> None:
        """Forget that rules are armed."""
        self.armed = 0

    def fired(self) -> list[int]:
        """Say how often the armed rules fired."""
        return [self.fires] if self.armed else []

    def entries(self) -> Sequence[Any]:
        """Return the requests."""
        return self.requests

    def live_ids(self) -> set[int]:
        """Return the ids of the records."""
        return {record.id for record in self.records if record.archived_ms is None}


Pull = Pulled | Callable[[Portal], Pulled]


class ScriptedBench:
    """Plays pulls from a script: each is a pull, or a function of the account.

    Attributes:
        modes: The modes of the pulls.
    """

    def __init__(
        self, *pulls: Pulled | Callable[[Portal], Pulled], portal: Portal | None = None, **settings: Any
    ) -> None:
        self.portal = self.hubspot = portal or Portal()
        self.relay = SimpleNamespace(on_first_byte=lambda: None)
        self.said = ""
        self.process: int | None = None
        self.connector = SimpleNamespace(output=lambda **_: self.said, pid=lambda: self.process)
        connector = SimpleNamespace(is_running=settings.pop("is_running", False), environment={})
        self.settings = SimpleNamespace(connector=connector, upstream=settings.pop("upstream", None))
        self.modes: list[str] = []
        self._pulls = list(pulls)

    @contextmanager
    def node(self, _data_dir: Path | None = None) -> Iterator[None]:
        """A node."""
        yield

    def pull(self, _node: object, mode: str) -> Pulled:
        """Play the next pull; the last one again and again."""
        self.modes.append(mode)
        self.relay.on_first_byte()
        pull = self._pulls.pop(0) if len(self._pulls) > 1 else self._pulls[0]
        return pull(self.portal) if callable(pull) else pull

    def probe(self, name: str, reference: Reference | None = None) -> ProbeResult:
        """Run a probe."""
        return run_probe(name, cast("Bench", self), reference or reference_of())


def sound(portal: Portal) -> Pulled:
    """A pull that brings the account as it is."""
    return pulled_of(entity_of(record) for record in portal.records if record.archived_ms is None)


def without(count: int) -> Callable[[Portal], Pulled]:
    """A pull that loses the last records."""
    return lambda portal: pulled_of([entity_of(record) for record in portal.records][:-count])


def with_more(portal: Portal) -> Pulled:
    """A pull whose entities have something that others lack."""
    return pulled_of({**entity_of(record), "x": 1} for record in portal.records)


def told(result: ProbeResult) -> list[tuple[str, str]]:
    """The violations, the names of the laws and the details."""
    return [(each.invariant, each.detail) for each in result.violations]


def test_a_full_or_incremental_pull_brings_everything_as_it_is(cases: Cases) -> None:
    """What a mode brought, and which law it breaks."""
    after = live_of(FIXTURE)
    gone = [entity_of(record) for record in FIXTURE.before if record.id in FIXTURE.archived]
    changed = min(FIXTURE.changed)
    stale = [{**each, "firstname": "Old", "lastname": ""} if each["_id"] == str(changed) else each for each in after]
    numbers = replace(AFTER, responses=(response_of(*({**each, "_id": int(each["_id"])} for each in after)),))
    empty, twice = response_of({"_id": ""}), (*AFTER.responses, response_of(after[0]))
    no_text = [("string-id", "an _id that is not a string")]
    for name, second, expected in [
        ("sound", AFTER, []),
        ("lost", pulled_of(after[1:]), [("no-lost-update", f"missing: {after[0]['_id']}")]),
        ("a failed pull may lack records", replace(FAILED, responses=()), []),
        ("out of date", pulled_of(stale), [("no-lost-update", f"changed but out of date: {changed}")]),
        ("numbers", numbers, no_text),
        ("empty ids", replace(AFTER, responses=(empty,)), no_text),
        ("twice", replace(AFTER, responses=twice), [("no-duplicate", f"{len(after) + 1} entities, {len(after)} ids")]),
    ]:
        for mode, probe in (("full", "complete"), ("incremental", "incremental")):
            with cases.case(f"{name}: {probe}"):
                result = ScriptedBench(AFTER).probe(probe, reference_of(**{mode: learned_of(second=second)}))

                assert told(result) == expected
                is_loud = {law for law, _ in expected} <= {"completes"}
                assert result.verdict is (Verdict.RECOVERED if is_loud else Verdict.SILENT)
    with cases.case("archived records are still there"):
        result = ScriptedBench(AFTER).probe(
            "complete", reference_of(full=learned_of(second=pulled_of([*after, *gone])))
        )
        ids = ", ".join(str(each["_id"]) for each in gone)
        assert told(result) == [("no-lost-update", f"archived but not deleted: {ids}")]
    with cases.case("the first pull loses one"):
        lost = pulled_of(map(entity_of, FIXTURE.before[1:]))
        result = ScriptedBench(AFTER).probe("complete", reference_of(full=learned_of(first=lost)))
        assert told(result) == [("no-lost-update", f"missing: {FIXTURE.before[0].id}")]


def test_tokens_are_compared_byte_by_byte() -> None:
    """`9` comes after `10`; tokens that are no texts are left to other probes."""
    tokens = {record.id: str(number) for number, record in enumerate(FIXTURE.before)}
    unordered = pulled_of({**entity_of(record), "_updated": tokens[record.id]} for record in FIXTURE.before)
    numbers = pulled_of({**entity_of(record), "_updated": int(tokens[record.id])} for record in FIXTURE.before)

    def probe(first: Pulled) -> ProbeResult:
        return ScriptedBench(AFTER).probe("ordered-tokens", reference_of(incremental=learned_of(first=first)))

    assert told(probe(BEFORE)) == told(probe(numbers)) == []
    assert told(probe(unordered)) == [("no-lost-update", "the _updated values are not in the order of the changes")]


def test_probes_that_pull_again(cases: Cases) -> None:
    """The probe, what the connector does, and what is said. A pull that fails is no silent loss."""
    scripts: list[tuple[str, Pull, list[str]]] = [
        ("same-moment", sound, []),
        ("same-moment", without(1), ["no-lost-update"]),
        ("equal-moments", sound, []),
        ("equal-moments", without(4), ["no-lost-update"]),
        ("full-pages", sound, []),
        ("full-pages", without(5), ["no-lost-update"]),
        ("lagging-search", sound, []),
        ("lagging-search", without(11), ["no-lost-update"]),
        ("empty-account", sound, []),
        ("empty-account", pulled_of([{"_id": "1"}]), ["array-or-non-200"]),
        ("empty-account", replace(AFTER, responses=(ConnectorResponse(200, True, {}),)), ["array-or-non-200"]),
        ("same-content", sound, []),
        ("same-content", with_more, ["true-content"]),
        ("stable", BEFORE, []),
        ("stable", without(1), ["true-content"]),
    ]
    for name, pull, laws in scripts:
        with cases.case(f"{name}: {laws}"):
            result = ScriptedBench(pull).probe(name)
            assert [law for law, _ in told(result)] == laws
            assert result.verdict is (Verdict.SILENT if laws else Verdict.RECOVERED)
    for name in ("same-moment", "equal-moments", "full-pages", "lagging-search", "empty-account", "same-content"):
        with cases.case(f"{name}: a failed pull"):
            result = ScriptedBench(FAILED).probe(name)
            assert (told(result), result.verdict) == (LOUD, Verdict.BROKEN)


def test_what_changes_during_a_pull_arrives_with_it_or_with_the_next(cases: Cases) -> None:
    """For each of its requests; a change that did not happen need not arrive."""
    changed = min(record.id for record in FIXTURE.after if record.archived_ms is None)

    def told_of(*numbers: int) -> Pulled:
        texts = [f"changed during read {number}" for number in numbers]
        return pulled_of([{"_id": str(changed), "text": texts}])

    lost = [("no-lost-update", f"changed during read 2 of a pull and never sent: {changed}")]
    for name, pulls, fires, expected in [
        ("at once", [told_of(1), AFTER, told_of(2), AFTER], 1, []),
        ("with the next pull", [AFTER, told_of(1), AFTER, told_of(2)], 1, []),
        ("never", [AFTER, told_of(1), AFTER, told_of(1)], 1, lost),
        ("it did not happen", [AFTER], 0, []),
        ("a loud failure", [told_of(1), AFTER, FAILED, FAILED], 1, LOUD),
    ]:
        with cases.case(name):
            bench = ScriptedBench(*pulls, portal=Portal(fires=fires))
            result = bench.probe("changed-during-reads")

            assert told(result) == expected
            assert [rule["where"]["afterRequest"] for rule in bench.portal.rules] == [0, 1]
            assert bench.portal.armed == 0


def test_the_first_byte_is_sent_before_the_last_pages_are_fetched(cases: Cases) -> None:
    for page, laws in ((1, []), (probes.STALL_ON_PAGE, []), (probes.STALL_ON_PAGE + 1, ["bounded-memory"])):
        with cases.case(page):
            entries = [SimpleNamespace(page=None), *[SimpleNamespace(page=number + 1) for number in range(page)]]
            bench = ScriptedBench(sound, portal=Portal(requests=entries))
            result = bench.probe("streams")

            assert [law for law, _ in told(result)] == laws
            assert result.verdict is (Verdict.BROKEN if laws else Verdict.RECOVERED)
            assert bench.portal.armed == 0
    with cases.case("a failed pull"):
        assert ScriptedBench(FAILED).probe("streams").verdict is Verdict.BROKEN


def test_an_error_that_cannot_be_read_is_retried_like_one_that_can(cases: Cases) -> None:
    """A delay may be too long now and then, but not each time; a connector that retries nothing is not blamed."""

    def retries(*statuses: int, unless: str = "", at_try: int = 1) -> Callable[[Portal], Pulled]:
        tries: dict[str, int] = {}

        def pull(portal: Portal) -> Pulled:
            params = portal.rules[-1]["params"]
            tries[str(params)] = tries.get(str(params), 0) + 1
            is_early = "retry_after_s" not in params and tries[str(params)] < at_try
            return FAILED if params["status"] not in statuses or unless in params.values() or is_early else AFTER

        return pull

    def broken(status: int, trouble: str) -> str:
        return f"a {status} is not retried if its body is broken ({trouble}): the pump failed"

    for name, pull, details, remark in [
        ("all", retries(503, 429), [], ""),
        ("none", retries(), [], "503 is not retried; 429 is not retried"),
        ("only 429, if it can be read", retries(429, unless="br"), [broken(429, "br")], "503 is not retried"),
        ("some", retries(503, 429, unless="chunks"), [broken(503, "chunks"), broken(429, "chunks")], ""),
        ("the third time", retries(503, 429, at_try=probes.TRIES), [], ""),
        ("later", retries(429, at_try=probes.TRIES + 1), [broken(429, kind) for kind in KINDS], "503 is not retried"),
    ]:
        with cases.case(name):
            result = ScriptedBench(pull).probe("unreadable-errors")
            assert [detail for _, detail in told(result)] == details
            assert result.remark == remark


class Meter:
    """Stands in for the measuring of memory."""

    peak: int | None = 0

    def __init__(self, _pid: int) -> None:
        pass

    def __enter__(self) -> "Meter":
        return self

    def __exit__(self, *_: object) -> None:
        pass


def test_memory_for_a_body_that_is_very_long(cases: Cases, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not known is not measured, and the report says so."""
    monkeypatch.setattr(upstream_probes, "MemoryMeter", Meter)
    unknown = "not measured: the connector's process, or its memory, is not known"
    for upstream in (None, "http://api.test"):
        for name, pid, before, peak, law, remark in [
            ("no process", None, 1, 1, [], unknown),
            ("no memory", 1, None, 1, [], unknown),
            ("little", 1, 50_000_000, 149_000_000, [], "99 MB for a page of 200 MB"),
            ("less than before", 1, 50_000_000, None, [], "0 MB for a page of 200 MB"),
            ("much", 1, 50_000_000, 151_000_001, ["101 MB for a page of 200 MB"], ""),
        ]:
            with cases.case(f"{name}, upstream {upstream}"):
                monkeypatch.setattr(upstream_probes, "peak_of", lambda _pid, before=before: before)
                monkeypatch.setattr(Meter, "peak", peak)
                bench = ScriptedBench(AFTER, upstream=upstream)
                bench.process = pid
                result = bench.probe("decompression")

                assert [detail for _, detail in told(result)] == law
                is_measured = upstream is None or (pid is not None and before is not None)
                assert result.remark == (remark if is_measured else "not measured: the fault did not fire")
    with cases.case("the fault did not fire"):
        bench = ScriptedBench(AFTER, upstream="http://api.test", portal=Portal(fires=0))
        bench.process = 1
        assert bench.probe("decompression").remark == "not measured: the fault did not fire"


def test_probes_of_an_api_of_which_nothing_is_known(cases: Cases) -> None:
    """What cannot be judged is not reached, and says why."""
    reference = reference_of(full=learned_of(second=AFTER))
    for name, pulls, laws in [
        ("the same", [AFTER], []),
        ("fails", [AFTER, FAILED], ["completes"]),
        ("something else", [AFTER, BEFORE], ["true-content"]),
        ("deletes", [AFTER, replace(AFTER, deleted=1)], ["true-content"]),
    ]:
        with cases.case(name):
            result = ScriptedBench(*pulls, upstream="http://api.test").probe("same-again", reference)
            assert [law for law, _ in told(result)] == laws
    for answered, count, verdict in ((1, 2, Verdict.UNREACHED), (2, 3, Verdict.RECOVERED), (3, 3, Verdict.BROKEN)):
        with cases.case(f"{answered} of {count} requests before the first byte"):
            entries = [SimpleNamespace(status=200 if number < answered else 0) for number in range(count)]
            bench = ScriptedBench(AFTER, upstream="http://api.test", portal=Portal(requests=entries))
            assert bench.probe("first-byte-early", reference).verdict is verdict
            assert bench.portal.armed == 0
    for name in ("every-record", "memory"):
        with cases.case(name):
            result = ScriptedBench(AFTER, upstream="http://api.test").probe(name, reference)
            assert result.verdict is Verdict.UNREACHED
            assert result.remark.startswith("cannot be judged")


def test_a_rule_is_for_one_place(cases: Cases) -> None:
    """The number of a request is part of the place only if nothing else tells the requests apart."""
    where = {"path": "/x"}
    for place, expected in ((OrderedPlace(where, number=3), {"path": "/x", "nth": 3}), (Place(where), where)):
        with cases.case(type(place).__name__):
            learned = replace(learned_of(), places={"one": place})
            rule = upstream_probes._at(learned, "one", {"fault": "x"})
            assert rule == {"fault": "x", "where": expected, "times": 1}


def test_secrets_and_people_in_the_log_are_a_defect(cases: Cases) -> None:
    """Whose addresses are people's is known only of the fake HubSpot."""
    for upstream, said, details in [
        (None, "all is well", []),
        (None, "token s3cret", ["the token is in the log"]),
        (None, f"wrote to x{PEOPLE}", ["an e-mail address is in the log"]),
        ("http://api.test", f"wrote to x{PEOPLE}", []),
        ("http://api.test", "token s3cret", ["the token is in the log"]),
    ]:
        with cases.case(f"{said}, upstream {upstream}"):
            bench = ScriptedBench(AFTER, upstream=upstream)
            bench.said = said
            result = bench.probe(
                "stable" if upstream is None else "same-again", reference_of(full=learned_of(first=AFTER))
            )
            assert [detail for _, detail in told(result)] == details


def test_what_cannot_be_probed_is_not_reached(cases: Cases) -> None:
    """A mode that was not learned, or a connector that cannot be started again."""
    for name in PROBES:
        with cases.case(name):
            result = ScriptedBench(AFTER, is_running=True).probe(name, Reference(FIXTURE, 5, {"other": learned_of()}))
            is_reached = name in ("full-pages", "lagging-search", "empty-account", "streams")
            assert (result.verdict is Verdict.UNREACHED) is not is_reached
            needs_a_start = name in ("memory", "past-the-cap")
            assert result.remark.startswith("not measured: the connector is already running") is needs_a_start


def test_all_probes_are_run_unless_some_are_named() -> None:
    bench = cast("Bench", ScriptedBench(AFTER, is_running=True))
    nothing = Reference(FIXTURE, 5, {"other": learned_of()})

    assert [each.name for each in run_probes(bench, nothing)] == list(PROBES)
    assert [each.name for each in run_probes(bench, nothing, names=["stable"])] == ["stable"]
