"""Throughput of one, two and three replicas. The service is stateless, so it should grow linearly.

The upstream takes 50 ms per request, so that two cores are enough for all replicas. One replica with as many pulls is
measured too, to tell the effect of replicas from the effect of parallel pulls.
"""

import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.alternatives import NotHereError, python
from benchmarks.balancer import balanced
from benchmarks.compose import scaled
from benchmarks.figures import Section
from benchmarks.processes import ROOT, TOKEN, cpu_s, fake_hubspot, seconds, service, stub
from benchmarks.sections.full_pull import check
from fake_sesam import Node, NodeOptions

OURS = "contract-bench service"
LATENCY_MS = 50
COUNTS = (1, 2, 3)
MOST = COUNTS[-1]
NGINX, PIPES = " behind nginx", ", one Sesam pipe each"
MULTIPLE = "as a multiple of one"
LOCUST_S = 4  # enough for each pipe to start two pulls
WINDOW_S = 10.0  # of HubSpot's limit
SHARE = 0.9  # of perfect linear growth


@dataclass(frozen=True, slots=True)
class Plan:
    """The size of each pull, and the number of rounds per subject."""

    contacts: int
    rounds: int


QUICK, FULL = Plan(1_500, 2), Plan(5_000, 3)


@dataclass(frozen=True, slots=True)
class Subject:
    """A number of parallel pulls, and a function that times them. The result is given as a multiple of `base`."""

    name: str
    base: str
    pulls: int
    run: Callable[[], float]


def run(full: bool) -> Section:
    """Measure it."""
    section = Section("scale-out", "Scale-out", OURS)
    _on_this_machine(section, FULL if full else QUICK)
    if full:
        _from_locust(section, FULL.contacts)
        _on_one_account(section, FULL.contacts)
        _in_containers(section, FULL)
    section.notes.append(
        "A pull spends most of its time waiting for HubSpot, so one replica can serve several pulls. Add replicas when "
        "a core is fully used, or when the loss of one replica should not end every pull."
    )
    section.notes.append(
        "Replicas share the limits of one HubSpot account, which are reached long before the limits of a replica: see "
        "[what one account allows](../explanation/limits-of-one-account.md)."
    )
    return section


# --- the subjects ---


def together(jobs: Sequence[Callable[[], object]]) -> float:
    """Start all jobs at once, and return the seconds until the last one ends. Raise what a job raises."""
    with ThreadPoolExecutor(len(jobs)) as pool:
        return seconds(lambda: [done.result() for done in [pool.submit(job) for job in jobs]])


def pull(ports: Sequence[int], contacts: int) -> float:
    """Time one client per port that reads the whole array. Raise if one receives another number of contacts."""
    return together([partial(check, port, contacts) for port in ports])


def pump(ports: Sequence[int], contacts: int) -> float:
    """Time a new node that fills one dataset through each replica, without the start of the node."""
    with tempfile.TemporaryDirectory() as folder:
        options = NodeOptions(system_urls=write_node(Path(folder), ports))
        with Node(Path(folder), options) as node:
            return together([partial(_pump_one, node, pipe, contacts) for pipe in node.pipes])


def _pump_one(node: Node, pipe: str, contacts: int) -> None:
    result = node.run_pipe(pipe)
    if not result.ok or result.processed != contacts:
        raise RuntimeError(f"{pipe} read {result.processed} of {contacts} contacts: {result.error}")


def write_node(folder: Path, ports: Sequence[int]) -> dict[str, str]:
    """Write a node with a system and a pipe for each replica, and return the URL of each system."""
    urls = {f"replica-{number}": f"http://127.0.0.1:{port}" for number, port in enumerate(ports, 1)}
    for system in urls:
        docker = {"image": "contract-bench/service:latest", "port": 5000}
        source = {"type": "json", "system": system, "url": "get_contacts"}
        _write(folder / "systems", {"_id": system, "type": "system:microservice", "docker": docker})
        _write(folder / "pipes", {"_id": f"contacts-of-{system}", "type": "pipe", "source": source})
    _write(folder, {"_id": "node-metadata", "type": "metadata"})
    return urls


