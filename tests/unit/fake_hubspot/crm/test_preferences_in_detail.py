"""Subscriptions, events, marketing events and timeline events: each answer in full, and each refusal in its words."""

from typing import Any

from fake_hubspot.portal.clock import format_time
from tests.support.cases import Cases
from tests.unit.fake_hubspot.inprocess import Fake

NOW = 1_790_000_000_000
AT = format_time(NOW)
V3, V4 = "/communication-preferences/v3", "/communication-preferences/v4"
MAIL = "a@example.com"
KINDS = (
    ("1", "Customer Service Communication", "Receive feedback requests and customer service information.", "Service"),
    ("2", "Marketing Information", "Marketing offers and updates.", "Marketing"),
    ("3", "One to One", "One to one emails.", "Sales"),
)


def refused(fake: Fake, method: str, path: str, body: Any = None) -> tuple[int, str, Any]:
    """Return the status, the message and the category of a refusal."""
    answer = fake.request(method, path, body)
    error = answer.json()
    return answer.status, error["message"], error.get("category")


def test_kinds_of_mail_in_both_versions(empty: Fake, cases: Cases) -> None:
    """The three of a new account, then those that were seeded."""
    empty.portal.clock.freeze(NOW)
    own = [{"id": 77, "name": "Own", "category": "Sales", "isActive": False}, {"id": "word"}]
    empty.post("/_fake/seed", {"resources": {"email-subscription-definitions": own}})
    common = {"communicationMethod": "Email", "isActive": True, "isInternal": False, "businessUnitId": 0}
    created = "2026-02-25T15:16:40Z"

    found = empty.get(f"{V3}/definitions").json()

    assert list(found) == ["subscriptionDefinitions"]
    rows = found["subscriptionDefinitions"]
    assert [list(one.items()) for one in rows[:3]] == [
        list(
            {
                "id": number, "name": name, "description": text, "purpose": purpose, **common, "isDefault": True,
                "createdAt": created, "updatedAt": created,
            }.items()
        )
        for number, name, text, purpose in KINDS
    ]  # fmt: skip
    assert rows[3] == {
        "updatedAt": AT, "id": "77", "name": "Own", "description": "", "purpose": "Sales", **common, "isActive": False,
        "isDefault": False, "category": "Sales", "createdAt": AT,
    }  # fmt: skip
    assert (rows[4]["id"], rows[4]["name"], rows[4]["purpose"]) == ("word", "", "Marketing")
    newer = empty.get(f"{V4}/definitions").json()
    assert newer == {"status": "COMPLETE", "results": rows, "startedAt": AT, "completedAt": AT}
    with cases.case("a kind whose id is no number"):
        change = {"emailAddress": MAIL, "subscriptionId": "word"}
        assert empty.post(f"{V3}/subscribe", change).json()["id"] == "word"
        states = empty.get(f"{V4}/statuses/{MAIL}?channel=EMAIL").json()["results"]
        assert [one["subscriptionId"] for one in states] == [1, 2, 3, 77, "word"]


def test_a_status_of_version_3_in_full(empty: Fake, cases: Cases) -> None:
    """What was never asked is not subscribed; the basis is kept."""
    empty.portal.clock.freeze(NOW)
    basis = {"legalBasis": "NON_GDPR", "legalBasisExplanation": "why"}
    rows = [
        {
            "id": number, "name": name, "description": text, "status": "NOT_SUBSCRIBED",
            "sourceOfStatus": "SUBSCRIPTION_STATUS", "legalBasis": None, "legalBasisExplanation": None,
        }
        for number, name, text, _ in KINDS
    ]  # fmt: skip

    with cases.case("nothing known"):
        told = empty.get(f"{V3}/status/email/{MAIL}").json()
        assert list(told.items()) == [("recipient", MAIL), ("subscriptionStatuses", rows)]
        assert list(told["subscriptionStatuses"][0]) == list(rows[0])
    with cases.case("subscribed"):
        joined = empty.post(f"{V3}/subscribe", {"emailAddress": MAIL, "subscriptionId": 2, **basis}).json()
        assert joined == rows[1] | {"status": "SUBSCRIBED", **basis}
        told = empty.get(f"{V3}/status/email/{MAIL}").json()["subscriptionStatuses"]
        assert told == [rows[0], joined, rows[2]]
    with cases.case("unsubscribed"):
        left = empty.post(f"{V3}/unsubscribe", {"emailAddress": MAIL, "subscriptionId": "2"}).json()
        assert left == rows[1]
    with cases.case("an address in capitals is the same"):
        told = empty.get(f"/email/public/v1/subscriptions/{MAIL.upper()}").json()["subscriptionStatuses"]
        assert told == [
            {
                "updatedAt": NOW, "optState": "OPT_OUT", "id": 2, "subscribed": False, "legalBasis": None,
                "legalBasisExplanation": None,
            }
        ]  # fmt: skip


