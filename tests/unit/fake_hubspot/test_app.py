"""Access, headers of every response, and the journal."""

import pytest

from bench_core.journal import JOURNAL_CAPACITY
from fake_hubspot.settings import Settings
from tests.support.cases import for_each
from tests.support.contacts import BRIAN_ID
from tests.unit.fake_hubspot.conftest import Client
from tests.unit.fake_hubspot.inprocess import Fake

CONTACTS = "/crm/v3/objects/contacts"


def test_an_expired_token_is_told_with_its_time(fake: Fake) -> None:
    """`category` comes before `context`, as recorded; a long time is given in days."""
    fake.request("PUT", "/_fake/clock", {"freeze": True, "at": "2026-03-12T00:00:00Z"})
    token = fake.post("/_fake/tokens", {"kind": "oauth", "expiresInS": -172_800}).json()["token"]

    answer = fake.get(CONTACTS, headers={"authorization": f"Bearer {token}"})

    assert answer.status == 401
    assert list(answer.json()) == ["status", "message", "correlationId", "category", "context"]
    assert answer.json()["message"] == "The OAuth token used to make this call expired 2 day(s) ago."
    assert answer.json()["context"] == {"expire time": ["2026-03-10T00:00:00Z"]}


@pytest.mark.parametrize(
    ("choice", "status", "text"),
    [
        ("not-found", 401, "Authentication credentials not found."),
        ("expired", 401, "The OAuth token used to make this call expired "),
        ("530", 530, "<html>"),
    ],
)
def test_garbage_in_place_of_a_token_is_answered_as_chosen(fake: Fake, choice: str, status: int, text: str) -> None:
    """It is unknown when HubSpot sends which."""
    fake.assume(garbage_token=choice)

    answer = fake.get(CONTACTS, headers={"authorization": "Bearer CJSP5qf1KhICAQEY"})

    assert answer.status == status
    assert text in answer.content.decode()


@pytest.mark.parametrize(
    ("choice", "status", "text"),
    [
        ("invalid-key", 401, "The API key provided is invalid."),
        ("does-not-exist", 401, "This hapikey doesn't exist."),
        ("not-found", 401, "Authentication credentials not found."),
        ("accept", 200, '"results"'),
    ],
)
def test_a_legacy_key_is_answered_as_chosen(fake: Fake, choice: str, status: int, text: str) -> None:
    """HubSpot switched keys off in 2022; older clients still send them."""
    fake.assume(hapikey=choice)
    fake.post("/_fake/tokens", {"kind": "hapikey", "value": "demo"})

    answer = fake.get(f"{CONTACTS}?hapikey=demo", headers={"authorization": ""})

    assert answer.status == status
    assert text in answer.content.decode()


def test_a_token_without_the_scope_is_a_403_that_names_it(fake: Fake) -> None:
    """Reading is allowed, writing is not."""
    token = fake.post("/_fake/tokens", {"scopes": ["crm.objects.contacts.read"]}).json()["token"]
    headers = {"authorization": f"Bearer {token}"}

    refused = fake.post(CONTACTS, {"properties": {"firstname": "A"}}, headers=headers)

    needed = refused.json()["errors"][0]["context"]["requiredGranularScopes"]
    assert fake.get(CONTACTS, headers=headers).status == 200
    assert refused.status == 403
    assert refused.json()["category"] == "MISSING_SCOPES"
    assert needed == ["crm.objects.contacts.write"]


def test_a_revoked_token_selects_nothing(fake: Fake) -> None:
    """It is answered with 401 from then on."""
    token = fake.post("/_fake/tokens", {}).json()["token"]

    fake.request("DELETE", f"/_fake/tokens/{token}")

    assert fake.get(CONTACTS, headers={"authorization": f"Bearer {token}"}).status == 401


@pytest.mark.parametrize(("policy", "used", "calls"), [("DAILY", 249_999, 2), ("TEN_SECONDLY_ROLLING", 0, 101)])
def test_each_limit_has_its_own_body(fake: Fake, policy: str, used: int, calls: int) -> None:
    """The last request exceeds the limit."""
    fake.request("PUT", "/_fake/clock", {"freeze": True})
    fake.request("PUT", "/_fake/limits", {"enforced": True, "usedToday": used})

    answers = [fake.get(f"{CONTACTS}?limit=1") for _ in range(calls)]

    body = answers[-1].json()
    assert [answer.status for answer in answers[:-1]] == [200] * (calls - 1)
    assert answers[-1].status == 429
    assert body["message"] == f"You have reached your {policy.lower()} limit."
    assert list(body)[:5] == ["status", "message", "errorType", "correlationId", "policyName"]
    assert "retry-after" not in answers[-1].headers


def test_a_429_carries_retry_after_where_chosen(fake: Fake) -> None:
    """By default it does not."""
    fake.assume(retry_after="10")
    fake.request("PUT", "/_fake/limits", {"enforced": True, "usedToday": 250_000})

    assert fake.get(CONTACTS).headers["retry-after"] == "10"


def test_the_journal_keeps_requests_without_the_control_calls(fake: Fake) -> None:
    """Newest last, with route, page and status."""
    fake.get(f"{CONTACTS}?limit=1")
    fake.get(f"{CONTACTS}?limit=1&after={int(BRIAN_ID) + 1}")
    fake.get("/nowhere")

    entries = fake.get("/_fake/journal").json()["entries"]

    assert [(one["ordinal"], one["route"], one["page"], one["status"]) for one in entries] == [
        (1, "objects.list", 1, 200),
        (2, "objects.list", 2, 200),
        (3, None, None, 404),
    ]
    assert entries[2]["hint"].startswith("nearest known route: ")


