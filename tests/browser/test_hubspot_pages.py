"""The pages of the fake HubSpot in a real browser. The tests share server and browser; each has its own account."""

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from fake_hubspot import Server, Settings
from tests.browser.looks import problems_of
from tests.browser.looks import watched as watching

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&"
UI = "/_fake/ui"
LISTS = "/crm/v3/objects/contacts"
LIGHT = {"color_scheme": "light", "viewport": {"width": 1600, "height": 1000}}
DARK = {"color_scheme": "dark", "viewport": {"width": 400, "height": 800}}


class Account:
    """One account of the server, as a client and as a person see it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        made = self._control("POST", "/_fake/portals", {"contacts": 120})
        self.id, self.token = made["portalId"], made["token"]
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"Bearer {self.token}"

    def _control(self, method: str, path: str, body: Any = None) -> Any:
        answer = requests.request(method, self.server.url + path, json=body, timeout=20)
        return answer.json() if answer.content else None

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call the control API for this account."""
        return self._control(method, f"{path}?portal={self.id}", body)

    def api(self, method: str, path: str, body: Any = None) -> requests.Response:
        """Call HubSpot's API."""
        return self.session.request(method, self.server.url + path, json=body, timeout=20)

    def url(self, path: str) -> str:
        """Return the address of a page."""
        return f"{self.server.url}{path}{'&' if '?' in path else '?'}portal={self.id}"

    def contact(self, **properties: str) -> str:
        """Create a contact and return its id."""
        return str(self.api("POST", LISTS, {"properties": properties}).json()["id"])


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One server for all tests of this module."""
    with Server(Settings(contacts=2)) as made:
        yield made


@pytest.fixture
def account(server: Server) -> Iterator[Account]:
    """An account of its own, with 120 contacts."""
    made = Account(server)
    yield made
    made.session.close()
    made.control("DELETE", f"/_fake/portals/{made.id}")


@pytest.fixture
def watched(page: Any) -> Iterator[Any]:
    """A page whose script must not fail."""
    with watching(page) as wrong:
        yield page
    assert wrong == []


def plain(chromium: Any, **options: Any) -> Any:
    """Return a page without JavaScript."""
    return chromium.new_context(java_script_enabled=False, **options).new_page()


def everything(account: Account) -> list[str]:
    """Fill an account with what pages can show, hostile values among it, and return the addresses of its pages."""
    contact = account.contact(firstname=HOSTILE, lastname=HOSTILE, email="a@example.org")
    account.api("PATCH", f"{LISTS}/{contact}", {"properties": {"firstname": f"{HOSTILE} 2"}})
    company = account.api("POST", "/crm/v3/objects/companies", {"properties": {"name": HOSTILE}}).json()["id"]
    account.api("PUT", f"/crm/v4/objects/contacts/{contact}/associations/default/companies/{company}")
    account.control("POST", "/_fake/faults", {"fault": "server-error", "where": {"page": 2, "route": "objects.list"}})
    account.control("POST", "/_fake/faults", {"fault": "status", "params": {"message": HOSTILE}, "where": {"nth": 900}})
    account.control("PUT", f"/_fake/snapshots/{HOSTILE.replace('/', '')}")
    account.api("GET", f"/crm/v3/{HOSTILE}?a={HOSTILE}")
    account.api("GET", f"{LISTS}?limit=1")
    settings = {"targetUrl": f"{account.url('/hook')}", "subscriptions": [{"eventType": "contact.creation"}]}
    account.control("PUT", "/_fake/webhooks/apps/7", settings)
    account.contact(email="b@example.org")
    record = f"{UI}/records/contacts/{contact}"
    return [
        "/_fake/",
        f"{UI}/requests",
        f"{UI}/requests?open=2",
        f"{UI}/requests?failed=true&path=nothing",
        f"{UI}/records",
        f"{UI}/records?q=nothing-at-all",
        f"{UI}/records/contacts/new",
        record,
        f"{record}?tab=history",
        f"{record}?tab=associations",
        f"{record}?tab=json",
        f"{UI}/faults",
        f"{UI}/faults/changed-during-walk",
        f"{UI}/settings",
        f"{UI}/webhooks",
        f"{UI}/webhooks?open=1",
        f"{UI}/records/nothing",
    ]


@pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light and wide", "dark and narrow"])
def test_every_page_fits_is_accessible_and_runs_no_foreign_script(
    chromium: Any, account: Account, look: dict[str, Any]
) -> None:
    page = chromium.new_context(**look).new_page()

    with watching(page) as wrong:
        for path in everything(account):
            page.goto(account.url(path))
            page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
            assert problems_of(page) == [], path
    page.context.close()

    # The last page is about what does not exist.
    assert [one for one in wrong if "404" not in one] == []


def test_every_page_can_be_read_and_every_form_sent_without_javascript(chromium: Any, account: Account) -> None:
    page = plain(chromium)
    for path in everything(account):
        page.goto(account.url(path))
        assert page.locator("h1").count() == 1, path
        assert page.locator("main").inner_text()

    page.goto(account.url(f"{UI}/faults/latency"))
    page.get_by_label("Delay ms").fill("5")
    page.get_by_role("button", name="Set the fault").click()
    assert "Set latency." in page.locator(".said").inner_text()
    page.goto(account.url(f"{UI}/settings"))
    page.get_by_text("Reset the account").first.click()
    page.get_by_role("button", name="Reset the account").click()
    assert "as it was at the start" in page.locator(".said").inner_text()
    page.goto(account.url("/_fake/"))
    page.get_by_role("button", name="Dark theme").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.context.close()


def test_a_browser_at_the_root_arrives_at_the_overview(watched: Any, server: Server) -> None:
    watched.goto(server.url)

    assert watched.url == f"{server.url}/_fake/"
    assert watched.title() == "Overview · fake HubSpot"


def test_new_requests_appear_by_themselves(watched: Any, account: Account) -> None:
    watched.goto(account.url(f"{UI}/requests"))
    watched.get_by_text("Live", exact=True).wait_for()

    account.api("GET", f"{LISTS}?limit=3")
    account.api("GET", "/crm/v3/unknown")

    watched.get_by_role("link", name="/crm/v3/unknown").wait_for()
    assert watched.locator("tbody tr").count() == 2
    assert watched.get_by_role("heading", name="2 requests: 1 failed, 1 had no match").count()


def test_the_overview_is_live(watched: Any, account: Account) -> None:
    watched.goto(account.url("/_fake/"))
    watched.get_by_text("Live", exact=True).wait_for()
    account.control("POST", "/_fake/faults", {"fault": "server-error"})

    account.api("GET", f"{LISTS}?limit=3")

    watched.get_by_role("heading", name="was answered with 500; the fault server-error struck").wait_for()
    watched.get_by_text("It struck 1 time and will not strike again.").wait_for()


def test_a_live_list_keeps_its_filters(watched: Any, account: Account) -> None:
    watched.goto(account.url(f"{UI}/requests?unmatched=true"))
    watched.get_by_text("Live", exact=True).wait_for()

    account.api("GET", f"{LISTS}?limit=3")
    account.api("GET", "/crm/v3/unknown")

    watched.get_by_role("link", name="/crm/v3/unknown").wait_for()
    assert watched.locator("tbody tr").count() == 1


def test_nothing_moves_under_the_pointer(watched: Any, account: Account) -> None:
    account.api("GET", f"{LISTS}?limit=1")
    watched.goto(account.url(f"{UI}/requests"))
    watched.get_by_text("Live", exact=True).wait_for()
    watched.locator("tbody tr").hover()

    for _ in range(3):
        account.api("GET", f"{LISTS}?limit=2")

    button = watched.get_by_role("button", name=re.compile("3 new requests"))
    button.wait_for()
    assert watched.locator("tbody tr").count() == 1
    button.click()
    assert watched.locator("tbody tr").count() == 4


def test_a_flood_is_sampled_and_says_so(watched: Any, account: Account) -> None:
    watched.goto(account.url(f"{UI}/requests"))
    watched.get_by_text("Live", exact=True).wait_for()
    stop = threading.Event()

    def flood() -> None:
        while not stop.is_set():
            account.api("GET", f"{LISTS}?limit=1")

    threads = [threading.Thread(target=flood) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        watched.get_by_text(re.compile("requests a second, 32 of them shown")).wait_for()
    finally:
        stop.set()
        for thread in threads:
            thread.join()

    assert watched.locator("tbody tr").count() <= 200


def test_a_request_opens_beside_the_list_and_closes_again(watched: Any, account: Account) -> None:
    for limit in (1, 2):
        account.api("GET", f"{LISTS}?limit={limit}")
    watched.goto(account.url(f"{UI}/requests"))
    watched.evaluate("window.isSamePage = true")

    watched.get_by_role("link", name="limit=1").click()
    watched.get_by_role("heading", name="Request 1: GET 200").wait_for()
    assert "open=1" in watched.url
    assert watched.locator("tr.opened").count() == 1
    watched.keyboard.press("k")
    watched.keyboard.press("Enter")
    watched.get_by_role("heading", name="Request 2: GET 200").wait_for()
    watched.keyboard.press("Escape")
    watched.get_by_role("heading", name="Request 2").wait_for(state="detached")
    watched.go_back()
    watched.get_by_role("heading", name="Request 2").wait_for()

    assert watched.evaluate("window.isSamePage"), "the page was loaded again"


def test_a_place_on_the_page_is_no_other_page(watched: Any, account: Account) -> None:
    watched.goto(account.url(f"{UI}/settings"))
    watched.evaluate("document.querySelector('main').dataset.isSame = 'yes'")

    watched.get_by_role("link", name="Snapshots").click()
    watched.get_by_role("link", name="Tokens").click()
    watched.go_back()

    assert watched.url.endswith("#snapshots")
    assert watched.evaluate("document.querySelector('main').dataset.isSame") == "yes"


def test_a_form_keeps_the_focus_and_tells_a_screen_reader_what_it_did(watched: Any, account: Account) -> None:
    watched.goto(account.url(f"{UI}/settings"))
    watched.evaluate("window.region = document.querySelector('[role=status]')")

    watched.get_by_role("button", name="Stop it").press("Enter")

    watched.get_by_role("status").filter(has_text="The clock stands at").wait_for()
    assert watched.evaluate("window.region.isConnected"), "a new region is not read"
    assert watched.evaluate("document.activeElement.id") == "main"


def test_a_form_whose_answer_is_no_page_is_not_sent_twice(page: Any, account: Account) -> None:
    page.goto(account.url(f"{UI}/settings"))
    sent = []

    def answer(route: Any) -> None:
        sent.append(route.request.method)
        route.fulfill(status=502, body="no page")

    page.route("**/_fake/ui/settings**", answer)
    page.get_by_role("button", name="Stop it").click()

    page.get_by_text("The server answered 502.").wait_for()
    assert sent == ["POST"]


def test_keys(watched: Any, account: Account) -> None:
    account.api("GET", f"{LISTS}?limit=1")
    watched.goto(account.url(f"{UI}/requests"))

    watched.keyboard.press("/")
    assert watched.evaluate("document.activeElement.id") == "path"
    watched.keyboard.type("/x?")
    watched.keyboard.press("Escape")
    assert watched.evaluate("document.activeElement.tagName") == "BODY"
    watched.keyboard.press("?")
    watched.get_by_role("heading", name="Keyboard").wait_for()
    watched.keyboard.press("Escape")
    watched.get_by_role("heading", name="Keyboard").wait_for(state="hidden")
    watched.keyboard.press("j")
    assert "limit=1" in watched.evaluate("document.activeElement.innerText")


def test_the_sentence_of_a_fault_changes_while_one_types(watched: Any, account: Account) -> None:
    watched.goto(account.url(f"{UI}/faults/server-error"))

    watched.get_by_label("Which requests").select_option("objects.list")
    watched.get_by_label("Page", exact=True).fill("3")
    watched.get_by_label("How often").select_option("forever")

    watched.get_by_text("Page 3 of lists of records gets 500 with the API's own error body, every time.").wait_for()
    watched.get_by_role("button", name="Set the fault").click()
    watched.get_by_text("Set server-error.").wait_for()
    assert watched.url.startswith(f"{account.server.url}{UI}/faults?")
    assert len(account.control("GET", "/_fake/faults")["faults"]) == 1
    watched.get_by_role("button", name="Switch off server-error").click()
    watched.get_by_text("Switched off server-error.").wait_for()
    assert account.control("GET", "/_fake/faults")["faults"] == []


def test_a_refused_form_says_why_and_keeps_what_was_entered(page: Any, account: Account) -> None:
    contact = account.contact(email="a@example.org")
    page.goto(account.url(f"{UI}/records/contacts/{contact}"))
    page.evaluate("window.isSamePage = true")

    email = page.get_by_label(re.compile("^Email email"))
    email.fill("no address")
    page.get_by_role("button", name="Save").click()

    page.get_by_text("Email address no address is invalid").wait_for()
    assert email.input_value() == "no address"
    assert page.evaluate("window.isSamePage")


def test_a_record_is_edited_in_place(watched: Any, account: Account) -> None:
    contact = account.contact(email="a@example.org", firstname="Ada")
    watched.goto(account.url(f"{UI}/records/contacts/{contact}"))
    watched.evaluate("window.isSamePage = true")

    watched.get_by_label(re.compile("^Last Name")).fill("Byron")
    watched.get_by_role("button", name="Save").click()
    watched.get_by_text("Saved lastname.").wait_for()
    watched.get_by_role("heading", name="Ada Byron").wait_for()
    watched.get_by_role("button", name="Archive").click()
    watched.get_by_text("Archived Ada Byron. It can be restored.").wait_for()

    assert watched.evaluate("window.isSamePage")
    assert account.api("GET", f"{LISTS}/{contact}").status_code == 404


def test_search_and_sort_change_the_page_in_place(watched: Any, account: Account) -> None:
    account.contact(email="zz@example.org", firstname="Zzyzx")
    watched.goto(account.url(f"{UI}/records"))

    watched.get_by_label("Search contacts").fill("zzyzx")
    watched.keyboard.press("Enter")
    watched.get_by_role("heading", name="1 contact matches “zzyzx”").wait_for()
    assert "q=zzyzx" in watched.url
    watched.get_by_role("link", name="Show all").click()
    watched.get_by_role("link", name="Email", exact=True).click()
    assert watched.locator("th[aria-sort=ascending]").inner_text().strip() == "Email"


def test_the_theme_is_chosen_and_kept(watched: Any, account: Account) -> None:
    watched.goto(account.url("/_fake/"))
    light = watched.evaluate("getComputedStyle(document.body).backgroundColor")

    watched.get_by_role("button", name="Dark theme").click()
    dark = watched.evaluate("getComputedStyle(document.body).backgroundColor")
    watched.reload()

    assert light != dark
    assert watched.evaluate("getComputedStyle(document.body).backgroundColor") == dark
    assert watched.get_by_role("button", name="Light theme").is_visible()


def test_copying_gives_the_text(chromium: Any, account: Account) -> None:
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(account.url("/_fake/"))

    page.locator("[data-copies=token]").click()
    page.get_by_role("button", name="Copied").wait_for()

    assert page.evaluate("navigator.clipboard.readText()") == account.token
    context.close()


def test_a_page_of_another_site_can_lead_here_but_show_nothing(page: Any, account: Account) -> None:
    """A link works; a frame stays empty."""
    page.route("http://other.example/", lambda route: route.fulfill(body="<a>", content_type="text/html"))
    page.goto("http://other.example/")
    url = account.url("/_fake/")

    page.set_content(f"<a href='{url}'>the fake</a><iframe src='{url}'></iframe>")
    frame = page.frames[1]
    frame.wait_for_load_state()
    assert account.token not in frame.content()
    page.get_by_role("link", name="the fake").click()
    page.get_by_role("heading", name="Ready with 120 contacts").wait_for()
