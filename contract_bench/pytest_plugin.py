"""Fixtures for testing a connector: a fake HubSpot, a Sesam node, faults, cassettes.

pytest loads this module in every run, so it imports only pytest. Everything else is imported when a fixture is used.

```python
def test_failed_page_deletes_nothing(hubspot_portal, hubspot_faults, sesam_node):
    assert sesam_node.pull().ok
    hubspot_faults.add("server-error", page=2, times="forever")

    failed = sesam_node.pull()

    assert not failed.ok
    assert len(sesam_node.entities()) == 250
```
"""

from __future__ import annotations  # the types of the fixtures must not be imported before a fixture is used

import json
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from contract_bench.plugin import Faults, HubSpotControl, HubSpotPortal, SesamNode, UpstreamProxy, Webhooks

__all__: list[str] = []

OPTIONS = (
    ("connector", "The connector: a URL, image:NAME or a command."),
    (
        "hubspot-url",
        "The URL of a running fake HubSpot, for instance in a container; by default each process starts one.",
    ),
)
SETTINGS = (
    ("contract_bench_connector", "The default of --connector.", ""),
    ("contract_bench_route", "The route that Sesam reads; get_contacts by default.", ""),
    (
        "contract_bench_upstream",
        "The API of a connector that is not for HubSpot: a URL, a cassette or a command. See `upstream_proxy`.",
        "",
    ),
    ("contract_bench_contacts", "The number of contacts in a portal at the start of a test; 250 by default.", ""),
    (
        "contract_bench_seed_files",
        "FILE or TYPE=FILE lines: CSV, JSON or NDJSON files with the records of a portal, instead of contacts.",
        "",
    ),
    (
        "contract_bench_environment",
        "NAME=VALUE lines: more variables for the connector.",
        "",
    ),
    ("contract_bench_node_dir", "A Sesam configuration directory; by default a node is generated for the route.", ""),
    ("contract_bench_system", "The system of that configuration that is the connector; hubspot by default.", ""),
    ("contract_bench_pipe", "The pipe of that configuration that is pulled; hubspot-contacts-collect by default.", ""),
    ("contract_bench_har_dir", "Where a failing test writes the requests to its portals, as HAR files.", ""),
    ("contract_bench_allow_unmatched", "true: requests that the fake does not know do not fail a test.", "false"),
    ("contract_bench_allow_unasked", "true: no request to the fake or to a cassette does not fail a test.", "false"),
    ("contract_bench_allow_unfired", "true: a fault that never fired does not fail a test.", "false"),
)
DEFAULTS = {"route": "get_contacts", "contacts": 250, "system": "hubspot", "pipe": "hubspot-contacts-collect"}
UNASKED = (
    "the connector never asked the fake HubSpot at {url}, although its pull succeeded: this test has proved nothing. "
    "The address is in HUBSPOT_BASE_URL, hubspot-base-url and base-url; with contract_bench_node_dir, in what the "
    "system's docker.environment says. Set contract_bench_allow_unasked = true if it may answer from elsewhere."
)
UNASKED_UPSTREAM = (
    "the connector never asked its API at {url}, although its pull succeeded: this test has proved nothing. The "
    "address is in UPSTREAM_URL, BASE_URL and API_BASE_URL, and in place of {{upstream}} in its environment."
)
UNASKED_CASSETTE = (
    "no request reached the cassette {path}: this test has proved nothing. Its address is the value of the fixture. "
    "Set contract_bench_allow_unasked = true if that is meant."
)
UNFIRED = (
    "the fault {fault} (where {where}, times {times}) never fired, so the test has proved nothing about it. The "
    "requests below do not match it. Use hubspot_faults.remove(id), or set contract_bench_allow_unfired = true."
)


class _HasStory(Protocol):
    def story(self) -> str: ...


