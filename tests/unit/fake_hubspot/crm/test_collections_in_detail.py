"""Collections, documents, campaigns and marketing e-mails in detail: bounds, cursors, what stays, and refusals."""

from typing import Any

from fake_hubspot.context import Operation, Param
from fake_hubspot.crm.families.collection import Row, row_routes
from fake_hubspot.crm.families.simple import COLLECTIONS
from fake_hubspot.portal.clock import format_time
from tests.support.cases import Cases
from tests.unit.fake_hubspot.inprocess import Fake

NOW = 1_790_000_000_000
AT, LATER = format_time(NOW), format_time(NOW + 1000)
FORMS, EMAILS, CAMPAIGNS = "/marketing/v3/forms", "/marketing/v3/emails", "/marketing/v3/campaigns"
RATES = "/settings/v3/currencies/exchange-rates"


def make(fake: Fake, path: str, **fields: Any) -> str:
    """Make a thing and return its id."""
    answer = fake.post(path, fields)
    assert answer.status in (200, 201), answer.content
    made: str = answer.json()["id"]
    return made


def refused(fake: Fake, method: str, path: str, body: Any = None) -> tuple[int, str]:
    """Return the status and the message of a refusal."""
    answer = fake.request(method, path, body)
    return answer.status, answer.json()["message"]


def names(fake: Fake, path: str) -> list[str]:
    """Return the names of the things of a page."""
    return [one["name"] for one in fake.get(path).json()["results"]]


def test_the_bounds_of_times_are_exact(empty: Fake, cases: Cases) -> None:
    """Equal, after, before, and the same with the bound itself; of both times."""
    empty.portal.clock.freeze(NOW)
    for name in "ab":
        make(empty, EMAILS, name=name)
        empty.portal.clock.freeze(NOW + 1000)
    path = f"{EMAILS}?{{}}"
    for name in ("createdAt", "updatedAt"):
        for bound, at, found in (
            ("", NOW, "a"), ("", NOW + 1, ""), ("After", NOW, "b"), ("After", NOW - 1, "ab"), ("After", NOW + 1000, ""),
            ("Before", NOW, ""), ("Before", NOW + 1000, "a"), ("Before", NOW + 1001, "ab"), ("Gte", NOW, "ab"),
            ("Gte", NOW + 1, "b"), ("Gte", NOW + 1000, "b"), ("Lte", NOW, "a"), ("Lte", NOW - 1, ""),
            ("Lte", NOW + 1000, "ab"),
        ):  # fmt: skip
            with cases.case((name, bound, at)):
                assert names(empty, path.format(f"{name}{bound}={at}")) == list(found)
    with cases.case("both are asked for"):
        assert names(empty, path.format(f"createdAtGte={NOW}&updatedAtAfter={NOW}")) == ["b"]
        assert names(empty, path.format("createdAt=")) == ["a", "b"]
    with cases.case("no time"):
        text = "Unable to parse value for query parameter: updatedAtLte"
        assert refused(empty, "GET", path.format("updatedAtLte=then")) == (400, text)


def test_filters_compare_texts(empty: Fake, cases: Cases) -> None:
    """Booleans in lower case; one of several values is enough."""
    for name, kind, is_published in (("a", "X", True), ("b", "Y", False), ("c", "Z", False)):
        make(empty, EMAILS, name=name, type=kind, isPublished=is_published)
    make(empty, RATES, fromCurrencyCode="EUR", conversionRate=1, toCurrencyCode="USD")
    make(empty, RATES, fromCurrencyCode="SEK", conversionRate=1, toCurrencyCode="USD")
    for query, found in {
        "type=X": "a", "type=X&type=Z": "ac", "isPublished=true": "a", "isPublished=false": "bc",
        "isPublished=True": "", "type=Y&isPublished=true": "", "name=a": "abc", "type=": "abc",
    }.items():  # fmt: skip
        with cases.case(query):
            assert names(empty, f"{EMAILS}?{query}") == list(found)
    for query, count in {"fromCurrencyCode=EUR": 1, "toCurrencyCode=USD": 2, "toCurrencyCode=EUR": 0}.items():
        with cases.case(query):
            assert len(empty.get(f"{RATES}?{query}").json()["results"]) == count


