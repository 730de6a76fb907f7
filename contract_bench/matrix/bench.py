"""One worker of the matrix: a portal, a connector, and a node with a recording relay in between for each cell."""

import shutil
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from bench_core.journal import JournalEntry
from bench_core.names import no_such
from contract_bench.errors import BenchError
from contract_bench.matrix.cells import Cell, Place, UnknownCellError, places_of
from contract_bench.matrix.fixture import Fixture, make_fixture
from contract_bench.matrix.judge import (
    PlayedCell,
    Pulled,
    Snapshot,
    Verdict,
    Version,
    Violation,
    judge,
    whole_milliseconds,
)
from contract_bench.matrix.portal import Step, WorkerPortal
from contract_bench.matrix.relay import Relay
from contract_bench.matrix.response import read_response
from contract_bench.matrix.third_party import ThirdPartyServer
from contract_bench.matrix.upstream_portal import UpstreamPortal
from contract_bench.proxy.upstreams import UpstreamSpec
from contract_bench.roles.connector import (
    PLACEHOLDER,
    UPSTREAM_NAMES,
    ConnectorUnderTest,
    RunningConnector,
    open_connector,
)
from contract_bench.roles.local_hubspot import open_hubspot
from contract_bench.roles.local_node import open_node
from contract_bench.roles.node_config import SYSTEM, pipe_of, write_node
from fake_hubspot import Settings as HubSpotSettings
from fake_hubspot import find_fault
from fake_sesam import Node

__all__ = [
    "PEOPLE",
    "Bench",
    "BenchSettings",
    "CellResult",
    "HealthyPullError",
    "Learned",
    "NeverAskedError",
    "Reference",
    "learn",
]

FIRST_LOOK = 12
PEOPLE = "@example.com"
LOG_LINES = 10
TRACE_CHARACTERS = 300
# First, middle and last page.
PAGES_OF_A_PASS = 3
# Enough for several ranges: over eight connections, our service reads about six.
PAGES_WITH_RANGES = 16
KEPT_EVERY = 10
# Forged responses without a contradiction: a list that ends too early, a missing value, a time without a fraction.
LIES = frozenset({"missing-paging", "null-properties", "missing-key", "whole-seconds"})
# Undetectable only if they do not stop: a second request shows that the first response was wrong.
LASTING_LIES = frozenset({"empty-results"})


class HealthyPullError(BenchError):
    """The connector fails without any fault, so it cannot be judged with one."""

    def __init__(self, pulled: Pulled, output: str) -> None:
        self.pulled = pulled
        last = "\n".join(output.splitlines()[-15:]) or "(none)"
        super().__init__(
            f"expected a pull without any fault to complete, got: {pulled.error}. "
            f"Check --connector, --route and --env. The connector's last lines:\n{last}"
        )


class NeverAskedError(BenchError):
    """The connector answers without asking the fake HubSpot, so no fault can reach it."""

    def __init__(self, settings: "BenchSettings", url: str) -> None:
        self.url = url
        names = ", ".join(UPSTREAM_NAMES) if settings.upstream else "HUBSPOT_BASE_URL, hubspot-base-url and base-url"
        value = PLACEHOLDER if settings.upstream else url
        advice = (
            "start it against this address, which --hubspot-port fixes"
            if settings.connector.is_running
            else f"it gets this address as {names}; if it reads another variable: --env NAME={value}"
        )
        asked = "the proxy of the upstream" if settings.upstream else "the fake HubSpot"
        super().__init__(
            f"the connector never asked {asked} at {url}, although a pull succeeded: nothing can be measured. "
            f"Check where it sends its requests: {advice}"
        )


@dataclass(frozen=True, slots=True)
class BenchSettings:
    """The settings that all workers share.

    Attributes:
        pages: How many pages a full walk has.
        patience_s: How long a pull may take.
        hubspot_port: The port of the fake HubSpot; 0 takes a free one.
        token: The access token of its portal.
        upstream: What the connector reads instead of HubSpot; None for the fake HubSpot.
        ca_file: Certificates to trust for https to the upstream.
        memory_records: How many records of 3 KB the accounts for measuring memory hold: the small one, the large one
            and the one that decides.
    """

    connector: ConnectorUnderTest
    pages: int = 4
    patience_s: float = 10.0
    hubspot_port: int = 0
    token: str = HubSpotSettings().token
    memory_records: tuple[int, int, int] = (3_000, 10_000, 25_000)
    upstream: UpstreamSpec | None = None
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Learned:
    """What the connector does without a fault in one mode.

    Attributes:
        fixture: The account before and after the changes.
        data_dir: A node's data after a pull of the account before the changes.
        steps: The requests of the pull after the changes.
        first: The pull before the changes.
        second: The pull after the changes.
        places: The places of the walk where a fault can be set.
    """

    fixture: Fixture
    data_dir: Path
    steps: tuple[Step, ...]
    first: Pulled
    second: Pulled
    places: Mapping[str, Place]