# What the fixtures report if their test fails, and whether it has failed.
_STORIES: pytest.StashKey[list[_HasStory]] = pytest.StashKey()
_HAS_FAILED: pytest.StashKey[bool] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options and settings; all have a default."""
    group = parser.getgroup("contract-bench", "contract-bench: a fake HubSpot and a fake Sesam")
    for name, text in OPTIONS:
        group.addoption(f"--{name}", dest=f"contract_bench_{name.replace('-', '_')}", default=None, help=text)
    for name, text, default in SETTINGS:
        parser.addini(name, text, default=default)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", "hubspot_cassette(path): the cassette that the hubspot_cassette fixture serves")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Begin every attempt with nothing: plugins that run a failed test again set the same item up again."""
    item.stash[_STORIES] = []
    item.stash[_HAS_FAILED] = False


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Below a failed test, show the requests to its portals, the faults that are set and the node's log."""
    report = yield
    if report.failed and report.when == "call":
        item.stash[_HAS_FAILED] = True
        stories = item.stash[_STORIES]
        for number, each in enumerate(stories):
            report.sections.append(("contract-bench", _story(item, each, number)))
    return report


def _story(item: pytest.Item, each: _HasStory, number: int) -> str:
    try:
        return each.story() + _har(item, each, number)
    except Exception as error:  # must not hide the test's own failure
        return f"no details: {type(error).__name__}: {error}"


def _har(item: pytest.Item, each: _HasStory, number: int) -> str:
    """Write a portal's HAR file if configured, and return a line with its path."""
    folder = item.config.getini("contract_bench_har_dir")
    if not folder or not hasattr(each, "har"):
        return ""
    name = "".join(letter if letter.isalnum() else "-" for letter in item.nodeid)
    path = item.config.rootpath / folder / f"{name}-{number}.har"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(each.har(), indent=1), encoding="utf-8")
    return f"\nHAR: {path}"


def _setting(config: pytest.Config, name: str) -> Any:
    """Return a setting: of pytest's configuration, else of the project's, else the default."""
    from bench_core.project import read_project

    given = config.getini(f"contract_bench_{name}")
    if given:
        return given
    project = read_project(config.rootpath)
    found = getattr(project, {"node_dir": "node"}.get(name, name))
    if name == "node_dir" and found:
        return str(config.rootpath / found)
    return found if found is not None else DEFAULTS.get(name, "")


def _contents(config: pytest.Config) -> dict[str, Any]:
    """Return what a portal starts with: the records of files, or as many contacts as are set."""
    files = _setting(config, "seed_files")
    if not files:
        return {"contacts": int(_setting(config, "contacts"))}
    lines = files.splitlines() if isinstance(files, str) else files
    return {"seedFiles": [line.strip() for line in lines if line.strip()]}


def _is_set(config: pytest.Config, name: str) -> bool:
    return str(config.getini(f"contract_bench_{name}")).lower() == "true"


@contextmanager
def _explained() -> Iterator[None]:
    """Fail with the message alone: the source of the plugin says nothing about the reason."""
    from bench_core.errors import CoreError
    from contract_bench.errors import BenchError
    from fake_sesam import FakeSesamError

    try:
        yield
    except (BenchError, CoreError, FakeSesamError) as error:
        # not `pytest.fail`, after which pytest would print the error itself as well
        raise pytest.fail.Exception(str(error), pytrace=False) from None


def _register(request: pytest.FixtureRequest, each: _HasStory) -> None:
    request.node.stash[_STORIES].append(each)


@pytest.fixture(scope="session")
def hubspot_control(request: pytest.FixtureRequest) -> Iterator[HubSpotControl]:
    """The control API of the fake HubSpot of this process, or of the one at --hubspot-url."""
    from contract_bench.roles.hubspot import HubSpotControl
    from contract_bench.roles.local_hubspot import open_hubspot

    given = request.config.getoption("contract_bench_hubspot_url")
    if given:
        control = HubSpotControl(given)
        yield control
        control.close()
        return
    with open_hubspot(seed_folder=request.config.rootpath) as server:
        control = HubSpotControl(server.url)
        yield control
        control.close()


@pytest.fixture(scope="session")
def hubspot_session_portal(request: pytest.FixtureRequest, hubspot_control: HubSpotControl) -> Iterator[HubSpotPortal]:
    """The portal that the connector is started against. Tests use `hubspot_portal`, the same one after a reset."""
    with _explained():
        portal = hubspot_control.make_portal(**_contents(request.config))
    yield portal
    portal.drop()


