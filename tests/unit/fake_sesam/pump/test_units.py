"""The pure parts of the pump: bodies, queries, error texts, metrics, threads."""

import json
import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests

from fake_sesam.assumptions import Assumptions
from fake_sesam.dataset import NodeStore
from fake_sesam.errors import PumpRefusedError, ReadError
from fake_sesam.pump import ActivePumps, parse_entities
from fake_sesam.pump.entity_stream import MAX_QUOTE
from fake_sesam.pump.puller import broken, with_query
from fake_sesam.pump.run_plan import plan_run
from fake_sesam.pump.since_tracker import SinceTracker
from fake_sesam.pump.state import PumpState
from fake_sesam.pump.totals import Totals
from tests.support.cases import for_each
from tests.unit.fake_sesam.conftest import Connector, NodeDir
from tests.unit.fake_sesam.pump.memory_pump import MemoryPump, pipe_of

A, B = {"_id": "a"}, {"_id": "b"}


def error_of(chunks: Iterable[bytes], **assumptions: Any) -> ReadError:
    with pytest.raises(ReadError) as caught:
        list(parse_entities(chunks, assumptions=Assumptions(**assumptions)))
    assert caught.value.error_code == 1
    return caught.value


@for_each("size", [1, 2, 7, 1000])
@for_each("before", [b"", b" \t\r\n", b" " * 2000])
def test_a_body_is_read_in_pieces_of_any_size(size: int, before: bytes) -> None:
    """Empty pieces and white space before the array do not matter."""
    body = before + json.dumps([A, {"_id": "b", "text": "ä" * 700}]).encode() + b"\n"
    pieces = [b"", *(body[at : at + size] for at in range(0, len(body), size)), b""]

    assert [each["_id"] for each in parse_entities(pieces)] == ["a", "b"]


@for_each(
    ("body", "message"),
    [
        (b"", "expected a JSON array of entities, got an empty body"),
        (b" \n", "expected a JSON array of entities, got an empty body"),
        (b"{}", "expected a JSON array of entities, got a JSON object. Wrap it in [ ], or return the list inside it"),
        (b"X[]", "expected a JSON array of entities, got text that starts with 'X[]'"),
        (b"<p>", "expected a JSON array of entities, got something that looks like HTML"),
        (
            b"no such thing here, sorry",
            "expected a JSON array of entities, got text that starts with 'no such thing here, '",
        ),
        (b"\xff", "expected a JSON array of entities, got text that starts with '\ufffd'"),
        (b'[{"a": 1}, [2]]', "expected an object as element 2 of the array, got list"),
        (b"[null]", "expected an object as element 1 of the array, got NoneType"),
        (
            rb'[{"_id": "a"}, {"t": "\udc00"}]',
            r"the body cannot be read: an escape is half of a surrogate pair, such as \udc00 alone",
        ),
    ],
)
def test_a_body_that_is_no_array_of_objects_says_what_came_instead(body: bytes, message: str) -> None:
    assert str(error_of([body])) == message


@for_each(
    ("tail", "quoted"),
    [
        (b"upstream failed", "upstream failed"),
        (b" ,\r\n upstream failed \n", "upstream failed"),
        (b"", ""),
        (b', {"secret": "x', ""),
        (b', "secret', ""),
        (b", [1", ""),
        (b" X failed X", "X failed X"),
        (b" caf\xe9", "caf\ufffd"),
        (b" failed [", "failed ["),
        (b" a[b", "a[b"),
    ],
)
def test_only_a_text_after_the_last_entity_is_quoted(tail: bytes, quoted: str) -> None:
    """A connector's message, never a piece of an entity."""
    message = str(error_of([b'[{"_id": "a"}', tail]))

    assert message.startswith("the body is not a complete JSON array after 1 entities: ")
    assert message.partition(". It ends with: ")[2] == quoted
    assert "\n" not in message
    assert "secret" not in message
    assert "right here" not in message, "what the parser says of its input"


@for_each("value", [b'person@example.com \xff"', b'person@example.com \n"', b"person@example.com"])
def test_what_the_parser_quotes_of_an_entity_is_left_out(value: bytes) -> None:
    """Bad UTF-8, a control character, a missing quote: the message says which, and no value of the entity."""
    message = str(error_of([b'[{"_id": "a", "email": "' + value + b"}]"]))

    assert "person" not in message
    assert message.startswith("the body is not a complete JSON array after 0 entities: ")
    assert "b'" not in message


def test_a_body_that_breaks_off_at_once_has_no_entities() -> None:
    assert "after 0 entities: " in str(error_of([b"[x"]))