def test_things_are_sorted_by_times_and_fields(empty: Fake, cases: Cases) -> None:
    """A time with a fraction comes after the one without; sorted pages count what is shown."""
    for number, (name, when) in enumerate(
        (("b", "2026-01-01T00:00:00.5Z"), ("a", "2026-01-01T00:00:00Z"), ("c", None))
    ):
        empty.portal.clock.freeze(NOW - number)
        make(empty, EMAILS, name=name, when=when)
    for sort, found in {
        "createdAt": "cab", "-createdAt": "bac", "updatedAt": "cab", "name": "abc", "-name": "cba", "when": "cab",
        "-when": "bac", "nothing": "bac", "-nothing": "cab",
    }.items():  # fmt: skip
        with cases.case(sort):
            assert names(empty, f"{EMAILS}?sort={sort}") == list(found)
            link, got = f"{EMAILS}?sort={sort}&limit=2", []
            while link:
                page = empty.get(link.removeprefix("http://api.test")).json()
                got += [one["name"] for one in page["results"]]
                assert page["total"] == 3
                link = page.get("paging", {}).get("next", {}).get("link")
            assert got == list(found)
    with cases.case("just full"):
        assert "paging" not in empty.get(f"{EMAILS}?sort=name&limit=3").json()
        assert "paging" not in empty.get(f"{EMAILS}?limit=3").json()
        assert names(empty, f"{EMAILS}?sort=name&after=2") == ["c"]


def test_archived_things_move_no_page(empty: Fake) -> None:
    """The cursor counts them."""
    ids = [make(empty, EMAILS, name=str(number)) for number in range(5)]
    for at in (1, 2):
        empty.request("DELETE", f"{EMAILS}/{ids[at]}")

    first = empty.get(f"{EMAILS}?limit=1").json()
    archived = empty.get(f"{EMAILS}?archived=true&limit=1").json()

    assert (names(empty, f"{EMAILS}?limit=1"), first["total"]) == (["0"], 3)
    assert first["paging"]["next"]["after"] == "Mw%3D%3D"
    assert names(empty, f"{EMAILS}?after=3") == ["3", "4"]
    assert (names(empty, f"{EMAILS}?archived=true"), archived["total"]) == (["1", "2"], 2)


def test_a_link_keeps_what_was_asked_for(empty: Fake) -> None:
    """Encoded, without the old cursor and without a slash at the end of the path."""
    for name in "abc":
        make(empty, FORMS, name=name)

    plain = empty.get(f"{FORMS}/?after=0&limit=1&x=&y=%20%26").json()["paging"]["next"]
    bare = empty.request("GET", f"{FORMS}?limit=2").json()["paging"]["next"]

    assert plain["link"] == f"http://api.test{FORMS}?limit=1&x=&y=+%26&after=MQ%3D%3D"
    assert bare == {"after": "Mg%3D%3D", "link": f"http://api.test{FORMS}?limit=2&after=Mg%3D%3D"}
    assert list(bare) == ["after", "link"]
    for number in range(18):
        make(empty, FORMS, name=str(number))
    assert empty.get(FORMS).json()["paging"]["next"]["link"] == f"http://api.test{FORMS}?after=MjA%3D"
    for after in ("-1", "x", "1.5"):
        text = "Unable to parse value for query parameter: after"
        assert refused(empty, "GET", f"{FORMS}?after={after}") == (400, text)


