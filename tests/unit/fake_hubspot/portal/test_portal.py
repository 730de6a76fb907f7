"""The portal itself: names, ids, addresses, custom types, pages, loading, clearing; its journal, walks and ids."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import msgspec
import pytest

from bench_core.journal import BODY_BUDGET_BYTES, JOURNAL_CAPACITY, Journal, JournalEntry
from fake_hubspot.errors import UsageError
from fake_hubspot.portal import Portal
from fake_hubspot.portal.clock import Clock, format_time, parse_time
from fake_hubspot.portal.config import PortalConfig, convert_config, decode_config, encode_config
from fake_hubspot.portal.database import Database
from fake_hubspot.portal.decimal_id import LARGEST_EXACT_ID, LARGEST_ID, parse_id
from fake_hubspot.portal.definitions import PropertyGroup
from fake_hubspot.portal.identity import RecordIds, correlation_id
from fake_hubspot.portal.limits import TIERS, WINDOW_MS, RateLimits
from fake_hubspot.portal.pipelines import NEWER_PIPELINES, Pipelines
from fake_hubspot.portal.portal_context import Changes
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.subscriptions import WebhookApp
from fake_hubspot.portal.time_zone import TIME_ZONE, day_of, offset_ms
from fake_hubspot.portal.types import ObjectType
from fake_hubspot.portal.walks import REMEMBERED, Walks
from fake_hubspot.portal.write_rules import WriteRule
from tests.support.cases import for_each

NOW, TEXT = 1_790_000_000_000, "2026-09-21T14:13:20Z"
CAR = ObjectType("2-1001", "car", "cars", ("plate",), is_custom=True, qualified_name="p62515_car")


@pytest.fixture
def portal() -> Iterator[Portal]:
    """A portal whose clock stands still."""
    made = Portal(time_source=lambda: NOW)
    yield made
    made.close()


@for_each(
    ("data_center", "host"),
    [("na1", "app.hubspot.com"), ("eu1", "app-eu1.hubspot.com"), ("na2", "app-na2.hubspot.com")],
)
def test_a_person_views_a_record_at_an_address_of_its_data_centre(data_center: str, host: str) -> None:
    portal = Portal(PortalConfig(data_center=data_center, portal_id=7))

    assert portal.ui_domain == host
    url = portal.record_url(portal.types["deals"], 5)
    assert url == f"https://{host}/contacts/7/record/0-3/5"
    portal.close()


def test_custom_types_are_numbered_from_1001(portal: Portal) -> None:
    """One above the highest, whatever was dropped below."""
    assert portal.new_type_id() == "2-1001"
    portal.add_type(CAR)
    portal.add_type(ObjectType("2-2000", "bus", "buses", ()))
    assert portal.new_type_id() == "2-2001"
    portal.drop_type(CAR)
    assert portal.new_type_id() == "2-2001"


def test_a_custom_type_has_three_names_while_it_exists(portal: Portal) -> None:
    """A taken one is refused, and then nothing is defined; the standard types stay."""
    standard = set(portal.types)
    assert portal.definitions.names("2-1001") == frozenset()
    assert portal.add_type(CAR) == CAR

    assert {name for name in portal.types if portal.types[name] == CAR} == {"p_car", "p62515_car", "2-1001"}
    assert portal.custom_types == [CAR]
    for other in (("2-1001", "x", "xs"), ("2-7", "car", "xs"), ("2-7", "x", "cars"), ("2-7", "contact", "xs")):
        with pytest.raises(UsageError, match=r"the object type name '.*' is taken"):
            portal.add_type(ObjectType(*other, ()))
    assert portal.custom_types == [CAR]
    assert "hs_object_id" in portal.definitions.names("2-1001")
    again = Portal(db=portal.db)
    assert again.types["p_car"] == CAR
    portal.drop_type(CAR)
    assert (set(portal.types), portal.custom_types) == (standard, [])


def test_a_page_of_records_leads_to_the_next_one(portal: Portal) -> None:
    """By the last id plus one; the page that ends exactly leads nowhere."""
    kind = portal.types["contacts"]
    portal.load(kind, [Record(number, {}, 0, 0, 1 if number == 8 else None) for number in (2, 4, 6, 8)])

    def page(after: int, limit: int, *, archived: bool = False) -> tuple[list[int], int | None]:
        found, following = portal.list_records(kind, after=after, limit=limit, archived=archived)
        return [one.id for one in found], following

    assert page(0, 2) == ([2, 4], 5)
    assert page(5, 2) == ([6], None)
    assert page(0, 3) == ([2, 4, 6], None)
    assert page(0, 1, archived=True) == ([8], None)
    assert page(4, 1) == ([4], 5)


@pytest.mark.parametrize("expected", [0, 19_999, 20_000])
def test_loaded_records_are_found_by_their_unique_values(portal: Portal, expected: int) -> None:
    """However many there will be; cached responses are stale then."""
    kind, before = portal.types["contacts"], portal.revision

    portal.load(kind, [Record(1, {"email": "A@x.com"}, 0, 0)], expected=expected)

    found = portal.records.find_by(kind, "email", "a@x.com")
    assert (found and found.id, portal.revision > before) == (1, True)


def test_a_seeded_record_is_completed(portal: Portal) -> None:
    """With its id and times, unless it has them; its properties are sorted."""
    kind = portal.types["contacts"]
    given = {"zip": "1", "city": "Oslo"}

    made = portal.to_record(kind, 5, given)

    times = {"createdate": TEXT, "lastmodifieddate": TEXT}
    assert made == Record(5, {"city": "Oslo", "hs_object_id": "5", "zip": "1"} | times, NOW, NOW)
    assert list(made.properties) == sorted(made.properties)
    assert given == {"zip": "1", "city": "Oslo"}
    old = portal.to_record(kind, 5, {"createdate": "1970-01-01T00:00:01Z", "hs_object_id": "7"})
    assert (old.created_ms, old.updated_ms, old.properties["hs_object_id"]) == (1000, 1000, "7")
    assert old.properties["lastmodifieddate"] == "1970-01-01T00:00:01Z"
    changed = portal.to_record(kind, 5, {"lastmodifieddate": "1970-01-01T00:00:02Z"})
    assert (changed.created_ms, changed.updated_ms) == (NOW, 2000)


def test_a_cleared_portal_is_a_new_one_with_the_same_tokens(portal: Portal) -> None:
    """The same random numbers, the real time, no records, types, requests or choices; its limits stay."""
    first = [portal.random.random() for _ in range(2)]
    grant = portal.access.grant()
    token = portal.access.issue(grant)
    portal.add_type(CAR)
    portal.store.put("0-1", Record(1, {}, 0, 0))
    portal.clock.freeze(5)
    portal.assumptions.choose({"merge-id": "primary"})
    portal.limits.tier, portal.limits.enforced = TIERS["professional"], True
    portal.limits.admit(NOW)
    portal.journal.open(at_ms=0, method="GET", path="/", query="")
    portal.walks.hand_out(("w",), "5", opens=2)
    portal.pipelines.drop("0-3", "default")
    portal.owners.stored.drop("32900489")
    before = portal.revision

    portal.clear()

    assert (portal.store.count("0-1"), portal.custom_types, len(portal.journal)) == (0, [], 0)
    assert (portal.clock.now_ms(), portal.clock.is_frozen, portal.assumptions.chosen) == (NOW, False, {})
    assert (portal.limits.tier.name, portal.limits.enforced, portal.limits.used_today) == ("professional", True, 0)
    assert portal.walks.page_of(("w",), "5", unknown=9) == 9
    assert [one.id for one in portal.pipelines.of("0-3")] == ["default"]
    assert len(portal.owners.stored) == 1
    assert (list(portal.access.tokens), list(portal.access.grants)) == ([token], [grant])
    assert [portal.random.random() for _ in range(2)] == first
    assert portal.revision > before
    assert Portal(db=portal.db).config == portal.config


def test_a_cleared_portal_is_still_made_of_its_config() -> None:
    """Also when its database is opened again."""
    portal = Portal(PortalConfig(portal_id=9))
    portal.save_config()

    portal.clear()

    assert Portal(db=portal.db).id == 9
    portal.close()


OLD_PIPELINES = ("0-1/contacts-lifecycle-pipeline", "0-2/companies-lifecycle-pipeline", "0-3/default", "0-5/0")


def test_a_file_keeps_each_kind_of_value_under_its_name(portal: Portal) -> None:
    """A file of this version is read by the next one."""
    contacts, companies = portal.types["contacts"], portal.types["companies"]
    portal.associations.define(contacts, companies, name="a", label="A")
    portal.records.blocklist.add("a@example.com")
    portal.access.issue(portal.access.grant())
    portal.lists.create("l", "0-1", "MANUAL")
    portal.add_type(CAR)
    portal.definitions.define("0-1", "shoe")
    portal.definitions.put_group("0-1", PropertyGroup(name="g", label="G"))
    portal.lists.make_folder("f", 0)
    portal.associations.set_limit(portal.associations.types(contacts, companies)[0], 5)
    portal.pipelines.audit("0-3/default", "default", "CREATE", {})
    portal.write_rules.replace([(contacts, None, WriteRule(object_type="contacts", property="email"))])
    portal.webhooks.subscriptions.put_app(WebhookApp(app_id=7))
    portal.webhooks.subscriptions.add(7, "contact.creation")
    portal.resources.add("forms", {}, resource_id="f")
    portal.save()
    portal.save_config()

    rows = portal.db.all("SELECT store, key FROM key_values ORDER BY store, key")

    keys = {store: [key for name, key in rows if name == store] for store, _ in rows}
    assert [len(keys.pop(name)) for name in ("tokens", "grants")] == [1, 1]
    assert keys == {
        "association_limits": ["0-1/0-2/HUBSPOT_DEFINED/279"],
        "association_types": ["100", "101"],
        "blocked_emails": ["a@example.com"],
        "list_folders": ["1"],
        "lists": ["1"],
        "notes": ["config", "memory"],
        "object_types": ["2-1001"],
        "owners": ["32900489"],
        "pipeline_audits": ["0-3/default#000000"],
        "pipelines": sorted([*OLD_PIPELINES, *(f"{kind}/{row[0]}" for kind, row in NEWER_PIPELINES.items())]),
        "properties": ["0-1/shoe"],
        "property_groups": ["0-1/g"],
        "resources.forms": ["f"],
        "webhook_apps": ["7"],
        "webhook_subscriptions": ["1"],
        "write_rules": ["0-1/0"],
    }


def test_a_portal_in_a_file_is_saved_when_it_is_closed(tmp_path: Path) -> None:
    """Also what no request has saved; closing it twice is no error."""
    first = Portal(db=Database(tmp_path / "p.db"))
    first.journal.open(at_ms=0, method="GET", path="/", query="")
    first.close()
    first.close()

    again = Portal(db=Database(tmp_path / "p.db"))

    assert again.journal.count == 1
    again.close()


def test_a_portal_of_one_seed_draws_the_same_ids() -> None:
    """And another one others."""
    drawn = []
    for seed in (1, 1, 2):
        portal = Portal(PortalConfig(seed=seed), time_source=lambda: NOW)
        kind = portal.types["contacts"]
        made = portal.records.create(kind, {"firstname": "A"})
        drawn.append((made.id, portal.new_correlation_id()))
        portal.close()

    assert drawn[0] == drawn[1] != drawn[2]


def test_a_portal_is_what_its_config_says() -> None:
    """Its id, limits and place; a second portal on the same database keeps the config that was saved."""
    config = PortalConfig(portal_id=9, tier="professional", enforce_limits=True, token="pat-x")
    portal = Portal(config)
    assert (portal.id, portal.limits.tier.name, portal.limits.enforced) == (9, "professional", True)
    assert portal.config is config
    portal.save_config()

    again = Portal(PortalConfig(portal_id=1), db=portal.db)

    assert (again.config, again.id) == (config, 9)
    portal.close()
    assert portal.db.is_open is False


def test_a_config_survives_its_text() -> None:
    """With an absolute path; an unknown field is refused."""
    config = convert_config({"portalId": 5, "seedCassette": "a.yaml", "enforceLimits": True})

    assert (config.portal_id, str(config.seed_cassette), config.enforce_limits) == (5, "a.yaml", True)
    kept = decode_config(encode_config(config))
    assert kept.seed_cassette is not None
    assert kept.seed_cassette.is_absolute()
    assert decode_config(encode_config(kept)) == kept
    for wrong in ({"portal": 1}, {"seedCassette": 5}, {"portalId": "x"}):
        with pytest.raises(ValueError, match=r".+"):
            convert_config(wrong)


class Highest(Random):
    """Every bit is set, and every range gives its end."""

    def getrandbits(self, count: int) -> int:
        """All ones."""
        return (1 << count) - 1

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:  # noqa: ARG002 - as in Random
        """The last number."""
        assert stop is not None
        return stop - 1


class Lowest(Highest):
    """No bit is set, and every range gives its beginning."""

    def getrandbits(self, count: int) -> int:
        """All zeros."""
        return count * 0

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:  # noqa: ARG002 - as in Random
        """The first number."""
        return start


def test_correlation_ids_carry_the_time_the_version_and_chance() -> None:
    """A UUIDv7: 48 bits of time, 12 and 62 random ones."""
    assert correlation_id(0x0123456789AB, Lowest()) == "01234567-89ab-7000-8000-000000000000"
    assert correlation_id(0, Highest()) == "00000000-0000-7fff-bfff-ffffffffffff"
    assert correlation_id(2**48 + 5, Lowest()) == "00000000-0005-7000-8000-000000000000"
    assert correlation_id(2**48 - 1, Lowest()) == "ffffffff-ffff-7000-8000-000000000000"


def test_ids_have_twelve_digits_and_those_of_pipelines_eight_or_nine(portal: Portal) -> None:
    """All in one range."""
    ids = [
        Pipelines(msgspec.structs.replace(portal.context, random=random)).new_id() for random in (Lowest(), Highest())
    ]
    assert ids == ["10000000", "999999999"]
    assert (RecordIds(Lowest()).draw(), RecordIds(Highest()).draw()) == (713_000_000_001, 713_899_999_999)


@for_each(
    ("text", "number"),
    [
        ("0", 0),
        ("0" * 19, 0),
        ("0" * 20, None),
        (str(LARGEST_ID), LARGEST_ID),
        (str(LARGEST_ID + 1), None),
        ("9" * 19, None),
        ("", None),
        ("-1", None),
        ("+1", None),
        ("1 ", None),
        ("1\n", None),
        ("١", None),
        ("1_0", None),
    ],
)
def test_an_id_is_decimal_and_fits_the_database(text: str, number: int | None) -> None:
    assert parse_id(text) == number


def test_an_id_may_have_a_smaller_bound() -> None:
    assert (LARGEST_ID, LARGEST_EXACT_ID) == (9_223_372_036_854_775_807, 9_007_199_254_740_991)
    assert (parse_id("7", largest=7), parse_id("8", largest=7)) == (7, None)


def test_a_journal_counts_on_and_forgets_the_oldest() -> None:
    """Clearing it does not start the count again."""
    journal = Journal(3)
    for number in range(5):
        journal.open(at_ms=number, method="GET", path=f"/{number}", query="q")

    assert [(one.ordinal, one.at_ms, one.path) for one in journal] == [(3, 2, "/2"), (4, 3, "/3"), (5, 4, "/4")]
    assert (len(journal), journal.count) == (3, 5)
    journal.clear()
    entry = journal.open(at_ms=9, method="POST", path="/", query="")
    assert ([*journal], entry.ordinal) == ([entry], 6)
    assert (JOURNAL_CAPACITY, BODY_BUDGET_BYTES) == (1000, 4_194_304)


def test_an_entry_is_empty_until_it_is_filled() -> None:
    entry = JournalEntry(1, 2, "GET", "/", "q")

    assert (entry.route, entry.status, entry.fault, entry.hint, entry.page) == ("", 0, "", "", None)
    assert (entry.correlation_id, entry.took_us, entry.injected) == ("", 0, ())
    assert (entry.request_headers, entry.response_headers) == ([], [])
    assert (entry.request_body, entry.response_body) == (b"", b"")


def test_the_oldest_bodies_go_first() -> None:
    """Beyond the budget in bytes, and with as many entries as the journal holds; the entries stay."""
    journal = Journal(3, body_budget=10)

    def add(request: bytes, response: bytes) -> JournalEntry:
        entry = journal.open(at_ms=0, method="GET", path="/", query="")
        journal.keep_bodies(entry, request=request, response=response)
        return entry

    def bodies() -> list[tuple[bytes, bytes]]:
        return [(one.request_body, one.response_body) for one in journal]

    add(b"12", b"345")
    add(b"6", b"789a")
    assert bodies() == [(b"12", b"345"), (b"6", b"789a")]
    add(b"b", b"")
    assert bodies() == [(b"", b""), (b"6", b"789a"), (b"b", b"")]
    journal.clear()
    add(b"12345", b"67890")
    assert bodies() == [(b"12345", b"67890")]
    small = [add(b"1", b"") for _ in range(4)]
    assert bodies() == [(b"1", b"")] * 3
    assert small[0].request_body == b""
    add(b"x" * 11, b"")
    assert bodies() == [(b"", b"")] * 3


def test_a_cursor_leads_to_its_page_of_its_walk() -> None:
    """Of the most exact name that knows it; the latest cursor of a page counts."""
    walks = Walks()
    walks.hand_out(("mine", "all"), "10", opens=2)
    walks.hand_out(("yours", "all"), "10", opens=5)
    walks.hand_out(("mine", "all"), "20", opens=3)
    walks.hand_out(("mine", "all"), "21", opens=3)

    assert [walks.page_of(("mine", "all"), after) for after in (None, "", "10", "20", "99")] == [1, 1, 2, 3, 1]
    assert walks.page_of(("new", "all"), "10") == 5
    assert walks.page_of(("mine", "all"), "99", unknown=7) == 7
    assert [walks.cursor_of(("mine", "all"), page) for page in (1, 2, 3, 4)] == [None, "10", "21", None]
    assert walks.cursor_of(("new", "all"), 5) == "10"
    walks.start(("mine", "all"))
    assert walks.page_of(("mine", "all"), "20") == 3
    assert walks.page_of(("mine",), "20") == 1
    walks.start(("unknown",))
    walks.clear()
    assert walks.page_of(("yours", "all"), "10") == 1


def test_only_so_many_cursors_are_remembered() -> None:
    """The oldest of the walk that was longest without one goes first; the same cursor again does not count twice."""
    walks = Walks(3)
    for after in ("1", "2", "2", "2"):
        walks.hand_out(("old",), after, opens=int(after))
    walks.hand_out(("new",), "3", opens=3)
    assert [walks.page_of(("old",), each, unknown=0) for each in ("1", "2")] == [1, 2]

    walks.hand_out(("new",), "4", opens=4)
    assert [walks.page_of(("old",), each, unknown=0) for each in ("1", "2")] == [0, 2]
    walks.hand_out(("old",), "5", opens=5)
    assert [walks.page_of(("new",), each, unknown=0) for each in ("3", "4")] == [0, 4]
    assert [walks.page_of(("old",), each, unknown=0) for each in ("2", "5")] == [2, 5]
    walks.start(("old",))
    walks.hand_out(("new",), "6", opens=6)
    walks.hand_out(("new",), "7", opens=7)
    assert [walks.page_of(("new",), each, unknown=0) for each in ("4", "6", "7")] == [4, 6, 7]
    walks.clear()
    for after in ("1", "2", "3", "4"):
        walks.hand_out(("w",), after, opens=9)
    assert [walks.page_of(("w",), each, unknown=0) for each in ("1", "2", "3", "4")] == [0, 9, 9, 9]
    assert REMEMBERED == 150_000


def test_a_cursor_that_is_handed_out_again_is_the_newest_one() -> None:
    """It is forgotten last."""
    walks = Walks(2)
    for after in ("1", "2", "1", "3"):
        walks.hand_out(("w",), after, opens=int(after))

    assert [walks.page_of(("w",), each, unknown=0) for each in ("1", "2", "3")] == [1, 0, 3]


def test_the_account_is_behind_utc_in_winter_and_in_summer() -> None:
    """Five and four hours; its day begins then."""
    winter, summer = parse_time("2026-01-15T05:00:00Z"), parse_time("2026-07-15T04:00:00Z")

    assert (offset_ms(winter), offset_ms(summer), TIME_ZONE) == (-18_000_000, -14_400_000, "US/Eastern")
    assert (day_of(winter), day_of(winter - 1)) == (20_468, 20_467)
    assert (day_of(summer), day_of(summer - 1)) == (20_649, 20_648)


def test_a_clock_stands_jumps_and_goes_on() -> None:
    """Frozen at a time or at its own; its state is its shift and where it stands."""
    now = [100]
    clock = Clock(lambda: now[0])
    clock.advance(5)
    now[0] = 200
    assert (clock.now_ms(), *clock.state, clock.is_frozen) == (205, 5, None, False)
    clock.freeze()
    now[0] = 300
    assert (clock.now_ms(), clock.state, clock.is_frozen) == (205, (5, 205), True)
    clock.advance(-5)
    assert clock.now_ms() == 200
    clock.freeze(0)
    assert clock.now_ms() == 0
    clock.resume()
    now[0] = 310
    assert (clock.now_ms(), clock.is_frozen, clock.state) == (10, False, (-300, None))
    clock.state = (7, 8)
    assert clock.now_ms() == 8
    clock.reset()
    assert clock.now_ms() == 310


@for_each(
    ("text", "at_ms"),
    [
        ("0", 0),
        ("-1500", -1500),
        ("1970-01-01", 0),
        ("1970-01-01T00:00:01.0006Z", 1001),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1970-01-01T00:00:01", 1000),
        ("1969-12-31T23:59:59.999Z", -1),
    ],
)
def test_a_time_is_read_in_each_spelling(text: str, at_ms: int) -> None:
    """Numbers are milliseconds; without a zone it is UTC."""
    assert parse_time(text) == at_ms


@for_each(
    ("at_ms", "text"),
    [
        (-1, "1969-12-31T23:59:59.999Z"),
        (86_399_001, "1970-01-01T23:59:59.001Z"),
        (86_400_000, "1970-01-02T00:00:00Z"),
        (3_661_000, "1970-01-01T01:01:01Z"),
    ],
)
def test_a_time_is_written(at_ms: int, text: str) -> None:
    assert format_time(at_ms) == text


def headers(limits: RateLimits, *, is_oauth: bool = False) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in limits.headers(is_oauth=is_oauth)}


def test_the_headers_of_the_limits() -> None:
    """The day first; what remains is never negative."""
    limits = RateLimits(TIERS["professional"])
    for at in (0, 1):
        limits.admit(at)

    assert list(headers(limits).items()) == [
        ("x-hubspot-ratelimit-daily", "625000"),
        ("x-hubspot-ratelimit-daily-remaining", "624998"),
        ("x-hubspot-ratelimit-interval-milliseconds", "10000"),
        ("x-hubspot-ratelimit-max", "190"),
        ("x-hubspot-ratelimit-remaining", "188"),
        ("x-hubspot-ratelimit-secondly", "19"),
        ("x-hubspot-ratelimit-secondly-remaining", "18"),
    ]
    assert list(headers(limits, is_oauth=True).items()) == [
        ("x-hubspot-ratelimit-interval-milliseconds", "10000"),
        ("x-hubspot-ratelimit-max", "110"),
        ("x-hubspot-ratelimit-remaining", "108"),
        ("x-hubspot-ratelimit-secondly", "11"),
        ("x-hubspot-ratelimit-secondly-remaining", "10"),
    ]
    limits.use(625_001, 1)
    assert headers(limits)["x-hubspot-ratelimit-daily-remaining"] == "0"
    many = RateLimits(TIERS["professional"])
    for _ in range(150):
        many.admit(0)
    assert headers(many, is_oauth=True)["x-hubspot-ratelimit-remaining"] == "0"


def test_a_window_of_ten_seconds_rolls() -> None:
    """A request counts for exactly ten seconds; refused ones do not, and not in the day either."""
    limits = RateLimits(TIERS["free"], enforced=True)
    start = 10**12
    for at in range(100):
        assert limits.admit(start + at) is None

    assert WINDOW_MS == 10_000
    assert [limits.admit(start + at) for at in (100, 9_999)] == ["TEN_SECONDLY_ROLLING"] * 2
    assert limits.used_today == 100
    assert limits.admit(start + 10_000) is None
    assert limits.admit(start + 10_000) == "TEN_SECONDLY_ROLLING"
    assert limits.admit(start + 10_001) is None
    assert headers(limits)["x-hubspot-ratelimit-remaining"] == "0"


def test_a_day_has_its_limit_and_search_does_not_count() -> None:
    """The last request of the day is admitted; the day comes before the window."""
    limits = RateLimits(TIERS["free"], enforced=True)
    noon = parse_time("2026-01-15T12:00:00Z")
    limits.use(249_999, noon)

    assert limits.admit(noon, is_search=True) is None
    assert [limits.admit(noon) for _ in range(2)] == [None, "DAILY"]
    assert limits.day == (20_468, 250_000)
    assert limits.admit(noon + 86_400_000) is None
    assert limits.day == (20_469, 1)
    limits.day = (20_468, 7)
    limits.admit(noon)
    assert (*limits.day, limits.used_today) == (20_468, 8, 8)


def test_an_app_has_no_limit_of_the_day() -> None:
    limits = RateLimits(TIERS["oauth"], enforced=True)
    limits.use(10**9, 0)

    assert limits.admit(0) is None


def test_searches_are_limited_in_each_second() -> None:
    """Only if limits are enforced; a search counts for exactly a second."""
    limits, free = RateLimits(TIERS["free"], enforced=True), RateLimits(TIERS["free"])
    start = 10**12

    assert [limits.admit(start + at, is_search=True) for at in range(5)] == [None] * 5
    assert [limits.admit(start + at, is_search=True) for at in (5, 999)] == ["SECONDLY"] * 2
    assert [limits.admit(start + 1000, is_search=True) for _ in range(2)] == [None, "SECONDLY"]
    assert [free.admit(start, is_search=True) for _ in range(20)] == [None] * 20
    assert (limits.used_today, free.used_today) == (0, 0)
    assert (free.enforced, free.day) == (False, (0, 0))


def test_reset_limits_count_from_zero() -> None:
    """Requests, searches and the day."""
    limits = RateLimits(TIERS["free"], enforced=True)
    limits.use(5, 0)
    for _ in range(100):
        limits.admit(0)
    for _ in range(5):
        limits.admit(0, is_search=True)

    limits.reset()

    assert limits.used_today == 0
    assert headers(limits)["x-hubspot-ratelimit-remaining"] == "100"
    assert (limits.admit(0, is_search=True), limits.admit(0)) == (None, None)


def test_changes_are_counted() -> None:
    changes = Changes()
    changes.bump()
    changes.bump()

    assert (Changes().revision, changes.revision) == (0, 2)