@dataclass(frozen=True, slots=True)
class Reference:
    """What the cells are compared with. `modes` lacks the modes that the connector does not support."""

    fixture: Fixture
    page_size: int
    modes: Mapping[str, Learned]


@dataclass(frozen=True, slots=True)
class CellResult:
    """A cell that was played.

    Attributes:
        fired: How often the fault fired.
        requests: How many requests the connector sent to HubSpot during the pull.
        error: Why the pump failed.
        log: The connector's last lines in this cell, kept for defects.
        trace: The connector's requests to HubSpot with their answers, one line each.
    """

    cell: Cell
    verdict: Verdict
    violations: tuple[Violation, ...]
    seconds: float
    fired: int
    requests: int
    error: str | None = None
    log: str = field(default="", repr=False)
    trace: tuple[str, ...] = field(default=(), repr=False, compare=False)

    @property
    def name(self) -> str:
        """The name in reports."""
        return self.cell.id


class Bench:
    """A worker. Use it as a context manager; leaving it stops everything that it started."""

    def __init__(self, settings: BenchSettings) -> None:
        self.settings = settings
        self._cleanup = ExitStack()
        self._scratch = 0
        self.folder: Path
        self.node_dir: Path
        self.portal: WorkerPortal | UpstreamPortal
        self.connector: RunningConnector
        self.relay: Relay
        self.third_party: ThirdPartyServer

    def __enter__(self) -> Self:
        settings = self.settings
        with ExitStack() as stack:
            self.folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="contract-bench-matrix-")))
            self.portal = stack.enter_context(_open_portal(settings))
            connector = settings.connector if settings.upstream is None else settings.connector.reading(self.portal.url)
            self.node_dir = write_node(
                self.folder / "node",
                route=settings.connector.route,
                patience_s=settings.patience_s + 30,
                environment=connector.environment,
            )
            self.connector = stack.enter_context(
                open_connector(
                    connector,
                    self.node_dir,
                    self.folder / "host",
                    hubspot_url=self.portal.url,
                    token=self.portal.token,
                )
            )
            self.relay = stack.enter_context(Relay(self.connector.url))
            self.third_party = stack.enter_context(ThirdPartyServer())
            self.connector.url()
            self._cleanup = stack.pop_all()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._cleanup.close()

    @property
    def hubspot(self) -> WorkerPortal:
        """The fake HubSpot's portal. There is none in front of another upstream."""
        assert isinstance(self.portal, WorkerPortal)  # noqa: S101 - the caller knows
        return self.portal

    def abandon(self) -> None:
        """Kill the connector, so that a pull that is under way ends at once."""
        self.connector.kill()

    def new_folder(self, name: str) -> Path:
        """Return a new path that is deleted with the bench."""
        self._scratch += 1
        return self.folder / f"{name}-{self._scratch}"

    @contextmanager
    def node(self, data_dir: Path | None = None, *, reads: str = "") -> Iterator[Node]:
        """Open a node with a copy of the data in `data_dir`, or without data.

        Args:
            data_dir: The data.
            reads: The URL of what it reads instead of the connector.
        """
        own = self.new_folder("cell")
        if data_dir is not None:
            shutil.copytree(data_dir, own)
        opened = open_node(
            self.node_dir,
            own,
            hubspot_url=self.portal.url,
            token=self.portal.token,
            system_urls={SYSTEM: reads or self.relay.url},
        )
        try:
            with opened as node:
                yield node
        finally:
            shutil.rmtree(own, ignore_errors=True)

    def pull(self, node: Node, mode: str) -> Pulled:
        """Run the pipe once; break it off after `settings.patience_s`."""
        self.relay.forget()
        has_hung = threading.Event()
        timer = threading.Timer(self.settings.patience_s, self._give_up, [has_hung])
        timer.daemon = True
        timer.start()
        try:
            result = node.run_pipe(pipe_of(mode))
        finally:
            timer.cancel()
        self.relay.settle()
        return Pulled(
            ok=result.ok,
            error=result.error,
            seconds=whole_milliseconds(result.seconds),
            has_hung=has_hung.is_set(),
            deleted=result.deleted,
            offset=result.offset,
            responses=tuple(read_response(bytes(tapped.response)) for tapped in self.relay.tapped),
            dataset=snapshot_of(node, mode),
        )

    def play(self, cell: Cell, reference: Reference, *, keeps_log: bool = False) -> CellResult:
        """Play one cell: a pull with the fault, a pull without it, and the verdict on both.

        Args:
            cell: The cell.
            reference: What it is compared with.
            keeps_log: Keep the connector's lines also if there is no defect.

        Raises:
            UnknownCellError: the connector's walk does not have this place.
        """
        learned = reference.modes.get(cell.mode)
        if learned is None or cell.place not in learned.places:
            known = [f"{mode}/{place}" for mode, each in reference.modes.items() for place in each.places]
            raise UnknownCellError(cell.id, known, no_such("place", f"{cell.mode}/{cell.place}", known))
        if learned.places[cell.place].restarts:
            self.connector.stop()
            self.connector.url()
        self.portal.fill(learned.fixture.after)
        with self.node(learned.data_dir) as node:
            self.connector.output()  # what it still writes about an earlier cell belongs to that cell
            begun = time.time()
            self.third_party.forget()
            self.portal.arm(learned.places[cell.place].fault_rules(self._with_third_party(cell)))
            pulled = self.pull(node, cell.mode)
            fired, entries = self.portal.fired()[0], self.portal.entries()
            requests, trace = len(entries), tuple(map(_line_of, entries))
            self.portal.disarm()
            output = self.connector.output(since=begun)
            if pulled.has_hung:
                self.connector.stop()
            rerun = self.pull(node, cell.mode) if fired else None
        case = self._case(cell, learned, pulled, rerun, output)
        verdict, violations = judge(case) if fired else (Verdict.UNREACHED, ())
        log = ""
        if verdict.is_defect or keeps_log:
            log = "\n".join(self.connector.output(since=begun).splitlines()[-LOG_LINES:])
        return CellResult(cell, verdict, violations, pulled.seconds, fired, requests, pulled.error, log, trace)

    def _case(self, cell: Cell, learned: Learned, pulled: Pulled, rerun: Pulled | None, output: str) -> PlayedCell:
        return PlayedCell(
            pulled=pulled,
            rerun=rerun,
            before=learned.first.dataset,
            offset_before=learned.first.offset,
            after=learned.second.dataset,
            live_ids=self.portal.live_ids(),
            moves=find_fault(cell.fault).changes_portal,
            lies=self._is_forged(cell),
            is_full=cell.mode == "full",
            patience_s=self.settings.patience_s,
            secrets=self.portal.secrets,
            output=output,
            told_third_party=self.third_party.heard(self.portal.token),
            people="" if self.settings.upstream else PEOPLE,
        )

    def _is_forged(self, cell: Cell) -> bool:
        if isinstance(self.portal, UpstreamPortal):
            return self.portal.is_forged(cell.fault)
        return cell.fault in LIES or (cell.fault in LASTING_LIES and cell.times == "always")

    def _with_third_party(self, cell: Cell) -> Cell:
        """Let a forged link lead to a server that listens."""
        if cell.fault != "wrong-link-host" or cell.params:
            return cell
        return replace(cell, params={"origin": self.third_party.url})

    def _give_up(self, has_hung: threading.Event) -> None:
        has_hung.set()
        self.relay.cut()


