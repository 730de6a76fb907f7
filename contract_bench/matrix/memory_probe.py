"""Whether a connector's memory grows with the account: a pull of a small one, then of one three times as large.

The small account is large enough to fill every buffer and to let a garbage collector find its pace. What comes on top
with the large one is compared with what the answer is longer by: who keeps the answer, or the records, in whatever
form, takes at least that much; who passes pages on takes next to nothing.
"""

import http.client
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from contract_bench.matrix.bench import Bench
from contract_bench.matrix.judge import Remark, Violation
from contract_bench.matrix.memory import MemoryMeter
from contract_bench.matrix.world import make_world
from fake_hubspot.portal.store import Record

__all__ = ["SHARE", "judge_growth", "memory_growth"]

SMALL, LARGE = 3_000, 10_000
LONG_NAME = "x" * 3_000
# Half of what is kept at the very least; noise is a tenth of it.
SHARE = 0.5
LEAST_BYTES = 4_000_000
PIECE_BYTES = 65_536
MB = 1_000_000


def memory_growth(bench: Bench) -> Iterator[Violation | Remark]:
    """Measure, and say what was measured. The connector is started anew, with pages of a usual size."""
    subject = bench.settings.subject
    large_pages = replace(subject, environment={**subject.environment, "HUBSPOT_PAGE_SIZE": "100"})
    with Bench(replace(bench.settings, subject=large_pages)) as own:
        pid = own.connector.pid()
        if pid is None:
            yield Remark("not measured: which process it runs in is not known")
            return
        try:
            few = _pull(own, pid, SMALL)
            many = _pull(own, pid, LARGE)
        except (OSError, http.client.HTTPException) as error:
            yield Violation("completes", f"a pull of {LARGE} records broke off: {type(error).__name__}")
            return
    yield from judge_growth(few, many)


def judge_growth(few: tuple[int, int | None], many: tuple[int, int | None]) -> Iterator[Violation | Remark]:
    """Compare two pulls, each the length of its answer and the most memory taken so far.

    Units: bytes.
    """
    longer_by = many[0] - few[0]
    if few[1] is None or many[1] is None:
        yield Remark("not measured: the system does not tell what a process takes")
    elif longer_by < LEAST_BYTES:
        yield Remark(f"not measured: {LARGE - SMALL} records more make the answer only {longer_by} bytes longer")
    else:
        grown = many[1] - few[1]
        figures = (
            f"at most {few[1] / MB:.0f} MB for an answer of {few[0] / MB:.0f} MB, "
            f"{many[1] / MB:.0f} MB for one of {many[0] / MB:.0f} MB"
        )
        if grown > SHARE * longer_by:
            yield Violation("bounded-memory", f"memory grows with the account: {figures}")
        else:
            yield Remark(figures)


def _pull(bench: Bench, pid: int, count: int) -> tuple[int, int | None]:
    """Pull an account of so many large records."""
    bench.account.fill(_large(record) for record in make_world(count).before)
    with MemoryMeter(pid) as meter:
        length = _read_all(bench.connector.url(), bench.settings.subject.route, bench.settings.patience_s)
    return length, meter.peak


def _large(record: Record) -> Record:
    return replace(record, properties={**record.properties, "lastname": LONG_NAME})


def _read_all(url: str, route: str, patience_s: float) -> int:
    """How long the answer is. What is read is not kept."""
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