def test_a_long_text_after_the_last_entity_is_not_quoted_without_its_beginning() -> None:
    """Only the last bytes are kept; what began before them could be an entity."""
    whole = "x" * (MAX_QUOTE - 1)

    assert str(error_of([b'[{"_id": "a"', f"}}{whole}".encode()])).endswith(f"It ends with: {whole}")
    assert "ends with" not in str(error_of([b'[{"_id": "a"', f"}}{whole}xy".encode()]))
    blanks = [b" " * 100]
    assert str(error_of([b'[{"_id": "a"', b"}", *blanks * 4, b"oops"])).endswith("It ends with: oops")
    assert "ends with" not in str(error_of([b'[{"_id": "a"', b"}", *blanks * 5, b"oops"]))


def test_elements_and_objects_are_taken_as_assumed() -> None:
    """Skipped elements count as elements."""
    assert list(
        parse_entities([b"[1, ", b'{"_id": "a"}, null]'], assumptions=Assumptions(skips_other_elements=True))
    ) == [A]
    assert list(parse_entities([b" ", b'{"_id": "a"}'], assumptions=Assumptions(takes_object=True))) == [A]
    assert "after 1 entities" in str(error_of([b'{"_id": "a"} {'], takes_object=True))


@for_each(
    ("url", "query", "expected"),
    [
        ("http://h/a", {}, "http://h/a"),
        ("http://h/a?", {"since": 1}, "http://h/a?since=1"),
        ("http://h/a?x=%20", {"since": "a b", "limit": 2}, "http://h/a?x=%20&since=a+b&limit=2"),
        ("http://h/a?flag", {"limit": 0}, "http://h/a?flag&limit=0"),
    ],
)
def test_a_query_is_added_to_the_one_of_the_url(url: str, query: dict[str, Any], expected: str) -> None:
    assert with_query(url, query) == expected


@for_each("url", ["http://[::1/x", "http://a\u2100b/x"])
def test_a_text_that_is_no_url_is_not_asked(url: str) -> None:
    """It is not quoted: it may have a secret."""
    with pytest.raises(ReadError, match="expected a URL such as") as caught:
        with_query(url, {"since": "7"})
    assert url not in str(caught.value)
    with pytest.raises(ReadError, match="expected a URL such as"):
        broken(requests.exceptions.InvalidURL("no"), url)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"message": "m", "detail": "d"}', "m"),
        (b'{"message": 5, "detail": "d"}', "d"),
        (b'{"error": "e"}', "e"),
        (b'{"error_description": "f"}', "f"),
        (b'{"other": 1}', '{"other": 1}'),
        (b'"text"', '"text"'),
        (b"  plain \n", "plain"),
        (b'[{"email": "person@example.com"}]', ""),
        (b"", ""),
        (b"x" * 600, "x" * 500),
    ],
)
def test_what_a_failing_connector_says_is_in_the_error(
    node_dir: NodeDir, connector: Connector, body: bytes, said: str
) -> None:
    """The message of a JSON error, or the text, cut to a readable length; never entities."""
    connector.sends(body, status=503)
    with node_dir.open(connector.url) as node:
        result = node.run_pipe("things-collect")

    assert result.error == "expected a 2xx status, got 503 Service Unavailable" + (f": {said}" if said else "")


def test_the_whole_message_of_a_failing_connector_is_the_original_one(node_dir: NodeDir, connector: Connector) -> None:
    """Up to ten thousand bytes."""
    connector.sends(b"x" * 20_000, status=503)
    with node_dir.open(connector.url) as node:
        result = node.run_pipe("things-collect")

    assert result.events[-1]["original_error_message"] == "x" * 10_000


def test_metrics_have_the_totals_and_the_speed() -> None:
    """Rounded; no division by zero."""
    totals = Totals(
        processed=10,
        changed=4,
        read_errors=2,
        write_errors=3,
        source_s=0.12345678,
        transform_s=1.23456789,
        sink_s=2.34567891,
    )

    found = totals.metrics(3)["entities"]

    assert found == {
        "changes_last_run": 4,
        "entities_last_run": 10,
        "entities_per_second": 3.333,
        "read_errors_last_run": 2,
        "write_errors_last_run": 3,
        "source_time": 0.123457,
        "transform_time": 1.234568,
        "sink_time": 2.345679,
        "ttl_deletes_entities_last_run": 0,
    }
    assert totals.metrics(0)["entities"]["entities_per_second"] == 0


@for_each(
    ("start", "updated", "offset"),
    [
        ("5", 12, 12),
        ("50", 12, "50"),
        ("-5", -4, -4),
        ("abc", 12, "abc"),
        (5, "a", "a"),
        (5, 5, 5),
        ("b", "a", "b"),
        ("", 3, 3),
    ],
)
def test_an_offset_advances_only_to_a_greater_one(start: Any, updated: Any, offset: Any) -> None:
    """Digits that a user has set are compared as a number; a text is greater than any number."""
    tracker = SinceTracker("max", start)
    tracker.observe([{"_updated": updated}])

    assert tracker.offset == offset