def test_what_version_3_refuses(empty: Fake, cases: Cases) -> None:
    change: dict[str, Any] = {"emailAddress": MAIL, "subscriptionId": "1"}
    bases = (
        "LEGITIMATE_INTEREST_PQL, LEGITIMATE_INTEREST_CLIENT, PERFORMANCE_OF_CONTRACT, CONSENT_WITH_NOTICE, NON_GDPR, "
        "PROCESS_AND_STORE, LEGITIMATE_INTEREST_OTHER"
    )
    assert empty.post(f"{V3}/subscribe", change).status == 200
    assert empty.post(f"{V3}/unsubscribe", {"emailAddress": MAIL, "subscriptionId": "2"}).status == 200
    empty.post(f"{V4}/statuses/b@example.com/unsubscribe-all?channel=EMAIL", {})
    for path, body, text in (
        ("subscribe", change, f"{MAIL} is already subscribed to subscription 1"),
        ("unsubscribe", change | {"subscriptionId": 2}, f"{MAIL} is already unsubscribed from subscription 2"),
        (
            "subscribe", change | {"subscriptionId": 2},
            f"{MAIL} has unsubscribed, and only the person can subscribe again",
        ),
        (
            "subscribe", change | {"emailAddress": "b@example.com"},
            "b@example.com has unsubscribed, and only the person can subscribe again",
        ),
        ("subscribe", change | {"subscriptionId": "9" * 51}, f"There is no subscription type {'9' * 50}"),
        ("subscribe", change | {"emailAddress": "x" * 101}, f"{'x' * 100!r} is no e-mail address"),
        ("unsubscribe", change | {"emailAddress": "c@x.test", "legalBasis": "WHY"}, f"legalBasis is one of {bases}"),
    ):  # fmt: skip
        with cases.case((path, body)):
            assert refused(empty, "POST", f"{V3}/{path}", body) == (400, text, "VALIDATION_ERROR")
    for basis in bases.split(", "):
        with cases.case(basis):
            body = {"emailAddress": f"{basis}@x.test", "subscriptionId": 3, "legalBasis": basis}
            assert empty.post(f"{V3}/unsubscribe", body).status == 200
    with cases.case("b leaves one"):
        assert empty.post(f"{V3}/unsubscribe", change | {"emailAddress": "b@example.com"}).status == 200


