"""Each bound on what HubSpot's documents may have, exactly, and how a pull waits, with a clock of the test's own."""

import codecs
import json
import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from typing import Any

import pytest
from hypothesis import given

from service.decoding import check_body, decode_body, decode_json, decode_with
from service.downstream import PatientDownstreamClient, SocketDownstreamClient
from service.errors import MismatchError, PullAbandoned
from service.merge import parse_associated, read_associations
from service.object_types import parse_custom_types
from service.pages import Page, parse_owners, parse_page
from service.schema_cache import _parse_names
from service.transit_escape import may_need_escape
from tests.support.cases import for_each
from tests.support.deep_json import STEPS, Step, depth, levels_inside, nested, texts
from tests.support.upstream_stub import record


def results(*rows: object, **others: object) -> bytes:
    return json.dumps({"results": rows, **others}).encode()


def accepts(parse: Callable[[bytes], object], body: bytes) -> bool:
    try:
        parse(body)
    except MismatchError:
        return False
    return True


@for_each("parse", [parse_page, parse_owners])
@for_each(
    ("rows", "others", "is_accepted"),
    [
        ([record(1) | {"id": "9" * 20}], {}, True),
        ([record(1) | {"id": "9" * 21}], {}, False),
        ([record(1), record(2) | {"id": "9" * 21}], {}, False),
        ([record(1), record(2) | {"id": ""}], {}, False),
        ([record(1), record(2) | {"id": "٣"}], {}, False),
        ([record(1), record(2) | {"id": "2x"}], {}, False),
        ([], {"paging": {"next": {"after": "9" * 2000}}}, True),
        ([], {"paging": {"next": {"after": "9" * 2001}}}, False),
        ([], {"paging": {"next": {"after": "9"}}}, True),
    ],
)
def test_ids_and_cursors_are_bounded(
    parse: Callable[[bytes], Page], rows: list[object], others: dict[str, object], is_accepted: bool
) -> None:
    assert accepts(parse, results(*rows, **others)) is is_accepted


@for_each(
    ("row", "count", "is_accepted"),
    [
        ({"name": "x" * 255}, 1, True),
        ({"name": "x" * 256}, 1, False),
        ({"name": "x"}, 10_000, True),
        ({"name": "x"}, 10_001, False),
        ({"name": "x"}, 0, False),
    ],
)
def test_a_list_of_properties_is_bounded(row: dict[str, str], count: int, is_accepted: bool) -> None:
    assert accepts(_parse_names, results(*[row] * count)) is is_accepted


CAR = {"name": "car", "objectTypeId": "2-1", "fullyQualifiedName": "p1_car"}


@for_each(
    ("row", "count", "is_accepted"),
    [
        (CAR, 500, True),
        (CAR, 501, False),
        *((CAR | {field: "x" * length}, 1, length == 255) for field in CAR for length in (255, 256)),
    ],
)
def test_a_list_of_object_types_is_bounded(row: dict[str, str], count: int, is_accepted: bool) -> None:
    assert accepts(parse_custom_types, results(*[row] * count)) is is_accepted


@pytest.mark.parametrize(
    ("after", "is_accepted"), [("", False), ("x", True)]
)  # fmt: skip
def test_a_cursor_of_associations_has_a_character(after: str, is_accepted: bool) -> None:
    assert accepts(parse_associated, results(paging={"next": {"after": after}})) is is_accepted
    row = {"from": {"id": "1"}, "to": [], "paging": {"next": {"after": after}}}
    assert accepts(read_associations, results(row)) is is_accepted


# --- text and numbers ---


