"""The smaller parts of a portal, each by itself: definitions, history, index lag, lists, owners, pipelines, tokens."""

from collections.abc import Callable, Iterator

import pytest
from msgspec.structs import replace

from fake_hubspot.errors import UsageError
from fake_hubspot.portal import Portal
from fake_hubspot.portal.access import ACCESS_TOKEN_LIFE_S, Token
from fake_hubspot.portal.definitions import Option, PropertyDefinition, PropertyGroup
from fake_hubspot.portal.errors import ExpiredTokenError, MissingScopeError
from fake_hubspot.portal.history import PastValue
from fake_hubspot.portal.limits import TIERS
from fake_hubspot.portal.owners import FIRST_OWNER, Owner
from fake_hubspot.portal.pipelines import Pipeline
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import STANDARD_TYPES, ObjectType

NOW = 1_790_000_000_000


@pytest.fixture
def portal() -> Iterator[Portal]:
    """A portal whose clock stands still."""
    made = Portal()
    made.clock.freeze(NOW)
    yield made
    made.close()


def definition(name: str, **more: object) -> PropertyDefinition:
    given = {"name": name, "label": name, "type": "string", "field_type": "text", "group_name": "g"} | more
    return PropertyDefinition(**given)  # type: ignore[arg-type]


def test_a_property_has_these_values_unless_told_otherwise() -> None:
    """An option and a group as well."""
    made = definition("p")

    assert (made.description, made.options, made.display_order, made.data_sensitivity) == ("", (), -1, "non_sensitive")
    assert not any(
        (
            *(made.calculated, made.external_options, made.has_unique_value, made.hidden, made.hubspot_defined),
            *(made.form_field, made.read_only_value),
        )
    )
    assert (made.created_ms, made.updated_ms, made.archived_ms) == (None, None, None)
    option = Option(label="A", value="a")
    assert (option.display_order, option.hidden, option.description) == (-1, False, None)
    group = PropertyGroup(name="g", label="G")
    assert (group.display_order, group.archived) == (-1, False)


def test_own_properties_stand_beside_and_above_hubspots(portal: Portal) -> None:
    """In the order of their names; an archived one is in a list of its own, and each type has its own."""
    definitions = portal.definitions
    before = definitions.names("0-1")
    definitions.put("0-1", definition("zeta"))
    definitions.put("0-1", definition("alpha"))
    definitions.put("0-1", definition("city", label="Town"))
    definitions.put("0-2", definition("beta"))

    names = [one.name for one in definitions.of("0-1")]
    assert names == sorted({*before, "alpha", "zeta"})
    assert definitions.names("0-1") == set(names)
    assert (definitions.get("0-1", "city") or definition("x")).label == "Town"
    assert definitions.get("0-1", "beta") is None
    assert definitions.get("0-9", "city") is None
    definitions.put("0-1", definition("alpha", archived_ms=0))
    assert [one.name for one in definitions.of("0-1", archived=True)] == ["alpha"]
    assert "alpha" not in definitions.names("0-1")
    assert "alpha" not in [one.name for one in definitions.of("0-1")]
    assert definitions.names("0-9") == frozenset()


def test_names_of_types_that_begin_alike_are_kept_apart(portal: Portal) -> None:
    """`2-1` and `2-10`; a name may have a slash."""
    portal.definitions.put("2-10", definition("a/b"))
    portal.definitions.put_group("2-10", PropertyGroup(name="g", label="G"))

    assert portal.definitions.names("2-10") == {"a/b"}
    assert portal.definitions.names("2-1") == frozenset()
    assert portal.definitions.groups("2-1") == []


