"""The line that `serve` prints for a request."""

import io
import json
from typing import Any

import pytest
import requests

from bench_core.journal import JournalEntry
from bench_core.lines import EventLines
from bench_core.request_lines import RequestLine
from fake_hubspot.server import Server
from fake_hubspot.settings import Settings
from tests.support.cases import for_each

SECRET = "pat-na1-00000000-0000-4000-8000-00000000beef"
CONTACTS = "/crm/v3/objects/contacts"


def text_of(entry: JournalEntry, account: int = 0) -> str:
    """The line without its time."""
    line = RequestLine("hubspot", entry, account, (SECRET,), 0.0)
    return line.as_text(colours=False).partition(" ")[2]


@for_each(
    ("entry", "expected"),
    [
        (
            JournalEntry(1, 0, "GET", "/a", "limit=2", status=200, took_us=1234),
            "GET    /a?limit=2 200 1.2 ms",
        ),
        (
            JournalEntry(1, 0, "PATCH", "/a", "", status=500, fault="server-error"),
            "PATCH  /a 500 0.0 ms fault server-error",
        ),
        (
            JournalEntry(1, 0, "GET", "/a", "", fault="connection-reset"),
            "GET    /a no response 0.0 ms fault connection-reset",
        ),
        (
            JournalEntry(1, 0, "GET", "/b", "", status=404, hint="nearest known route: GET /a"),
            "GET    /b 404 0.0 ms unmatched: did you mean GET /a?",
        ),
        (
            JournalEntry(1, 0, "GET", "/b", "", status=404, hint="calls is not built in"),
            "GET    /b 404 0.0 ms unmatched: calls is not built in",
        ),
        (
            JournalEntry(1, 0, "GET", f"/o/{SECRET}", "hapikey=x&a=b", status=200),
            "GET    /o/***?hapikey=***&a=b 200 0.0 ms",
        ),
        (JournalEntry(1, 0, "GET", "/a\x1b[2J\n", "", status=200), "GET    /a\\x1b[2J\\n 200 0.0 ms"),
        (JournalEntry(1, 0, "GET", "/" + "a" * 600, "", status=200), f"GET    /{'a' * 499}... 200 0.0 ms"),
    ],
)
def test_a_line_tells_what_was_asked_and_answered(entry: JournalEntry, expected: str) -> None:
    assert text_of(entry) == expected


def test_another_account_is_named() -> None:
    assert text_of(JournalEntry(1, 0, "GET", "/a", "", status=200), 77).endswith("account 77")


@pytest.fixture(scope="module")
def printed() -> list[dict[str, Any]]:
    """What a server printed for some requests."""
    stream = io.StringIO()
    with EventLines(stream, form="json") as lines, Server(Settings(contacts=3), lines=lines) as server:
        session = requests.Session()
        session.trust_env = False
        session.headers["Authorization"] = f"Bearer {server.token}"
        session.get(server.url + CONTACTS, timeout=9)
        session.get(f"{server.url}/health", timeout=9)
        session.get(f"{server.url}/_fake/faults", timeout=9)
        for fault in ("server-error", "connection-reset"):
            session.post(f"{server.url}/_fake/faults", json={"fault": fault}, timeout=9)
            try:
                session.get(server.url + CONTACTS, timeout=9)
            except requests.ConnectionError:
                continue
        session.get(f"{server.url}/crm/v3/objectz", timeout=9)
        session.close()
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_each_request_is_a_line_also_where_a_fault_answers(printed: list[dict[str, Any]]) -> None:
    """Of the requests to the fake's own paths only those that change something."""
    shown = [(line["event"], line["method"], line["path"], line["status"], line["fault"]) for line in printed]

    assert shown == [
        ("request", "GET", CONTACTS, 200, None),
        ("control", "POST", "/_fake/faults", 201, None),
        ("request", "GET", CONTACTS, 500, "server-error"),
        ("control", "POST", "/_fake/faults", 201, None),
        ("request", "GET", CONTACTS, 0, "connection-reset"),
        ("request", "GET", "/crm/v3/objectz", 404, None),
    ]
    assert "GET /crm/v3/objects/{objectType}" in printed[-1]["unmatched"]
