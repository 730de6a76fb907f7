"""Why a server could not be reached."""

import errno
import socket

import pytest
import requests
import urllib3

from bench_core.reach import unreachable
from tests.support.cases import for_each

URL = "http://user:secret@example.test:81/path?x=1"


def wrapped(cause: Exception) -> Exception:
    """Return the error of requests, as it wraps those of urllib3."""
    inner = urllib3.exceptions.ProtocolError("Connection aborted.", cause)
    return requests.ConnectionError(inner)


@for_each(
    ("cause", "said"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), "nobody listens on example.test:81"),
        (socket.gaierror(-2, "unknown"), "no host is known under the name in example.test:81"),
        (OSError(errno.EHOSTUNREACH, "No route to host"), "there is no way to example.test:81: No route to host"),
    ],
)
def test_the_cause_is_said_in_a_sentence(cause: Exception, said: str) -> None:
    for error in (cause, wrapped(cause)):
        found = unreachable(error, URL)
        assert found is not None
        assert found.startswith(said)
        assert "secret" not in found


def test_another_error_is_not_explained() -> None:
    assert unreachable(requests.exceptions.ChunkedEncodingError("cut off"), URL) is None


def test_what_requests_raises_for_a_closed_port_is_understood() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but nobody listens
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        with pytest.raises(requests.RequestException) as caught:
            requests.get(url, timeout=60)

    assert "nobody listens on 127.0.0.1:" in str(unreachable(caught.value, url))


def test_errors_that_cause_each_other_end_the_search() -> None:
    one, other = ValueError("one"), ValueError("other")
    one.__cause__, other.__cause__ = other, one

    assert unreachable(one, URL) is None


def test_an_address_that_is_none_was_not_asked() -> None:
    assert unreachable(ConnectionRefusedError(), "http://[x") is None