def _line_of(entry: JournalEntry) -> str:
    """Return a request as one line: what was asked, what was answered, and the fault that struck."""
    query = f"?{entry.query}" if entry.query else ""
    fault = f"  fault {entry.fault}" if entry.fault else ""
    return f"{entry.method} {entry.path}{query}"[:TRACE_CHARACTERS] + f"  {entry.status or 'no response'}{fault}"


@contextmanager
def _open_portal(settings: BenchSettings) -> Iterator[WorkerPortal | UpstreamPortal]:
    """Start the fake HubSpot, or the proxy in front of the upstream."""
    if settings.upstream is not None:
        with UpstreamPortal(settings.upstream, settings.ca_file) as portal:
            yield portal
        return
    hubspot = HubSpotSettings(contacts=0, port=settings.hubspot_port, token=settings.token)
    with open_hubspot(hubspot) as server:
        yield WorkerPortal(server)


def snapshot_of(node: Node, mode: str) -> Snapshot:
    """Return the latest version of each entity in a mode's dataset."""
    entities = node.dataset(pipe_of(mode)).entities(deleted=True)
    return {str(entity["_id"]): Version(entity["_hash"], entity["_deleted"]) for entity in entities}


def learn(bench: Bench, modes: tuple[str, ...]) -> Reference:
    """Learn from pulls without a fault how the connector walks and which entities it makes of records.

    Raises:
        HealthyPullError: such a pull failed.
        NeverAskedError: the connector does not ask the fake HubSpot.
    """
    page_size = _page_size(bench)
    fixture = _fixture_of(page_size, _pages_with_ranges(bench, page_size))
    learned = {mode: _learn_mode(bench, mode, fixture) for mode in modes}
    known = {mode: each for mode, each in learned.items() if mode == "full" or each.first.offset not in (None, "")}
    if "incremental" in known and (larger := _larger(known["incremental"])) is not None:
        known["incremental"] = _learn_mode(bench, "incremental", larger)
    return Reference(fixture, page_size, known)


