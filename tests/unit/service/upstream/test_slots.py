"""A client takes a slot of the quota for each request, and gives each one back exactly once."""

from collections.abc import Callable

import pytest

from service.downstream import PatientDownstreamClient
from service.errors import UpstreamError
from service.pending import Readiness, Wait
from service.upstream import endpoints
from service.upstream.client import Client
from service.upstream.messages import Request, Response

PAGE = endpoints.list_page("contacts", limit=100)
SEARCH = endpoints.highest_id("contacts")
RESPONSE_WAIT = Wait(None, 30.0)
BROKEN = UpstreamError("broken", kind="upstream-connection")


class Script:
    """Everything that a client works with.

    Attributes:
        events: What happened, in order.
        slots: What the quota answers to the next questions for a slot; then there always is one.
        responses: What the next requests end with; then 200.
        sends: Errors of the next sends, None for a send that works.
        pause_s: What the quota answers to the next responses.
        now: The time.
        readiness: How the last wait for a response ended.
    """

    def __init__(self) -> None:
        self.events: list[str] = []
        self.slots: list[float] = []
        self.responses: list[int | UpstreamError] = []
        self.sends: list[UpstreamError | None] = []
        self.search_s = 0.0
        self.pause_s = 0.0
        self.now = 100.0
        self.readiness: Readiness | None = None
        self.client = Client(
            self,  # type: ignore[arg-type]
            credentials=self,
            quota=self,  # type: ignore[arg-type]
            retry_policy=self,  # type: ignore[arg-type]
            metrics=self,  # type: ignore[arg-type]
            downstream=PatientDownstreamClient(sleep=self._sleep),
            clock=lambda: self.now,
        )

    def _sleep(self, seconds: float) -> None:
        self.events.append(f"wait {seconds:g}")
        self.now += seconds

    # the connection

    def send(self, _request: Request, _headers: object) -> None:
        """Note it, or fail."""
        self.events.append("send")
        if self.sends and (error := self.sends.pop(0)) is not None:
            raise error

    def response_wait(self) -> Wait:
        """Wait for nothing."""
        return RESPONSE_WAIT

    def receive(self, _request: Request, _downstream: object, readiness: Readiness) -> Response:
        """Return the next response after two seconds."""
        self.readiness = readiness
        self.now += 2.0
        response = self.responses.pop(0) if self.responses else 200
        if isinstance(response, UpstreamError):
            raise response
        return Response(response, {"x": str(response)}, b"{}")

    def close(self) -> None:
        """Note it."""
        self.events.append("close")

    # the credentials

    def headers(self) -> dict[str, str]:
        """Return none."""
        return {}

    def query(self) -> str:
        """Return none."""
        return ""

    def secrets(self) -> tuple[str, ...]:
        """Return none."""
        return ()

    def renew(self, _used: object) -> bool:
        """Refuse."""
        return False

    # the quota

    def acquire_s(self) -> float:
        """Return the next answer of the quota."""
        wait_s = self.slots.pop(0) if self.slots else 0.0
        self.events.append(f"slot in {wait_s:g}" if wait_s else "slot")
        return wait_s

    def reserve_search_s(self) -> float:
        """Return how far the next search is away."""
        return self.search_s

    def answered(self, headers: dict[str, str], *, sent_s: float, is_refusal: bool) -> float:
        """Note a slot that is given back."""
        self.events.append(f"answered {headers['x']}, sent at {sent_s:g}{', refused' if is_refusal else ''}")
        return self.pause_s

    def give_up(self) -> None:
        """Note a slot that is given up."""
        self.events.append("given up")

    # the retry policy and the metrics

    def delay_or_raise(self, _error: object, _headers: object, *, attempt: int, elapsed_s: float) -> float:
        """Allow another attempt after ten seconds."""
        self.events.append(f"retry {attempt} after {elapsed_s:g}")
        return 10.0

    def response_received(self, status: int, seconds: float) -> None:
        """Note the response."""
        self.events.append(f"{status} in {seconds:g}")


def test_a_slot_is_taken_before_a_request_is_sent_and_given_back_with_its_response() -> None:
    script = Script()

    assert script.client.request(PAGE).status == 200

    assert script.events == ["slot", "send", "answered 200, sent at 100", "200 in 2"]


def test_a_request_is_sent_when_there_is_a_slot() -> None:
    """Each wait is as long as the quota says. Nothing is sent before that."""
    script = Script()
    script.slots = [0.5, 0.25, 0.0]

    script.client.request(PAGE)

    assert script.events == [
        *("slot in 0.5", "wait 0.5", "slot in 0.25", "wait 0.25", "slot", "send"),
        *("answered 200, sent at 100.75", "200 in 2"),
    ]