@pytest.fixture
def hubspot_portal(request: pytest.FixtureRequest, hubspot_session_portal: HubSpotPortal) -> Iterator[HubSpotPortal]:
    """A portal in its initial state. A missing expected request or an unknown request fails the test at its end."""
    hubspot_session_portal.reset()
    yield from _checked(request, hubspot_session_portal)


@pytest.fixture
def make_hubspot_portal(
    request: pytest.FixtureRequest, hubspot_control: HubSpotControl
) -> Iterator[Callable[..., HubSpotPortal]]:
    """Creates further portals, each with its own token: `make_hubspot_portal(contacts=3, scenario="flaky")`."""
    checks = []

    def make(**wanted: Any) -> HubSpotPortal:
        portal = hubspot_control.make_portal(**wanted)
        check = _checked(request, portal)
        checks.append((portal, check))
        return next(check)

    yield make
    problems = []
    for portal, check in checks:
        try:
            next(check, None)
        except pytest.fail.Exception as error:
            problems.append(str(error))
        portal.drop()
    if problems:
        pytest.fail("\n".join(problems), pytrace=False)


def _checked(request: pytest.FixtureRequest, portal: HubSpotPortal) -> Iterator[HubSpotPortal]:
    _register(request, portal)
    portal.allow_unmatched = _is_set(request.config, "allow_unmatched")
    yield portal
    problems = [] if request.node.stash[_HAS_FAILED] else portal.problems()
    if not request.node.stash[_HAS_FAILED] and not _is_set(request.config, "allow_unfired"):
        problems += [UNFIRED.format_map(fault) for fault in portal.faults.unfired()]
    if problems:
        pytest.fail("\n".join([*problems, portal.story()]), pytrace=False)


@pytest.fixture
def hubspot_faults(hubspot_portal: HubSpotPortal) -> Faults:
    """The faults of `hubspot_portal`: `hubspot_faults.add("server-error", page=2)`."""
    return hubspot_portal.faults


@pytest.fixture
def hubspot_webhooks(hubspot_portal: HubSpotPortal) -> Webhooks:
    """The webhooks of `hubspot_portal`: `hubspot_webhooks.subscribe(url, "contact.creation")`, then `wait()`."""
    from contract_bench.roles.webhooks import Webhooks

    return Webhooks(hubspot_portal)


@pytest.fixture(scope="session")
def upstream_session_proxy(request: pytest.FixtureRequest) -> Iterator[UpstreamProxy]:
    """The proxy that the connector is started against. Tests use `upstream_proxy`, the same one after a reset."""
    from contract_bench.proxy.server import ProxyServer
    from contract_bench.proxy.upstreams import open_upstream, parse_upstream
    from contract_bench.roles.upstream_proxy import UpstreamProxy

    text = _setting(request.config, "upstream")
    if not text:
        pytest.fail(
            "expected an upstream, found none: set contract_bench_upstream or `upstream` in contract-bench.toml",
            pytrace=False,
        )
    with ExitStack() as stack:
        with _explained():
            upstream = stack.enter_context(open_upstream(parse_upstream(text)))
            proxy = UpstreamProxy(stack.enter_context(ProxyServer(upstream.address)).url)
        stack.callback(proxy.close)
        yield proxy


@pytest.fixture
def upstream_proxy(request: pytest.FixtureRequest, upstream_session_proxy: UpstreamProxy) -> Iterator[UpstreamProxy]:
    """A proxy in front of the API of a connector that is not for HubSpot, without a fault.

    `upstream_proxy.faults.add("server-error", path="/orders", nth=2)`. A fault that never fired fails the test.
    """
    upstream_session_proxy.reset()
    _register(request, upstream_session_proxy)
    yield upstream_session_proxy
    if request.node.stash[_HAS_FAILED] or _is_set(request.config, "allow_unfired"):
        return
    problems = [UNFIRED.format_map(fault) for fault in upstream_session_proxy.faults.unfired()]
    if problems:
        pytest.fail("\n".join([*problems, upstream_session_proxy.story()]), pytrace=False)