def test_a_status_of_version_4_in_full(empty: Fake, cases: Cases) -> None:
    """With the time of the last change, or of the request."""
    empty.portal.clock.freeze(NOW)
    basis = {"legalBasis": "NON_GDPR", "legalBasisExplanation": "why"}
    one = f"{V4}/statuses/{MAIL}"

    def row(number: int, status: str, at: int, **more: Any) -> dict[str, Any]:
        return {
            "channel": "EMAIL", "subscriberIdString": MAIL, "subscriptionId": number,
            "subscriptionName": KINDS[number - 1][1], "status": status, "source": "API", "legalBasis": None,
            "legalBasisExplanation": None, "businessUnitId": 0, "timestamp": format_time(at), **more,
        }  # fmt: skip

    def batch(*rows: Any) -> dict[str, Any]:
        at = format_time(empty.portal.clock.now_ms())
        return {"status": "COMPLETE", "results": list(rows), "startedAt": at, "completedAt": at}

    changed = empty.post(one, {"subscriptionId": 2, "statusState": "SUBSCRIBED", **basis}).json()
    assert changed == batch(row(2, "SUBSCRIBED", NOW, **basis))
    assert list(changed["results"][0]) == list(row(2, "", 0))
    empty.portal.clock.freeze(NOW + 1000)
    left = empty.post(one, {"subscriptionId": "3", "statusState": "UNSUBSCRIBED", "channel": "EMAIL"}).json()
    assert left == batch(row(3, "UNSUBSCRIBED", NOW + 1000))
    empty.portal.clock.freeze(NOW + 2000)
    rows = [
        row(1, "NOT_SPECIFIED", NOW + 2000), row(2, "SUBSCRIBED", NOW, **basis), row(3, "UNSUBSCRIBED", NOW + 1000),
    ]  # fmt: skip
    assert empty.get(f"{one}?channel=EMAIL").json() == batch(*rows)
    many = empty.post(f"{V4}/statuses/batch/read?channel=EMAIL", {"inputs": [MAIL]}).json()
    assert many == batch({"subscriberIdString": MAIL, "statuses": rows})

    wide = {
        "channel": "EMAIL", "subscriberIdString": MAIL, "status": "NOT_SPECIFIED", "wideStatusType": "PORTAL_WIDE",
        "businessUnitId": 0, "timestamp": format_time(NOW + 1000),
    }  # fmt: skip
    with cases.case("whether it left"):
        told = empty.get(f"{one}/unsubscribe-all?channel=EMAIL").json()
        assert told == batch(wide)
        assert list(told["results"][0]) == list(wide)
        unknown = empty.get(f"{V4}/statuses/b@x.test/unsubscribe-all?channel=EMAIL").json()["results"][0]
        assert unknown["timestamp"] == format_time(NOW + 2000)
        assert empty.post(f"{one}/unsubscribe-all?channel=EMAIL", {}).json() == batch(wide | {"status": "UNSUBSCRIBED"})
    with cases.case("several leave"):
        path = f"{V4}/statuses/batch/unsubscribe-all"
        others = ["c@x.test", "d@x.test"]
        gone = empty.post(f"{path}?channel=EMAIL", {"inputs": others}).json()
        read = empty.post(f"{path}/read?channel=EMAIL", {"inputs": others}).json()
        assert gone == read
        assert [each["subscriberIdString"] for each in read["results"]] == others
        assert [each["statuses"][0]["status"] for each in read["results"]] == ["UNSUBSCRIBED"] * 2
    with cases.case("not specified"):
        told = empty.post(one, {"subscriptionId": 1, "statusState": "NOT_SPECIFIED"}).json()["results"][0]
        assert told["status"] == "UNSUBSCRIBED"
    state = "channel must be EMAIL and statusState one of SUBSCRIBED, UNSUBSCRIBED, NOT_SPECIFIED"
    good = {"subscriptionId": 1, "statusState": "SUBSCRIBED"}
    for method, path, body, text in (
        ("POST", one, good | {"channel": "SMS"}, state),
        ("POST", one, good | {"statusState": "MAYBE"}, state),
        ("POST", one, good | {"subscriptionId": 9}, "There is no subscription type 9"),
        ("POST", f"{V4}/statuses/x", good, "'x' is no e-mail address"),
        ("GET", one, None, "channel must be EMAIL"),
        ("GET", f"{one}?channel=SMS", None, "channel must be EMAIL"),
        ("GET", f"{one}/unsubscribe-all", None, "channel must be EMAIL"),
        ("POST", f"{one}/unsubscribe-all", {}, "channel must be EMAIL"),
        ("GET", f"{V4}/statuses/x?channel=EMAIL", None, "'x' is no e-mail address"),
        ("POST", f"{V4}/statuses/x/unsubscribe-all?channel=EMAIL", {}, "'x' is no e-mail address"),
        ("POST", f"{V4}/statuses/batch/read?channel=EMAIL", {"inputs": ["x"]}, "'x' is no e-mail address"),
        ("POST", f"{V4}/statuses/batch/write", {"inputs": [good]}, "'' is no e-mail address"),
    ):
        with cases.case((method, path, body)):
            assert refused(empty, method, path, body) == (400, text, "VALIDATION_ERROR")
    with cases.case("of several all or none"):
        inputs = [
            good | {"subscriberIdString": "e@x.test"},
            good | {"subscriberIdString": "f@x.test", "channel": "SMS"},
        ]
        assert empty.post(f"{V4}/statuses/batch/write", {"inputs": inputs}).status == 400
        (first, *_) = empty.get(f"{V4}/statuses/e@x.test?channel=EMAIL").json()["results"]
        assert first["status"] == "NOT_SPECIFIED"


