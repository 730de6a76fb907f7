"""The pages without a browser: every page, every form, as they work without JavaScript."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest

from fake_hubspot.faults import catalogue
from fake_hubspot.portal.clock import parse_time
from tests.unit.fake_hubspot.console.browsing import FORM, Browser, Page, browser, many
from tests.unit.fake_hubspot.inprocess import Fake

__all__ = ["browser", "many"]

UI = "/_fake/ui"
CONTACTS = "/crm/v3/objects/contacts"
HOSTILE = "<script>alert(1)</script>\"'&<b>ü\u2028]]>"
PAGES = (
    f"{UI}/webhooks",
    "/_fake/",
    f"{UI}/records",
    f"{UI}/records/contacts/new",
    f"{UI}/requests",
    f"{UI}/faults",
    f"{UI}/settings",
    f"{UI}/webhooks",
)


def said(page: Page) -> str:
    """Return what a page says about the last action."""
    found = re.search(r'<p class="said (\w+)">(.*?)</p>', page.source, re.DOTALL)
    return found[2] if found else ""


def fault_form(page: Page) -> dict[str, str]:
    """Return the fields of the form that sets a fault."""
    return next(form.fields for form in page.forms if "route" in form.fields)


def contact(fake: Fake, **properties: str) -> str:
    """Create a contact and return its id."""
    made = fake.post(CONTACTS, {"properties": {"email": "a@example.org", **properties}})
    assert made.status == 201, made.content
    return str(made.json()["id"])


@pytest.mark.parametrize("path", PAGES)
def test_every_page_can_be_loaded_and_links_only_to_what_exists(browser: Browser, path: str) -> None:
    browser.fake.get(f"{CONTACTS}?limit=1")
    page = browser.load(path)

    assert page.status == 200
    assert 'aria-current="page"' in page.source
    for text, href in page.links.items():
        address = href.partition("#")[0]
        if address.startswith("/_fake/ui") or address == "/_fake/":
            assert browser.fake.get(address, headers={"authorization": ""}).status == 200, text


def test_the_api_page_leads_to_the_document_and_back(browser: Browser) -> None:
    """Its requests carry the token of the account."""
    page = browser.load(f"{UI}/api")

    assert page.status == 200
    assert f'data-token="{browser.fake.token}"' in page.source
    assert browser.fake.get("/_fake/openapi.json").status == 200


def test_hostile_values_are_text_on_every_page(browser: Browser) -> None:
    fake = browser.fake
    contact_id = contact(fake, firstname=HOSTILE, lastname=HOSTILE)
    company = fake.post("/crm/v3/objects/companies", {"properties": {"name": HOSTILE}}).json()["id"]
    fake.request("PUT", f"/crm/v4/objects/contacts/{contact_id}/associations/default/companies/{company}")
    fake.get("/crm/v3/%3Cscript%3Ealert(1)%3C/script%3E?a=%3Cscript%3E", headers={"x": "<script>alert(1)</script>"})
    fake.post("/_fake/faults", {"fault": "status", "params": {"message": HOSTILE}, "where": {"path": HOSTILE}})
    fake.request("PUT", "/_fake/snapshots/<script>")
    record = f"{UI}/records/contacts/{contact_id}"
    last = fake.portal.journal.count

    paths = [*PAGES, record, f"{record}?tab=history", f"{record}?tab=associations", f"{record}?tab=json"]
    paths += [f"{UI}/requests?open={last}", f"{UI}/records?q=%3Cscript%3E", f"{UI}/records?columns=firstname,lastname"]
    paths += [f"{UI}/faults?q=%3Cscript%3E", f"{UI}/requests?path=%3Cscript%3E", f"{UI}/faults/status"]
    paths += [f"{UI}/records/%3Cscript%3E", f"{UI}/requests?open=%3Cscript%3E", "/_fake/?portal=%3Cscript%3E"]
    for path in paths:
        page = browser.load(path)
        assert re.findall("<script[^>]*>", page.source) == re.findall(
            r"<script src=\"/_fake/ui/assets/[^>]*>", page.source
        )
        assert "<b>" not in page.source, path


def test_no_page_but_the_ones_that_give_it_shows_a_token(browser: Browser) -> None:
    """The start page and the settings are where a person copies it."""
    fake = browser.fake
    fake.get(f"{CONTACTS}?limit=1&hapikey={fake.token}")
    fake.post("/oauth/v1/token", {"refresh_token": fake.token})

    for path in (f"{UI}/requests", f"{UI}/requests?open=1", f"{UI}/requests?open=2", f"{UI}/requests/har"):
        answer = fake.get(path, headers={"authorization": ""})
        content = answer.content.decode()
        if path != f"{UI}/requests":  # its empty state shows how to send a request
            assert fake.token not in content, path
    assert "$HUBSPOT_TOKEN" in browser.load(f"{UI}/requests?open=1").text


# --- requests ---


def test_requests_are_filtered_by_the_address(browser: Browser) -> None:
    fake = browser.fake
    fake.get(f"{CONTACTS}?limit=1")
    fake.get("/crm/v3/nothing")
    fake.post("/_fake/faults", {"fault": "server-error"})
    fake.get("/crm/v3/objects/deals")

    for query, wanted in (
        ("", [3, 2, 1]),
        ("method=GET&path=/crm/v3/objects/*", [3, 1]),
        ("status=404", [2]),
        ("failed=true", [3, 2]),
        ("unmatched=true", [2]),
        ("fault=server-error", [3]),
        ("fault=stall", []),
        ("method=&path=&status=&fault=", [3, 2, 1]),
    ):
        page = browser.load(f"{UI}/requests?{query}")
        found = [int(number) for number in re.findall(r'open=(\d+)"', page.source)]
        assert found == wanted, query


def test_a_wrong_filter_is_said(browser: Browser) -> None:
    page = browser.load(f"{UI}/requests?status=abc")

    assert page.status == 400
    assert "status is a whole number" in page.text


def test_a_request_is_shown_in_full_beside_the_list(browser: Browser) -> None:
    fake = browser.fake
    fake.post("/_fake/faults", {"fault": "server-error"})
    fake.post(f"{CONTACTS}/search", {"query": "maria", "limit": 1})

    page = browser.load(f"{UI}/requests?method=POST&open=1")

    assert "Request 1: POST 500" in page.text
    assert "server-error" in page.text
    assert "&#34;query&#34;: &#34;maria&#34;" in page.source
    assert "curl -X POST" in page.text
    assert "Bearer $HUBSPOT_TOKEN" in page.text
    assert '<tr class="opened">' in page.source
    assert page.links["Close"] == f"{UI}/requests?method=POST"


def test_an_unmatched_request_stands_out_with_its_hint(browser: Browser) -> None:
    browser.fake.get("/crm/v3/object/contacts")

    assert "unmatched" in browser.load(f"{UI}/requests").text
    assert "nearest known route: GET /crm/v3/objects" in browser.load(f"{UI}/requests?open=1").text


def test_a_request_that_the_journal_has_dropped_is_said(browser: Browser) -> None:
    assert "it keeps the last 1,000" in browser.load(f"{UI}/requests?open=7").text


def test_a_har_file_holds_the_chosen_requests(browser: Browser) -> None:
    fake = browser.fake
    for _ in range(3):
        fake.get(f"{CONTACTS}?limit=1")

    answer = fake.get(f"{UI}/requests/har?ordinal=2", headers={"authorization": ""})

    assert "attachment" in answer.headers["content-disposition"]
    assert len(answer.json()["log"]["entries"]) == 1


def test_the_journal_is_cleared(browser: Browser) -> None:
    browser.fake.get(CONTACTS)

    page = browser.send(browser.load(f"{UI}/requests"), f"{UI}/requests")

    assert said(page) == "Removed 1 request from the journal."
    assert len(browser.fake.portal.journal) == 0


# --- faults ---


def test_the_form_of_every_fault_sets_it_with_its_defaults(browser: Browser) -> None:
    fake = browser.fake
    for fault in catalogue():
        path = f"{UI}/faults/{fault.name}"
        answer = fake.request("POST", path, urlencode(fault_form(browser.load(path))).encode(), headers=FORM)

        armed = fake.get("/_fake/faults").json()["faults"][-1]
        assert answer.status == 303, fault.name
        assert armed["fault"] == fault.name
        assert armed["params"] == {name: schema.get("default") for name, schema in fault.params.items()}, fault.name


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"page": "3", "objectType": "contacts"},
            "Page 3 of lists of contacts gets 500 with the API's own error body, once.",
        ),
        ({"route": "*", "times": "forever"}, "Every request gets 500 with the API's own error body, every time."),
        (
            {"route": "objects.search", "times": "number", "count": "2", "nth": "3"},
            "The 3rd search for records gets 500 with the API's own error body, 2 times.",
        ),
        (
            {"fromPage": "2", "per": "page", "probability": "0.5"},
            "Every page from 2 on of lists of records gets 500 with the API's own error body, once on each page, "
            "with a chance of 50 %.",
        ),
        (
            {"cursor": "chosen", "lastPage": "true"},
            "Every list of records with a cursor that the client chose at the end of the list gets 500 with the API's "
            "own error body, once.",
        ),
        (
            {"cursor": "", "lastPage": "false"},
            "Every list of records before the end of the list gets 500 with the API's own error body, once.",
        ),
        (
            {"otherRoute": "owners.*", "method": "get", "path": "/crm/*", "query": "limit=1&archived=*"},
            "Every request to owners.* with GET at /crm/* with limit=1 with archived=* gets 500 with the "
            "API's own error body, once.",
        ),
    ],
)
def test_a_rule_is_a_sentence_before_and_after_it_is_set(
    browser: Browser, values: dict[str, str], sentence: str
) -> None:
    path = f"{UI}/faults/server-error"
    page = browser.load(path)
    fields = {**fault_form(page), "route": "objects.list", **values}

    preview = browser.fake.request(
        "POST",
        f"{path}/sentence",
        "&".join(f"{name}={value.replace('&', '%26')}" for name, value in fields.items()).encode(),
        headers={"content-type": "application/x-www-form-urlencoded", "authorization": ""},
    )
    after = browser.post(path, fields)

    assert preview.content.decode() == sentence
    assert sentence in after.text


@pytest.mark.parametrize(
    ("name", "values", "reason"),
    [
        ("latency", {"p.delay_ms": "-1"}, "Expected `int` &gt;= 0"),
        ("latency", {"p.delay_ms": "soon"}, "Expected `int`, got `str`"),
        ("status", {"p.status": "999"}, "Expected `int` &lt;= 599"),
        ("server-error", {"otherRoute": "objekts.list"}, "the nearest is"),
        ("server-error", {"page": "0"}, "Expected `int` &gt;= 1"),
        ("server-error", {"probability": "2"}, "Expected `float` &lt;= 1"),
        ("server-error", {"times": "number", "count": "0"}, "Expected `int` &gt;= 1"),
    ],
)
def test_a_wrong_value_sets_nothing_and_what_was_entered_stays(
    browser: Browser, name: str, values: dict[str, str], reason: str
) -> None:
    page = browser.send(browser.load(f"{UI}/faults/{name}"), f"{UI}/faults/{name}", **values)

    assert page.status == 400
    assert "Nothing was set" in said(page)
    assert reason in said(page)
    ((field, value),) = [pair for pair in values.items() if pair[0] != "times"]
    assert fault_form(page)[field] == value
    assert browser.fake.get("/_fake/faults").json()["faults"] == []


def test_active_faults_come_first_with_their_hits_and_can_be_switched_off(browser: Browser) -> None:
    fake = browser.fake
    fake.post("/_fake/faults", {"fault": "server-error"})
    fake.post("/_fake/faults", {"fault": "latency", "params": {"delay_ms": 1}, "times": "forever"})
    fake.get(CONTACTS)
    fake.get(CONTACTS)

    page = browser.load(f"{UI}/faults")
    assert "2 faults set, 1 of which will not strike again" in page.text
    assert "Every request gets a delay before the original response (delay_ms 1), every time." in page.text
    assert "struck 1 time at 2 matching requests" in page.text

    one_off = browser.send(page, f"{UI}/faults", id="2")
    assert said(one_off) == "Switched off latency."
    all_off = browser.send(one_off, f"{UI}/faults", id="")
    assert said(all_off) == "Switched off 1 fault: everything works."
    assert "No fault is set: everything works" in all_off.text


def test_the_catalogue_is_searched(browser: Browser) -> None:
    page = browser.load(f"{UI}/faults?q=GZIP")

    assert "gzip-bomb" in page.text
    assert "server-error" not in page.text
    assert "No fault matches" in browser.load(f"{UI}/faults?q=zzz").text


# --- records ---


def test_records_are_paged_without_gap_or_repetition(many: Browser) -> None:
    seen: list[str] = []
    path: str | None = f"{UI}/records/contacts?sort=hs_object_id"
    while path:
        page = many.load(path)
        seen += re.findall(r'/_fake/ui/records/contacts/(\d+)" data-row', page.source)
        path = page.links.get("Next")

    assert len(seen) == len(set(seen)) == 250
    assert seen == sorted(seen, key=int)
    assert "201 to 250 of 250" in page.text


@pytest.mark.parametrize("sort", ["email", "-email", "hs_object_id", "-lastmodifieddate", "nonsense"])
def test_a_column_sorts_and_says_so(many: Browser, sort: str) -> None:
    page = many.load(f"{UI}/records/contacts?sort={sort}")

    order = "descending" if sort.startswith("-") or sort == "nonsense" else "ascending"
    assert page.source.count("aria-sort=") == 1
    assert f'aria-sort="{order}"' in page.source


def test_search_columns_and_archived_records_are_in_the_address(browser: Browser) -> None:
    archived = contact(browser.fake, firstname="Gone")
    browser.fake.request("DELETE", f"{CONTACTS}/{archived}")

    assert "1 contact matches “maria”" in browser.load(f"{UI}/records?q=maria").text
    assert "Nothing matches" in browser.load(f"{UI}/records?q=zzzz").text
    assert "First Name" not in browser.load(f"{UI}/records?columns=email,nonsense").text
    assert archived in browser.load(f"{UI}/records?archived=true").text
    assert archived not in browser.load(f"{UI}/records").text


def test_an_unknown_type_and_an_unknown_record_are_said(browser: Browser) -> None:
    assert "There is no object type" in browser.load(f"{UI}/records/contactss").text
    assert "There is no contact with the id 99" in browser.load(f"{UI}/records/contacts/99").text
    assert browser.load(f"{UI}/records/contacts/abc").status == 404


def test_a_record_is_created_changed_archived_restored_and_erased(browser: Browser) -> None:
    page = browser.load(f"{UI}/records/contacts/new")
    values = {"p.email": "new@example.org", "name0": "jobtitle", "value0": "Chief"}
    page = browser.send(page, f"{UI}/records/contacts/new", **values)
    assert said(page).startswith("Created the contact ")
    record_id = page.path.rpartition("/")[2]

    page = browser.send(page, "update", **{"p.firstname": "Ada", "p.jobtitle": ""})
    assert said(page) == "Saved firstname, jobtitle." or said(page) == "Saved jobtitle, firstname."
    page = browser.send(page, "update")
    assert said(page) == "Nothing was changed: all values are as before."
    assert (
        browser.fake.get(f"{CONTACTS}/{record_id}?properties=firstname,jobtitle").json()["properties"]["firstname"]
        == "Ada"
    )

    page = browser.send(page, "archive")
    assert said(page) == "Archived Ada. It can be restored."
    assert "archived" in page.text
    assert browser.fake.get(f"{CONTACTS}/{record_id}").status == 404
    page = browser.send(page, "restore")
    assert said(page) == "Restored Ada."
    page = browser.send(page, "erase")
    assert said(page) == f"Erased the contact {record_id} for good."
    assert browser.load(f"{UI}/records/contacts/{record_id}").status == 404


def test_a_refused_value_changes_nothing_and_stays_in_the_form(browser: Browser) -> None:
    record_id = contact(browser.fake)
    page = browser.load(f"{UI}/records/contacts/{record_id}")

    refused = browser.send(page, "update", **{"p.email": "no address", "p.firstname": "Ada"})

    assert refused.status == 400
    assert "Nothing was changed: email: Email address no address is invalid" in said(refused)
    form = next(one for one in refused.forms if one.fields.get("do") == "update")
    assert (form.fields["p.email"], form.fields["was.email"]) == ("no address", "a@example.org")
    empty = browser.send(browser.load(f"{UI}/records/contacts/new"), f"{UI}/records/contacts/new")
    assert "Nothing was created: At least one of these properties is required" in said(empty)


def test_what_another_program_changed_meanwhile_stays(browser: Browser) -> None:
    record_id = contact(browser.fake, firstname="Old")
    page = browser.load(f"{UI}/records/contacts/{record_id}")
    browser.fake.request("PATCH", f"{CONTACTS}/{record_id}", {"properties": {"firstname": "Newer"}})

    browser.send(page, "update", **{"p.lastname": "Byron"})

    values = browser.fake.get(f"{CONTACTS}/{record_id}").json()["properties"]
    assert (values["firstname"], values["lastname"]) == ("Newer", "Byron")


def test_history_links_and_json_of_a_record(browser: Browser) -> None:
    fake = browser.fake
    record_id = contact(fake, firstname="One")
    fake.request("PATCH", f"{CONTACTS}/{record_id}", {"properties": {"firstname": "Two"}})
    company = fake.post("/crm/v3/objects/companies", {"properties": {"name": "Acme"}}).json()["id"]
    path = f"{UI}/records/contacts/{record_id}"

    history = browser.load(f"{path}?tab=history").text
    assert history.index("firstname Two") < history.index("firstname One")

    page = browser.send(browser.load(f"{path}?tab=associations"), "link", toType="companies", toId=company)
    assert said(page) == f"Linked with the company {company}."
    assert "Acme" in page.text
    page = browser.send(page, "unlink")
    assert said(page) == f"Removed the link with the company {company}."
    assert "It is linked with nothing" in page.text
    page = browser.send(page, "link", toType="companies", toId="99")
    assert "Nothing was changed" in said(page)
    assert f"&#34;id&#34;: &#34;{record_id}&#34;" in browser.load(f"{path}?tab=json").source


def test_two_records_are_merged(browser: Browser) -> None:
    one, other = contact(browser.fake, firstname="Ada"), contact(browser.fake, email="b@example.org", phone="1")

    page = browser.send(browser.load(f"{UI}/records/contacts/{one}"), "merge", other=other)

    assert said(page).startswith(f"Merged {other} into {one}; the record is ")
    assert "merged from" in page.text
    refused = browser.send(page, "merge", other="99")
    assert "there is no living contact" in said(refused)


# --- settings ---


def setting(browser: Browser, action: str, /, **values: str) -> Page:
    """Send a form of the settings."""
    return browser.send(browser.load(f"{UI}/settings"), action, **values)


def test_scenario_clock_limits_and_search_lag(browser: Browser) -> None:
    fake = browser.fake

    assert said(setting(browser, "scenario", name="flaky")).startswith("The scenario is flaky now. For each page")
    assert len(fake.get("/_fake/faults").json()["faults"]) == 1
    assert "there is no scenario" in said(setting(browser, "scenario", name="flakey"))
    assert said(setting(browser, "clock", way="freeze")).startswith("The clock stands at ")
    before = fake.get("/_fake/clock").json()["nowMs"]
    setting(browser, "clock", way="advance", ms="60000")
    assert fake.get("/_fake/clock").json()["nowMs"] == before + 60_000
    setting(browser, "clock", way="set", at="2026-01-31T12:00:00Z")
    assert fake.portal.clock.now_ms() == parse_time("2026-01-31T12:00:00Z")
    assert "Clock stopped at 2026-01-31T12:00:00Z" in browser.load("/_fake/").text
    assert "Nothing was changed: `at` is a time" in said(setting(browser, "clock", way="set", at="noon"))
    assert said(setting(browser, "clock", way="resume")).startswith("The clock runs on from ")
    assert (
        said(setting(browser, "limits", tier="oauth", enforced="true")) == "The limits of the tier oauth are enforced."
    )
    assert fake.get("/_fake/limits").json()["enforced"] is True
    assert said(setting(browser, "lag", lagMs="500")) == "Search sees the records as they were 500 ms ago."
    assert "lagMs is between 0" in said(setting(browser, "lag", lagMs="-1"))
    assert "must be a whole number" in said(setting(browser, "lag", lagMs="x"))


def test_contents_snapshots_and_reset(browser: Browser) -> None:
    store = browser.fake.portal.store

    assert said(setting(browser, "keep", name="before")) == "Kept the records and the clock as before."
    assert said(setting(browser, "seed", contacts="7")) == "The account has 7 contacts now."
    assert said(setting(browser, "restore", name="before")) == "Restored before."
    assert store.count("0-1") == 2
    assert said(setting(browser, "drop-snapshot", name="before")) == "Removed the snapshot before."
    assert "1 to 100 characters" in said(setting(browser, "keep", name="a/b"))
    setting(browser, "seed", contacts="7")
    assert said(setting(browser, "reset")) == "The account is as it was at the start, with 2 contacts."


def test_tokens(browser: Browser) -> None:
    access = browser.fake.portal.access

    added = setting(browser, "add-token", kind="oauth", value="my-own-token", scopes="a, b", expiresInS="60")
    assert said(added) == "The token my-own-token is accepted now."
    made = access.tokens.get("my-own-token")
    assert made is not None
    assert made.scopes == ("a", "b")
    assert said(setting(browser, "expire")) == "1 OAuth token expired."
    assert said(setting(browser, "revoke", token="my-own-token")) == "The token is no longer accepted."
    assert "my-own-token" not in access.tokens


def test_an_oauth_app_gets_what_it_needs(browser: Browser) -> None:
    text = said(setting(browser, "grant"))

    (grant,) = browser.fake.portal.access.grants
    for secret in (grant.client_id, grant.client_secret, grant.code, grant.refresh_token):
        assert secret in text


def test_accounts_are_made_shown_and_removed(browser: Browser) -> None:
    page = setting(browser, "add-account", portalId="77", contacts="5")
    assert said(page).startswith("Created the account 77; its access token is ")

    other = browser.load("/_fake/?portal=77")
    assert "5 contacts" in other.text
    for text in ("Records", "Requests", "Faults", "Settings"):
        assert "portal=77" in other.links[text]
    changed = browser.send(browser.load(f"{UI}/settings?portal=77"), "seed", contacts="9")
    assert said(changed) == "The account has 9 contacts now."
    assert browser.fake.portal.store.count("0-1") == 2
    gone = browser.send(browser.load(f"{UI}/settings"), "drop-account", portalId="77")
    assert said(gone) == "Removed the account 77."


def test_assumptions(browser: Browser) -> None:
    before = browser.fake.portal.assumptions["missing-value-match"]
    other = "match" if before != "match" else "no-match"

    page = setting(browser, "assume", **{"a.missing-value-match": other})

    assert said(page) == f"Assumed from now on: missing-value-match {other}."
    assert browser.fake.portal.assumptions["missing-value-match"] == other
    assert said(setting(browser, "assume")) == "Nothing was changed: all choices are as before."


def webhook(browser: Browser, do: str, **fields: str) -> Page:
    """Send a form of the page Webhooks and return the page that follows."""
    return browser.send(browser.load(f"{UI}/webhooks"), do, **fields)


def test_webhooks_are_subscribed_disturbed_sent_and_removed(browser: Browser) -> None:
    target = "http://127.0.0.1:9/hook"
    made = webhook(browser, "subscribe", app="7", targetUrl=target, secret="the-secret", eventType="contact.creation")
    assert said(made) == "The app 7 is told contact.creation now."
    assert target in made.text
    assert "the-secret" not in made.source

    webhook(browser, "faults", app="7", disorder="on", duplicates="2", delayMs="5000")
    disturbance = browser.fake.portal.webhooks.subscriptions.apps.get("7")
    assert disturbance is not None
    assert (disturbance.disturbance.disorder, disturbance.disturbance.duplicates) == (True, 2)
    contact(browser.fake, firstname=HOSTILE)
    assert "3 waiting" in browser.load(f"{UI}/webhooks").text

    browser.fake.app.portals.on_webhook_work = lambda _: None
    assert said(webhook(browser, "retry")) == "Sent 3 events before their time."
    for _, attempt in browser.fake.portal.webhooks.take_due():
        browser.fake.portal.webhooks.settle(attempt, status=503, problem="busy", answer=HOSTILE)
    page = browser.load(f"{UI}/webhooks?open=1")
    assert "busy" in page.text
    assert "contact.creation" in page.text
    assert "<script>alert" not in page.source

    assert said(webhook(browser, "drop", app="7")) == "Removed the webhooks of the app 7."


def test_webhooks_that_cannot_be_are_refused_in_words(browser: Browser) -> None:
    for fields, expected in (
        ({"do": "subscribe", "app": "x"}, "a whole number"),
        (
            {"do": "subscribe", "app": "7", "targetUrl": "http://10.0.0.1/", "eventType": "contact.creation"},
            "--webhook-host",
        ),
        ({"do": "subscribe", "app": "7", "eventType": "contact.propertyChange"}, "propertyName is required"),
        ({"do": "faults", "app": "7", "duplicates": "x"}, "whole numbers"),
        ({"do": "drop", "app": "8"}, "no webhooks"),
        ({"do": "nonsense", "app": "7"}, "does not say what to do"),
    ):
        page = browser.send(browser.load(f"{UI}/webhooks"), "subscribe", **fields)
        assert page.status == 400, fields
        assert expected in page.text, fields


@pytest.mark.parametrize("path", [f"{UI}/settings", f"{UI}/records/contacts/new", f"{UI}/requests", f"{UI}/faults"])
def test_no_form_works_without_the_token(browser: Browser, path: str) -> None:
    fields: dict[str, Any] = {"do": "reset", "p.email": "x@example.org", "_token": "x"}
    before = (browser.fake.portal.revision, len(browser.fake.portal.journal))

    page = browser.post(path, fields)

    assert page.status == 400
    assert "Nothing was changed" in page.text
    assert (browser.fake.portal.revision, len(browser.fake.portal.journal)) == before


def test_a_form_that_says_nothing_is_refused(browser: Browser) -> None:
    record_id = contact(browser.fake)

    assert "does not say what to do" in setting(browser, "seed", do="nonsense").text
    page = browser.send(browser.load(f"{UI}/records/contacts/{record_id}"), "update", do="")
    assert "does not say what to do" in page.text
