"""What HubSpot's limits allow for one account, worked out. Pure; `docs/explanation/limits-of-one-account.md` shows it.

`python -m benchmarks.limits` prints the tables; a test holds the document to them.
"""

import math
from dataclasses import dataclass

LIST_PAGE, SEARCH_PAGE = 100, 200
SEARCHES_PER_S, SERVICE_SEARCHES_PER_S = 5, 4
ARCHIVED_LOOKS = 2
SIZES = (1_000_000, 10_000_000, 100_000_000)
LATENCIES_MS = (20, 50, 100, 200, 400)


@dataclass(frozen=True, slots=True)
class Tier:
    """What an app may ask in ten seconds, and an account in a day; None where no day's limit counts."""

    name: str
    burst: int
    daily: int | None

    @property
    def per_s(self) -> float:
        """Requests a second that can be kept up."""
        return self.burst / 10


TIERS = (
    Tier("Free, Starter", 100, 250_000),
    Tier("Professional", 190, 625_000),
    Tier("Enterprise", 190, 1_000_000),
    Tier("Enterprise + 1 limit increase", 250, 2_000_000),
    Tier("Public app (OAuth)", 110, None),
)


def full_requests(contacts: int) -> int:
    """Requests of a full pull: its pages, and one more where the last page is full."""
    return contacts // LIST_PAGE + 1


def searches(changes: int) -> int:
    """Search requests of an incremental pull whose changes have moments of their own.

    Each begins at the last moment of the one before, so it gives 199 new records and one again.
    """
    return max(0, changes - 1) // (SEARCH_PAGE - 1) + 1


def rate_per_s(tier: Tier, latency_s: float) -> float:
    """Requests a second of one walk, in which each request needs the answer before it."""
    return min(tier.per_s, 1 / latency_s) if latency_s else tier.per_s


def full_hours(tier: Tier, contacts: int) -> float:
    """Hours of a full pull at the pace the burst limit bears."""
    return full_requests(contacts) / tier.per_s / 3600


def days_of_quota(tier: Tier, contacts: int) -> float:
    """How many days' requests a full pull uses up; 0 where no day's limit counts."""
    return full_requests(contacts) / tier.daily if tier.daily else 0.0


def incremental_s(changes: int, per_s: float = SERVICE_SEARCHES_PER_S) -> float:
    """Seconds of an incremental pull: the first search goes out at once, each further one after its distance."""
    return (searches(changes) - 1) / per_s


def break_even_share(tier: Tier) -> float:
    """The share of changed contacts from which a full pull is the quicker one."""
    return SERVICE_SEARCHES_PER_S * (SEARCH_PAGE - 1) / (tier.per_s * LIST_PAGE)


# --- as tables ---


def span(seconds: float) -> str:
    """A time as people say it."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{_short(seconds / size)} {unit}"
    return f"{_short(seconds)} s"


def _short(value: float) -> str:
    """Two digits that matter, or all before the point."""
    digits = 0 if value >= 10 or not value else 1 - math.floor(math.log10(value))
    return f"{value:.{min(digits, 2)}f}"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def full_table() -> str:
    """A full pull by the burst limit, and the days' quotas it uses up."""
    rows = [[tier.name, f"{tier.per_s:g}", *(_full_cell(tier, size) for size in SIZES)] for tier in TIERS]
    return _table(["account", "requests/s", *(f"{size // 1_000_000} million" for size in SIZES)], rows)


def _full_cell(tier: Tier, contacts: int) -> str:
    used = days_of_quota(tier, contacts)
    share = f"{used:.0%} of a day's requests" if used else "no day's limit"
    return f"{span(full_hours(tier, contacts) * 3600)}, {share}"


def latency_table() -> str:
    """Contacts a second of one walk, by what holds it back."""
    rows = [[tier.name, *(_latency_cell(tier, milliseconds / 1000) for milliseconds in LATENCIES_MS)] for tier in TIERS]
    return _table(["account", *(f"{milliseconds} ms" for milliseconds in LATENCIES_MS)], rows)


def _latency_cell(tier: Tier, latency_s: float) -> str:
    rate = rate_per_s(tier, latency_s)
    return f"{rate * LIST_PAGE:,.0f}" + (" (answer time)" if rate < tier.per_s else " (limit)")


def incremental_table() -> str:
    """An incremental pull of one in a hundred contacts, and of all of them."""
    rows = []
    for size in SIZES:
        for words, changes in (("1 %", size // 100), ("all", size)):
            count = searches(changes)
            asked = [f"{size // 1_000_000} million", words, f"{changes:,}", f"{count + ARCHIVED_LOOKS:,}"]
            rows.append([*asked, *(span(incremental_s(changes, per_s)) for per_s in (SERVICE_SEARCHES_PER_S, 5))])
    return _table(["contacts", "changed", "changes", "requests", "at 4 searches/s", "at 5 searches/s"], rows)


def break_even_table() -> str:
    """From which share of changes on a full pull is quicker, and how many contacts a day's requests can read."""
    rows = [
        [tier.name, f"{break_even_share(tier):.0%}", f"{tier.daily * LIST_PAGE:,}" if tier.daily else "no day's limit"]
        for tier in TIERS
    ]
    return _table(["account", "full pull is quicker above", "contacts a day at most"], rows)


def quota_table() -> str:
    """What pipes that run all day take from the smallest account's day."""
    daily = TIERS[0].daily or 1
    quiet = 1 + ARCHIVED_LOOKS
    jobs = [("a pull each 15 minutes, few changes", 96 * quiet), ("a pull each minute, few changes", 1440 * quiet)]
    jobs += [(f"a full pull of {size // 1_000_000} million each night", full_requests(size)) for size in SIZES]
    return _table(["pipe", "requests a day", "of 250,000"], [[job, f"{n:,}", f"{n / daily:.1%}"] for job, n in jobs])


TABLES = (full_table, latency_table, incremental_table, break_even_table, quota_table)


if __name__ == "__main__":
    print("\n\n".join(table() for table in TABLES))