def test_unique_properties_are_hubspots_first_and_then_the_portals(portal: Portal) -> None:
    """Each once, also after a new one is defined; an archived one is none any more."""
    contacts, companies = portal.types["contacts"], portal.types["companies"]
    assert portal.definitions.unique_names(contacts) == ("email",)
    car = ObjectType("2-9", "car", "cars", (), unique_properties=("plate",))
    assert portal.definitions.unique_names(car) == ("plate",)

    portal.definitions.put("0-1", definition("number", has_unique_value=True))
    portal.definitions.put("0-1", definition("email", has_unique_value=True))
    portal.definitions.put("0-1", definition("common"))

    assert portal.definitions.unique_names(contacts) == ("email", "number")
    assert portal.definitions.unique_names(companies) == ()
    portal.definitions.put("0-1", definition("number", has_unique_value=True, archived_ms=1))
    assert portal.definitions.unique_names(contacts) == ("email",)


def test_a_seed_defines_a_property_as_plain_text_once(portal: Portal) -> None:
    """In the first group of its type; what is defined stays as it is."""
    definitions = portal.definitions
    definitions.define("0-1", "shoe_size")
    definitions.define("2-5", "plate")
    known = definitions.get("0-1", "city")
    definitions.define("0-1", "city")

    first = definitions.groups("0-1")[0].name
    assert definitions.get("0-1", "shoe_size") == definition("shoe_size", label="Shoe size", group_name=first)
    assert definitions.get("2-5", "plate") == definition("plate", label="Plate", group_name="information")
    assert definitions.get("0-1", "city") is known


def test_own_groups_stand_after_hubspots(portal: Portal) -> None:
    """One of the same name takes its place; an archived one is left out."""
    before = [one.name for one in portal.definitions.groups("0-1")]
    portal.definitions.put_group("0-1", PropertyGroup(name="mine", label="Mine"))
    portal.definitions.put_group("0-1", PropertyGroup(name=before[0], label="Renamed"))
    portal.definitions.put_group("0-2", PropertyGroup(name="other", label="Other"))

    found = portal.definitions.groups("0-1")
    assert ([one.name for one in found], found[0].label) == ([*before, "mine"], "Renamed")
    portal.definitions.put_group("0-1", PropertyGroup(name="mine", label="Mine", archived=True))
    assert [one.name for one in portal.definitions.groups("0-1")] == before


def test_history_has_the_first_value_and_each_change(portal: Portal) -> None:
    """Newest first. A value that never changed is the one that the record was made with."""
    old = Record(5, {"city": "Oslo", "name": "A"}, 10, 20)
    new = Record(5, {"city": "Bergen", "name": "A", "phone": "1"}, 10, 30)
    newer = Record(5, {"city": "Oslo", "name": "A", "phone": "1"}, 10, 40)
    history = portal.records.history
    history.note("0-1", old, new, source="INTEGRATION")
    history.note("0-1", new, newer, source="CRM_UI")
    history.note("0-2", old, new, source="OTHER")

    assert history.of("0-1", newer, "city") == [
        PastValue("Oslo", 40, "CRM_UI"),
        PastValue("Bergen", 30, "INTEGRATION"),
        PastValue("Oslo", 10, "INTEGRATION"),
    ]
    assert history.of("0-1", newer, "name") == [PastValue("A", 10, "INTEGRATION")]
    assert history.of("0-1", newer, "phone") == [PastValue("1", 30, "INTEGRATION")]
    assert history.of("0-1", newer, "zip") == []
    assert history.of("0-1", Record(6, {}, 0, 0), "city") == []


def test_the_index_sees_each_record_as_it_was_a_while_ago(portal: Portal) -> None:
    """The oldest state that is younger than the lag, and nothing without a lag."""
    lag, clock = portal.records.index_lag, portal.clock
    states = [Record(5, {"n": str(number)}, 0, 0) for number in range(3)]
    lag.note("0-1", states[0])
    assert (lag.lag_ms, lag.seen("0-1")) == (0, {})
    lag.lag_ms = 101

    for state in states:
        lag.note("0-1", state)
        clock.advance(50)
    lag.note("0-2", states[0])

    assert (lag.seen("0-1"), lag.seen("0-2"), lag.seen("0-3")) == ({5: states[1]}, {5: states[0]}, {})
    clock.advance(1)
    assert lag.seen("0-1") == {5: states[2]}
    clock.advance(49)
    assert lag.seen("0-1") == {5: states[2]}
    clock.advance(1)
    assert (lag.seen("0-1"), lag.seen("0-2")) == ({}, {5: states[0]})
    lag.clear()
    assert lag.seen("0-2") == {}


