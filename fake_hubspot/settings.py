"""How a server is set up."""

from dataclasses import dataclass
from pathlib import Path

from fake_hubspot.portal.portal import DEFAULT_PORTAL_ID

__all__ = ["DEFAULT_TOKEN", "Settings"]

DEFAULT_TOKEN = "pat-na1-00000000-0000-4000-8000-000000000000"  # noqa: S105 - the documented token of a fake


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything `fake-hubspot serve` can be told.

    `port` 0 takes a free one. Without `contacts` and `seed_cassette` a portal holds HubSpot's two sample contacts;
    `contacts` is the exact number of contacts, the sample contacts counted in. `db` keeps the portal in a file.
    `control_token` opens the control API to other machines. `tier` is the account's subscription, whose rate limits are
    told in the headers and enforced with `enforce_limits`.
    """

    host: str = "127.0.0.1"
    port: int = 0
    scenario: str = "success"
    contacts: int | None = None
    seed_cassette: Path | None = None
    token: str = DEFAULT_TOKEN
    db: Path | None = None
    seed: int = 0
    portal_id: int = DEFAULT_PORTAL_ID
    control_token: str | None = None
    tier: str = "free"
    enforce_limits: bool = False
