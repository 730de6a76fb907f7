"""Each bound, exactly: what it still allows, and the next larger value that it does not."""

import gzip
import json
import socket
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from service.downstream import PatientDownstreamClient
from service.errors import MismatchError, UpstreamError
from service.settings import Settings
from service.upstream import endpoints
from service.upstream.auth import RefreshedToken
from service.upstream.connection import Connection
from service.upstream.decompression import BadEncodingError, decompressed
from service.upstream.error_responses import error_from_response, error_in_batch
from service.upstream.messages import Request, Response, header_number
from service.upstream.quota import Quota
from service.upstream.response_reader import BoundError, ResponseReader
from tests.support.cases import for_each
from tests.unit.service.upstream.test_response_reader import sending

PAGE = Request("/crm/v3/objects/contacts")
OAUTH = Settings(
    auth="oauth", hubspot_base_url="http://h", client_id="id", client_secret="secret", refresh_token="refresh"
)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


# --- numbers in headers ---


def test_a_header_number_has_15_digits_at_most() -> None:
    assert header_number({"x": "9" * 15}, "x") == 999_999_999_999_999
    assert header_number({"x": "9" * 16}, "x") == float("inf")


# --- reading a response ---


def outcome(sent: bytes, **options: Any) -> tuple[int, bytes, bool]:
    """Return the status, the body and whether the connection ends."""
    with sending(sent) as reader:
        for name, value in options.items():
            setattr(reader, name, value)
        reader.begin()
    return reader.status, reader.read(), reader.will_close


def plain(body: bytes, status: int = 200, *, more: bytes = b"", announced: int = 0) -> bytes:
    return b"HTTP/1.1 %d X\r\n%sContent-Length: %d\r\n\r\n%s" % (status, more, len(body) + announced, body)


def test_a_body_may_be_as_long_as_the_setting_says() -> None:
    assert len(outcome(plain(b"x" * 9_000), _max_body_bytes=9_000)[1]) == 9_000
    with pytest.raises(BoundError, match=r"longer than 9,000 bytes"):
        outcome(plain(b"x" * 9_001), _max_body_bytes=9_000)


@for_each(("length", "kept"), [(131_072, 131_072), (131_073, 0)])
@for_each("status", [300, 404, 503])
def test_the_body_of_an_error_has_131072_bytes_or_is_dropped(status: int, length: int, kept: int) -> None:
    found, body, will_close = outcome(plain(b"x" * length, status))

    assert (found, len(body), will_close) == (status, kept, kept == 0)


@for_each("status", [300, 399, 500, 599])
def test_an_error_whose_body_is_cut_off_ends_the_connection(status: int) -> None:
    assert outcome(plain(b"x", status, announced=1)) == (status, b"", True)


@for_each("status", [200, 201, 298, 299])
def test_a_success_whose_body_is_cut_off_is_an_error(status: int) -> None:
    with pytest.raises(ConnectionError):
        outcome(plain(b"x", status, announced=1))


def test_a_response_has_500_headers_at_most() -> None:
    """One is the length."""
    assert outcome(plain(b"", more=b"a:b\r\n" * 499))[0] == 200
    with pytest.raises(BoundError, match="more than 500 headers"):
        outcome(plain(b"", more=b"a:b\r\n" * 500))


def test_headers_have_131072_bytes_at_most() -> None:
    rest = len(plain(b"", more=b"X: \r\n"))

    assert outcome(plain(b"", more=b"X: %s\r\n" % (b"x" * (131_072 - rest))))[0] == 200
    with pytest.raises(BoundError, match="longer than 131,072 bytes"):
        outcome(plain(b"", more=b"X: %s\r\n" % (b"x" * (131_073 - rest))))


