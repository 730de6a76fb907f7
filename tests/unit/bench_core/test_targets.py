"""Where a server sends requests of its own: to this machine and to named hosts, and nowhere else."""

import pytest

from bench_core.targets import TargetError, TargetPolicy
from tests.support.cases import for_each

POLICY = TargetPolicy(("receiver", ".example.com"), option="--webhook-host")
TAKEN = {
    "http://127.0.0.1:5000/hook?a=1": ("127.0.0.1", 5000, "/hook?a=1"),
    "http://127.9.9.9": ("127.9.9.9", 80, "/"),
    "https://localhost": ("127.0.0.1", 443, "/"),
    "http://app.localhost:1/": ("127.0.0.1", 1, "/"),
    "http://LOCALHOST./x": ("127.0.0.1", 80, "/x"),
    "http://[::1]:8080/": ("::1", 8080, "/"),
    "http://receiver:5000/hook": ("receiver", 5000, "/hook"),
    "https://a.example.com": ("a.example.com", 443, "/"),
}
REFUSED = (
    "http://10.0.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::ffff:10.0.0.1]/",
    "http://0.0.0.0/",
    "http://127.1/",
    "http://0x7f000001/",
    "http://2130706433/",
    "http://localhost.evil.example/",
    "http://127.0.0.1.evil.example/",
    "http://evil.example/?host=localhost",
    "http://example.com/",
    "http://notexample.com/",
    "http://localhost@evil.example/",
    "http://evil.example@localhost/",
    "http://127.0.0.1\\@evil.example/",
    "http://localhost/#fragment",
    "http://localhost:99999/",
    "http://localhost:x/",
    "http://",
    "http:///hook",
    "//localhost/",
    "ftp://localhost/",
    "file:///etc/passwd",
    "localhost:5000",
    "",
    "http://localhost/ x",
    "http://localhost/\r\nx-injected: 1",
    "http://localhost/\u00e4",
    "http://localhost/" + "x" * 2000,
)


@for_each("uri", TAKEN)
def test_this_machine_and_named_hosts_are_taken(uri: str) -> None:
    target = POLICY.check(uri)

    assert (target.connect_to[0], target.port, target.path) == TAKEN[uri]
    assert target.is_encrypted is uri.startswith("https")


@for_each("uri", REFUSED)
def test_everything_else_is_refused(uri: str) -> None:
    with pytest.raises(TargetError):
        POLICY.check(uri)


def test_a_refusal_says_how_to_allow_the_host() -> None:
    with pytest.raises(TargetError, match=r"start the server with --webhook-host hooks\.example\.org"):
        POLICY.check("https://hooks.example.org/")


def test_a_star_allows_every_host() -> None:
    assert TargetPolicy(("*",), option="--x").check("http://10.0.0.1/").name == "10.0.0.1"