def test_a_change_of_subscriptions_is_an_event(empty: Fake) -> None:
    """With what changed, and whether the address left everything."""
    empty.portal.clock.freeze(NOW)
    empty.post(f"{V3}/subscribe", {"emailAddress": MAIL, "subscriptionId": 2})
    empty.portal.clock.freeze(NOW + 1)
    empty.post(f"{V4}/statuses/{MAIL}/unsubscribe-all?channel=EMAIL", {})

    left, joined = empty.get("/email/public/v1/events").json()["events"]

    head = {"portalId": 62515, "source": "SOURCE_HUBSPOT_CUSTOMER", "recipient": MAIL, "type": "STATUSCHANGE"}
    head |= {"appId": 0, "emailCampaignId": 0}
    assert joined == {
        "id": joined["id"], "created": NOW, **head, "subscriptions": [{"id": 2, "status": "SUBSCRIBED"}],
    }  # fmt: skip
    assert left == {
        "id": left["id"], "created": NOW + 1, **head, "subscriptions": [], "portalSubscriptionStatus": "UNSUBSCRIBED",
    }  # fmt: skip


EVENTS = "/marketing/v3/marketing-events"


def test_a_marketing_event_in_full(empty: Fake, cases: Cases) -> None:
    """As apps read it, and in the list; ids in a change are not taken."""
    empty.portal.clock.freeze(NOW)
    ids = {"externalAccountId": "acc", "externalEventId": "ev"}
    made = empty.post(f"{EVENTS}/events", {"eventName": "Fair", "eventType": "SHOW", **ids}).json()
    number = made["objectId"]
    one = f"{EVENTS}/events/ev?externalAccountId=acc"
    kept = {
        "id": number, "eventName": "Fair", "eventType": "SHOW", **ids, "objectId": number, "createdAt": AT,
        "updatedAt": AT, "archived": False,
    }  # fmt: skip
    listed = {
        "eventName": "Fair", "eventType": "SHOW", "startDateTime": None, "endDateTime": None, "eventOrganizer": None,
        "eventDescription": None, "eventUrl": None, "eventCancelled": False, "eventCompleted": False,
        "customProperties": [], "objectId": number, "externalEventId": "ev", "eventStatus": "ONGOING",
        "eventStatusV2": "ongoing", "appInfo": {"id": "23237921", "name": "Private app"}, "registrants": 0,
        "attendees": 0, "cancellations": 0, "noShows": 0, "createdAt": AT, "updatedAt": AT,
    }  # fmt: skip

    with cases.case("made"):
        assert made == kept
        assert empty.get(one).json() == kept
        (row,) = empty.get(EVENTS).json()["results"]
        assert list(row.items()) == list(listed.items())
    with cases.case("made once more"):
        again = empty.post(f"{EVENTS}/events", {"eventName": "Fair 2", "eventUrl": "u", **ids}).json()
        assert again == kept | {"eventName": "Fair 2", "eventUrl": "u"}
    with cases.case("put"):
        put = empty.request("PUT", one, {"eventName": "Fair 3", "externalEventId": "x"}).json()
        assert put == kept | {"eventName": "Fair 3", "eventUrl": "u"}
        other = empty.request("PUT", f"{EVENTS}/events/other?externalAccountId=acc", {"eventName": "O"}).json()
        assert (other["externalEventId"], other["objectId"] != number) == ("other", True)
    with cases.case("changed"):
        body = {"eventOrganizer": "Me", "externalEventId": "x", "externalAccountId": "y", "id": "z"}
        changed = empty.request("PATCH", one, body).json()
        assert (changed["eventOrganizer"], changed["id"], changed["externalEventId"]) == ("Me", number, "ev")
        assert changed["externalAccountId"] == "acc"
    with cases.case("without the account"):
        assert empty.get(f"{EVENTS}/events/ev").json()["id"] == number
        assert empty.get(f"{EVENTS}/events/e").status == 404
    with cases.case("found"):
        empty.post(f"{EVENTS}/events", {"eventName": "E", "externalAccountId": "acc", "externalEventId": "xev"})
        rows = empty.get(f"{EVENTS}/events/search?q=ev").json()
        assert rows == {
            "results": [{"externalAccountId": "acc", "externalEventId": "ev", "appId": None, "objectId": number}]
        }
        assert list(rows["results"][0]) == ["externalAccountId", "externalEventId", "appId", "objectId"]
        assert len(empty.get(f"{EVENTS}/events/search").json()["results"]) == 3
        assert empty.get(f"{EVENTS}/events/search?q=none").json() == {"results": []}
    with cases.case("over"):
        times = {"startDateTime": "s", "endDateTime": "e"}
        over = empty.post(f"{EVENTS}/events/ev/complete?externalAccountId=acc", {**times, "x": 1}).json()
        assert (over["eventCompleted"], over["startDateTime"], over["endDateTime"], "x" in over) == (
            True,
            "s",
            "e",
            False,
        )
        row = empty.get(f"{EVENTS}/{number}").json()
        assert (row["eventStatus"], row["eventStatusV2"], row["eventCompleted"]) == ("PAST", "past", True)
    with cases.case("cancelled"):
        assert (
            empty.request("POST", f"{EVENTS}/events/ev/cancel?externalAccountId=acc").json()["eventCancelled"] is True
        )
        row = empty.get(f"{EVENTS}/{number}").json()
        assert (row["eventStatus"], row["eventCancelled"]) == ("CANCELLED", True)
    with cases.case("what is missing"):
        for name in ("eventName", "externalAccountId", "externalEventId"):
            body = {key: value for key, value in {"eventName": "F", **ids}.items() if key != name}
            status, message, _ = refused(empty, "POST", f"{EVENTS}/events", body)
            assert (status, message.endswith(f"Some required fields were not set: [{name}]")) == (400, True)
    with cases.case("several"):
        rows = empty.post(f"{EVENTS}/events/upsert", {"inputs": [{"eventName": "F", **ids}]}).json()
        assert (rows["status"], [each["id"] for each in rows["results"]]) == ("COMPLETE", [number])
        gone = empty.post(f"{EVENTS}/events/delete", {"inputs": [ids, ids | {"externalEventId": "none"}]}).json()
        assert gone == {"status": "COMPLETE", "results": []}
        assert empty.get(one).status == 404
        assert len(empty.get(f"{EVENTS}/events/search").json()["results"]) == 2
    with cases.case("dropped"):
        assert empty.request("DELETE", f"{EVENTS}/events/other?externalAccountId=acc").status == 204
        assert empty.request("DELETE", f"{EVENTS}/events/other?externalAccountId=acc").status == 404