@pytest.mark.parametrize(("spare", "is_allowed"), [(0, True), (1, False)])
def test_chunks_may_take_eight_bytes_for_each_byte_of_the_body(spare: int, is_allowed: bool) -> None:
    """And as much as the headers besides."""
    body = b"x" * 1000
    chunk = CHUNKED + b"3e8\r\n" + body + b"\r\n0;"
    padding = 131_072 + 8 * 1000 + spare - (len(chunk) - 1000) - len(b"\r\n\r\n")
    sent = chunk + b"e" * padding + b"\r\n\r\n"

    if is_allowed:
        assert outcome(sent)[1] == body
    else:
        with pytest.raises(BoundError, match="trailers and chunk sizes"):
            outcome(sent)


class Wire:
    """A socket from which nothing arrives, for a reader with a clock of its own."""

    def __init__(self, timeouts: int) -> None:
        self.timeouts = timeouts
        self.now = 100.0
        self.timeout_s = 0.0
        self.deadlines: list[float] = []
        self.sizes: list[int] = []

    def settimeout(self, seconds: float) -> None:
        """Keep it for the test."""
        self.timeout_s = seconds

    def recv(self, size: int) -> bytes:
        """Let a quarter of a second pass and fail, or end the connection."""
        self.sizes.append(size)
        if self.timeouts:
            self.timeouts -= 1
            self.now += 0.25
            raise TimeoutError
        return b""

    def wait_readable(self, _sock: object, *, deadline: float) -> None:
        """Return at once."""
        self.deadlines.append(deadline)


def reader_of(wire: Any, *, timeout_s: float) -> ResponseReader:
    return ResponseReader(wire, downstream=wire, timeout_s=timeout_s, clock=lambda: wire.now)


@pytest.mark.parametrize(("timeouts", "error"), [(3, ConnectionError), (4, TimeoutError)])
def test_reading_ends_when_the_time_without_a_byte_is_over(timeouts: int, error: type[Exception]) -> None:
    wire = Wire(timeouts)

    with pytest.raises(error):
        reader_of(wire, timeout_s=1.0).begin()

    assert wire.deadlines == [101.0] * 4
    assert set(wire.sizes) == {65_536}


@for_each(("timeout_s", "socket_s"), [(0.1, 0.1), (0.25, 0.25), (20.0, 0.25)])
def test_the_socket_is_looked_at_four_times_a_second(timeout_s: float, socket_s: float) -> None:
    wire = Wire(0)

    reader = reader_of(wire, timeout_s=timeout_s)

    assert wire.timeout_s == socket_s
    assert (reader.status, reader.headers, reader.will_close, reader.read()) == (0, {}, True, b"")


class SlowWire(Wire):
    """A socket from which a piece arrives every ten seconds."""

    def __init__(self, *pieces: bytes) -> None:
        super().__init__(0)
        self.pieces = list(pieces)

    def recv(self, size: int) -> bytes:
        """Let ten seconds pass, and return the next piece."""
        self.sizes.append(size)
        self.now += 10.0
        return self.pieces.pop(0)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"


@for_each(("transfer_timeout_s", "is_in_time"), [(30.5, True), (20.5, True), (20.0, False), (5.0, False)])
def test_a_response_has_its_time_from_its_first_byte(transfer_timeout_s: float, is_in_time: bool) -> None:
    """The wait for the first byte does not count. The last look is no later than the end."""
    wire: Any = SlowWire(HEAD, b"a", b"b", b"c")
    reader = ResponseReader(
        wire, downstream=wire, timeout_s=15.0, transfer_timeout_s=transfer_timeout_s, clock=lambda: wire.now
    )

    if is_in_time:
        reader.begin()
        assert reader.read() == b"abc"
    else:
        with pytest.raises(TimeoutError):
            reader.begin()
    end = 110.0 + transfer_timeout_s
    starts = [100.0, 110.0, 120.0, 130.0]
    looked = [start for at, start in enumerate(starts) if not at or start < end]
    assert wire.deadlines == [min(start + 15.0, end) if at else start + 15.0 for at, start in enumerate(looked)]


