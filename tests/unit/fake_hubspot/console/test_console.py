"""Who gets the pages, and what the server does for them."""

import subprocess
import sys
from urllib.parse import urlencode

import pytest

from bench_core.pages import PageResponse
from fake_hubspot.console.call import PageCall
from fake_hubspot.console.pages import overview
from fake_hubspot.settings import Settings
from tests.unit.fake_hubspot.inprocess import Fake, Response

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8", "authorization": ""}
FORM = {"content-type": "application/x-www-form-urlencoded", "authorization": ""}


def token_of(page: Response) -> str:
    """Return the token in the forms of a page."""
    return page.content.decode().partition('name="_token" value="')[2].partition('"')[0]


def send(fake: Fake, path: str, **fields: str) -> Response:
    """Send a form with the token of the start page."""
    given = {"_token": token_of(fake.get("/_fake/", headers=BROWSER)), **fields}
    return fake.request("POST", path, urlencode(given).encode(), headers=FORM)


def test_a_browser_at_the_root_is_led_to_the_pages(fake: Fake) -> None:
    answer = fake.get("/", headers=BROWSER)

    assert (answer.status, answer.headers["location"]) == (302, "/_fake/")
    assert fake.get("/_fake/", headers=BROWSER).status == 200


@pytest.mark.parametrize("headers", [{}, {"accept": "application/json"}, {"accept": "*/*", "authorization": ""}])
def test_programs_get_the_answer_of_hubspot_at_the_root(fake: Fake, headers: dict[str, str]) -> None:
    answer = fake.get("/", headers=headers)

    assert answer.status in (401, 404)
    assert "x-fake-hubspot-unmatched" in answer.headers
    assert fake.portal.journal.count == 1


def test_looking_at_the_pages_changes_nothing_that_a_client_sees(fake: Fake, empty: Fake) -> None:
    """Neither the journal nor the random ids: a test gives the same results while somebody watches."""
    created = []
    for one, looks in ((fake, 0), (empty, 3)):
        one.request("POST", "/_fake/reset")
        one.portal.random.seed(7)
        for _ in range(looks):
            one.get("/_fake/", headers=BROWSER)
        made = one.post("/crm/v3/objects/companies", {"properties": {"name": "a"}})
        created.append((made.json()["id"], made.headers["x-hubspot-correlation-id"][14:], one.portal.journal.count))

    assert created[0] == created[1]


def test_a_page_carries_none_of_the_headers_of_hubspot(fake: Fake) -> None:
    answer = fake.get("/_fake/", headers=BROWSER)

    assert set(answer.headers) == {
        *("date", "content-type", "cache-control", "content-security-policy", "x-content-type-options"),
        *("referrer-policy", "content-length"),
    }


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example"}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}, 403),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}, 403),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
    ],
)
def test_other_sites_may_link_to_a_page_but_read_none(fake: Fake, headers: dict[str, str], status: int) -> None:
    assert fake.get("/_fake/", headers={**BROWSER, **headers}).status == status


def test_another_site_cannot_send_a_form_even_with_the_token(fake: Fake) -> None:
    fields = {"_token": token_of(fake.get("/_fake/", headers=BROWSER)), "theme": "dark"}
    navigates = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}

    for foreign in (navigates, {"origin": "http://evil.example"}, {"host": "evil.example"}):
        answer = fake.request("POST", "/_fake/ui/theme", urlencode(fields).encode(), headers=FORM | foreign)
        assert answer.status == 403


def test_a_form_without_the_token_is_refused_with_a_page_that_says_so(fake: Fake) -> None:
    answer = fake.request("POST", "/_fake/ui/theme", b"theme=dark", headers=FORM)

    assert answer.status == 400
    assert "Nothing was changed" in answer.content.decode()
    assert send(fake, "/_fake/ui/theme", theme="dark").status == 303


def test_an_account_that_does_not_exist_is_said(fake: Fake) -> None:
    answer = fake.get("/_fake/?portal=99", headers=BROWSER)

    assert answer.status == 404
    assert "This server has no account 99." in answer.content.decode()


def test_another_machine_sees_nothing_without_a_control_token(fake: Fake) -> None:
    answer = fake.get("/_fake/", headers=BROWSER, client="192.0.2.1")

    assert answer.status == 403
    assert "--control-token" in answer.content.decode()
    assert fake.token not in answer.content.decode()


def test_another_machine_gives_the_control_token_once() -> None:
    fake = Fake(Settings(control_token="open sesame"))
    asked = fake.get("/_fake/", headers=BROWSER, client="192.0.2.1")
    wrong = send(fake, "/_fake/ui/sign-in", token="wrong")
    given = send(fake, "/_fake/ui/sign-in", token="open sesame", _back="/_fake/?a=b")

    cookie = given.headers["set-cookie"].partition(";")[0]
    opened = fake.get("/_fake/", headers={**BROWSER, "cookie": cookie}, client="192.0.2.1")
    fake.app.portals.close()

    assert (asked.status, wrong.status, given.status, opened.status) == (401, 401, 303, 200)
    assert fake.token not in asked.content.decode() + wrong.content.decode()
    assert fake.token in opened.content.decode()
    assert "open sesame" not in cookie
    assert given.headers["location"] == "/_fake/?a=b"


def test_a_page_that_fails_says_so_and_is_logged_without_secrets(
    fake: Fake, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: PageCall) -> PageResponse:
        raise ZeroDivisionError

    monkeypatch.setattr(overview, "show", fail)

    page = fake.get(f"/_fake/?x={fake.token}", headers=BROWSER)

    assert page.status == 500
    assert "This is an error of the fake; its log says more." in page.content.decode()
    assert "the page /_fake/ failed" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert fake.token not in caplog.text


def test_the_server_starts_without_what_only_pages_need() -> None:
    """Jinja2 takes a process 50 ms to load."""
    program = (
        "import sys; from fake_hubspot import Server\n"
        "with Server(): print(*(name for name in ('jinja2', 'bench_core.pages') if name in sys.modules))"
    )

    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "\n"
