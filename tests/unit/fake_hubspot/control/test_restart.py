"""With `--db`, a portal keeps what it is made of and what the control API has set."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from fake_hubspot.cli import main, serve
from fake_hubspot.errors import UsageError
from fake_hubspot.portal.config import PortalConfig
from fake_hubspot.server import Server
from fake_hubspot.settings import Settings
from tests.unit.fake_hubspot.inprocess import Fake

CONTACTS = "/crm/v3/objects/contacts"
MADE_OF: dict[str, Any] = {
    "token": "pat-eu1-kept",
    "contacts": 3,
    "scenario": "server-error",
    "seed": 7,
    "tier": "professional",
    "enforce_limits": True,
    "data_center": "eu1",
}
SET = [
    ("PUT", "/_fake/scenario", {"name": "cloudflare"}),
    ("PUT", "/_fake/limits", {"tier": "enterprise", "enforced": True, "usedToday": 7}),
    ("PATCH", "/_fake/assumptions", {"record-url": "absent"}),
    ("PUT", "/_fake/clock", {"freeze": True, "at": "2030-01-01T12:00:00Z"}),
    ("PUT", "/_fake/rules", [{"objectType": "deals", "property": "amount", "required": True}]),
]
READ = ("/_fake/portals", "/_fake/scenario", "/_fake/limits", "/_fake/assumptions", "/_fake/clock", "/_fake/rules")
Start = Callable[..., Fake]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts fakes on the same file and closes them at the end."""
    started: list[Fake] = []

    def begin(**options: Any) -> Fake:
        fake = Fake(Settings(db=tmp_path / "portal.db", **options))
        started.append(fake)
        return fake

    yield begin
    for fake in started:
        if fake.portal.db.is_open:
            fake.app.portals.close()


def kill(fake: Fake) -> None:
    """Close the databases without saving, as happens when a process is killed."""
    for tenant in fake.app.portals:
        tenant.portal.db.close()


def wire_fields() -> dict[str, Any]:
    """Return what a portal is made of in the spelling of the control API."""
    camel = dict(zip(PortalConfig.__struct_fields__, PortalConfig.__struct_encode_fields__, strict=True))
    return {camel[name]: value for name, value in MADE_OF.items()}


def configs(fake: Fake) -> list[PortalConfig]:
    """Return what each portal is made of."""
    return [tenant.portal.config for tenant in fake.app.portals]


def state(fake: Fake, target: str) -> Any:
    """Return the control API's response for every portal."""
    return [fake.get(f"{target}?portal={tenant.portal.id}").json() for tenant in fake.app.portals]


def test_portals_made_by_the_control_api_keep_what_they_are_made_of(start: Start) -> None:
    """Every field, and it takes effect again: the scenario fails, the headers show the tier."""
    first = start()
    made = first.post("/_fake/portals", wire_fields()).json()
    before, limits = configs(first), state(first, "/_fake/limits")
    first.app.portals.close()

    second = start()

    assert configs(second) == before
    assert {name: getattr(before[1], name) for name in MADE_OF} == MADE_OF
    assert state(second, "/_fake/limits") == limits
    answer = second.get(CONTACTS, headers={"authorization": f"Bearer {made['token']}"})
    assert (answer.status, answer.headers["x-hubspot-ratelimit-max"]) == (500, "190")


def test_a_portal_made_by_start_options_keeps_them_without_the_options(start: Start) -> None:
    """The second start has no option but the file."""
    first = start(**MADE_OF)
    before = configs(first)
    first.app.portals.close()

    second = start()

    assert configs(second) == before
    assert second.get("/_fake/limits").json()["enforced"] is True
    answer = second.get(CONTACTS, headers={"authorization": f"Bearer {MADE_OF['token']}"})
    assert answer.status == 500


@pytest.mark.parametrize("target", READ)
def test_what_the_control_api_has_set_survives_a_kill(start: Start, target: str) -> None:
    """In the default portal and in another one."""
    first = start()
    other = first.post("/_fake/portals", {"contacts": 1}).json()["portalId"]
    for method, path, body in SET:
        first.request(method, path, body)
        first.request(method, f"{path}?portal={other}", body)
    before = state(first, target)
    kill(first)

    after = start()

    assert state(after, target) == before


def test_the_search_lag_survives_a_kill(start: Start) -> None:
    """No route returns it."""
    first = start()
    first.post("/_fake/changes/search-lag", {"lagMs": 5000})
    kill(first)

    after = start()

    assert after.portal.records.index_lag.lag_ms == 5000


