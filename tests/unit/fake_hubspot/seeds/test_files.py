"""Which files records are loaded from."""

import base64
import gzip
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fake_hubspot import Settings
from fake_hubspot.errors import SeedError
from fake_hubspot.seeds.files import SeedFolders, read_seed_file
from tests.unit.fake_hubspot.inprocess import Fake


@contextmanager
def fake_with(*folders: Path) -> Iterator[Fake]:
    """A fake without contacts that loads files from these folders."""
    made = Fake(Settings(contacts=0, seed_folders=folders))
    yield made
    made.app.portals.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file, and a file beside it."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.yaml").write_text("a")
    (tmp_path / "out.yaml").write_text("secret")
    return tmp_path / "in"


def test_a_file_in_a_folder_is_found(folder: Path) -> None:
    """By its path in the folder, or by its whole path."""
    folders = SeedFolders([folder.parent / "other", folder])

    assert folders.find(Path("a.yaml")) == folders.find(folder / "a.yaml") == (folder / "a.yaml").resolve()
    assert folders.find(Path("x/../a.yaml")) == (folder / "a.yaml").resolve()


@pytest.mark.parametrize(
    "name", ["../out.yaml", "x/../../out.yaml", "link.yaml", "linked/out.yaml", "/etc/passwd", "no.yaml"]
)
def test_no_other_file_is_found(folder: Path, name: str) -> None:
    """Neither through a symbolic link; the message is the same whether the file exists or not."""
    (folder / "link.yaml").symlink_to(folder.parent / "out.yaml")
    (folder / "linked").symlink_to(folder.parent)

    with pytest.raises(SeedError, match=r"no such file in the folders .* Start the fake with --seed-folder"):
        SeedFolders([folder]).find(Path(name))
    with pytest.raises(SeedError, match="no such file"):
        SeedFolders().find(folder / "a.yaml")


def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    """Nor a device or a folder."""
    os.mkfifo(tmp_path / "pipe")

    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(SeedError, match=r"not a regular file|Is a directory"):
            read_seed_file(path)


def test_a_large_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound itself is allowed."""
    monkeypatch.setattr("fake_hubspot.seeds.files.MAX_SEED_BYTES", 3)
    path = tmp_path / "x"
    path.write_text("abc")
    assert read_seed_file(path) == b"abc"
    path.write_text("abcd")

    with pytest.raises(SeedError, match="it is larger than 0 MiB"):
        read_seed_file(path)


def test_requests_name_files_only_in_the_folders_of_the_server(recordings: Path) -> None:
    """To seed a portal, or to create one."""
    path = str(recordings / "contacts-list.yaml")

    with fake_with() as closed, fake_with(recordings) as opened:
        for target, body in (("/_fake/seed", {"cassette": path}), ("/_fake/portals", {"seedCassette": path})):
            refused = closed.request("POST", target, body)
            assert refused.status == 400
            assert "--seed-folder" in refused.json()["error"]
            assert opened.request("POST", target, body).status in (200, 201)
        assert opened.request("POST", "/_fake/seed", {"cassette": "contacts-list.yaml"}).status == 200


def test_a_body_that_unpacks_to_too_much_is_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only as much is unpacked as the bound allows."""
    monkeypatch.setattr("fake_hubspot.seeds.cassette.MAX_SEED_BYTES", 1000)
    body = gzip.compress(b'{"results": []}' + b" " * 10_000)
    lines = [
        "interactions:",
        "- request: {uri: 'https://api.hubapi.com/crm/v3/objects/contacts'}",
        "  response: {body: {string: !!binary %s}}",
    ]
    (tmp_path / "bomb.yaml").write_text("\n".join(lines) % base64.b64encode(body).decode())

    with fake_with(tmp_path) as fake:
        answer = fake.request("POST", "/_fake/seed", {"cassette": "bomb.yaml"})

    assert (answer.status, "no CRM record" in answer.json()["error"]) == (400, True)
