"""What a portal begins with, and how far its seeding is."""

import json
from itertools import count
from pathlib import Path

import pytest

from fake_hubspot import Settings
from fake_hubspot.portal import Portal, PortalConfig
from fake_hubspot.seeds import seed_portal
from fake_hubspot.server import build_app
from tests.support.counted_progress import counted_progress

TYPES = ("0-1", "0-2", "0-3", "0-5")


def account(path: Path, *, check: bool) -> str:
    """Write an account with two contacts and a company."""
    records = {
        "contacts": [{"id": str(number), "properties": {"lastname": "Doe"}} for number in (1, 2)],
        "companies": [{"id": "3", "properties": {"name": "Example"}}],
    }
    path.write_text(json.dumps({"check": check, "records": records}))
    return str(path)


def test_every_record_is_counted_as_it_is_seeded(tmp_path: Path) -> None:
    (tmp_path / "contacts.csv").write_text("email\na@example.com\nb@example.com\n")
    cases = {
        "generated": PortalConfig(contacts=7, companies=2, deals=3, tickets=1),
        "a table": PortalConfig(seed_files=(str(tmp_path / "contacts.csv"),)),
        "a checked account": PortalConfig(seed_files=(account(tmp_path / "one.json", check=True),)),
        "an account": PortalConfig(seed_files=(account(tmp_path / "two.json", check=False),)),
    }

    for name, config in cases.items():
        counter = count()
        portal = Portal(config)
        seed_portal(portal, lambda counter=counter: next(counter))  # type: ignore[misc]
        held = sum(portal.store.count(type_id) for type_id in TYPES)
        portal.close()

        assert held > 1, name
        assert next(counter) == held, name


@pytest.mark.parametrize("is_shown", [True, False])
def test_a_server_shows_how_far_its_seeding_is(monkeypatch: pytest.MonkeyPatch, is_shown: bool) -> None:
    shown = counted_progress(monkeypatch, "fake_hubspot.server")

    build_app(Settings(contacts=5, companies=2), shows_progress=is_shown).close()

    assert [one.text().split(",")[0] for one in shown] == ["seeding: 7 of 7 records"]
    assert [one._is_shown for one in shown] == [is_shown]