def test_what_a_portal_defines_itself_is_told_by_type(portal: Portal) -> None:
    """Properties and groups; a property may be archived and can be unless it says otherwise."""
    definitions = portal.definitions
    own, other, gone = definition("shoe"), definition("hat"), definition("coat", archived_ms=5)
    for type_id, one in (("0-1", own), ("0-2", other), ("0-1", gone)):
        definitions.put(type_id, one)
        definitions.put_group(type_id, PropertyGroup(name=f"g {one.name}", label=one.name))

    assert definitions.own("0-1") == [own, gone]
    assert definitions.own("0-2") == [other]
    assert [one.name for one in definitions.own_groups("0-1")] == ["g shoe", "g coat"]
    assert [one.name for one in definitions.own_groups("0-2")] == ["g hat"]
    assert (definitions.own("0-3"), definitions.own_groups("0-3")) == ([], [])
    assert own.archivable is True


def test_properties_of_stages_are_made_when_they_are_needed(portal: Portal) -> None:
    """Those that are known stay; a type that is defined again begins again."""
    definitions, calls = portal.definitions, list[str]()

    def make(*names: str) -> Callable[[], dict[str, PropertyDefinition]]:
        return lambda: calls.append(names[0]) or {name: definition(name, label=names[0]) for name in names}  # type: ignore[func-returns-value]

    definitions.add_standard("9-1", lambda: ({"a": definition("a")}, {}))
    definitions.add_of_stages("9-1", make("b", "a"))
    assert calls == []
    assert definitions.names("9-1") == {"a", "b"}
    definitions.add_of_stages("9-1", make("c", "b"))
    assert definitions.names("9-1") == {"a", "b", "c"}
    known = {name: one.label for name in "abc" if (one := definitions.get("9-1", name))}
    assert (calls, known) == (["b", "c"], {"a": "a", "b": "b", "c": "c"})
    definitions.add_of_stages("9-2", make("d"))
    assert calls[-1] == "d"
    assert definitions.names("9-2") == {"d"}

    definitions.add_standard("9-1", lambda: ({}, {}))
    assert definitions.names("9-1") == frozenset()
    definitions.add_of_stages("9-3", make("e"))
    definitions.add_standard("9-4", lambda: ({}, {}))
    definitions.add_of_stages("9-4", make("f"))
    definitions.add_standard("9-4", lambda: ({}, {"g": PropertyGroup(name="g", label="G")}))
    assert (definitions.names("9-4"), [one.name for one in definitions.groups("9-4")]) == (frozenset(), ["g"])


def test_records_are_found_by_every_id_that_there_can_be(portal: Portal) -> None:
    """From zero to the largest one."""
    kind = portal.types["0-1"]
    for number in (0, 2**63 - 1):
        portal.records.store.put("0-1", Record(number, {}, 0, 0))
        found = portal.records.find(kind, number)
        assert found is not None
        assert found.id == number
    assert portal.records.find(kind, -1) is None
    assert portal.records.find(kind, 2**63) is None
    assert portal.records.find(kind, None) is None


