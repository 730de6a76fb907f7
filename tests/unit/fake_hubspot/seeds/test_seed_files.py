"""Records and whole accounts from files, and back."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from click.testing import CliRunner

from fake_hubspot import Server, Settings
from fake_hubspot.cli import main
from fake_hubspot.errors import SeedError, UsageError
from fake_hubspot.portal.config import PortalConfig
from fake_hubspot.portal.portal import Portal
from fake_hubspot.seeds import absolute_seed_file, parse_seed_file, seed_portal
from fake_hubspot.seeds.account import account_schema
from fake_hubspot.seeds.export import export_account, export_csv, export_ndjson
from fake_hubspot.seeds.load import seed_from_file
from tests.unit.fake_hubspot.inprocess import Fake

ACCOUNT = {
    "owners": [{"id": 7, "email": "kim@example.com", "firstName": "Kim"}],
    "types": [
        {
            "name": "car",
            "labels": {"singular": "Car", "plural": "Cars"},
            "primaryDisplayProperty": "plate",
            "requiredProperties": ["plate"],
            "associatedObjects": ["contacts"],
        }
    ],
    "groups": {"contacts": [{"name": "garden", "label": "Garden"}]},
    "properties": {
        "cars": [{"name": "plate", "hasUniqueValue": True}],
        "contacts": [
            {
                "name": "colour",
                "type": "enumeration",
                "fieldType": "select",
                "groupName": "garden",
                "options": [{"label": "Red", "value": "red"}],
            }
        ],
    },
    "pipelines": {"deals": [{"id": "own", "label": "Own", "stages": [{"id": "s1", "label": "One"}]}]},
    "labels": [{"from": "contacts", "to": "companies", "name": "boss", "label": "Boss", "inverseLabel": "Led by"}],
    "records": {
        "contacts": [{"id": 1, "properties": {"email": "ada@example.com", "colour": "red", "hubspot_owner_id": 7}}],
        "companies": [{"id": "2", "properties": {"name": "Eksempel AS"}}],
        "deals": [{"id": 3, "properties": {"dealname": "Big", "pipeline": "own", "dealstage": "s1", "amount": 12.5}}],
        "cars": [{"id": 4, "properties": {"plate": "AB 123"}, "archived": True}],
    },
    "associations": [
        {"from": "contacts/1", "to": "companies/2", "type": "boss"},
        {"from": "deals/3", "to": "companies/2"},
        {"from": "deals/3", "to": "contacts/1"},
    ],
}
CONTACTS = {
    "plain.csv": "email,firstname\nada@example.com,Ada\nbo@example.com,\n",
    "labels.csv": "\ufeffEmail;First Name;Record ID\r\nada@example.com;Ada;5\r\n\r\nbo@example.com;;6\r\n",
    "flat.json": '[{"email": "ada@example.com", "firstname": "Ada"}, {"email": "bo@example.com", "firstname": null}]',
    "page.json": '{"results": [{"id": "5", "properties": {"email": "ada@example.com", "firstname": "Ada"}, '
    '"createdAt": "2026-01-31T12:00:00.000Z", "archived": false}, {"properties": {"email": "bo@example.com"}}]}',
    "lines.ndjson": '{"email": "ada@example.com", "firstname": "Ada"}\n\n{"properties": {"email": "bo@example.com"}}\n',
}
# A file for contacts, and what is said about it. Rows of CSV have their line and their column.
MISTAKES = {
    "email,frstname\na@example.com,A": "line 1, column 2: contacts have no property 'frstname'; did you mean 'first",
    "Emial\na@example.com": "did you mean 'email'?",
    "email,Email\na@example.com,b@example.com": "line 1, column 2: the column 'Email' stands for 'email', as column 1",
    "email,firstname\na@example.com": "line 2: it has 1 cells, the header has 2 columns",
    "email,firstname\na@example.com,A\nno address,B": "line 3, column 1 (email): Email address no address is invalid",
    "email,lifecyclestage\na@example.com,led": "line 2, column 2 (lifecyclestage): led was not one of the allowed",
    "email,createdate\na@example.com,soon": "line 2, column 2 (createdate): soon was not a valid long",
    "id,email\n0,a@example.com": "line 2, column 1 (id): a record's id is a positive whole number",
    "id,email\n1,a@example.com\n1,b@example.com": "line 3: there is a record with the id 1 already",
    "email\na@example.com\nA@example.com": "line 3: record ",
    "phone\n123": "line 2: one of these properties is required: email, firstname, lastname",
    'email\n"a@example.com': "line 2: it is not CSV (unexpected end of data)",
    "": "it has no record",
    "email\n": "it has no record",
    '[\n {"email": "a@example.com"},\n {"emial": "b@example.com"}\n]': "line 3, column 12: contacts have no",
    '[\n {"email": "a@example.com";}\n]': "line 2, column 27: it is not JSON",
    '[\n {"email": ["a"]}]': "line 2, column 12: the property 'email' has a text, a number or true",
    "[1]": "line 1, column 2: expected a record as an object, got a number",
    '[{"properties": {"email": "a@example.com"}, "associations": {}}]': "links are not read from rows. Put them into",
    '[{"id": 1, "properties": {"email": "nothing"}}]': "line 1, column 36: Email address nothing is invalid",
    '"text"': "expected an array of records, got a text",
    "[NaN]": "NaN is no JSON number",
    "[" * 100_000: "nested more than 500 levels",
}
ACCOUNT_MISTAKES: dict[str, Any] = {
    "there is no key 'ownrs'; did you mean 'owners'?": {"ownrs": []},
    "there is no key 'lable'; did you mean 'label'?": {"pipelines": {"deals": [{"id": "x", "lable": "y"}]}},
    "line 1, column 42: expected `str | null`, got `int`": {"records": {"contacts": [{"archivedAt": 5}]}},
    "there is no object type 'contcts'; did you mean 'contacts'?": {"records": {"contcts": []}},
    "contacts have no property 'emial'; did you mean 'email'?": {
        "records": {"contacts": [{"properties": {"emial": 1}}]}
    },
    "there is no record companies/9": {"associations": [{"from": "companies/9", "to": "contacts/1"}]},
    "car has no property 'plate'": {"types": ACCOUNT["types"]},
    "owner 7 has the user id 8 already": {"owners": [{"id": i, "email": "a@b.example", "userId": 8} for i in (7, 9)]},
    "without checks (`check`: false) each record has an id": {"check": False, "records": {"contacts": [{}]}},
    "there is no type of link 'bos'; did you mean": {
        **ACCOUNT,
        "associations": [{"from": "contacts/1", "to": "companies/2", "type": "bos"}],
    },
    "expected times such as": {"check": False, "records": {"contacts": [{"id": 1, "properties": {"createdate": "x"}}]}},
}


def loaded(path: Path, content: str | bytes, *, kind: str | None = "contacts") -> Portal:
    """Return a portal with the records of a file."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    portal = Portal(PortalConfig(seed_files=(f"{kind}={path}" if kind else str(path),)))
    try:
        seed_portal(portal)
    except BaseException:
        portal.close()
        raise
    return portal


