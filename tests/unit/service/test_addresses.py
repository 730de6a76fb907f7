import pytest

from service.addresses import host_name, is_ip_address, proxy_url, split_url
from service.errors import SettingsError
from service.settings import Settings
from tests.support.cases import for_each

REQUIRED = {"HUBSPOT_API_KEY": "pat-x", "HUBSPOT_BASE_URL": "https://api.hubapi.com"}


@for_each(
    ("text", "host"),
    [
        ("0.0.0.0", "0.0.0.0"),  # noqa: S104 - a text
        ("localhost", "localhost"),
        ("fake_hubspot", "fake_hubspot"),
        ("a.b-c.example.", "a.b-c.example."),
        ("::", "::"),
        ("[::]", "::"),
        ("[::1]", "::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1%eth0"),
    ],
)
def test_a_host_is_accepted_with_and_without_brackets(text: str, host: str) -> None:
    assert host_name(text) == host


@for_each(
    "text",
    ["a b", "a/b", "a:80", "999.1.1.1", "1.2.3", "[localhost]", "[127.0.0.1]", "a..b", "-a", "å.no", "x" * 300],
)
def test_a_host_that_nothing_can_have_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected a host name"):
        host_name(text)


@for_each(
    "url",
    [
        "https://api.hubapi.com:99999",
        "https://api.hubapi.com:abc",
        "https://api.hubapi.com:0",
        "https://api.hubapi.com:-1",
        "https://api.hubapi.com:",
        "https://api hubapi.com",
        "https://api.hubapi.com/a b",
        "https://api.hub\napi.com",
        "https://api.hub\\api.com",
        "https://999.0.0.1",
        "https://::1:8400",
        "https://[::1",
        "https://[nothing]",
        "api.hubapi.com",
        "https://",
    ],
)
def test_a_url_that_cannot_work_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        split_url(url, "https://api.hubapi.com")


@for_each("url", ["http://[::1]:8400", "http://localhost:8400/path", "https://api.hubapi.com:443"])
def test_a_url_that_can_work_is_accepted(url: str) -> None:
    assert split_url(url, "https://api.hubapi.com").geturl() == url


def test_every_setting_that_cannot_work_is_named_at_once() -> None:
    wrong = {
        "HUBSPOT_BASE_URL": "https://api.hubapi.com:99999",
        "HOST": "no host",
        "PORT": "9" * 5000,
        "HTTPS_PROXY": "socks5://kari:hunter2@proxy:1080",
        "http_proxy": "http://kari:hunter2@proxy:port",
        "SERVICE_USERNAME": "a:b",
        "SERVICE_PASSWORD": "hunter2",
    }

    with pytest.raises(SettingsError) as caught:
        Settings.from_env({**REQUIRED, **wrong})

    named = [problem.partition(":")[0].rpartition(" ")[2] for problem in caught.value.problems]
    assert named == ["HUBSPOT_BASE_URL", "HOST", "port", "HTTP_PROXY", "HTTPS_PROXY", "SERVICE_USERNAME"]
    assert "hunter2" not in caught.value.message


@pytest.mark.parametrize(
    ("text", "url"), [("proxy:3128", "http://proxy:3128"), ("http://u:p@[::1]:3128", "http://u:p@[::1]:3128")]
)
def test_a_proxy_needs_no_scheme(text: str, url: str) -> None:
    assert proxy_url(text) == url


@for_each("text", ["https://proxy:3128", "socks5h://proxy", "http://proxy:x", "http://", "http://u:%0a@p"])
def test_a_proxy_that_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        proxy_url(text)


@for_each(
    ("host", "is_accepted"),
    [
        ("a" * 63, True),
        ("a" * 64, False),
        (f"b.{'a' * 63}", True),
        (f"b.{'a' * 64}", False),
        (".".join(["a" * 49] * 5) + ".abc", True),  # 253 characters
        (".".join(["a" * 49] * 5) + ".abcd", False),
        ("a" * 60 + "!", False),
        ("a.", True),
        (".", False),
        ("1.2.3.4", True),
        ("1.2.3.4a", True),
        ("", False),
        ("[::1", False),
        ("::1]", False),
        ("[]", False),
    ],
)
def test_a_host_name_has_labels_of_63_characters_and_253_in_all(host: str, is_accepted: bool) -> None:
    if is_accepted:
        assert host_name(host) == host
    else:
        with pytest.raises(ValueError, match="expected a host name or an IP address, got"):
            host_name(host)


@for_each(
    ("host", "is_address"), [("127.0.0.1", True), ("::1", True), ("fe80::1%eth0", True), ("[::1]", False), ("a", False)]
)
def test_an_address_has_no_brackets(host: str, is_address: bool) -> None:
    assert is_ip_address(host) is is_address


@for_each("text", ["http://a b", "http://a\\b", "http://a\tb", "http://a\x7fb"])
def test_a_url_without_blanks_backslashes_and_control_characters(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected a URL such as http://x, got blanks, backslashes or control"):
        split_url(text, "http://x")


@for_each("text", ["http://a:0", "http://a:", "http://a:65536", "http://a:x"])
def test_a_port_is_from_1_to_65535(text: str) -> None:
    assert split_url("http://a:1", "http://x").port == 1
    assert split_url("http://a:65535", "http://x").port == 65535
    with pytest.raises(ValueError, match="got a port that is not a number from 1 to 65535"):
        split_url(text, "http://x")


@for_each("text", ["//a", "http:", "a", "http:///x"])
def test_a_url_has_a_scheme_and_a_host(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected a URL such as http://x$"):
        split_url(text, "http://x")


@for_each("text", ["http://a%0a@p", "http://:%0a@p", "http://a%00:b@p"])
def test_credentials_of_a_proxy_have_no_control_characters(text: str) -> None:
    assert proxy_url("HTTP://a%20b:c@p") == "HTTP://a%20b:c@p"
    with pytest.raises(ValueError, match="expected credentials without control characters"):
        proxy_url(text)