def test_each_required_value_is_one_that_a_person_would_choose(portal: Portal) -> None:
    """The first stage, the first option, a number, a time, or a word."""
    now = "2026-09-21T14:13:20Z"
    found = {one.singular: portal.records.required_values(one) for one in STANDARD_TYPES if one.required_properties}

    assert {name: found[name] for name in ("ticket", "quote", "task", "commerce_payment", "lead", "project")} == {
        "ticket": {"hs_pipeline_stage": "1"},
        "quote": {"hs_title": "New", "hs_expiration_date": now},
        "task": {"hs_timestamp": now},
        "commerce_payment": {"hs_initial_amount": 1, "hs_initiated_date": now},
        "lead": {"hs_lead_name": "New"},
        "project": {"hs_name": "New"},
    }
    options = (Option(label="A", value="a", display_order=0), Option(label="B", value="b", display_order=1))
    portal.definitions.put("0-8", definition("choice", type="enumeration", options=options))
    portal.definitions.put("0-8", definition("flag", type="bool"))
    portal.definitions.put("0-8", definition("day", type="date"))
    kind = replace(portal.types["0-8"], required_properties=("choice", "flag", "day", "unknown"))
    expected = {"choice": "a", "flag": True, "day": "2026-01-31", "unknown": "New"}
    assert portal.records.required_values(kind) == expected


def test_folders_of_lists_are_numbered(portal: Portal) -> None:
    """A list by hand has no settings and no members."""
    made = [portal.lists.make_folder(name, 0) for name in ("a", "b", "c")]

    assert [(one.folder_id, one.parent_id, one.created_ms, one.updated_ms) for one in made] == [
        (number, 0, NOW, NOW) for number in (1, 2, 3)
    ]
    known = portal.lists.create("l", "0-1", "MANUAL")
    assert (known.settings, known.members, known.folder_id, known.version) == ({}, {}, 0, 1)
    assert (known.conversion, known.filters_updated_ms, known.archived_ms) == (None, None, None)


def test_lists_are_numbered_and_come_in_the_order_of_their_numbers(portal: Portal) -> None:
    """From 1; a deleted one is gone but its number is not given again."""
    lists = portal.lists
    made = [lists.create(f"L{number}", "0-1", "MANUAL") for number in range(11)]
    lists.stored.put("2", lists.stored.drop("2") or made[1])

    assert [one.list_id for one in made] == list(range(1, 12))
    assert (made[0].name, made[0].object_type_id, made[0].processing_type) == ("L0", "0-1", "MANUAL")
    assert (made[0].created_ms, made[0].updated_ms, made[0].members, made[0].archived_ms) == (NOW, NOW, {}, None)
    assert [one.list_id for one in lists.current()] == list(range(1, 12))
    portal.clock.advance(5)
    lists.set_members(made[2], {"7": 1})
    lists.delete(made[10])
    changed = lists.get("3")
    assert changed is not None
    assert (changed.members, changed.created_ms, changed.updated_ms) == ({"7": 1}, NOW, NOW + 5)
    assert (lists.get("11"), lists.get("12")) == (None, None)
    deleted = lists.stored.get("11")
    assert deleted is not None
    assert deleted.archived_ms == NOW + 5
    assert [one.list_id for one in lists.current()] == list(range(1, 11))
    assert lists.create("next", "0-1", "MANUAL").list_id == 12


def owner(number: int, user: int, email: str, archived_ms: int | None = None) -> Owner:
    return Owner(
        id=number,
        email=email,
        first_name="A",
        last_name="B",
        user_id=user,
        created_ms=1,
        updated_ms=1,
        archived_ms=archived_ms,
    )


def test_owners_come_in_pages_in_the_order_of_their_ids(portal: Portal) -> None:
    """Archived ones apart; an address is compared without regard to case."""
    owners = portal.owners
    for one in (owner(3, 30, "c@x.com"), owner(1, 10, "A@x.com"), owner(2, 20, "b@x.com", 0), owner(4, 40, "a@X.com")):
        owners.put(one)
    everyone = 10**9

    def page(**options: object) -> tuple[list[int], int | None]:
        wanted = {"from_id": 0, "limit": 9, "archived": False, "email": None} | options
        found, after = owners.page(**wanted)  # type: ignore[arg-type]
        return [one.id for one in found], after

    assert page() == ([1, 3, 4, FIRST_OWNER.id], None)
    assert page(limit=2) == ([1, 3], 4)
    assert page(limit=3) == ([1, 3, 4], FIRST_OWNER.id)
    assert page(limit=4) == ([1, 3, 4, FIRST_OWNER.id], None)
    assert page(from_id=3, limit=2) == ([3, 4], FIRST_OWNER.id)
    assert page(from_id=everyone) == ([], None)
    assert page(archived=True) == ([2], None)
    assert page(email="a@x.COM") == ([1, 4], None)
    assert page(email="a@x.COM", limit=1) == ([1], 4)
    assert page(email="") == ([], None)


