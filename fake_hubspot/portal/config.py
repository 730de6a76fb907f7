"""What a portal is made of: one definition for the command line, the control API and the portal's file."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from bench_core.json_text import decode_json
from bench_core.names import no_such
from fake_hubspot.errors import UsageError
from fake_hubspot.portal.decimal_id import LARGEST_EXACT_ID
from fake_hubspot.portal.limits import TIERS

__all__ = [
    "DATA_CENTERS",
    "DEFAULT_PORTAL_ID",
    "DEFAULT_TOKEN",
    "MAX_CONTACTS",
    "MAX_LINKED",
    "PortalConfig",
    "check_contact_count",
    "check_token",
    "convert_config",
    "decode_config",
    "encode_config",
]

DATA_CENTERS = ("na1", "na2", "eu1")
DEFAULT_PORTAL_ID = 62515
DEFAULT_TOKEN = "pat-na1-00000000-0000-4000-8000-000000000000"  # noqa: S105 - the documented token of a fake
MAX_CONTACTS = 10_000_000
MAX_LINKED = 100_000
MAX_TOKEN_LENGTH = 512


class PortalConfig(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """What a portal is made of. It does not change while the portal exists; a reset goes back to it.

    Shape: `{portalId, token, contacts, companies, deals, tickets, seedCassette, seedFiles, scenario, seed, tier,
    enforceLimits, dataCenter}`.
    """

    portal_id: Annotated[int, Meta(description="The account's id.")] = DEFAULT_PORTAL_ID
    token: Annotated[str, Meta(description="The access token that selects the portal.")] = DEFAULT_TOKEN
    contacts: Annotated[int | None, Meta(description="Exact number of contacts; null for HubSpot's two samples.")] = (
        None
    )
    companies: Annotated[int, Meta(description="Number of generated companies, linked with the contacts.")] = 0
    deals: Annotated[int, Meta(description="Number of generated deals, linked with contacts and companies.")] = 0
    tickets: Annotated[int, Meta(description="Number of generated tickets, linked with contacts and companies.")] = 0
    seed_cassette: Annotated[Path | None, Meta(description="A vcrpy cassette whose records are loaded.")] = None
    seed_files: Annotated[
        tuple[str, ...], Meta(description="FILE or TYPE=FILE: CSV, JSON or NDJSON files whose records are loaded.")
    ] = ()
    scenario: Annotated[str, Meta(description="How the portal behaves.")] = "success"
    seed: Annotated[int, Meta(description="Seed of the portal's random source.")] = 0
    tier: Annotated[str, Meta(description="The subscription, which sets the rate limits.")] = "free"
    enforce_limits: Annotated[bool, Meta(description="Whether requests beyond the limits get 429.")] = False
    data_center: Annotated[str, Meta(description="Where the account is hosted.")] = "na1"

    def check(self) -> None:
        """Check every field except the scenario, which `fake_hubspot.scenarios` checks when it is applied.

        Raises:
            UsageError: A field has a value that no portal can have.
        """
        if self.tier not in TIERS:
            raise UsageError(no_such("tier", self.tier, TIERS))
        if self.data_center not in DATA_CENTERS:
            raise UsageError(no_such("data centre", self.data_center, DATA_CENTERS))
        if not 0 < self.portal_id <= LARGEST_EXACT_ID:
            raise UsageError(f"a portal's id is a positive whole number below 2^53, not {self.portal_id}")
        check_token(self.token)
        if self.contacts is not None:
            check_contact_count(self.contacts)
        for name in ("companies", "deals", "tickets"):
            if not 0 <= getattr(self, name) <= MAX_LINKED:
                raise UsageError(f"{name} must be between 0 and {MAX_LINKED}, not {getattr(self, name)}")


def check_contact_count(count: int) -> None:
    """Check the number of contacts that a seed generates.

    Raises:
        UsageError: The number is negative or too large.
    """
    if not 0 <= count <= MAX_CONTACTS:
        raise UsageError(f"contacts must be between 0 and {MAX_CONTACTS}, not {count}")


def check_token(token: str) -> None:
    """Check that a header can carry a text behind `Bearer`.

    Raises:
        UsageError: It cannot. The message does not repeat the token.
    """
    if not token:
        raise UsageError("a token has at least one character; leave it out to get one")
    if len(token) > MAX_TOKEN_LENGTH:
        raise UsageError(f"a token has at most {MAX_TOKEN_LENGTH} characters, not {len(token)}")
    at = next((place for place, char in enumerate(token) if not "!" <= char <= "~"), None)
    if at is not None:
        raise UsageError(
            "a token consists of visible ASCII characters without spaces, so that a header can carry it; "
            f"its character {at + 1} is U+{ord(token[at]):04X}"
        )


def convert_config(fields: dict[str, Any]) -> PortalConfig:
    """Make a config from JSON fields; those that are missing have their defaults.

    Raises:
        msgspec.ValidationError: A field is unknown or has the wrong type.
    """
    return msgspec.convert(fields, PortalConfig, dec_hook=_decode_path)


def encode_config(config: PortalConfig) -> str:
    """Return the config as JSON text for the portal's file, with paths that hold in every working directory."""
    return msgspec.json.encode(config, enc_hook=lambda path: str(path.absolute())).decode()


def decode_config(text: str) -> PortalConfig:
    """Return the config that `encode_config` wrote."""
    return decode_json(text, type=PortalConfig, dec_hook=_decode_path)


def _decode_path(kind: type, value: Any) -> Any:
    if kind is not Path:
        raise NotImplementedError
    if not isinstance(value, str):
        raise TypeError(f"Expected `str` for a path, got `{type(value).__name__}`")
    return Path(value)