@pytest.fixture(scope="session")
def connector_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of the connector, started once per session from --connector. Override it to start your own."""
    from pathlib import Path

    from contract_bench.roles.connector import ConnectorUnderTest, open_connector
    from contract_bench.roles.node_config import SYSTEM, write_node

    command = request.config.getoption("contract_bench_connector") or _setting(request.config, "connector")
    if not command:
        pytest.fail(
            "expected a connector, found none: give --connector 'COMMAND', set contract_bench_connector or "
            "`connector` in contract-bench.toml, or override the fixture connector_url",
            pytrace=False,
        )
    environment = _environment(request.config)
    own = _setting(request.config, "node_dir")
    is_hubspot = not _setting(request.config, "upstream")
    portal = request.getfixturevalue("hubspot_session_portal" if is_hubspot else "upstream_session_proxy")
    folder = tmp_path_factory.mktemp("connector")
    with ExitStack() as stack:
        with _explained():
            chosen = ConnectorUnderTest(command, _setting(request.config, "route"), environment)
            chosen = chosen if is_hubspot else chosen.reading(portal.url)
            environment = dict(chosen.environment)
            node_dir = write_node(folder / "node", route=chosen.route, patience_s=60, environment=environment)
            opened = open_connector(
                chosen,
                Path(own) if own else node_dir,
                folder / "data",
                hubspot_url=portal.url,
                token=portal.token,
                system=_setting(request.config, "system") if own else SYSTEM,
            )
            url = stack.enter_context(opened).url()
        yield url


def _environment(config: pytest.Config) -> dict[str, str]:
    lines = config.getini("contract_bench_environment")
    if not lines:
        return dict(_setting(config, "environment"))
    return {name: value for name, found, value in (line.strip().partition("=") for line in lines.splitlines()) if found}


@pytest.fixture
def sesam_node(request: pytest.FixtureRequest, connector_url: str, tmp_path: Path) -> Iterator[SesamNode]:
    """A node with empty datasets that pulls from the connector: `sesam_node.pull()`, `sesam_node.entities()`."""
    from pathlib import Path

    from contract_bench.roles.sesam import node_reading

    setting = partial(_setting, request.config)
    own = setting("node_dir")
    upstream = setting("upstream")
    portal = request.getfixturevalue("upstream_proxy" if upstream else "hubspot_portal")
    chosen = {"node_dir": Path(own), "system": setting("system"), "pipe": setting("pipe")} if own else {}
    with _explained():
        opened = node_reading(
            tmp_path / "sesam",
            connector_url=connector_url,
            hubspot_url=portal.url,
            token=portal.token,
            route=setting("route"),
            **chosen,
        )
    _register(request, opened)
    with opened.node:
        yield opened
    if request.node.stash[_HAS_FAILED] or _is_set(request.config, "allow_unasked"):
        return
    if opened.has_pulled and not portal.has_been_asked():
        pytest.fail((UNASKED_UPSTREAM if upstream else UNASKED).format(url=portal.url), pytrace=False)


@pytest.fixture
def hubspot_cassette(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a server that plays the cassette of `@pytest.mark.hubspot_cassette("path")`.

    An unrecorded request fails the test, and so does no request at all. Played interactions are noted for
    `contract-bench lint --usage`.
    """
    from contract_bench.cassettes.replay import CassetteServer

    marker = request.node.get_closest_marker("hubspot_cassette")
    if marker is None or not marker.args:
        pytest.fail('expected a cassette: mark the test with @pytest.mark.hubspot_cassette("path")', pytrace=False)
    with ExitStack() as stack:
        with _explained():
            server = stack.enter_context(CassetteServer(request.config.rootpath / marker.args[0]))
        yield server.url
    if server.misses:
        pytest.fail("not in the cassette: " + "; ".join(server.misses), pytrace=False)
    if not (server.has_been_asked or request.node.stash[_HAS_FAILED] or _is_set(request.config, "allow_unasked")):
        pytest.fail(UNASKED_CASSETTE.format(path=marker.args[0]), pytrace=False)