@for_each("lead", range(0, 110, 7))
@for_each(("digits", "is_accepted"), [(400, True), (401, False), (402, False), (5000, False)])
def test_a_number_has_400_digits_at_most_wherever_it_stands(lead: int, digits: int, is_accepted: bool) -> None:
    body = b'{"x":"' + b"y" * lead + b'","n":' + b"17" * (digits // 2) + b"9" * (digits % 2) + b"}"

    if is_accepted:
        check_body(body)
    else:
        with pytest.raises(ValueError, match="a number of more than 400 digits"):
            check_body(body)


@for_each("text", ["1" * 900, "\\\\" * 9 + "1" * 900, '\\"' + "1" * 900, '1" : \\"' + "1" * 900])
def test_digits_in_a_string_are_no_number(text: str) -> None:
    check_body(b'{"x":' + json.dumps(text).encode() + b"}")
    check_body(b'{"x":"' + b"1" * 900 + b'"}')


@for_each("at", [0, 1, 2**20 - 2, 2**20 - 1, 2**20, 2**20 + 1])
def test_a_character_may_lie_across_two_pieces(at: int) -> None:
    body = b" " * at + "😀".encode() + b" " * 10

    check_body(body)
    for broken in (body[: at + 3], body[:at] + b"\xff" + body[at:], body[: at + 2] + b" " + body[at + 2 :]):
        with pytest.raises(UnicodeDecodeError):
            check_body(broken)


def test_a_large_text_is_decoded_in_pieces_of_a_mebibyte(monkeypatch: pytest.MonkeyPatch) -> None:
    """The decoded text of a whole body would take up to four times its memory."""
    lengths: list[int] = []

    class Decoder:
        def decode(self, piece: bytes, final: bool = False) -> None:
            lengths.append(-1 if final else len(piece))

    monkeypatch.setattr(codecs, "getincrementaldecoder", lambda _name: Decoder)

    check_body(b"x" * (2**21 + 7))

    assert lengths == [2**20, 2**20, 7, -1]


# --- depth ---


@for_each("steps", STEPS)
def test_a_body_has_200_levels_at_most_whatever_they_are(steps: Sequence[Step]) -> None:
    inside = levels_inside(*steps)
    check_body(nested(200 - inside, *steps))

    for levels in (201, 250, 5_000):
        with pytest.raises(ValueError, match=r"^it is nested too deeply$"):
            check_body(nested(levels, *steps))


@given(texts(195, 205))
def test_brackets_in_texts_neither_add_nor_hide_a_level(text: bytes) -> None:
    """The standard library's parser is the measure."""
    is_accepted = depth(json.loads(text)) <= 200

    with nullcontext() if is_accepted else pytest.raises(ValueError, match=r"^it is nested too deeply$"):
        check_body(text)


@pytest.mark.parametrize("body", [b"", b"]" * 900, b"[" + b"]" * 900, b'"[' * 301, b"\\"])
def test_what_is_no_json_is_left_to_the_decoder(body: bytes) -> None:
    check_body(body)

    with pytest.raises(ValueError, match=r"^JSON is malformed|truncated"):
        decode_body(body, Any)


@pytest.mark.parametrize("row", [b'"\xff"', b"7" * 401, b"[" * 200 + b"]" * 200], ids=["not UTF-8", "digits", "depth"])
def test_what_is_passed_on_as_it_came_is_checked_in_every_kind_of_body(row: bytes) -> None:
    """The rows of associations are not decoded: a reader of the result would fail on them."""
    link = b'{"id":"2","type":' + row + b"}"

    assert not accepts(parse_associated, b'{"results":[' + link + b"]}")
    assert not accepts(read_associations, b'{"results":[{"from":{"id":"1"},"to":[' + link + b"]}]}")
    assert not accepts(parse_page, results(record(1)).replace(b'"id"', b'"associations":[' + link + b'],"id"', 1))


def test_every_way_to_nest_too_deeply_is_the_same_error() -> None:
    """That of a decoder, too, if it gets a value that was not checked."""
    deep = b"[" * 200_000 + b"]" * 200_000

    for decode in (
        lambda: check_body(deep),
        lambda: decode_json(deep, list[Any]),
        lambda: decode_with(_lists(), deep),
    ):
        with pytest.raises(ValueError, match=r"^it is nested too deeply$"):
            decode()


def _lists() -> Any:
    import msgspec

    return msgspec.json.Decoder(list[Any])


@for_each(
    ("body", "may"),
    [
        (b'{"a":"~"}', True),
        (b'{"a":"\\u007e"}', True),
        (b'{"a":"\\u007E"}', True),
        (b'{"a":"\\u00e9"}', False),
        (b'{"a":"u007e"}', False),
        (b'{"a":"b"}', False),
    ],
)
def test_a_tilde_may_be_written_as_an_escape(body: bytes, may: bool) -> None:
    assert may_need_escape(body) is may


# --- pages ---


@for_each(
    ("body", "is_accepted"),
    [
        (b'{"results":[],"x":{"results":[]}}', False),
        (b'{"x":{"results":[]},"results":[]}', False),
        (b'{"results":[],"paging":null,"results":[]}', False),
        (b'{"results":[{"id":"1","updatedAt":"2026-03-09T12:00:00Z","properties":{},"a":{"results":[]}}]}', True),
        (b'{"results":[{"id":"1","updatedAt":"2026-03-09T12:00:00Z","properties":{},"a":{"results":[]}}],'
         b'"x":{"results":[]}}', False),
        (b'{"results" :[],"results":[]}', True),  # another layout than HubSpot's is not looked at
    ],
)  # fmt: skip
def test_a_second_list_of_results_is_refused_unless_a_record_has_it(body: bytes, is_accepted: bool) -> None:
    assert accepts(parse_page, body) is is_accepted


def page(**fields: Any) -> Page:
    return Page(ids=["1", "2"], updated=["~t1", "~t2"], records=[], **fields)


def test_a_page_cannot_be_changed() -> None:
    """Several steps of a pull hold the same one."""
    whole: Any = page()

    with pytest.raises(AttributeError):
        whole.after = "3"


@pytest.mark.parametrize(
    ("archived", "says", "words"),
    [
        (True, {"archived": False}, "archived records and sent one that is current or says both (`archived`: False"),
        (False, {"archived": True}, "current records and sent one that is archived or says both (`archived`: True"),
    ],
)
def test_a_contradiction_is_described(archived: bool, says: dict[str, object], words: str) -> None:
    with pytest.raises(MismatchError) as caught:
        parse_page(results(record(1) | says), archived=archived)

    assert words in caught.value.message


def test_a_page_that_does_not_change_is_the_same_object() -> None:
    whole = page()

    assert whole.select(range(2)) is whole
    assert whole.with_updated_at_most("~t2") is whole
    assert whole.with_updated_at_most("~t3") is whole
    assert whole.with_updated_at_most("~t1").updated == ["~t1", "~t1"]
    assert Page([], [], []).with_updated_at_most("~t1").updated == []


@for_each(
    ("date", "answered_ms"),
    [("Sat, 28 Nov 2026 12:00:00 GMT", 1_795_867_200_000), (None, None), ("", None), ("soon", None)],
)
def test_a_page_knows_when_hubspot_answered(date: str | None, answered_ms: int | None) -> None:
    assert page().answered_at(date).answered_ms == answered_ms


# --- waiting ---


class Poll:
    """The operating system's poll, which lets time pass instead."""

    def __init__(self, clock: "Clock", ready: list[list[tuple[int, int]]]) -> None:
        self.clock = clock
        self.ready = ready
        self.registered: dict[int, int] = {}

    def register(self, sock: socket.socket, events: int) -> None:
        """Note it."""
        self.registered[sock.fileno()] = events

    def poll(self, milliseconds: float) -> list[tuple[int, int]]:
        """Let the time pass."""
        self.clock.waits.append(milliseconds)
        self.clock.now += milliseconds / 1000
        return self.ready.pop(0) if self.ready else []


class Clock:
    """A clock that a poll moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waits: list[float] = []
        self.polls: list[Poll] = []

    def __call__(self) -> float:
        """Return the time."""
        return self.now


Patched = Callable[..., tuple[SocketDownstreamClient, Clock]]


@pytest.fixture
def sockets() -> Iterator[tuple[socket.socket, socket.socket]]:
    near, far = socket.socketpair()
    with near, far:
        yield near, far


@pytest.fixture
def patched(sockets: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch) -> Patched:
    """A client whose polls return these events in turn."""

    def make(*ready: list[tuple[int, int]], stopping: threading.Event | None = None) -> Any:
        clock = Clock()

        def poll() -> Poll:
            clock.polls.append(Poll(clock, list(ready)))
            return clock.polls[-1]

        monkeypatch.setattr(select, "poll", poll)
        return SocketDownstreamClient(sockets[0], stopping=stopping or threading.Event(), clock=clock), clock

    return make


@pytest.mark.parametrize(
    ("seconds", "waits"),
    [(0.0, [0.0]), (-5.0, [0.0]), (0.1, [100.0, 0.0]), (0.25, [250.0, 0.0]), (0.625, [250.0, 250.0, 125.0, 0.0])],
)
def test_a_wait_looks_at_the_client_four_times_a_second(patched: Patched, seconds: float, waits: list[float]) -> None:
    client, clock = patched()

    client.wait(seconds)

    assert clock.waits == pytest.approx(waits)
    assert clock.now == pytest.approx(100 + max(0.0, seconds))


def test_only_the_clients_disconnect_is_watched_and_only_data_of_hubspot(
    patched: Patched, sockets: tuple[socket.socket, socket.socket]
) -> None:
    ours, other = sockets
    client, clock = patched([], [(other.fileno(), select.POLLIN)])

    client.wait_readable(other, deadline=200.0)

    assert clock.polls[0].registered == {ours.fileno(): select.POLLRDHUP, other.fileno(): select.POLLIN}
    assert clock.waits == [250.0, 250.0]


@pytest.mark.parametrize("is_waiting_for_data", [True, False])
def test_a_disconnect_counts_before_data(
    patched: Patched, sockets: tuple[socket.socket, socket.socket], is_waiting_for_data: bool
) -> None:
    ours, other = sockets
    client, _ = patched([(other.fileno(), select.POLLIN), (ours.fileno(), select.POLLHUP)])

    with pytest.raises(PullAbandoned) as caught:
        client.wait_readable(other if is_waiting_for_data else None, deadline=200.0)

    assert (caught.value.kind, caught.value.message) == ("caller-gone", "The client disconnected.")


def test_a_shutdown_is_noticed_before_anything_is_waited_for(patched: Patched) -> None:
    stopping = threading.Event()
    stopping.set()
    client, clock = patched(stopping=stopping)

    with pytest.raises(PullAbandoned) as caught:
        client.wait(60)

    assert (caught.value.kind, caught.value.message) == ("stopping", "The service is shutting down.")
    assert clock.waits == []


def test_no_data_at_the_deadline_is_a_timeout(patched: Patched, sockets: tuple[socket.socket, socket.socket]) -> None:
    client, clock = patched()

    with pytest.raises(TimeoutError):
        client.wait_readable(sockets[1], deadline=100.5)

    assert clock.waits == [250.0, 250.0, 0.0]


@pytest.mark.parametrize(("pending", "waits"), [(0, [250.0]), (1, []), (7, [])])
def test_data_that_is_decrypted_already_is_not_waited_for(
    patched: Patched, sockets: tuple[socket.socket, socket.socket], pending: int, waits: list[float]
) -> None:
    class Decrypted(ssl.SSLSocket):
        def __init__(self) -> None:
            """Have no connection."""

        def pending(self) -> int:
            return pending

        def fileno(self) -> int:
            return sockets[1].fileno()

    client, clock = patched([(sockets[1].fileno(), select.POLLIN)])

    client.wait_readable(Decrypted.__new__(Decrypted), deadline=200.0)

    assert clock.waits == waits


def test_a_patient_client_sleeps_as_long_as_it_is_told() -> None:
    slept: list[float] = []
    client = PatientDownstreamClient(sleep=slept.append)

    client.wait(1.5)
    client.wait_readable(None, deadline=0.0)

    assert slept == [1.5]