@for_each(
    ("runs", "partial_runs", "expected"),
    [(0, 0, "incremental"), (0, 1, "partial"), (2, 1, "full"), (3, 2, "incremental")],
)
def test_a_complete_rescan_goes_before_a_partial_one(runs: int, partial_runs: int, expected: str) -> None:
    """Every third run, every second."""
    pump = {"rescan_run_count": 3, "partial_rescan_run_count": 2, "partial_rescan_delta": 1}
    pipe = pipe_of(source={"supports_since": True}, pump=pump)

    plan = plan_run(pipe, PumpState(offset=5, runs=runs, partial_runs=partial_runs), now=0)

    assert (plan.sync_type, plan.tracks_deletions) == (expected, expected == "full")


class SlowPump(MemoryPump):
    """A pump whose source waits until the test lets it go on."""

    def __init__(self, store: NodeStore, **pipe: Any) -> None:
        super().__init__(store, **pipe)
        self.is_reading, self.release = threading.Event(), threading.Event()

    def read(self, since: str | int | None) -> Iterator[dict[str, Any]]:
        """Wait after the first entity."""
        del since
        yield dict(A)
        self.is_reading.set()
        self.release.wait(10)
        yield dict(B)


def test_a_pump_that_was_started_runs_in_the_background_and_only_once(store: NodeStore) -> None:
    """It can be asked to stop; then it may run again."""
    pump, pumps = SlowPump(store, batch_size=1), ActivePumps()
    pumps.start(pump.pump())
    assert pump.is_reading.wait(10)

    assert pumps.is_running("p")
    assert not pumps.is_running("other")
    with pytest.raises(PumpRefusedError, match="the pump of pipe 'p' is already running"):
        pumps.start(pump.pump())
    pumps.stop_all()
    pump.release.set()
    pumps.join(10)

    assert not pumps.is_running("p")
    assert pump.ids == ["a"]
    assert pumps.run(pump.pump(), is_rescan=True).ok
    assert pump.ids == ["a", "b"]


def test_a_caller_waits_for_one_pump_or_for_all(store: NodeStore) -> None:
    """At most as long as it wants; it is told at once when the last batch is done."""
    pump, pumps = SlowPump(store), ActivePumps()
    assert (pumps.wait("p", 0), pumps.wait_for_all(0)) == (True, True)
    pumps.start(pump.pump())
    assert pump.is_reading.wait(10)

    assert (pumps.wait("p", 0.01), pumps.wait_for_all(0.01), pumps.wait("other", 0)) == (False, False, True)
    threading.Timer(0.01, pump.release.set).start()
    assert pumps.wait("p", 60)
    assert pumps.wait_for_all(60)
    pumps.join(10)
    assert pump.ids == ["a", "b"]


def test_runs_in_the_background_are_waited_for_together(store: NodeStore) -> None:
    """Each in a thread with a name; those that have ended do not matter."""
    pump, pumps = SlowPump(store), ActivePumps()
    other = replace(pump.pump(), pipe=replace(pump.pipe, id="other"))
    before = set(threading.enumerate())
    pumps.start(pump.pump())
    assert pump.is_reading.wait(10)
    pumps.start(other)

    own = set(threading.enumerate()) - before
    pump.release.set()
    pumps.join(10)

    assert {thread.name for thread in own} == {"pump p", "pump other"}
    assert not any(thread.is_alive() for thread in own)
    assert not pumps.is_running("p")
    assert not pumps.is_running("other")


def test_a_run_reads_on_from_its_offset_unless_a_rescan_is_asked_for(store: NodeStore) -> None:
    """In the foreground and in the background."""
    pump, pumps = MemoryPump(store, source={"supports_since": True}), ActivePumps()
    pump.run({"_id": "a", "_updated": 1})

    assert pumps.run(pump.pump()).sync_type == "incremental"
    pumps.start(pump.pump())
    pumps.join(10)
    assert pump.since == [None, 1, 1]


def test_a_rescan_that_was_started_reads_everything(store: NodeStore) -> None:
    """Whatever the offset."""
    pump, pumps = MemoryPump(store, source={"supports_since": True}), ActivePumps()
    pump.run({"_id": "a", "_updated": 1}, {"_id": "b", "_updated": 2})
    pump.attempts = [([{"_id": "a", "_updated": 1}], False)]

    pumps.start(pump.pump(), is_rescan=True)
    pumps.join(10)

    assert (pump.since, pump.ids) == ([None, None], ["a"])


def test_a_disabled_pump_is_refused_and_not_left_as_running(store: NodeStore) -> None:
    pump, pumps = MemoryPump(store, pump={"mode": "off"}), ActivePumps()

    with pytest.raises(PumpRefusedError, match="is off"):
        pumps.start(pump.pump())

    assert not pumps.is_running("p")
