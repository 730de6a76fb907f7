"""Requests that a page of another site can make a browser send are refused; those of programs are not."""

import pytest

from bench_core.access import AccessPolicy, allowed_names
from tests.support.cases import for_each

LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared, not bound


@for_each("bound", [*LOOPBACK, *EVERYWHERE, "192.0.2.7"])
@for_each("host", ["", "localhost", "LocalHost:8400", "127.0.0.1:1", "127.9.9.9", "[::1]:80", "a.localhost"])
def test_loopback_names_are_always_known(bound: str, host: str) -> None:
    assert AccessPolicy(bound).takes_host(host.encode())


@for_each("bound", [*LOOPBACK, *EVERYWHERE, "192.0.2.7"])
@for_each(
    "host",
    [
        "evil.example",
        "127.0.0.1.nip.io",
        "localhost.evil.example:80",
        "evil.example:127",
        "localhost@evil.example",
        "evil@127.0.0.1",
        "127.0.0.1 evil.example",
        "evil.example/localhost",
        "xlocalhost.com",
        "0x7f.1",
        "é.localhost",
        "evil.example.",
        ":80",
    ],
)
def test_names_that_anybody_can_register_are_never_known(bound: str, host: str) -> None:
    """DNS rebinding needs such a name."""
    assert not AccessPolicy(bound).takes_host(host.encode())


@for_each(
    "host",
    [
        "fake-hubspot:8400",
        "hub",
        "host.docker.internal",
        "fake.ns.svc.cluster.local",
        "192.0.2.7:80",
        "[2001:db8::1]:1",
    ],
)
def test_names_of_containers_are_known_to_a_server_on_every_address(host: str) -> None:
    assert [AccessPolicy(bound).takes_host(host.encode()) for bound in (*LOOPBACK, *EVERYWHERE)] == [False] * 4 + [
        True
    ] * 2


def test_a_server_is_known_by_the_address_it_is_bound_to() -> None:
    assert AccessPolicy("192.0.2.7").takes_host(b"192.0.2.7:80")
    assert AccessPolicy("Fake.Example").takes_host(b"fake.example")
    assert not AccessPolicy("192.0.2.7").takes_host(b"192.0.2.8")


@for_each(
    ("allowed", "host", "is_known"),
    [
        ("fake.example", "fake.example:9", True),
        ("fake.example", "FAKE.example.", True),
        ("fake.example", "a.fake.example", False),
        (".example", "a.b.example", True),
        (".example", "badexample", False),
        ("a.example, b.example", "b.example", True),
        ("*", "anything.example", True),
        ("*", "any thing", False),
    ],
)
def test_more_names_can_be_allowed(allowed: str, host: str, is_known: bool) -> None:
    assert AccessPolicy(allowed=allowed_names([allowed])).takes_host(host.encode()) is is_known


@for_each("text", ["", " ", "a,,b", "http://a", "a:80", "a/b", "a b", "é", "**", ".", "a..b", "@"])
def test_only_names_can_be_allowed(text: str) -> None:
    with pytest.raises(ValueError, match="expected a host name without a port"):
        allowed_names([text])


@for_each(
    ("headers", "is_refused"),
    [
        ({}, False),
        ({b"origin": b"http://127.0.0.1:8400"}, False),
        ({b"origin": b"http://127.0.0.1:3000"}, True),
        ({b"origin": b"http://localhost:8400"}, True),
        ({b"origin": b"http://evil.example"}, True),
        ({b"origin": b"null"}, True),
        ({b"origin": b""}, True),
        ({b"origin": b"file://"}, True),
        ({b"origin": b"chrome-extension://abc"}, True),
        ({b"sec-fetch-site": b"same-origin"}, False),
        ({b"sec-fetch-site": b"none"}, False),
        ({b"sec-fetch-site": b"same-site"}, True),
        ({b"sec-fetch-site": b"cross-site"}, True),
    ],
)
def test_pages_of_other_sites_are_refused(headers: dict[bytes, bytes], is_refused: bool) -> None:
    """A page on another port of the same machine is another site."""
    reason = AccessPolicy().refusal({b"host": b"127.0.0.1:8400", **headers})

    assert (reason is not None) is is_refused
    assert reason is None or "pages of other sites have no access" in reason


def test_a_refused_name_says_how_to_allow_it() -> None:
    reason = AccessPolicy().refusal({b"host": b"Fake.Example:80"})

    assert (
        reason
        == "this server is not known as fake.example; to allow this name, start it with --allow-host fake.example"
    )


def test_a_refusal_repeats_nothing_that_could_be_markup() -> None:
    assert (
        AccessPolicy().refusal({b"host": b"a\r\n\x1b[31mb" + b"x" * 500})
        == "this server is not known as a???[31mb" + "x" * 91
    )


@for_each("method", ["POST", "PUT", "PATCH", "DELETE"])
@for_each(
    ("content_type", "is_refused"),
    [
        (b"application/json", False),
        (b"Application/JSON; charset=utf-8", False),
        (b"application/zip", False),
        (b"text/plain", True),
        (b"TEXT/plain;charset=utf-8", True),
        (b"application/x-www-form-urlencoded", True),
        (b"multipart/form-data; boundary=x", True),
        (b"", True),
    ],
)
def test_a_body_has_a_type_that_no_form_can_send(method: str, content_type: bytes, is_refused: bool) -> None:
    reason = AccessPolicy().form_refusal(method, {b"content-type": content_type}, has_body=True)

    assert (reason is not None) is is_refused
    assert reason is None or "--json" in reason


def test_without_a_body_no_content_type_is_needed() -> None:
    assert AccessPolicy().form_refusal("POST", {}, has_body=False) is None
    assert AccessPolicy().form_refusal("GET", {b"content-type": b"text/plain"}, has_body=True) is None