def test_who_takes_part_in_a_marketing_event(empty: Fake, cases: Cases) -> None:
    """In each state, by each path."""
    empty.portal.clock.freeze(NOW)
    ids = {"externalAccountId": "acc", "externalEventId": "ev"}
    number = empty.post(f"{EVENTS}/events", {"eventName": "Fair", **ids}).json()["objectId"]
    other = empty.post(f"{EVENTS}/events", {"eventName": "O", **ids, "externalEventId": "o"}).json()["objectId"]
    person = {"email": "a@example.com", "vid": 5, "contactId": 6, "interactionDateTime": 7}
    paths = (
        "attendance/ev/{}/create?externalAccountId=acc", "attendance/ev/{}/email-create?externalAccountId=acc",
        "events/ev/{}/upsert?externalAccountId=acc", "events/ev/{}/email-upsert?externalAccountId=acc",
        f"{number}/attendance/{{}}/create", f"{number}/attendance/{{}}/email-create",
    )  # fmt: skip
    for path, state in zip(paths, ("register", "attend", "cancel", "REGISTER", "no_show", "attend"), strict=True):
        with cases.case(path):
            noted = empty.post(f"{EVENTS}/{path.format(state)}", {"inputs": [person]}).json()
            told = {"vid": 5, "email": "a@example.com", "contactId": 6}
            assert noted == {"status": "COMPLETE", "results": [told]}

    counts = empty.get(f"{EVENTS}/participations/{number}").json()
    assert list(counts.items()) == [("attended", 2), ("registered", 2), ("cancelled", 1), ("noShows", 1)]
    row = empty.get(f"{EVENTS}/{number}").json()
    names = ("registrants", "attendees", "cancellations", "noShows")
    assert [row[name] for name in names] == [2, 2, 1, 1]
    breakdown = empty.get(f"{EVENTS}/participations/{number}/breakdown").json()
    assert (list(breakdown), breakdown["total"]) == (["total", "results"], 6)
    first = breakdown["results"][0]
    assert first == {
        "id": first["id"], "createdAt": AT, "properties": {"attendanceState": "REGISTERED"},
        "associations": {"contact": told},
    }  # fmt: skip
    states = [each["properties"]["attendanceState"] for each in breakdown["results"]]
    assert states == ["REGISTERED", "ATTENDED", "CANCELLED", "REGISTERED", "NO_SHOW", "ATTENDED"]
    assert set(empty.get(f"{EVENTS}/participations/{other}").json().values()) == {0}
    assert empty.get(f"{EVENTS}/{other}").json()["registrants"] == 0
    assert empty.get(f"{EVENTS}/participations/99").status == 404