def test_a_response_has_all_the_time_unless_it_is_limited() -> None:
    wire: Any = SlowWire(HEAD, b"a", b"b", b"c")

    reader_of(wire, timeout_s=15.0).begin()

    assert wire.deadlines == [115.0, 125.0, 135.0, 145.0]


def test_a_body_is_read_once() -> None:
    with sending(plain(b"{}")) as reader:
        reader.begin()

    assert (reader.read(), reader.read(), reader.isclosed()) == (b"{}", b"", True)


# --- decompression ---


def test_gzip_has_a_hundred_parts_at_most() -> None:
    assert decompressed(gzip.compress(b"x") * 100, "gzip", max_bytes=1000) == b"x" * 100
    with pytest.raises(BoundError, match="more than 100 parts"):
        decompressed(gzip.compress(b"x") * 101, "gzip", max_bytes=1000)


@pytest.mark.parametrize("parts", [1, 3])
def test_decompressed_parts_together_are_as_long_as_the_setting_says(parts: int) -> None:
    body = gzip.compress(b"x" * 1000) * parts

    assert len(decompressed(body, "gzip", max_bytes=1000 * parts)) == 1000 * parts
    with pytest.raises(BoundError, match="when it is decompressed"):
        decompressed(body, "gzip", max_bytes=1000 * parts - 1)


def test_a_body_of_several_megabytes_is_decompressed_whole() -> None:
    body = b"0123456789" * 400_000

    assert decompressed(gzip.compress(body, 1), "gzip", max_bytes=len(body)) == body