def test_a_change_and_a_replacement(empty: Fake, cases: Cases) -> None:
    """A change keeps what it does not name, and merges properties; no request sets the portal's own fields."""
    empty.portal.clock.freeze(NOW)
    own = {"id": "5", "archived": True, "archivedAt": "x", "createdAt": "x", "updatedAt": "x"}
    form = make(empty, FORMS, name="F", extra=1, **own)
    empty.portal.clock.freeze(NOW + 1000)
    path = f"{FORMS}/{form}"

    with cases.case("made"):
        read = empty.get(path).json()
        assert (read["id"], read["createdAt"], read["updatedAt"], read["archived"]) == (form, AT, AT, False)
        assert (form != "5", "archivedAt" in read) == (True, False)
    with cases.case("changed"):
        changed = empty.request("PATCH", path, {"other": 2, **own}).json()
        assert (changed["extra"], changed["other"], changed["name"]) == (1, 2, "F")
        assert (changed["id"], changed["createdAt"], changed["updatedAt"]) == (form, AT, LATER)
    with cases.case("replaced"):
        replaced = empty.request("PUT", path, {"name": "G", **own}).json()
        assert ("extra" in replaced, replaced["name"], replaced["id"]) == (False, "G", form)
        status, text = refused(empty, "PUT", path, {"x": 1})
        assert (status, text.endswith("Some required fields were not set: [name]")) == (400, True)
        assert text.startswith("Invalid input JSON on line 1, column 8.")
    with cases.case("properties"):
        campaign = make(empty, CAMPAIGNS, properties={"hs_name": "C", "hs_notes": "n"})
        empty.request("PATCH", f"{CAMPAIGNS}/{campaign}", {"properties": {"hs_notes": "m", "hs_owner": "o"}})
        read = empty.get(f"{CAMPAIGNS}/{campaign}?properties=hs_owner,hs_notes,hs_name,hs_object_id,none").json()
        assert list(read["properties"].items()) == [
            ("hs_name", "C"), ("hs_notes", "m"), ("hs_object_id", campaign), ("hs_owner", "o"),
        ]  # fmt: skip
    with cases.case("archived"):
        empty.portal.clock.freeze(NOW + 1000)
        assert empty.request("DELETE", path).status == 204
        gone = empty.get(f"{path}?archived=true").json()
        assert (gone["archived"], gone["archivedAt"], gone["updatedAt"]) == (True, LATER, LATER)
        keys = ["id", "name", "createdAt", "updatedAt", "archived", "archivedAt"]
        assert list(gone)[:6] == keys
        for method in ("GET", "PATCH", "PUT", "DELETE"):
            assert empty.request(method, path, {"name": "x"} if method in ("PATCH", "PUT") else None).status == 404
        card = make(empty, "/crm/v3/extensions/cards-dev/7", title="t")
        empty.request("DELETE", f"/crm/v3/extensions/cards-dev/7/{card}")
        gone = empty.get(f"/crm/v3/extensions/cards-dev/7/{card}?archived=true").json()
        assert gone == {
            "id": card, "title": "t", "createdAt": LATER, "updatedAt": LATER, "archived": True, "archivedAt": LATER,
        }  # fmt: skip


def test_ids_of_things(empty: Fake, cases: Cases) -> None:
    """UUIDs of forms and campaigns, names of definitions, numbers of others; an app has its own."""
    with cases.case("kinds"):
        assert [len(make(empty, path, name="x", properties={})) for path in (FORMS, CAMPAIGNS, EMAILS)] == [36, 36, 11]
    with cases.case("of an app"):
        card = make(empty, "/crm/v3/extensions/cards-dev/7", title="t")
        assert empty.get(f"/crm/v3/extensions/cards-dev/8/{card}").status == 404
        assert empty.get("/crm/v3/extensions/cards-dev/8").json()["results"] == []
        assert empty.get("/crm/v3/extensions/cards-dev/x").status == 404
    with cases.case("taken"):
        path = "/events/v3/event-definitions"
        first = empty.post(path, {"label": "Open Door"}).json()
        assert (first["id"], first["objectTypeId"]) == ("pe62515_open_door", "6-1000001")
        again = empty.request("POST", path, {"label": "Open Door"})
        text = "A definition of an event with the id pe62515_open_door exists already"
        assert (again.status, again.json()["message"], again.json()["category"]) == (409, text, "CONFLICT")
        changed = empty.request("PATCH", f"{path}/pe62515_open_door", {"label": "New"}).json()
        assert (changed["label"], changed["name"], changed["objectTypeId"]) == ("New", "open_door", "6-1000001")
        second = empty.post(path, {"label": "X", "name": "A B", "primaryObject": "DEAL"}).json()
        assert (second["id"], second["name"], second["objectTypeId"]) == ("pe62515_a_b", "a_b", "6-1000002")
        assert second["primaryObject"] == "DEAL"
        own = empty.post(path, {"label": "Y", "fullyQualifiedName": "mine", "objectTypeId": "6-5"}).json()
        assert (own["id"], own["objectTypeId"], own["name"]) == ("mine", "6-5", "y")
        empty.request("DELETE", f"{path}/pe62515_open_door")
        assert empty.post(path, {"label": "Open Door"}).json()["objectTypeId"] == "6-1000001"