@pytest.mark.parametrize("name", CONTACTS)
def test_rows_become_records_as_an_import_makes_them(name: str, tmp_path: Path) -> None:
    """Two contacts, with what HubSpot calculates, whatever the format is; not the samples of a new account."""
    portal = loaded(tmp_path / name, CONTACTS[name])

    rows = portal.store.page("0-1", from_id=0, limit=9, archived=False)
    found = {row.properties["email"]: row.properties for row in rows}
    portal.close()

    assert sorted(found) == ["ada@example.com", "bo@example.com"]
    assert found["ada@example.com"]["firstname"] == "Ada"
    assert "firstname" not in found["bo@example.com"]
    assert found["bo@example.com"]["hs_email_domain"] == "example.com"


def test_a_mistake_is_told_with_its_line_and_column(tmp_path: Path) -> None:
    """Of each kind, and nothing is left of the file."""
    for content, said in MISTAKES.items():
        path = tmp_path / ("contacts.json" if content[:1] in ("[", '"') and "\n" not in content[:1] else "contacts.csv")
        with pytest.raises(SeedError) as error:
            loaded(path, content).close()
        assert said in str(error.value), (content[:80], str(error.value))
        assert str(path) in str(error.value)


def test_a_file_that_is_not_utf_8_is_told_with_the_place(tmp_path: Path) -> None:
    """Excel writes such files."""
    with pytest.raises(SeedError, match=r"line 2, byte 3: it is not UTF-8 .* Save it as UTF-8"):
        loaded(tmp_path / "contacts.csv", b"firstname\nJ\xc3\xb8\nBj\xf8rn\n"[0:10] + b"Bj\xf8rn\n")