def test_a_body_is_decompressed_in_pieces_of_a_mebibyte(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a bomb is noticed before it has taken much memory."""
    asked: list[int] = []
    create = zlib.decompressobj

    class Noting:
        def __init__(self, wbits: int) -> None:
            self._real = create(wbits)

        def decompress(self, body: bytes, most: int) -> bytes:
            asked.append(most)
            return self._real.decompress(body, most)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._real, name)

    monkeypatch.setattr(zlib, "decompressobj", Noting)
    body = b"x" * (2 * 2**20 + 1)

    assert decompressed(gzip.compress(body), "gzip", max_bytes=len(body)) == body
    assert len(asked) >= 3
    assert set(asked) == {2**20}


@for_each("name", ["gzip", "GZIP", " x-gzip ", "gzip".rjust(40)])
def test_gzip_has_several_spellings(name: str) -> None:
    assert decompressed(gzip.compress(b"{}"), name, max_bytes=100) == b"{}"


@for_each("name", ["", " ", "identity", "Identity "])
def test_a_body_without_an_encoding_stays_as_it_is(name: str) -> None:
    assert decompressed(b"plain", name, max_bytes=1) == b"plain"


@for_each("name", ["gzip".rjust(41), "gzipped", "br", "x-identity"])
def test_another_encoding_is_refused(name: str) -> None:
    with pytest.raises(BadEncodingError, match="not gzip, the only one"):
        decompressed(gzip.compress(b"{}"), name, max_bytes=100)


@contextmanager
def answering(sent: bytes, *, is_last: bool = False) -> Iterator[Connection]:
    """A connection on which this response arrives."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        connection = Connection(f"http://127.0.0.1:{listener.getsockname()[1]}", timeout_s=20, max_body_bytes=1000)
        connection.send(PAGE, {})
        with listener.accept()[0] as peer:
            peer.recv(65536)
            peer.sendall(sent)
            if is_last:
                peer.shutdown(socket.SHUT_WR)
            yield connection
            connection.close()


@for_each(("status", "is_success"), [(200, True), (201, True), (299, True), (300, False), (404, False), (503, False)])
@for_each("body", [b"no gzip", gzip.compress(b"x" * 1001)], ids=["broken", "long"])
def test_a_body_that_cannot_be_decompressed_is_dropped_unless_it_is_a_success(
    status: int, is_success: bool, body: bytes
) -> None:
    with answering(plain(body, status, more=b"Content-Encoding: gzip\r\n")) as connection:
        if is_success:
            with pytest.raises(MismatchError, match="is not used"):
                connection.receive(PAGE, PatientDownstreamClient())
            assert connection._http.sock is None
        else:
            response = connection.receive(PAGE, PatientDownstreamClient())
            assert (response.status, response.body) == (status, b"")


@for_each(
    "sent",
    [plain(b"x" * 1001), plain(b"x", announced=1), b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
    ids=["long", "cut", "no chunk"],
)
def test_a_response_that_cannot_be_used_closes_the_connection(sent: bytes) -> None:
    """What follows on it would be taken for the next response."""
    with answering(sent, is_last=True) as connection:
        with pytest.raises(UpstreamError):
            connection.receive(PAGE, PatientDownstreamClient())

        assert connection._http.sock is None


# --- tokens ---


def token_with(answer: Callable[[], dict[str, object]], now: Callable[[], float] = lambda: 0.0) -> RefreshedToken:
    return RefreshedToken(OAUTH, lambda _request: Response(200, {}, json.dumps(answer()).encode()), clock=now)


def test_a_token_has_8192_characters_at_most() -> None:
    accepted = token_with(lambda: {"access_token": "x" * 8192, "expires_in": 1800}).headers()

    assert accepted == {"Authorization": "Bearer " + "x" * 8192}
    with pytest.raises(MismatchError, match="no header can hold"):
        token_with(lambda: {"access_token": "x" * 8193, "expires_in": 1800}).headers()


@for_each(
    ("expires_in", "used_s"),
    [(-10.0, 0.0), (0, 0.0), (0.5, 0.25), (86_400, 86_340), (86_401, 86_340), (1e300, 86_340)],
)
def test_a_token_is_used_for_a_day_at_most(expires_in: float, used_s: float) -> None:
    now, issued = 0.0, 0

    def answer() -> dict[str, object]:
        nonlocal issued
        issued += 1
        return {"access_token": f"token-{issued}", "expires_in": expires_in}

    token = token_with(answer, lambda: now)
    token.headers()

    if used_s:
        now = used_s - 0.125
        token.headers()
        assert issued == 1
    now = used_s
    token.headers()
    assert issued == 2


# --- pace ---


def limits(interval_ms: float, remaining: int = 0) -> dict[str, str]:
    values = {"max": "100", "remaining": str(remaining), "interval-milliseconds": f"{interval_ms:.0f}"}
    return {f"x-hubspot-ratelimit-{name}": value for name, value in values.items()}


@for_each(("max_pause_s", "longest_s"), [(300.0, 300.0), (20.0, 20.0), (10.0, 10.0), (1.0, 10.0)])
def test_a_pause_is_as_long_as_allowed_and_ten_seconds_always(max_pause_s: float, longest_s: float) -> None:
    quota = Quota(max_pause_s=max_pause_s, clock=lambda: 0.0)

    quota.acquire_s()
    assert quota.answered(limits(2000 * longest_s), sent_s=0.0) == 0.0
    assert quota.acquire_s() == longest_s
    assert quota.answered(limits(2000 * longest_s + 2), sent_s=0.0) == longest_s + 0.001
    assert quota.acquire_s() == longest_s


def test_without_a_setting_a_pause_is_five_minutes_at_most() -> None:
    quota = Quota(clock=lambda: 0.0)

    found = [quota.answered(limits(interval_ms), sent_s=0.0) for interval_ms in (600_000, 600_002)]

    assert found == [0.0, 300.001]


# --- texts of errors ---


def message(text: str, *secrets: str) -> str | None:
    return error_from_response(
        PAGE, Response(400, {}, json.dumps({"message": text}).encode()), secrets=secrets
    ).hubspot_message


@for_each(("lead", "secrets", "seen"), [
    (1999, (), "x"),
    (2000, (), ""),
    (2009, ("s" * 10,), "x"),
    (2009, ("s" * 4, "s" * 10), "x"),
    (2010, ("s" * 10,), ""),
])  # fmt: skip
def test_an_error_text_is_looked_at_up_to_2000_characters(lead: int, secrets: tuple[str, ...], seen: str) -> None:
    """And as many more as the longest secret has."""
    assert message(" " * lead + "x", *secrets) == seen


def test_of_a_longer_error_text_the_end_is_cut_where_a_secret_may_begin() -> None:
    assert message(" " * 1999 + "x" + "y" * 11, "s" * 10) == "x"
    assert message(" " * 1999 + "x" + "y" * 10, "s" * 10) == "x" + "y" * 10


@for_each("lead", range(0, 30, 3))
def test_the_longest_of_several_secrets_is_masked_wherever_a_text_is_cut(lead: int) -> None:
    seen = message(
        " " * 1960 + "x" * (lead + 15) + "SECRET-OF-TWENTY-BYTES" + "y" * 99, "abc", "SECRET-OF-TWENTY-BYTES"
    )

    assert "SEC" not in (seen or "")


def test_an_empty_secret_masks_nothing() -> None:
    assert message("as it is", "", "is") == "as it ***"


def batch_error(*errors: object, headers: dict[str, str] | None = None, status: int = 207) -> Any:
    request = endpoints.read_batch("contacts", ["1"], names=(), history=())
    body = json.dumps({"results": [], "errors": list(errors)}).encode()
    return error_in_batch(request, Response(status, headers or {}, body), secrets=("s3cret",))


def test_an_error_in_a_batch_has_every_field() -> None:
    found = batch_error(
        {"category": "OBJECT_NOT_FOUND"},
        {"category": "INTERNAL_ERROR", "message": "s3cret of a@example.com"},
        headers={"x-hubspot-correlation-id": "c-1 s3cret"},
    )

    assert found.message == (
        "HubSpot answered 207 to POST /crm/v3/objects/contacts/batch/read, but failed for a part of it "
        "(INTERNAL_ERROR): *** of <e-mail>"
    )
    assert (found.kind, found.status, found.response_status) == ("upstream-partial", 500, 502)
    assert (found.hubspot_message, found.category) == ("*** of <e-mail>", "INTERNAL_ERROR")
    assert found.correlation_id == "c-1 ***"


def test_an_error_in_a_batch_may_say_nothing() -> None:
    found = batch_error({}, status=200)

    assert "answered 200" in found.message
    assert found.message.endswith("(no category): no message")
    assert (found.hubspot_message, found.category, found.correlation_id) == (None, None, None)


def test_a_rate_limit_in_a_batch_counts_as_one() -> None:
    found = batch_error({"category": "RATE_LIMITS s3cret"}), batch_error({"category": "RATE_LIMITS"})

    assert [(one.status, one.response_status, one.category) for one in found] == [
        (500, 502, "RATE_LIMITS ***"),
        (429, 503, "RATE_LIMITS"),
    ]


@for_each(
    ("error", "is_failure"),
    [
        ({"category": "OBJECT_NOT_FOUND"}, False),
        ({"category": "OBJECT_NOT_FOUND", "subCategory": "other"}, False),
        ({"category": "VALIDATION_ERROR", "subCategory": "x.NO_ASSOCIATIONS_FOUND"}, False),
        ({"category": "NO_ASSOCIATIONS_FOUND", "subCategory": "other"}, True),
        ({"category": "NO_ASSOCIATIONS_FOUND"}, False),
        ({"subCategory": "NO_ASSOCIATIONS_FOUND"}, False),
        ({"category": "OBJECT_NOT_FOUND_BEFORE"}, True),
        ({"subCategory": "OBJECT_NOT_FOUND"}, True),
    ],
)
def test_only_what_does_not_exist_is_no_failure_of_a_batch(error: dict[str, str], is_failure: bool) -> None:
    assert (batch_error(error) is not None) is is_failure