# By name: what a collection has of its own. Source: as told in `fake_hubspot/crm/families/simple.py`.
COLLECTION_ROWS = {
    "forms": ("formId", "form", "forms", "list create read update replace archive", (20, 100)),
    "emails": ("emailId", "marketing e-mail", "content", "list create read update archive", (10, 100)),
    "campaigns": ("campaignGuid", "campaign", None, "list create read update archive", (50, 100)),
    "flows": ("flowId", "workflow", "automation", "list create read replace archive", (100, 100)),
    "action-definitions": ("definitionId", "custom action", None, "list create read update archive", (20, 100)),
    "sequences": ("sequenceId", "sequence", "automation.sequences.read", "list read", (20, 100)),
    "meeting-links": (
        "meetingLinkId", "scheduling page", "scheduler.meetings.meeting-link.read", "list", (20, 100),
    ),
    "event-templates": (
        "eventTemplateId", "timeline event template", None, "list create read replace archive", (20, 100),
    ),
    "smtp-tokens": ("tokenId", "SMTP token", "transactional-email", "list create read archive", (20, 100)),
    "marketing-events": ("objectId", "marketing event", None, "list read update archive", (20, 100)),
    "cards": ("cardId", "card", None, "list create read update archive", (20, 100)),
    "exchange-rates": ("exchangeRateId", "exchange rate", None, "list create read update", (100, 100)),
}  # fmt: skip


def test_what_each_collection_has_of_its_own(cases: Cases) -> None:
    known = {one.name: one for one in COLLECTIONS}
    for name, (key, noun, scope, operations, limit) in COLLECTION_ROWS.items():
        with cases.case(name):
            one = known[name]
            assert (one.key, one.noun, " ".join(one.operations), one.limit) == (key, noun, operations, limit)
            if scope is not None:
                assert one.scope == scope
    assert len(known) == len(COLLECTION_ROWS) + 1


def test_routes_of_rows() -> None:
    """A list with a cursor is a walk."""
    operations = [Operation((Param("after"), Param("x"))), Operation((Param("x"),))]
    rows = [Row(f"n{at}", "GET", f"/p{at}", lambda _: None, one, "S") for at, one in enumerate(operations)]  # type: ignore[arg-type,return-value]

    walk, plain = row_routes(rows, scope="s", is_shallow=True)

    assert (walk.page_of is not None, plain.page_of) == (True, None)
    assert (walk.scope, walk.summary, walk.is_shallow, walk.name) == ("s", "S", True, "n0")
    assert [one.is_shallow for one in row_routes(rows)] == [False, False]