def test_the_type_is_named_by_the_file_or_before_it(tmp_path: Path) -> None:
    """A name that is none is answered with the next step."""
    portal = loaded(tmp_path / "companies.csv", "name\nEksempel\n", kind=None)
    assert portal.store.count("0-2") == 1
    portal.close()

    with pytest.raises(SeedError, match=r"there is no object type 'contcts'; did you mean 'contacts'\?.* with TYPE="):
        loaded(tmp_path / "contcts.csv", "email\na@example.com", kind=None)
    assert parse_seed_file("a=b.csv") == ("a", Path("b.csv"))
    assert parse_seed_file("./a=b.csv") == (None, Path("./a=b.csv"))
    assert absolute_seed_file("contacts=x.csv") == f"contacts={Path('x.csv').absolute()}"
    with pytest.raises(UsageError, match=r"expected a seed file as FILE or TYPE=FILE that ends in one of \.csv"):
        parse_seed_file("contacts.xlsx")


def test_a_whole_account_is_loaded(tmp_path: Path) -> None:
    """Types, properties, pipelines, labels, records and links of a file written by hand."""
    portal = loaded(tmp_path / "account.json", json.dumps(ACCOUNT, indent=1), kind=None)
    contact = portal.store.get("0-1", 1)
    deal = portal.store.get("0-3", 3)
    car = portal.store.get(portal.types.find_leniently("cars").type_id, 4)  # type: ignore[union-attr]
    links = portal.associations.of(portal.types["contacts"], 1, portal.types["companies"])
    portal.close()

    assert contact is not None
    assert (contact.properties["colour"], contact.properties["hubspot_owner_id"]) == ("red", "7")
    assert deal is not None
    assert (deal.properties["amount"], deal.properties["num_associated_contacts"]) == ("12.5", "1")
    assert car is not None
    assert car.archived_ms is not None
    assert {link.category for link in links} == {"HUBSPOT_DEFINED", "USER_DEFINED"}


def test_a_mistake_in_an_account_is_told_with_its_place(tmp_path: Path) -> None:
    """Names with the one that was probably meant."""
    for said, account in ACCOUNT_MISTAKES.items():
        with pytest.raises(SeedError, match=r"line 1, column \d+: ") as error:
            loaded(tmp_path / "account.json", json.dumps(account), kind=None)
        assert said in str(error.value), str(error.value)


def test_an_export_is_read_back_as_it_was(tmp_path: Path) -> None:
    """All types, archived records and links; what was read back is exported to the same bytes."""
    portal = loaded(tmp_path / "account.json", json.dumps(ACCOUNT), kind=None)
    first = export_account(portal)
    portal.close()

    again = loaded(tmp_path / "export.json", msgspec.json.encode(first), kind=None)
    second = export_account(again)
    again.close()

    assert first.records.keys() >= {"contacts", "companies", "deals", "cars"}
    assert len(first.associations) == 5  # the label's default, and the primary company of the deal
    assert msgspec.json.encode(second) == msgspec.json.encode(first)


def test_generated_accounts_are_the_same_for_the_same_seed(tmp_path: Path) -> None:
    """Linked companies, deals and tickets with owners; they survive an export."""

    def made(seed: int) -> Portal:
        portal = Portal(PortalConfig(contacts=20, companies=3, deals=4, tickets=2, seed=seed))
        seed_portal(portal)
        return portal

    one, same, other = made(1), made(1), made(2)
    exported = export_account(one)
    again = loaded(tmp_path / "export.json", msgspec.json.encode(exported), kind=None)

    assert {name: len(records) for name, records in exported.records.items()} == {
        "contacts": 20,
        "companies": 3,
        "deals": 4,
        "tickets": 2,
    }
    assert export_account(same) == exported == export_account(again)
    assert export_account(other) != exported
    for portal in (one, same, other, again):
        portal.close()


def test_rows_of_one_type_are_exported_and_read_back(tmp_path: Path) -> None:
    """As CSV without archived records, as NDJSON with them; odd values survive."""
    odd = '"Quoted", comma\nand line'
    rows = json.dumps([{"id": 5, "email": "a@example.com", "lastname": odd}, {"id": 6, "firstname": "  Ada"}])
    portal = loaded(tmp_path / "rows.json", rows)
    account = export_account(portal, [portal.types["contacts"]])
    portal.close()

    from_csv = loaded(tmp_path / "out.csv", export_csv(account))
    from_lines = loaded(tmp_path / "out.ndjson", "\n".join(export_ndjson(account)))
    wanted = account.records["contacts"]
    for again in (from_csv, from_lines):
        found = export_account(again).records["contacts"]
        again.close()
        assert [(one.id, one.properties) for one in found] == [(one.id, one.properties) for one in wanted]


