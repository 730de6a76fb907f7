"""An invalid portal is refused before anything is created."""

import pytest

from tests.unit.fake_hubspot.inprocess import Fake


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"portalId": -1}, "a positive whole number below 2^53, not -1"),
        ({"portalId": 0, "token": "zero"}, "a positive whole number below 2^53, not 0"),
        ({"portalId": 2**53}, f"a positive whole number below 2^53, not {2**53}"),
        ({"contacts": -1}, "between 0 and 10000000, not -1"),
        ({"contacts": 10_000_001}, "between 0 and 10000000, not 10000001"),
        ({"seedCassette": 5}, "Expected `str` for a path, got `int` - at `$.seedCassette`"),
        ({"seedCassette": ["a.yaml"]}, "Expected `str` for a path, got `list` - at `$.seedCassette`"),
    ],
)
def test_a_portal_beyond_its_bounds_is_refused(fake: Fake, wanted: dict[str, object], message: str) -> None:
    """400 with the bounds, and no portal is created."""
    answer = fake.post("/_fake/portals", wanted)

    assert answer.status == 400
    assert message in answer.json()["error"]
    assert len(fake.get("/_fake/portals").json()["portals"]) == 1