def test_documents_keep_what_was_given(empty: Fake, cases: Cases) -> None:
    """Each at its path; a change merges, a new one replaces."""
    empty.portal.clock.freeze(NOW)
    settings = "/crm/v3/extensions/calling/7/settings"
    times = {"createdAt": AT, "updatedAt": AT}

    with cases.case("set, changed, set again"):
        assert empty.post(settings, {"a": 1, "b": 2}).json() == {"id": "7", **times, "a": 1, "b": 2}
        assert empty.get(settings).json() == {"a": 1, "b": 2}
        assert empty.request("PATCH", settings, {"b": 3}).json() == {"id": "7", **times, "a": 1, "b": 3}
        empty.portal.clock.freeze(NOW + 1000)
        again = empty.post(settings, {"c": 4}).json()
        assert again == {"id": "7", "createdAt": AT, "updatedAt": LATER, "c": 4}
        assert empty.get(settings).json() == {"c": 4}
    with cases.case("404 until it is set"):
        other = settings.replace("7", "8")
        for method in ("GET", "PATCH", "DELETE"):
            assert empty.request(method, other, {} if method == "PATCH" else None).status == 404
        assert empty.get(f"{settings}/recording").status == 404
    with cases.case("one of the whole account"):
        currency = "/settings/v3/currencies/company-currency"
        assert empty.get(currency).json() == {"currencyCode": "USD"}
        assert empty.request("PUT", currency, {"currencyCode": "EUR"}).json() == {"currencyCode": "EUR"}
        assert empty.get(currency).json() == {"currencyCode": "EUR"}
    with cases.case("without an answer"):
        done = empty.post("/automation/v4/actions/callbacks/complete", {"inputs": []})
        assert (done.status, done.content) == (204, b"")
    with cases.case("a text, and a list"):
        function = "/automation/v4/actions/7/8/functions/PRE_ACTION_EXECUTION"
        assert empty.request("PUT", function, "source").json()["functionSource"] == "source"
        assert empty.get(function).json() == {"functionSource": "source"}
        assert empty.request("PUT", function, [1]).json()["inputs"] == [1]
        assert empty.request("PUT", function, b"").json() == {
            "id": "PRE_ACTION_EXECUTION", "createdAt": LATER, "updatedAt": LATER,
        }  # fmt: skip
        status, text = refused(empty, "PUT", function, b"{")
        assert (status, text.startswith("Invalid input JSON on line 1, column 1: ")) == (400, True)
    with cases.case("listed"):
        by_id = f"{function}/own"
        empty.request("PUT", by_id, {"x": 1})
        listed = empty.get("/automation/v4/actions/7/8/functions").json()
        assert listed == {"results": [{"id": "PRE_ACTION_EXECUTION"}]}
        assert empty.get("/automation/v4/actions/7/80/functions").json() == {"results": []}
    for path, expected in {
        "/marketing/v3/emails/statistics/histogram": {"total": 0, "results": []},
        "/marketing/v3/emails/statistics/list": {
            "emails": [],
            "aggregate": {"counters": {}, "deviceBreakdown": {}, "qualifierStats": {}, "ratios": {}},
        },
        "/marketing/v3/marketing-events/7/settings": {},
        "/account-info/v3/activity/audit-logs": {"results": []},
        "/account-info/v3/activity/login": {"results": []},
        "/account-info/v3/activity/security": {"results": []},
        "/automation/v4/actions/7/8/revisions": {"results": []},
        "/automation/v4/actions/7/8/requires-object": {},
    }.items():
        with cases.case(path):
            assert empty.get(path).json() == expected
    with cases.case("of a campaign"):
        place = f"{CAMPAIGNS}/{make(empty, CAMPAIGNS, properties={})}/reports"
        found = [empty.get(f"{place}/{tail}").json() for tail in ("metrics", "revenue", "contacts/x")]
        assert found == [{"metrics": {}}, {"revenueAmount": 0}, {"results": []}]


def test_batches_of_campaigns_in_full(empty: Fake, cases: Cases) -> None:
    """A hundred are not too many; what is archived counts as missing."""
    empty.portal.clock.freeze(NOW)
    batch = f"{CAMPAIGNS}/batch"
    made = empty.post(f"{batch}/create", {"inputs": [{"properties": {"hs_name": name}} for name in "ab"]}).json()
    one, two = (row["id"] for row in made["results"])
    unknown = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
    row = {"id": one, "properties": {"hs_name": "a"}, "createdAt": AT, "updatedAt": AT, "businessUnits": [{"id": 0}]}

    with cases.case("made"):
        assert (made["status"], made["results"][0], len(one)) == ("COMPLETE", row, 36)
        assert empty.get(CAMPAIGNS).json()["results"] == made["results"]
    with cases.case("changed"):
        inputs = [{"id": one, "properties": {"hs_notes": "n"}}, {"id": "x"}, {"id": unknown}]
        answer = empty.post(f"{batch}/update", {"inputs": inputs})
        assert (answer.status, [each["id"] for each in answer.json()["results"]]) == (207, [one])
        assert "assets" not in answer.json()["results"][0]
        malformed, missing = answer.json()["errors"]
        assert malformed["context"] == {"message": ["Invalid campaign GUID format: x"]}
        assert missing == {
            "status": "error", "category": "OBJECT_NOT_FOUND", "message": "Could not get some campaigns",
            "context": {"ids": [unknown]},
        }  # fmt: skip
        read = empty.get(f"{CAMPAIGNS}/{one}?properties=hs_name,hs_notes").json()["properties"]
        assert read == {"hs_name": "a", "hs_notes": "n"}
    with cases.case("archived"):
        assert empty.post(f"{batch}/archive", {"inputs": [{"id": one}, {"id": unknown}]}).status == 204
        answer = empty.post(f"{batch}/read", {"inputs": [{"id": one}, {"id": two}]})
        assert (answer.status, [each["id"] for each in answer.json()["results"]]) == (207, [two])
        assert answer.json()["errors"][0]["context"] == {"ids": [one]}
        assert empty.post(f"{batch}/read", {"inputs": [{"id": two}]}).status == 200
    with cases.case("how many"):
        for verb, status in (("read", 207), ("archive", 204)):
            assert empty.post(f"{batch}/{verb}", {"inputs": [{"id": unknown}] * 100}).status == status
            assert refused(empty, "POST", f"{batch}/{verb}", {"inputs": [{"id": unknown}] * 101}) == (
                400, "There may be 100 inputs, not 101",
            )  # fmt: skip