@pytest.mark.parametrize(
    ("query", "ordinals"),
    [
        ("route=objects.list", [1, 2]),
        ("unmatched=true", [3]),
        ("status=404", [3]),
        ("path=/crm/*", [1, 2]),
        ("after=1", [2, 3]),
        ("limit=1", [3]),
        ("method=POST", []),
    ],
)
def test_the_journal_is_filtered(fake: Fake, query: str, ordinals: list[int]) -> None:
    """By each of its parameters."""
    for target in (CONTACTS, CONTACTS, "/nowhere"):
        fake.get(target)

    entries = fake.get(f"/_fake/journal?{query}").json()["entries"]

    assert [one["ordinal"] for one in entries] == ordinals


def test_an_expected_request_that_never_came_shows_the_nearest(fake: Fake) -> None:
    """Both when the expectation is met and when it is not."""
    fake.get(f"{CONTACTS}?limit=100")

    met = fake.post("/_fake/journal/expect", {"path": CONTACTS, "query": {"limit": "100"}}).json()
    missed = fake.post("/_fake/journal/expect", {"path": CONTACTS, "method": "POST"}).json()
    often = fake.post("/_fake/journal/expect", {"route": "objects.list", "atMost": 0, "atLeast": 0}).json()

    assert (met["met"], met["count"]) == (True, 1)
    assert (missed["met"], missed["nearest"][0]["path"]) == (False, CONTACTS)
    assert missed["expected"] == f"POST {CONTACTS}: at least 1 times"
    assert often["met"] is False


def test_the_har_holds_no_token(fake: Fake) -> None:
    """Not in headers, queries or token responses."""
    grant = fake.post("/_fake/grants", {}).json()
    form = f"grant_type=refresh_token&client_id={grant['clientId']}&client_secret={grant['clientSecret']}"
    secret = f"{form}&refresh_token={grant['refreshToken']}".encode()
    fake.get(f"{CONTACTS}?hapikey=topsecret")
    issued = fake.post("/oauth/v1/token", secret, headers={"content-type": "application/x-www-form-urlencoded"}).json()

    text = fake.get("/_fake/journal/har").content.decode()

    for hidden in (fake.token, "topsecret", grant["clientSecret"], grant["refreshToken"], issued["access_token"]):
        assert hidden not in text
    assert '"version":"1.2"' in text


def test_the_journal_is_bounded(fake: Fake) -> None:
    """By entries and bodies; the count continues."""
    journal = fake.portal.journal
    for _ in range(JOURNAL_CAPACITY):
        journal.open(at_ms=0, method="GET", path="/elsewhere", query="")
    for _ in range(20):
        fake.get("/nowhere")

    assert len(journal) == JOURNAL_CAPACITY
    assert journal.count == JOURNAL_CAPACITY + 20


@for_each(
    ("control_token", "client", "given", "status"),
    [
        (None, "127.0.0.1", "", 200),
        (None, "203.0.113.9", "", 403),
        ("key", "203.0.113.9", "key", 200),
        ("key", "203.0.113.9", "wrong", 403),
        ("key", "127.0.0.1", "", 403),
    ],
)
def test_control_answers_this_machine_or_who_has_the_token(
    control_token: str | None, client: str, given: str, status: int
) -> None:
    """HubSpot's tokens do not open it."""
    fake = Fake(Settings(control_token=control_token))

    answer = fake.get("/_fake/clock", client=client, headers={"x-fake-hubspot-control-token": given})

    assert answer.status == status
    fake.app.portals.close()


def test_a_head_request_has_the_headers_of_get_and_no_body(fake: Fake) -> None:
    """Content-Length is what GET would send."""
    answer = fake.request("HEAD", CONTACTS)

    assert answer.content == b""
    assert int(answer.headers["content-length"]) > 500


def test_a_line_break_in_a_path_breaks_no_header(samples: Client) -> None:
    """Over a real socket; uvicorn refuses to send a broken header."""
    answer = samples.request("PUT", "/crm/v3/objects/a%0D%0Ax-evil:%20%C3%A6")

    assert answer.status_code == 405
    assert answer.headers["X-Fake-HubSpot-Unmatched"].startswith("/crm/v3/objects/a??x-evil: ?")
    assert "x-evil" not in answer.headers


def test_a_bug_is_hubspots_500_and_a_log_line_without_secrets(
    fake: Fake, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The response contains no traceback."""

    def break_down(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(fake.portal, "list_records", break_down)

    answer = fake.get(f"{CONTACTS}?limit=3")

    assert answer.status == 500
    assert answer.json()["message"] == "internal error"
    assert fake.token not in caplog.text


def test_a_token_of_another_data_centre_can_be_unknown_here(fake: Fake) -> None:
    """With HubSpot's status and message; portals of this data centre are unaffected."""
    other = fake.post("/_fake/portals", {"portalId": 5604529, "dataCenter": "eu1"}).json()
    headers = {"authorization": f"Bearer {other['token']}"}
    let_in = fake.get(CONTACTS, headers=headers)
    fake.request("PATCH", "/_fake/assumptions?portal=5604529", {"other-data-center": "refuse"})

    answer = fake.get(CONTACTS, headers=headers)

    body = answer.json()
    assert (let_in.status, answer.status, fake.get(CONTACTS).status) == (200, 488, 200)
    assert list(body) == ["status", "message", "correlationId", "correctHublet"]
    assert body["message"] == "Hub 5604529 is unknown to this Hublet, but it appears to exist in Hublet eu1"
    assert body["correctHublet"] == "eu1"


def test_a_portal_of_this_data_centre_is_never_unknown_here(fake: Fake) -> None:
    """Whatever the assumption says."""
    fake.assume(other_data_center="refuse")

    assert fake.get(CONTACTS).status == 200