TIMELINE = "/integrators/timeline/v3"


def test_a_timeline_event_in_full(empty: Fake, cases: Cases) -> None:
    """It names a contact by its address, or gives a known one the address."""
    empty.portal.clock.freeze(NOW)
    empty.seed("contacts", {"id": "5", "properties": {"email": "old@example.com"}})
    template = empty.post(f"{TIMELINE}/7/event-templates", {"name": "T", "objectType": "contacts"}).json()["id"]
    path = f"{TIMELINE}/events"
    event = {"eventTemplateId": template, "id": "e1", "tokens": {"a": "1"}, "extraData": {"b": 2}}

    def emails() -> dict[str, str]:
        rows = empty.get("/crm/v3/objects/contacts?properties=email").json()["results"]
        return {row["id"]: row["properties"]["email"] for row in rows}

    with cases.case("made"):
        made = empty.post(path, event)
        told = {"timestamp": AT, "createdAt": AT, "objectType": "contacts", **event, "id": "e1"}
        assert (made.status, made.json()) == (201, told)
        assert empty.get(f"{path}/{template}/e1").json() == told
        assert empty.get(f"{path}/{template}/e1/detail").json() == {"details": {"b": 2}}
        assert empty.get(f"{path}/{template}/e1/render").json() == {"a": "1"}
        assert emails() == {"5": "old@example.com"}
    with cases.case("replaced"):
        empty.post(path, {**event, "tokens": {"a": "2"}, "extraData": None})
        assert empty.get(f"{path}/{template}/e1").json()["tokens"] == {"a": "2"}
        assert empty.get(f"{path}/{template}/e1/detail").json() == {"details": {}}
    with cases.case("ids"):
        plain = {"eventTemplateId": template, "tokens": []}
        one, two = (empty.post(path, {**plain, "id": each}).json()["id"] for each in (None, "x-{{uuid}}"))
        assert (len(one), len(two), two[:2]) == (36, 38, "x-")
        assert empty.get(f"{path}/{template}/{one}/render").json() == {}
    with cases.case("a new contact"):
        made = empty.post(path, {**event, "id": "e2", "email": "new@example.com"}).json()
        assert emails()[made["objectId"]] == "new@example.com"
        again = empty.post(path, {**event, "id": "e3", "email": "new@example.com"}).json()
        assert (again["objectId"], len(emails())) == (made["objectId"], 2)
    with cases.case("a known contact"):
        made = empty.post(path, {**event, "id": "e4", "email": "other@example.com", "objectId": 5}).json()
        assert (made["objectId"], emails()["5"]) == ("5", "other@example.com")
    for change in ({"objectType": "companies"}, {"email": "no-address"}, {"email": 5}):
        with cases.case(f"no contact: {change}"):
            before = emails()
            made = empty.post(path, {**event, "id": "e5", "email": "c@example.com", **change}).json()
            assert (emails(), "objectId" in made) == (before, False)
    with cases.case("an address that is not valid"):
        made = empty.post(path, {**event, "id": "e6", "email": "a@b@c"})
        assert (made.status, "objectId" in made.json()) == (201, False)
    with cases.case("many"):
        for tail in ("batch/create", "batch"):
            many = empty.post(f"{path}/{tail}", {"inputs": [{**event, "id": "f1"}, {**event, "id": "f2"}]})
            assert (many.status, many.json()["status"]) == (201, "COMPLETE")
            assert [each["id"] for each in many.json()["results"]] == ["f1", "f2"]
    with cases.case("what is missing"):
        status, message, _ = refused(empty, "POST", path, {})
        assert (status, message.endswith("not set: [eventTemplateId, tokens]")) == (400, True)
        assert empty.get(f"{path}/{template}/none").status == 404