def test_an_owner_is_found_by_id_or_by_user(portal: Portal) -> None:
    """Archived or not, as asked."""
    portal.owners.put(owner(1, 10, "a@x.com"))
    portal.owners.put(owner(2, 20, "b@x.com", 0))

    def find(number: int | None, *, by_user: bool = False, archived: bool = False) -> int | None:
        found = portal.owners.find(number, by_user=by_user, archived=archived)
        return None if found is None else found.id

    assert (find(1), find(10), find(2), find(None)) == (1, None, None, None)
    assert (find(10, by_user=True), find(1, by_user=True)) == (1, None)
    assert (find(2, archived=True), find(1, archived=True), find(20, by_user=True, archived=True)) == (2, None, 2)


def test_the_first_owner_is_the_one_who_opened_the_account(portal: Portal) -> None:
    assert list(portal.owners.stored.items()) == [("32900489", FIRST_OWNER)]
    assert (FIRST_OWNER.id, FIRST_OWNER.user_id, FIRST_OWNER.email) == (32900489, 32900490, "owner@example.com")
    assert (FIRST_OWNER.first_name, FIRST_OWNER.last_name) == ("Portal", "Owner")
    assert (FIRST_OWNER.created_ms, FIRST_OWNER.updated_ms, FIRST_OWNER.archived_ms) == (
        1_772_032_600_000,
        1_772_032_600_000,
        None,
    )


def test_pipelines_belong_to_a_type_and_come_in_display_order(portal: Portal) -> None:
    """An archived one is left out."""
    pipelines = portal.pipelines
    for name, order, archived in (("a", 5, False), ("b", -1, False), ("c", 1, True)):
        pipelines.put("0-3", Pipeline(id=name, label=name, display_order=order, stages=(), archived=archived))
    pipelines.put("0-33", Pipeline(id="d", label="d", display_order=0, stages=()))

    assert [one.id for one in pipelines.of("0-3")] == ["b", "default", "a"]
    assert [one.id for one in pipelines.of("0-33")] == ["d"]
    assert ((pipelines.get("0-3", "a") or Pipeline(id="", label="", display_order=0, stages=())).id) == "a"
    assert (pipelines.get("0-3", "c"), pipelines.get("0-5", "a"), pipelines.get("0-3", "d")) == (None, None, None)
    pipelines.drop("0-3", "a")
    assert pipelines.get("0-3", "a") is None


def test_a_token_is_checked_against_time_and_scope(portal: Portal) -> None:
    """It expires at its time, not after; without scopes it may do everything."""
    access = portal.access
    free = Token(value="t", kind="private-app")
    limited = Token(value="t", kind="oauth", scopes=("a", "b"), expires_ms=NOW + 1)

    access.check(free, needs="anything")
    access.check(limited, needs="a")
    access.check(limited, needs=None)
    with pytest.raises(MissingScopeError, match="lacks the scope c") as lacks:
        access.check(limited, needs="c")
    with pytest.raises(MissingScopeError):
        access.check(Token(value="t", kind="oauth", scopes=()), needs="a")
    portal.clock.advance(1)
    with pytest.raises(ExpiredTokenError, match="has expired") as expired:
        access.check(limited, needs="c")

    assert lacks.value.scope == "c"
    assert (expired.value.now_ms, expired.value.expires_ms) == (NOW + 1, NOW + 1)
    assert (free.scopes, free.expires_ms) == (None, None)