def test_the_totals_of_a_campaign(empty: Fake) -> None:
    """Of what is not archived, and of amounts that are numbers."""
    empty.portal.clock.freeze(NOW)
    campaign, other = (f"{CAMPAIGNS}/{make(empty, CAMPAIGNS, properties={})}" for _ in range(2))
    for amount in (10, 2.5, "x"):
        make(empty, f"{campaign}/budget", name="B", amount=amount)
    spend = make(empty, f"{campaign}/spend", name="S", amount=4)
    gone = make(empty, f"{campaign}/spend", name="S", amount=100)
    assert empty.request("DELETE", f"{campaign}/spend/{gone}").status == 204
    make(empty, f"{other}/spend", name="S", amount=1000)

    totals = empty.get(f"{campaign}/budget/totals").json()

    assert list(totals) == [
        "currencyCode", "budgetItems", "budgetTotal", "spendItems", "spendTotal", "remainingBudget",
    ]  # fmt: skip
    assert (totals["currencyCode"], totals["budgetTotal"], totals["spendTotal"]) == ("USD", 12.5, 4)
    assert totals["remainingBudget"] == 8.5
    assert len(totals["budgetItems"]) == 3
    assert totals["spendItems"] == [
        {"id": spend, "name": "S", "amount": 4, "createdAt": AT, "updatedAt": AT, "archived": False}
    ]


def test_a_marketing_mail_through_its_life(empty: Fake, cases: Cases) -> None:
    """Drafts, revisions, copies; each answer says what it is then."""
    empty.portal.clock.freeze(NOW)
    number = make(empty, EMAILS, name="News", subject="Old")
    one = f"{EMAILS}/{number}"

    with cases.case("a draft"):
        assert empty.get(f"{one}/draft").json() == empty.get(one).json()
        changed = empty.request("PATCH", f"{one}/draft", {"subject": "New", "id": "5"}).json()
        assert (changed["subject"], changed["name"], changed["id"]) == ("New", "News", number)
        again = empty.request("PATCH", f"{one}/draft", {"name": "N"}).json()
        assert (again["subject"], again["name"]) == ("New", "N")
        assert empty.get(f"{one}/draft").json()["subject"] == "New"
        assert empty.get(one).json()["subject"] == "Old"
        assert empty.post(f"{one}/draft/reset", {}).status == 204
        assert empty.get(f"{one}/draft").json()["subject"] == "Old"
    with cases.case("published"):
        empty.request("PATCH", f"{one}/draft", {"subject": "New"})
        empty.portal.clock.freeze(NOW + 1000)
        assert empty.post(f"{one}/publish", {}).status == 204
        read = empty.get(one).json()
        assert (read["subject"], read["state"], read["isPublished"]) == ("New", "PUBLISHED", True)
        assert (read["publishDate"], read["updatedAt"]) == (LATER, LATER)
        assert empty.get(f"{one}/draft").json()["subject"] == "New"
        assert empty.post(f"{one}/unpublish", {}).status == 204
        read = empty.get(one).json()
        assert (read["state"], read["isPublished"], read["subject"]) == ("DRAFT", False, "New")
    with cases.case("revisions"):
        page = empty.get(f"{one}/revisions").json()
        assert (list(page), page["total"]) == (["total", "results"], 2)
        latest, first = page["results"]
        user = {"id": "32900490", "email": "owner@example.com", "fullName": "Portal Owner"}
        assert (first["user"], first["createdAt"], first["updatedAt"]) == (user, LATER, LATER)
        assert (first["object"]["subject"], first["object"]["id"], first["object"]["state"]) == (
            "Old",
            first["id"],
            "DRAFT",
        )
        assert (latest["object"]["state"], list(latest)) == (
            "PUBLISHED", ["id", "user", "object", "createdAt", "updatedAt"],
        )  # fmt: skip
        assert empty.get(f"{one}/revisions/{first['id']}").json() == first
        drafted = empty.post(f"{one}/revisions/{first['id']}/restore-to-draft", {}).json()
        assert (drafted["subject"], drafted["id"]) == ("Old", number)
        assert empty.get(f"{one}/draft").json()["subject"] == "Old"
        assert empty.get(one).json()["subject"] == "New"
        assert empty.post(f"{one}/revisions/{first['id']}/restore", {}).status == 204
        assert empty.get(one).json()["subject"] == "Old"
        assert empty.get(f"{one}/revisions").json()["total"] == 3
        assert empty.get(f"{one}/revisions/9").status == 404
    with cases.case("copied"):
        empty.post(f"{one}/publish", {})
        copy = empty.post(f"{EMAILS}/clone", {"id": int(number)}).json()
        assert (copy["name"], copy["state"], copy["isPublished"]) == ("News (copy)", "DRAFT", False)
        named = empty.post(f"{EMAILS}/clone", {"id": number, "cloneName": "C", "language": "x"}).json()
        assert (named["name"], named["id"] != number, named["subject"]) == ("C", True, "Old")
    with cases.case("compared"):
        assert empty.get(f"{one}/ab-test/get-variation").status == 404
        body = {"contentId": number, "variationName": "V"}
        other = empty.post(f"{EMAILS}/ab-test/create-variation", body).json()
        assert (other["name"], other["state"]) == ("V", "DRAFT")
        read = empty.get(one).json()
        assert (read["isAb"], read["variationId"]) == (True, other["id"])
        assert empty.get(f"{one}/ab-test/get-variation").json()["id"] == other["id"]
    for path, missing in (
        ("clone", "id"), ("ab-test/create-variation", "contentId, variationName"),
    ):  # fmt: skip
        with cases.case(path):
            status, text = refused(empty, "POST", f"{EMAILS}/{path}", {})
            assert (status, text.endswith(f"not set: [{missing}]")) == (400, True)
    with cases.case("what is archived is not copied"):
        empty.request("DELETE", one)
        assert empty.post(f"{EMAILS}/clone", {"id": number}).status == 404