@pytest.mark.parametrize(
    ("status", "said", "attempts"), [(429, ", refused", (0, 0)), (503, "", (0, 1)), (500, "", (0, 1))]
)
def test_a_retry_takes_another_slot(status: int, said: str, attempts: tuple[int, int]) -> None:
    """Only a 429 says that the quota was used by others, and only that does not count as an attempt."""
    script = Script()
    script.responses = [status, status]

    script.client.request(PAGE)

    assert script.events == [
        *("slot", "send", f"answered {status}, sent at 100{said}", f"{status} in 2", f"retry {attempts[0]} after 2"),
        *("wait 10", "slot", "send", f"answered {status}, sent at 112{said}", f"{status} in 2"),
        *(f"retry {attempts[1]} after 14", "wait 10", "slot", "send", "answered 200, sent at 124", "200 in 2"),
    ]


def break_send(script: Script) -> None:
    """Let the first request fail before it is sent."""
    script.sends = [BROKEN]


def break_receive(script: Script) -> None:
    """Let the first request fail before its response is there."""
    script.responses = [BROKEN]


@pytest.mark.parametrize(("fail", "took_s"), [(break_send, 0), (break_receive, 2)])
def test_a_request_without_a_response_gives_its_slot_up(fail: Callable[[Script], None], took_s: int) -> None:
    script = Script()
    fail(script)

    script.client.request(PAGE)

    assert script.events == [
        *("slot", "send", "given up", f"retry 0 after {took_s}", "wait 10", "slot", "send"),
        *(f"answered 200, sent at {110 + took_s}", "200 in 2"),
    ]


@pytest.mark.parametrize("search_s", [0.0, 0.25])
def test_a_search_has_no_slot(search_s: float) -> None:
    """It has a rate of its own, and its response says nothing of the quota."""
    script = Script()
    script.search_s = search_s
    script.responses = [503, BROKEN]

    script.client.request(SEARCH)
    script.client.close()

    begun = [f"wait {search_s:g}"] if search_s else []
    took_s = 2 + search_s
    assert script.events == [
        *(*begun, "send", "503 in 2", f"retry 0 after {took_s:g}", "wait 10", "send"),
        *(f"retry 1 after {took_s + 12:g}", "wait 10", "send", "200 in 2", "close"),
    ]


def test_a_request_that_is_under_way_at_the_end_gives_its_slot_up_once() -> None:
    script = Script()
    script.client.begin(PAGE)

    script.client.close()
    script.client.close()

    assert script.events == ["slot", "send", "close", "given up", "close"]


def test_a_client_that_has_sent_nothing_has_no_slot() -> None:
    script = Script()
    script.slots = [1.0]
    script.client.begin(PAGE)

    script.client.close()

    assert script.events == ["slot in 1", "close"]


def test_nothing_is_sent_after_a_response_that_asks_for_a_long_pause() -> None:
    """The next request fails at once, and takes no slot."""
    script = Script()
    script.pause_s = 400.0
    script.client.request(PAGE)
    script.events.clear()

    for request in (PAGE, SEARCH):
        with pytest.raises(UpstreamError, match="400 seconds") as caught:
            script.client.request(request)
        assert caught.value.kind == "rate-limit-pause"

    assert script.events == []


def test_the_waits_of_a_request_can_be_those_of_others() -> None:
    """First for a slot, then for the response, then before the retry. A request that was not sent has no response."""
    script = Script()
    script.slots, script.sends = [0.5], [None, BROKEN]
    script.responses = [503]
    pending = script.client.begin(PAGE)

    waits = [pending.poll()]
    for readiness in (Readiness.NOT_CHECKED, Readiness.READABLE, Readiness.NOT_CHECKED, Readiness.OVERDUE):
        pending.resume(readiness)
        waits.append(pending.poll())
        if readiness is Readiness.READABLE:
            assert script.readiness is readiness

    assert [wait and (wait.sock, wait.seconds) for wait in waits] == [
        *((None, 0.5), (None, 30.0), (None, 10.0), (None, 10.0), (None, 30.0)),
    ]
    assert [wait for wait in waits if wait is RESPONSE_WAIT] == [waits[1], waits[4]]
    pending.resume(Readiness.OVERDUE)
    assert script.readiness is Readiness.OVERDUE
    assert pending.poll() is None