def test_the_schema_takes_accounts_and_exports_and_refuses_mistakes() -> None:
    """What an editor says agrees with what the command says."""
    check = jsonschema_rs.validator_for(account_schema()).is_valid
    portal = Portal(PortalConfig(contacts=3, companies=1, deals=1))
    seed_portal(portal)
    exported = msgspec.to_builtins(export_account(portal))
    portal.close()

    assert check(ACCOUNT)
    assert check(exported)
    assert not check({"ownrs": []})
    assert not check({"records": {"contacts": [{"archivedAt": 5}]}})
    assert json.loads(CliRunner().invoke(main, ["schema"]).output) == account_schema()


def test_requests_load_files_of_a_seed_folder(tmp_path: Path) -> None:
    """Into a portal or a new one; a file with a mistake changes nothing."""
    (tmp_path / "contacts.csv").write_text("email\nbo@example.com\n")
    (tmp_path / "account.json").write_text(json.dumps(ACCOUNT | {"associations": [{"from": "a/1", "to": "b/2"}]}))
    fake = Fake(Settings(contacts=0, seed_folders=(tmp_path,)))

    seeded = fake.post("/_fake/seed", {"file": "contacts.csv"})
    refused = fake.post("/_fake/seed", {"file": "account.json"})
    left = fake.get("/_fake/export")
    made = fake.post("/_fake/portals", {"seedFiles": ["contacts=contacts.csv"]})
    outside = fake.post("/_fake/portals", {"seedFiles": ["/etc/contacts.csv"]})
    wrong = fake.get("/_fake/export?type=contcts")
    fake.app.portals.close()

    assert seeded.json() == {"contacts": 1}
    assert (refused.status, outside.status, wrong.status) == (400, 400, 400)
    assert "there is no object type 'a'" in refused.json()["error"]
    assert left.json().keys() == {"check", "owners", "records"}
    assert len(left.json()["owners"]) == 1
    assert made.json()["contacts"] == 1


def test_the_command_exports_a_running_portal(tmp_path: Path) -> None:
    """To a file whose name says the format, or to standard output."""
    with Server(Settings(contacts=3, companies=1)) as server:

        def run(*arguments: str) -> Any:
            return CliRunner().invoke(main, ["export", "--url", server.url, *arguments])

        whole = run("-o", str(tmp_path / "account.json"))
        table = run("--type", "contacts", "-o", str(tmp_path / "contacts.csv"))
        lines = run("--type", "contacts", "--format", "ndjson")
        two = run("--format", "csv")
        unknown = run("--type", "contcts")

    assert "4 records of 2 types" in whole.output
    assert len((tmp_path / "contacts.csv").read_text(encoding="utf-8").splitlines()) >= 4
    assert table.exit_code == 0
    assert len(lines.stdout.splitlines()) == 3
    assert (two.exit_code, unknown.exit_code) == (2, 2)
    assert "say which one with --type" in two.output
    assert "did you mean 'contacts'?" in unknown.output
    again = loaded(tmp_path / "account.json", (tmp_path / "account.json").read_bytes(), kind=None)
    assert again.store.count("0-1") == 3
    again.close()


def test_a_portal_in_a_file_keeps_its_seed_files(tmp_path: Path) -> None:
    """After a restart they are not loaded again; a reset loads them again."""
    (tmp_path / "contacts.csv").write_text("email\nada@example.com\n")
    settings = Settings(db=tmp_path / "x.db", seed_files=(str(tmp_path / "contacts.csv"),))
    first = Fake(settings)
    first.app.portals.close()

    again = Fake(Settings(db=tmp_path / "x.db"))
    reset = again.post("/_fake/reset", {})
    again.app.portals.close()

    assert reset.json() == {"contacts": 1}


def test_a_file_is_loaded_in_one_transaction(tmp_path: Path) -> None:
    """The first row of a file whose second row is wrong is not there."""
    (tmp_path / "contacts.csv").write_text("email\nada@example.com\nnothing\n")
    portal = Portal()

    with pytest.raises(SeedError):
        seed_from_file(portal, tmp_path / "contacts.csv")

    assert portal.store.count("0-1") == 0
    portal.close()