def test_an_app_is_granted_tokens(portal: Portal) -> None:
    """For half an hour; each secret differs, and the grant is kept."""
    access = portal.access
    grant, other = access.grant(), access.grant(scopes=("a",))

    assert grant.scopes == ("oauth", "crm.objects.contacts.read", "crm.objects.contacts.write")
    assert (other.scopes, grant.redirect_uri) == (("a",), "https://example.com/oauth-callback")
    assert access.grants.get(grant.client_id) == grant
    secrets = [(one.client_id, one.client_secret, one.code, one.refresh_token) for one in (grant, other)]
    assert len({secret for each in secrets for secret in each}) == 8
    for one in secrets:
        assert all(len(text.removeprefix("na1-")) == 36 for text in one)
        assert [text.startswith("na1-") for text in one] == [False, False, True, True]
        for text in one:
            parts = text.removeprefix("na1-").split("-")
            assert [len(part) for part in parts] == [8, 4, 4, 4, 12]
            assert (parts[2][0], parts[3][0]) == ("4", "8")
    token, short = access.issue(grant), access.issue(other, life_s=5)
    assert (token.kind, token.scopes, token.expires_ms) == ("oauth", grant.scopes, NOW + 1_800_000)
    assert (ACCESS_TOKEN_LIFE_S, short.expires_ms, short.scopes) == (1800, NOW + 5000, ("a",))
    assert (len(token.value), token.value[0], int(token.value[1:], 16).bit_length() <= 320) == (81, "C", True)
    assert access.tokens.get(token.value) == token
    assert sorted(access.secrets()) == sorted(
        [token.value, short.value, *(secret for _, *others in secrets for secret in others)]
    )


def test_what_is_kept_of_tokens_and_pipelines_follows_every_change(portal: Portal) -> None:
    """Added, changed, dropped, and read again after a restore."""
    access, pipelines = portal.access, portal.pipelines
    own = access.add(Token(value="first", kind="private-app"))
    pipelines.put("0-9", Pipeline(id="b", label="B", display_order=2, stages=()))
    pipelines.put("0-9", Pipeline(id="a", label="A", display_order=1, stages=()))

    assert own.value in access.secrets()
    assert [one.id for one in pipelines.of("0-9")] == ["a", "b"]
    pipelines.of("0-9").clear()
    pipelines.put("0-9", Pipeline(id="a", label="A", display_order=3, stages=()))
    assert [one.id for one in pipelines.of("0-9")] == ["b", "a"]
    pipelines.drop("0-9", "b")
    assert [one.id for one in pipelines.of("0-9")] == ["a"]
    grant = access.grant()
    assert {grant.client_secret, grant.code, grant.refresh_token} <= set(access.secrets())
    access.revoke("first")
    assert "first" not in access.secrets()
    portal.db.run("DELETE FROM key_values")
    for store in (access.tokens, access.grants, pipelines.stored):
        store.reload()
    assert (access.secrets(), pipelines.of("0-9")) == ((), [])


def test_records_are_found_together_as_one_by_one(portal: Portal) -> None:
    """Also archived and merged ones, and ids that cannot be."""
    records, contacts = portal.records, portal.types["contacts"]
    plain, gone, first, second = (records.create(contacts, {"email": f"{name}@example.com"}) for name in "abcd")
    records.archive(contacts, gone)
    merged = records.merge(contacts, first, second)
    ids = [gone.id, plain.id, second.id, first.id, merged.id, plain.id, 77, None, -1, 2**63]

    for archived in (False, True):
        found = records.find_many(contacts, ids, archived=archived)

        assert list(found) == list(dict.fromkeys(ids))
        assert found == {one: records.find(contacts, one, archived=archived) for one in ids}
    assert records.find_many(contacts, []) == {}