def _fixture_of(page_size: int, pages: int) -> Fixture:
    """Return an account whose last page is half full."""
    return make_fixture(page_size * (pages - 1) + max(page_size // 2, 1))


def _pages_with_ranges(bench: Bench, page_size: int) -> int:
    """Return how many pages a full pull needs: more if the connector reads ranges of a larger account side by side."""
    wanted = bench.settings.pages
    if wanted >= PAGES_WITH_RANGES:
        return wanted
    known = _fixture_of(page_size, PAGES_WITH_RANGES).before
    # not the records of the cells, which the connector must not have seen before
    bench.portal.fill(replace(record, id=record.id + 1) for record in known)
    with bench.node() as node:
        _healthy(bench, bench.pull(node, "full"))
    return PAGES_WITH_RANGES if any(step.is_chosen for step in bench.hubspot.steps()) else wanted


def _larger(learned: Learned) -> Fixture | None:
    """Return a fixture with several pages in each pass of an incremental pull; None if there already are."""
    passes = {name: [step for step in learned.steps if step.pass_name == name] for name in ("search", "archived")}
    if not any(0 < len(steps) < PAGES_OF_A_PASS for steps in passes.values()):
        return None
    changed, archived = (max((step.limit for step in steps), default=0) * 9 // 4 for steps in passes.values())
    archived = max(archived, len(learned.fixture.archived))
    count = max(changed * KEPT_EVERY // (KEPT_EVERY - 1) + 2 * archived, len(learned.fixture.before))
    return make_fixture(count, archived=archived, kept_every=KEPT_EVERY)


def _page_size(bench: Bench) -> int:
    bench.portal.fill(make_fixture(FIRST_LOOK).before)
    with bench.node() as node:
        _healthy(bench, bench.pull(node, "full"))
    if not bench.portal.entries():
        raise NeverAskedError(bench.settings, bench.portal.url)
    return max((step.limit for step in bench.hubspot.steps()), default=10)


def _learn_mode(bench: Bench, mode: str, fixture: Fixture) -> Learned:
    after_end = str(max(record.id for record in fixture.after if record.archived_ms is None) + 1)
    data_dir = bench.new_folder(f"learned-{mode}")
    bench.portal.fill(fixture.before)
    with bench.node() as node:
        first = _healthy(bench, bench.pull(node, mode))
        source = node.options.data_dir
        assert source is not None  # noqa: S101 - bench.node gives one
        node.store.close()
        shutil.copytree(source, data_dir)
    bench.portal.fill(fixture.after)
    with bench.node(data_dir) as node:
        second = _healthy(bench, bench.pull(node, mode))
    steps = tuple(bench.hubspot.steps())
    return Learned(fixture, data_dir, steps, first, second, places_of(steps, after_end=after_end))


def _healthy(bench: Bench, pulled: Pulled) -> Pulled:
    if not pulled.ok:
        raise HealthyPullError(pulled, bench.connector.output())
    return pulled
