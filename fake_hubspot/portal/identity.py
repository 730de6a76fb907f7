"""Correlation ids and record ids, drawn from the portal's own random source."""

from random import Random

__all__ = ["RecordIds", "correlation_id", "random_uuid", "uuid_of"]

FIRST_ID = 713_000_000_000


def correlation_id(now_ms: int, random: Random) -> str:
    """Return a UUIDv7, as HubSpot sends it in `correlationId` and `X-HubSpot-Correlation-Id`.

    Source: recording (hubspot-api-ruby contacts list, 2026-04); until 2024 it was a UUIDv4.
    """
    number = (now_ms & 0xFFFFFFFFFFFF) << 80 | 7 << 76 | 2 << 62 | random.getrandbits(62) | random.getrandbits(12) << 64
    return _grouped(f"{number:032x}")


def random_uuid(random: Random, *, variant: str = "a") -> str:
    """Return a random UUIDv4."""
    return uuid_of(f"{random.getrandbits(128):032x}", variant=variant)


def uuid_of(digits: str, *, variant: str = "a") -> str:
    """Return the first 32 of these hexadecimal digits as a UUIDv4 with this digit for its variant."""
    return _grouped(f"{digits[:12]}4{digits[13:16]}{variant}{digits[17:32]}")


def _grouped(digits: str) -> str:
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


class RecordIds:
    """Ids for new records: twelve digits, unique, and not in the order of creation.

    Source: recording (Nango captures, 2026-03): a record created later can have the lower id.
    """

    def __init__(self, random: Random) -> None:
        self._random = random

    def draw(self) -> int:
        """Return a candidate id; the store knows whether it is taken."""
        return FIRST_ID + self._random.randrange(1, 900_000_000)