def test_ids_in_paths_that_cannot_be_are_not_found(empty: Fake, cases: Cases) -> None:
    """Of what the account does not keep, any number is accepted; a campaign has to exist."""
    events = "/marketing/v3/marketing-events/associations"
    campaign = f"{CAMPAIGNS}/{make(empty, CAMPAIGNS, properties={})}"
    for path in (
        "/business-units/v3/business-units/user/{}", "/automation/v4/sequences/enrollments/contact/{}",
        "/automation/v4/actions/7/{}/revisions", "/automation/v4/actions/{}/8/revisions",
        "/automation/v4/actions/{}", f"{events}/{{}}/lists",
    ):  # fmt: skip
        with cases.case(path):
            assert [empty.get(path.format(text)).status for text in ("5", "x", "-1")] == [200, 404, 404]
    for path in (f"{events}/acc/ev/lists/{{}}", f"{events}/5/lists/{{}}"):
        with cases.case(path):
            assert [empty.request("PUT", path.format(text), {}).status for text in ("5", "x")] == [200, 404]
    for tail in ("reports/metrics", "budget/totals", "assets/FORM"):
        with cases.case(tail):
            assert empty.get(f"{campaign}/{tail}").status == 200
            assert empty.get(f"{CAMPAIGNS}/none/{tail}").status == 404
    for part in ("budget", "spend"):
        for missing in ("name", "amount"):
            with cases.case((part, missing)):
                body = {name: value for name, value in {"name": "B", "amount": 1}.items() if name != missing}
                status, text = refused(empty, "POST", f"{campaign}/{part}", body)
                assert (status, text.endswith(f"not set: [{missing}]")) == (400, True)
        with cases.case(part):
            one = f"{campaign}/{part}/{make(empty, f'{campaign}/{part}', name='B', amount=1)}"
            assert empty.get(one).json()["amount"] == 1
            assert empty.request("PUT", one, {"name": "C", "amount": 2}).json()["name"] == "C"
            assert empty.request("PATCH", one, {"name": "D"}).status == 405
            assert empty.request("DELETE", one).status == 204
            assert empty.get(one).status == 404
