"""Calculates what HubSpot's limits allow for one account, for `docs/explanation/limits-of-one-account.md`.

`python -m benchmarks.limits` prints the tables. A test compares the document with them.
"""

import math
from dataclasses import dataclass

LIST_PAGE, SEARCH_PAGE = 100, 200
SEARCHES_PER_S, SERVICE_SEARCHES_PER_S = 5, 4
ARCHIVED_LOOKS = 2
SIZES = (1_000_000, 10_000_000, 100_000_000)
LATENCIES_MS = (20, 50, 100, 200, 400)
CONNECTIONS = (1, 4, 8)
SERVICE_CONNECTIONS = 4
USUAL_LATENCY_S = 0.2


@dataclass(frozen=True, slots=True)
class Tier:
    """The requests that an app may send in ten seconds and an account in a day; None if there is no daily limit."""

    name: str
    burst: int
    daily: int | None

    @property
    def per_s(self) -> float:
        """Requests per second that can be sustained."""
        return self.burst / 10


TIERS = (
    Tier("Free, Starter", 100, 250_000),
    Tier("Professional", 190, 625_000),
    Tier("Enterprise", 190, 1_000_000),
    Tier("Enterprise + 1 limit increase", 250, 2_000_000),
    Tier("Public app (OAuth)", 110, None),
)


def full_requests(contacts: int) -> int:
    """Return the requests of a full pull: its pages, and one more if the last page is full."""
    return contacts // LIST_PAGE + 1


def searches(changes: int) -> int:
    """Return the search requests of an incremental pull in which no two changes have the same timestamp.

    Each search starts at the last timestamp of the previous one, so it returns 199 new records and repeats one.
    """
    return max(0, changes - 1) // (SEARCH_PAGE - 1) + 1


def rate_per_s(tier: Tier, latency_s: float, *, connections: int = 1) -> float:
    """Return the requests per second of one pull, in which a connection sends one request per response time."""
    return min(tier.per_s, connections / latency_s) if latency_s else tier.per_s


def full_hours(tier: Tier, contacts: int) -> float:
    """Return the duration of a full pull at the pace of the burst limit. Units: hours."""
    return full_requests(contacts) / tier.per_s / 3600


def days_of_quota(tier: Tier, contacts: int) -> float:
    """Return how many days of quota a full pull uses; 0 if there is no daily limit."""
    return full_requests(contacts) / tier.daily if tier.daily else 0.0


def incremental_s(changes: int, per_s: float = SERVICE_SEARCHES_PER_S) -> float:
    """Return the duration of an incremental pull: the first search is sent at once. Units: seconds."""
    return (searches(changes) - 1) / per_s


def break_even_share(tier: Tier) -> float:
    """Return the share of changed contacts above which a full pull is faster."""
    return SERVICE_SEARCHES_PER_S * (SEARCH_PAGE - 1) / (tier.per_s * LIST_PAGE)


# --- as tables ---


def span(seconds: float) -> str:
    """Format a duration as people say it."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{_short(seconds / size)} {unit}"
    return f"{_short(seconds)} s"


def _short(value: float) -> str:
    """Format with two significant digits, or all digits before the point."""
    digits = 0 if value >= 10 or not value else 1 - math.floor(math.log10(value))
    return f"{value:.{min(digits, 2)}f}"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def full_table() -> str:
    """Return the table of full pulls at the burst limit, with the daily quota they use."""
    rows = [[tier.name, f"{tier.per_s:g}", *(_full_cell(tier, size) for size in SIZES)] for tier in TIERS]
    return _table(["account", "requests/s", *(f"{size // 1_000_000} million" for size in SIZES)], rows)


def _full_cell(tier: Tier, contacts: int) -> str:
    used = days_of_quota(tier, contacts)
    share = f"{used:.0%} of daily quota" if used else "no daily limit"
    return f"{span(full_hours(tier, contacts) * 3600)}, {share}"


def latency_table() -> str:
    """Return the table of contacts per second of one pull, with what limits it."""
    rows = [[tier.name, *(_latency_cell(tier, milliseconds / 1000) for milliseconds in LATENCIES_MS)] for tier in TIERS]
    return _table(["account", *(f"{milliseconds} ms" for milliseconds in LATENCIES_MS)], rows)


def _latency_cell(tier: Tier, latency_s: float) -> str:
    rate = rate_per_s(tier, latency_s, connections=SERVICE_CONNECTIONS)
    return f"{rate * LIST_PAGE:,.0f}" + (" (response time)" if rate < tier.per_s else " (limit)")


def connections_table() -> str:
    """Return the table of durations of a full pull over one and several connections, with the usual response time."""
    rows = [
        [tier.name, str(count), *(_duration_cell(tier, size, count) for size in SIZES)]
        for tier in (TIERS[0], TIERS[2], TIERS[3])
        for count in CONNECTIONS
    ]
    return _table(["account", "connections", *(f"{size // 1_000_000} million" for size in SIZES)], rows)


def _duration_cell(tier: Tier, contacts: int, connections: int) -> str:
    return span(full_requests(contacts) / rate_per_s(tier, USUAL_LATENCY_S, connections=connections))


def incremental_table() -> str:
    """Return the table of incremental pulls of one in a hundred contacts, and of all contacts."""
    rows = []
    for size in SIZES:
        for words, changes in (("1 %", size // 100), ("all", size)):
            count = searches(changes)
            asked = [f"{size // 1_000_000} million", words, f"{changes:,}", f"{count + ARCHIVED_LOOKS:,}"]
            rows.append([*asked, *(span(incremental_s(changes, per_s)) for per_s in (SERVICE_SEARCHES_PER_S, 5))])
    return _table(["contacts", "changed", "changes", "requests", "at 4 searches/s", "at 5 searches/s"], rows)


def break_even_table() -> str:
    """Return the table of shares above which a full pull is faster, with the contacts that the daily quota can read."""
    rows = [
        [tier.name, f"{break_even_share(tier):.0%}", f"{tier.daily * LIST_PAGE:,}" if tier.daily else "no daily limit"]
        for tier in TIERS
    ]
    return _table(["account", "full pull is faster above", "contacts per day, at most"], rows)


def quota_table() -> str:
    """Return the table of what pipes that run all day take from the smallest daily quota."""
    daily = TIERS[0].daily or 1
    quiet = 1 + ARCHIVED_LOOKS
    jobs = [("a pull every 15 minutes, few changes", 96 * quiet), ("a pull every minute, few changes", 1440 * quiet)]
    jobs += [(f"a full pull of {size // 1_000_000} million every night", full_requests(size)) for size in SIZES]
    return _table(["pipe", "requests per day", "of 250,000"], [[job, f"{n:,}", f"{n / daily:.1%}"] for job, n in jobs])


TABLES = (full_table, latency_table, connections_table, incremental_table, break_even_table, quota_table)


if __name__ == "__main__":
    print("\n\n".join(table() for table in TABLES))
