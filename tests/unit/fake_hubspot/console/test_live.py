"""Live updates: which requests are new, what a browser gets of them, and that nothing outlives its connection."""

import json
from collections.abc import Iterator

import pytest
import requests

from bench_core.console.live import ROWS_PER_TICK, NewEntries
from bench_core.journal import Journal, JournalEntry
from fake_hubspot import Server, Settings
from tests.unit.fake_hubspot.inprocess import Fake

UI = "/_fake/ui"
CONTACTS = "/crm/v3/objects/contacts"


def opened(journal: Journal, path: str = "/", *, took_us: int = 1) -> JournalEntry:
    """Add a request to a journal."""
    entry = journal.open(at_ms=0, method="GET", path=path, query="")
    entry.took_us = took_us
    return entry


def test_new_requests_are_returned_once_newest_first() -> None:
    journal = Journal()
    first = opened(journal)
    entries = NewEntries(journal, first.ordinal, lambda _: True)
    second, third = opened(journal), opened(journal)

    assert entries.take() == [third, second]
    assert entries.take() == []
    assert entries.after == third.ordinal


def test_a_request_that_a_fault_delays_is_returned_when_it_has_been_answered() -> None:
    journal = Journal()
    slow, quick = opened(journal, took_us=0), opened(journal)
    entries = NewEntries(journal, 0, lambda _: True)

    assert entries.take() == [quick]
    slow.took_us = 1
    assert entries.take() == [slow]
    assert entries.take() == []


def test_the_filter_looks_at_answered_requests() -> None:
    journal = Journal()
    slow = opened(journal, took_us=0)
    entries = NewEntries(journal, 0, lambda entry: entry.status == 500)
    opened(journal)

    assert entries.take() == []
    slow.took_us, slow.status = 1, 500
    assert entries.take() == [slow]


def test_more_requests_than_the_journal_keeps_are_no_error() -> None:
    journal = Journal(capacity=5)
    entries = NewEntries(journal, 0, lambda _: True)
    for _ in range(12):
        opened(journal)
    journal.clear()
    last = opened(journal)

    assert entries.take() == [last]
    assert entries.after == 13


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server with the two sample contacts."""
    with Server(Settings()) as made:
        yield made


def events(answer: requests.Response) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield the events of a stream."""
    name = ""
    for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def test_a_stream_carries_the_rows_that_the_filters_choose(server: Server) -> None:
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {server.token}"
    with (
        session,
        session.get(f"{server.url}{UI}/requests/stream?status=404&after=0", stream=True, timeout=30) as answer,
    ):
        for path in (CONTACTS, "/crm/v3/<script>"):
            session.get(server.url + path, timeout=30)

        name, content = next(events(answer))

    assert name == "rows"
    assert content["count"] == 1
    assert "&lt;script&gt;" in str(content["rows"])
    assert "<script" not in str(content["rows"])
    assert answer.headers["content-type"] == "text/event-stream"


def test_a_stream_is_sampled(server: Server) -> None:
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {server.token}"
    for _ in range(3 * ROWS_PER_TICK):
        session.get(f"{server.url}{CONTACTS}?limit=1", timeout=30)
    with (
        session,
        session.get(f"{server.url}{UI}/requests/stream?after=0&path=*contacts", stream=True, timeout=30) as answer,
    ):
        _, content = next(events(answer))

    assert isinstance(content["rows"], list)
    assert len(content["rows"]) == ROWS_PER_TICK
    assert isinstance(content["count"], int)
    assert content["count"] >= 3 * ROWS_PER_TICK
    assert "requests a second, 32 of them shown" in str(content["rate"])


def test_the_hits_of_a_fault_are_live(server: Server) -> None:
    headers = {"Authorization": f"Bearer {server.token}"}
    requests.post(f"{server.url}/_fake/faults", json={"fault": "server-error", "times": "forever"}, timeout=30)
    with requests.get(f"{server.url}{UI}/faults/stream", stream=True, timeout=30) as answer:
        requests.get(f"{server.url}{CONTACTS}", headers=headers, timeout=30)
        name, content = next(events(answer))
    requests.delete(f"{server.url}/_fake/faults", timeout=30)

    assert name == "parts"
    assert "struck 1 time" in str(content["active"])


def test_a_server_with_open_streams_stops() -> None:
    with Server(Settings()) as server:
        answers = [
            requests.get(f"{server.url}{UI}/{path}", stream=True, timeout=30) for path in ("stream", "requests/stream")
        ]

    for answer in answers:
        assert answer.status_code == 200
        answer.close()


def test_without_a_stream_the_answer_ends_at_once(fake: Fake) -> None:
    """A HEAD request, or another server than the fake's own."""
    for method, content in (("HEAD", b""), ("GET", b"retry: 60000\n\n")):
        answer = fake.request(method, f"{UI}/stream", headers={"authorization": ""})
        assert (answer.status, answer.content) == (200, content)
        assert answer.headers["content-type"] == "text/event-stream"


def test_the_icon_that_a_browser_asks_for_is_no_request_to_hubspot(fake: Fake) -> None:
    answer = fake.get("/favicon.ico", headers={"authorization": "", "sec-fetch-site": "same-origin"})

    assert (
        fake.get(answer.headers["location"], headers={"authorization": ""}).headers["content-type"] == "image/svg+xml"
    )
    assert fake.portal.journal.count == 0
