"""The configuration of the mock servers, and the Flask application that serves the same."""

import json
from pathlib import Path

import pytest

from benchmarks import alternatives, mocks
from benchmarks.mocks import LIST, Answers, Mock
from benchmarks.static_app import create_app

ANSWERS = Answers(b'{"results":[{"id":"7"}]}', b'{"id":"7","archived":false}', "7")


@pytest.fixture(autouse=True)
def _anything_is_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Install and start nothing."""
    jar = tmp_path / "node_modules" / "wiremock" / "build" / "wiremock-standalone-1.jar"
    jar.parent.mkdir(parents=True)
    jar.touch()
    monkeypatch.setattr(alternatives, "npm", lambda name: tmp_path / "node_modules" / ".bin" / name)
    monkeypatch.setattr(alternatives, "python", lambda name: tmp_path / name / "python")
    monkeypatch.setattr(alternatives, "system", Path)


@pytest.mark.parametrize("mock", mocks.MOCKS, ids=lambda mock: mock.name)
def test_every_mock_gets_its_port(mock: Mock, tmp_path: Path) -> None:
    """In its command or in the files that it reads."""
    folder = tmp_path / "folder"
    folder.mkdir()

    command = [str(part) for part in mock.command(4321, folder, ANSWERS)]

    written = [file.read_text() for file in folder.rglob("*.json")]
    assert any("4321" in text for text in (*command, *written))


@pytest.mark.parametrize("name", ["WireMock, with its journal", "Mockoon", "Prism", "Mountebank"])
def test_a_stub_names_both_paths_and_bodies(name: str, tmp_path: Path) -> None:
    """The page and the contact, as the fake HubSpot returned them."""
    folder = tmp_path / "folder"
    folder.mkdir()
    mock = next(mock for mock in mocks.MOCKS if mock.name == name)

    mock.command(4321, folder, ANSWERS)

    written = "".join(file.read_text() for file in sorted(folder.rglob("*.json"))).replace("\\", "").replace(" ", "")
    for path, body in ANSWERS.paths.items():
        assert path.lstrip("/") in written
        assert body.decode() in written


def test_only_one_wiremock_has_no_journal(tmp_path: Path) -> None:
    """The commands are otherwise the same."""
    folder = tmp_path / "folder"
    folder.mkdir()

    first, second = (mock.command(4321, folder, ANSWERS) for mock in mocks.MOCKS[:2])

    assert [*first, "--no-request-journal"] == second


def test_the_flask_application_serves_both(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As constant bytes, whatever the id."""
    (tmp_path / "page.json").write_bytes(ANSWERS.page)
    (tmp_path / "contact.json").write_bytes(ANSWERS.contact)
    monkeypatch.setenv("STATIC_ANSWERS", str(tmp_path))
    client = create_app().test_client()

    page, contact = client.get(f"{LIST}?limit=100"), client.get(f"{LIST}/7")

    assert page.get_data() == ANSWERS.page
    assert json.loads(contact.get_data()) == json.loads(ANSWERS.contact)
