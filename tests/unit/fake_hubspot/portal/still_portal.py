"""A portal without records whose clock stands, for the tests of its parts."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from fake_hubspot.portal.config import PortalConfig
from fake_hubspot.portal.portal import Portal

NOW, NOW_TEXT = 1_780_000_000_000, "2026-05-28T20:26:40Z"


@pytest.fixture
def portal() -> Iterator[Portal]:
    """A portal without records, whose clock stands."""
    with closing(Portal(PortalConfig(contacts=0), time_source=lambda: NOW)) as made:
        made.clock.freeze(NOW)
        yield made
