"""The file of a portal."""

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