def test_tokens_and_single_mails(empty: Fake, cases: Cases) -> None:
    """A token that is made again is replaced; a change keeps its name."""
    empty.portal.clock.freeze(NOW)
    template = empty.post(f"{TIMELINE}/7/event-templates", {"name": "T", "objectType": "contacts"}).json()["id"]
    path = f"{TIMELINE}/7/event-templates/{template}"

    def tokens() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = empty.get(path).json()["tokens"]
        return found

    one, two = {"name": "a", "type": "string"}, {"name": "b", "type": "number"}
    with cases.case("made"):
        assert [empty.post(f"{path}/tokens", each).json() for each in (one, two)] == [one, two]
        assert tokens() == [one, two]
        again = {"name": "a", "type": "date"}
        assert empty.post(f"{path}/tokens", again).json() == again
        assert tokens() == [two, again]
    with cases.case("changed"):
        changed = empty.request("PUT", f"{path}/tokens/b", {"name": "c", "label": "B"}).json()
        assert changed == {"name": "b", "type": "number", "label": "B"}
        assert tokens() == [changed, again]
    with cases.case("missing"):
        assert empty.request("PUT", f"{path}/tokens/z", {}).status == 404
        assert empty.request("DELETE", f"{path}/tokens/z").status == 404
        assert empty.post(f"{TIMELINE}/7/event-templates/99/tokens", one).status == 404
        status, message, _ = refused(empty, "POST", f"{path}/tokens", {})
        assert (status, message.endswith("not set: [name, type]")) == (400, True)
    with cases.case("deleted"):
        assert empty.request("DELETE", f"{path}/tokens/b").status == 204
        assert tokens() == [again]
    with cases.case("a single mail"):
        sent = empty.post("/marketing/v3/transactional/single-email/send", {"emailId": 1, "message": {}}).json()
        assert list(sent.items()) == [
            ("statusId", sent["statusId"]), ("sendResult", "SENT"), ("requestedAt", AT), ("status", "COMPLETE"),
        ]  # fmt: skip
        status, message, _ = refused(empty, "POST", "/marketing/v3/transactional/single-email/send", {})
        assert (status, message.endswith("not set: [emailId, message]")) == (400, True)


