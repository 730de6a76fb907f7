"""The file of a portal."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from fake_hubspot.errors import UsageError
from fake_hubspot.portal.database import Database


def test_a_database_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    """A folder that is missing, and a folder in place of a file."""
    with pytest.raises(UsageError, match=r"nowhere/x\.db cannot keep a portal: there is no folder .*nowhere\. Create"):
        Database(tmp_path / "nowhere" / "x.db")
    with pytest.raises(UsageError, match="cannot keep a portal: unable to open database file"):
        Database(tmp_path)


def test_a_file_of_an_earlier_version_that_another_process_converts_meanwhile_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two fakes that are started at the same moment with the same old file."""
    path, convert, others = tmp_path / "portal.db", Database._rename_shelves, list[Path]()
    Database(path).close()
    with closing(sqlite3.connect(path)) as old:
        old.execute("INSERT INTO key_values VALUES ('notes', 'token', '\"pat-old\"')")
        old.execute("ALTER TABLE key_values RENAME TO shelves")
        old.execute("ALTER TABLE shelves RENAME store TO shelf")
        old.commit()

    def after_another(database: Database) -> None:
        if not others:
            others.append(path)
            Database(path).close()
        convert(database)

    monkeypatch.setattr(Database, "_rename_shelves", after_another)
    database = Database(path)
    kept = database.all("SELECT store, key FROM key_values")
    database.close()

    assert others
    assert kept == [("notes", "token")]