def test_only_tokens_of_apps_expire_together(portal: Portal) -> None:
    """At once; the others stay."""
    access = portal.access
    own = access.add(Token(value="own", kind="private-app"))
    issued = access.issue(access.grant())

    assert access.expire_all() == 1
    assert access.tokens.get("own") == own
    changed = access.tokens.get(issued.value)
    assert changed is not None
    assert (changed.expires_ms, changed.scopes) == (NOW, issued.scopes)
    access.revoke("own")
    assert "own" not in access.tokens
    with pytest.raises(UsageError):
        access.add(Token(value="with space", kind="oauth"))
    assert "with space" not in access.tokens


def test_a_snapshot_restores_records_time_and_chance(portal: Portal) -> None:
    """Of the same name the last one counts; there are twenty at most."""
    portal.store.put("0-1", Record(1, {}, 0, 0))
    portal.snapshots.take("one")
    drawn = [portal.random.random() for _ in range(3)]
    portal.clock.advance(1000)
    portal.store.put("0-1", Record(2, {}, 0, 0))
    portal.assumptions.choose({"merge-id": "primary"})
    before = portal.revision

    portal.snapshots.restore("one")

    assert (portal.store.count("0-1"), portal.clock.now_ms()) == (1, NOW)
    assert [portal.random.random() for _ in range(3)] == drawn
    assert portal.revision > before
    portal.store.put("0-1", Record(2, {}, 0, 0))
    portal.snapshots.take("one")
    portal.store.delete("0-1", 1)
    portal.snapshots.restore("one")
    assert (portal.store.count("0-1"), portal.snapshots.names) == (2, ["one"])
    assert portal.snapshots.drop("one") is True
    assert portal.snapshots.drop("one") is False
    with pytest.raises(UsageError, match=r"there is no snapshot 'one'\. There are none\."):
        portal.snapshots.restore("one")


def test_there_are_twenty_snapshots_at_most(portal: Portal) -> None:
    """One of a known name is still replaced."""
    names = [str(number) for number in range(20)]
    for name in names:
        portal.snapshots.take(name)

    with pytest.raises(UsageError, match="there are 20 snapshots already; delete one first"):
        portal.snapshots.take("new")
    portal.snapshots.take("5")

    assert sorted(portal.snapshots.names) == sorted(names)
    with pytest.raises(UsageError, match=r"there is no snapshot 'new'. Known: 0, 1, 10, "):
        portal.snapshots.restore("new")
    portal.snapshots.clear()
    assert portal.snapshots.names == []


def test_what_was_set_is_saved_and_loaded(portal: Portal) -> None:
    """The clock, the limits, the assumptions, the lag, and the number of requests."""
    portal.clock.freeze(5)
    portal.limits.tier, portal.limits.enforced, portal.limits.day = TIERS["increased"], True, (7, 8)
    portal.assumptions.choose({"merge-id": "primary"})
    portal.records.index_lag.lag_ms, portal.journal.count = 9, 11
    portal.save()

    other = Portal(db=portal.db)

    assert other.clock.state == (0, 5)
    assert (other.limits.tier.name, other.limits.enforced, other.limits.day) == ("increased", True, (7, 8))
    assert (other.assumptions.chosen, other.records.index_lag.lag_ms) == ({"merge-id": "primary"}, 9)
    assert other.journal.count == 11


def test_a_file_of_an_earlier_version_leaves_the_rest_as_configured(portal: Portal) -> None:
    """It lacks the subscription, the assumptions and the lag; an unknown subscription is left as well."""
    portal.notes.put("memory", '{"clock": [3, null], "day": [1, 2], "requests": 4}')
    plain = Portal(db=portal.db)
    portal.notes.put("memory", '{"clock": [3, null], "day": [1, 2], "requests": 4, "tier": "gold", "enforced": false}')
    unknown = Portal(db=portal.db)

    for one in (plain, unknown):
        assert (one.limits.tier.name, one.limits.enforced) == ("free", False)
        assert (one.clock.state, one.limits.day, one.journal.count) == ((3, None), (1, 2), 4)
        assert (one.assumptions.chosen, one.records.index_lag.lag_ms) == ({}, 0)