def test_an_event_of_a_record_in_full(empty: Fake, cases: Cases) -> None:
    """By its id or by an address; each filter and bound."""
    empty.portal.clock.freeze(NOW)
    contact = empty.post("/crm/v3/objects/contacts", {"properties": {"email": MAIL}}).json()["id"]
    company = empty.post("/crm/v3/objects/companies", {"properties": {"name": "A"}}).json()["id"]
    name = empty.post("/events/v3/event-definitions", {"label": "Door"}).json()["fullyQualifiedName"]
    of_company = {"label": "Visit", "primaryObject": "COMPANY"}
    visit = empty.post("/events/v3/event-definitions", of_company).json()["fullyQualifiedName"]
    sends = [
        {"eventName": name, "objectId": contact, "occurredAt": NOW, "uuid": "u1", "properties": {"x": "y"}},
        {"eventName": "door", "email": MAIL, "occurredAt": "2026-09-21T14:13:21Z", "uuid": "u2"},
        {"eventName": visit, "objectId": int(company), "uuid": "u3"},
    ]  # fmt: skip
    for each in sends:
        assert empty.post("/events/v3/send", each).status == 204

    rows = empty.get("/events/v3/events").json()["results"]

    assert list(rows[0].items()) == [
        ("objectType", "CONTACT"), ("objectId", contact), ("eventType", name), ("occurredAt", AT), ("id", "u1"),
        ("properties", {"x": "y"}),
    ]  # fmt: skip
    assert (rows[1]["objectId"], rows[1]["occurredAt"], rows[1]["properties"]) == (contact, "2026-09-21T14:13:21Z", {})
    assert (rows[2]["objectType"], rows[2]["objectId"], rows[2]["eventType"]) == ("COMPANY", company, visit)
    second = "2026-09-21T14:13:21Z"
    for query, found in {
        "objectType=contacts": ["u1", "u2"], "objectType=0-2": ["u3"], f"objectId={company}": ["u3"],
        f"eventType={visit}": ["u3"], "id=u1&id=u3": ["u1", "u3"], f"occurredAfter={AT}": ["u2"],
        f"occurredBefore={second}": ["u1", "u3"], f"occurredAfter={second}": [], f"occurredBefore={AT}": [],
        "limit=2": ["u1", "u2"],
    }.items():  # fmt: skip
        with cases.case(query):
            assert [one["id"] for one in empty.get(f"/events/v3/events?{query}").json()["results"]] == found
    with cases.case("types"):
        assert empty.get("/events/v3/events/event-types").json() == {"eventTypes": sorted([name, visit])}
    for change, text in (
        ({"eventName": "n" * 101}, f"There is no event {'n' * 100!r}"),
        ({"objectId": "9"}, "The event names no record: objectId or email of one that there is"),
        ({"objectId": None}, "The event names no record: objectId or email of one that there is"),
        ({"email": "none@x.test"}, "The event names no record: objectId or email of one that there is"),
        ({"occurredAt": "t" * 51}, f"occurredAt is a time, not {'t' * 50!r}"),
    ):
        with cases.case(text):
            assert refused(empty, "POST", "/events/v3/send", sends[0] | change) == (400, text, "VALIDATION_ERROR")
    for parameter in ("occurredAfter", "occurredBefore"):
        with cases.case(parameter):
            path = f"/events/v3/events?{parameter}=then"
            assert refused(empty, "GET", path)[1] == f"Unable to parse value for query parameter: {parameter}"
    with cases.case("how many"):
        assert [empty.get(f"/events/v3/events?limit={number}").status for number in (1000, 1001)] == [200, 400]
