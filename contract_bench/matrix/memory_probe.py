"""Whether a connector's memory grows with the account: a pull of a small account, then of one three times as large.

The small account is large enough to fill every buffer and to settle a garbage collector. The additional memory for the
large one is compared with the additional length of the response. A connector that keeps the response or the records, in
whatever form, needs at least that much; one that passes pages on needs almost nothing.
"""

import http.client
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from contract_bench.matrix.bench import Bench
from contract_bench.matrix.fixture import make_fixture
from contract_bench.matrix.judge import Remark, Violation
from contract_bench.matrix.memory import MemoryMeter
from fake_hubspot import Record

__all__ = ["judge_growth", "memory_growth", "share_of"]

LONG_NAME = "x" * 3_000
# A connector that keeps the response keeps all of it; one that does not seldom shows a tenth. But a garbage collector
# may be slow, so a connector that seems to keep it is measured once more with an even larger account.
SHARE = 0.5
LEAST_BYTES = 4_000_000
PIECE_BYTES = 65_536
MB = 1_000_000
Weighed = tuple[int, int | None]
"""The length of a response, and the peak memory until its end."""


def memory_growth(bench: Bench) -> Iterator[Violation | Remark]:
    """Measure the connector's memory. It is started again with pages of the usual size."""
    connector = bench.settings.connector
    large_pages = replace(connector, environment={**connector.environment, "HUBSPOT_PAGE_SIZE": "100"})
    small, large, largest = bench.settings.memory_records
    with Bench(replace(bench.settings, connector=large_pages)) as own:
        pid = own.connector.pid()
        if pid is None:
            yield Remark("not measured: the connector's process is not known")
            return
        try:
            few, many = _pull(own, pid, small), _pull(own, pid, large)
            if share_of(few, many) > SHARE:
                few, many = many, _pull(own, pid, largest)
        except (OSError, http.client.HTTPException) as error:
            yield Violation("completes", f"a pull of {large} records failed: {type(error).__name__}")
            return
    yield from judge_growth(few, many)


def share_of(few: Weighed, many: Weighed) -> float:
    """Return the additional memory as a share of the additional length of the response."""
    longer_by = many[0] - few[0]
    return ((many[1] or 0) - (few[1] or 0)) / longer_by if longer_by >= LEAST_BYTES else 0.0


def judge_growth(few: Weighed, many: Weighed) -> Iterator[Violation | Remark]:
    """Compare two pulls.

    Units: bytes.
    """
    if few[1] is None or many[1] is None:
        yield Remark("not measured: the system does not report the memory of processes")
    elif many[0] - few[0] < LEAST_BYTES:
        yield Remark(f"not measured: thousands of records more add only {many[0] - few[0]} bytes to the response")
    else:
        figures = (
            f"at most {few[1] / MB:.0f} MB for a response of {few[0] / MB:.0f} MB, "
            f"{many[1] / MB:.0f} MB for one of {many[0] / MB:.0f} MB"
        )
        if share_of(few, many) > SHARE:
            yield Violation("bounded-memory", f"memory grows with the account: {figures}")
        else:
            yield Remark(figures)


def _pull(bench: Bench, pid: int, count: int) -> Weighed:
    """Pull an account of `count` large records."""
    bench.portal.fill(_large(record) for record in make_fixture(count).before)
    with MemoryMeter(pid) as meter:
        length = _read_all(bench.connector.url(), bench.settings.connector.route, bench.settings.patience_s)
    return length, meter.peak


def _large(record: Record) -> Record:
    return replace(record, properties={**record.properties, "lastname": LONG_NAME})


def _read_all(url: str, route: str, patience_s: float) -> int:
    """Read a response to its end and return its length. What is read is not kept."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=patience_s)
    try:
        connection.request("GET", f"/{route.lstrip('/')}")
        response = connection.getresponse()
        if response.status >= 300:
            raise http.client.HTTPException(f"status {response.status}")
        length = 0
        while piece := response.read(PIECE_BYTES):
            length += len(piece)
        return length
    finally:
        connection.close()