def test_a_reset_goes_back_to_what_the_portal_is_made_of(start: Start) -> None:
    """Also after a restart: contacts and scenario."""
    first = start(contacts=3, scenario="server-error")
    first.request("PUT", "/_fake/scenario", {"name": "success"})
    first.app.portals.close()
    second = start()

    second.post("/_fake/reset", {})

    assert second.get("/_fake/scenario").json()["name"] == "server-error"
    assert second.portal.store.count("0-1") == 3


@pytest.mark.parametrize(
    ("option", "value"),
    [*((name, value) for name, value in MADE_OF.items() if name != "enforce_limits"), ("portal_id", 99)],
)
def test_an_option_that_contradicts_the_file_is_refused(start: Start, option: str, value: object) -> None:
    """Otherwise it would be ignored. The message names the option and the file."""
    start().app.portals.close()

    with pytest.raises(UsageError, match=option.replace("_", "-")) as caught:
        start(**{option: value})

    assert "portal.db keeps a portal that was made with" in str(caught.value)
    assert MADE_OF["token"] not in str(caught.value)


def test_a_server_offers_the_token_in_the_file(tmp_path: Path) -> None:
    """Even if the second start does not name it."""
    first = Server(Settings(db=tmp_path / "portal.db", token="pat-kept"))
    first.app.portals.close()

    second = Server(Settings(db=tmp_path / "portal.db"))

    assert second.token == "pat-kept"
    second.app.portals.close()


def test_the_same_options_again_are_no_contradiction(start: Start) -> None:
    """A compose file repeats them at each start."""
    start(**MADE_OF).app.portals.close()

    again = start(**MADE_OF)

    assert again.portal.config.tier == "professional"


def test_a_default_that_is_given_on_purpose_contradicts_too(start: Start) -> None:
    """`--tier free` on the command line is not the same as no `--tier`."""
    start(tier="professional").app.portals.close()

    with pytest.raises(UsageError, match="tier professional, which the option tier contradicts"):
        start(tier="free", given=("tier",))


def test_the_command_line_tells_which_options_were_given(tmp_path: Path) -> None:
    """A contradiction ends the command with status 2 and a message."""
    Fake(Settings(db=tmp_path / "portal.db", tier="professional")).app.portals.close()

    result = CliRunner().invoke(main, ["serve", "--port", "0", "--db", str(tmp_path / "portal.db"), "--tier", "free"])

    assert result.exit_code == 2
    assert "which the option tier contradicts" in result.output


def test_a_seed_that_fails_leaves_no_file_behind(tmp_path: Path, start: Start) -> None:
    """Otherwise the next start would find an unseeded portal and report a contradiction."""
    with pytest.raises(UsageError, match="cannot seed from"):
        start(seed_cassette=tmp_path / "nowhere.yaml")
    assert list(tmp_path.iterdir()) == []

    running = start(contacts=1)

    assert running.post("/_fake/portals", {"seedCassette": "nowhere.yaml"}).status == 400
    assert [path.name for path in tmp_path.iterdir() if path.suffix not in (".db-wal", ".db-shm")] == ["portal.db"]


def test_a_copy_of_a_file_is_refused(tmp_path: Path, start: Start) -> None:
    """Its name says that it keeps another portal, but it is the same one."""
    start().app.portals.close()
    (tmp_path / "portal.db.99").write_bytes((tmp_path / "portal.db").read_bytes())

    with pytest.raises(UsageError, match=r"portal\.db\.99 keeps portal 62515, which is in another file already"):
        start()


def test_a_file_of_an_earlier_version_opens_with_its_token(tmp_path: Path, start: Start) -> None:
    """Such a file contains the token and no config."""
    first = start(token="pat-old")
    first.portal.notes.drop("config")
    first.portal.notes.drop("scenario")
    first.portal.notes.put("token", "pat-old")
    first.app.portals.close()
    with closing(sqlite3.connect(tmp_path / "portal.db")) as db:
        db.execute("ALTER TABLE key_values RENAME TO shelves")
        db.execute("ALTER TABLE shelves RENAME store TO shelf")

    second = start()

    assert second.get(CONTACTS, headers={"authorization": "Bearer pat-old"}).status == 200


def test_every_field_of_a_config_has_an_option_on_the_command_line() -> None:
    """The command line and the control API share one definition; neither may lack a new field."""
    options = {parameter.name for parameter in serve.params}

    assert set(PortalConfig.__struct_fields__) <= options
    assert set(Settings.__struct_fields__) - {"given"} == options - {"is_quiet", "log_format"}