def _write(folder: Path, config: dict[str, object]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{config['_id']}.conf.json").write_text(json.dumps(config))


def named(count: int, what: str, how: str) -> str:
    """Return a name such as `2 replicas behind nginx`."""
    return f"{count} {what}{'' if count == 1 else 's'}{how}"


def _direct(port: int, contacts: int) -> list[Subject]:
    """Return the subjects with one replica: one pull, and as many pulls as all replicas have together."""
    base = "1 replica, 1 pull"
    return [
        Subject(base, base, 1, partial(pull, [port], contacts)),
        Subject(f"1 replica, {MOST} pulls", base, MOST, partial(pull, [port] * MOST, contacts)),
    ]


def _behind_nginx(stack: ExitStack, ports: Sequence[int], contacts: int, *, what: str = "replica") -> list[Subject]:
    """Return the subjects with one client per replica, which all use the address of nginx.

    Raises:
        NotHereError: nginx was not found.
    """
    base = f"1 {what}, 1 pull"
    found = []
    for count in COUNTS:
        port = stack.enter_context(balanced(*ports[:count]))
        found.append(Subject(named(count, what, NGINX), base, count, partial(pull, [port] * count, contacts)))
    return found


def _in_pipes(ports: Sequence[int], contacts: int) -> list[Subject]:
    """Return the subjects with a node that has one pipe per replica."""
    return [
        Subject(
            named(count, "replica", PIPES), named(1, "replica", PIPES), count, partial(pump, ports[:count], contacts)
        )
        for count in COUNTS
    ]


@contextmanager
def _replicas(upstream: str) -> Iterator[tuple[list[int], list[int]]]:
    """Start all replicas, and yield their ports and the process ids of their workers."""
    with ExitStack() as stack:
        running = [stack.enter_context(service(upstream, HUBSPOT_API_KEY=TOKEN)) for _ in range(MOST)]
        yield [port for port, _ in running], [worker for _, worker in running]


# --- measuring ---


def _on_this_machine(section: Section, plan: Plan) -> None:
    with (
        stub(plan.contacts, LATENCY_MS / 1000) as upstream,
        _replicas(upstream) as (ports, workers),
        ExitStack() as stack,
    ):
        subjects = _direct(ports[0], plan.contacts)
        try:
            subjects += _behind_nginx(stack, ports, plan.contacts)
        except NotHereError as problem:
            section.notes.append(f"Replicas behind nginx could not be measured: {problem}")
        subjects += _in_pipes(ports, plan.contacts)
        work = f"{plan.contacts:,} contacts per pull, {LATENCY_MS} ms per request"
        measure(section, work, plan, subjects, workers)
    for subject in subjects:
        if subject.name.startswith(str(MOST)):
            _promise(section, work, subject)


def _from_locust(section: Section, contacts: int) -> None:
    """Measure with the Locust file's pipes, two pulls each. A failed pull fails the measurement."""
    try:
        locust = python("locust").with_name("locust")
        with stub(contacts, LATENCY_MS / 1000) as upstream, _replicas(upstream) as (ports, _), ExitStack() as stack:
            port = stack.enter_context(balanced(*ports))
            options = f"--headless --json -u {MOST} -r {MOST} -t {LOCUST_S}s -s 60 --entities {contacts} FullPipe"
            command = [
                str(locust),
                "-f",
                "benchmarks/locustfile.py",
                "-H",
                f"http://127.0.0.1:{port}",
                *options.split(),
            ]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    except NotHereError as problem:
        section.notes.append(f"Locust could not be measured: {problem}")
        return
    if done.returncode:
        raise RuntimeError(f"Locust failed: {done.stderr.strip()[-1000:]}")
    told = json.loads(done.stdout)[0]
    work = f"{contacts:,} contacts per pull, {LATENCY_MS} ms per request, by Locust"
    speed = MOST * contacts / (told["total_response_time"] / told["num_requests"] / 1000)
    section.add(work, f"{named(MOST, 'replica', NGINX)}, {MOST} pipes", "speed", speed, "entities/s")


def _on_one_account(section: Section, contacts: int) -> None:
    """Measure with HubSpot's limit enforced: more replicas do not help, and no pull fails."""
    work = f"{contacts:,} contacts per pull, an account with 100 requests per {WINDOW_S:g} s"
    base = f"1 replica, {MOST} pulls"
    with (
        fake_hubspot("--contacts", str(contacts), "--tier", "free", "--enforce-limits") as (upstream, _),
        _replicas(upstream) as (ports, _),
    ):
        subjects = [
            Subject(base, base, MOST, partial(_rested_pull, ports[:1] * MOST, contacts)),
            Subject(f"{MOST} replicas, {MOST} pulls", base, MOST, partial(_rested_pull, ports, contacts)),
        ]
        measure(section, work, Plan(contacts, rounds=1), subjects)


def _rested_pull(ports: Sequence[int], contacts: int) -> float:
    """Pull once the limit's window has passed."""
    time.sleep(WINDOW_S)
    return pull(ports, contacts)


def _in_containers(section: Section, plan: Plan) -> None:
    """Measure as a node runs the service: in 128 MB, without privileges."""
    work = f"{plan.contacts:,} contacts per pull, {LATENCY_MS} ms per request, in containers"
    try:
        with scaled(MOST, contacts=plan.contacts, latency_s=LATENCY_MS / 1000) as ports, ExitStack() as stack:
            subjects = _direct(ports[0], plan.contacts) + _behind_nginx(stack, ports, plan.contacts)
            measure(section, work, plan, subjects)
    except NotHereError as problem:
        section.notes.append(
            f"Containers could not be measured (docs/how-to/containers.md says what they need): {problem}"
        )
        return
    _promise(section, work, subjects[-1])


def measure(section: Section, work: str, plan: Plan, subjects: Sequence[Subject], workers: Sequence[int] = ()) -> None:
    """Measure the subjects in turns. Keep the fastest round of each, and the least processor time of the workers."""
    times: dict[str, list[float]] = {subject.name: [] for subject in subjects}
    loads: dict[str, list[float]] = {subject.name: [] for subject in subjects}
    for _ in range(plan.rounds):
        for subject in subjects:
            begun_s = sum(map(cpu_s, workers))
            times[subject.name].append(subject.run())
            loads[subject.name].append(sum(map(cpu_s, workers)) - begun_s)
    speeds = {one.name: one.pulls * plan.contacts / min(times[one.name]) for one in subjects}
    for subject in subjects:
        section.add(work, subject.name, "speed", speeds[subject.name], "entities/s")
        section.add(work, subject.name, MULTIPLE, speeds[subject.name] / speeds[subject.base], "x")
        if workers:
            load_ms = min(loads[subject.name]) * 1000 / (subject.pulls * plan.contacts / 1000)
            section.add(work, subject.name, "processor time of the service", load_ms, "ms / 1,000 entities", "less")


def _promise(section: Section, work: str, subject: Subject) -> None:
    got = section.value(work, subject.name, MULTIPLE) or 0.0
    promise = f"{subject.name}: at least {SHARE * MOST:g} x the speed of {subject.base}"
    section.promise(promise, SHARE * MOST, got)
