"""The pages of systems: those that the node starts, in every state, without starting any."""

from collections.abc import Iterator

import pytest

from fake_sesam.errors import MicroserviceError
from fake_sesam.node import Node
from fake_sesam.server import NodeServer
from tests.support.cases import Cases
from tests.support.pages import Browser, text_of
from tests.unit.fake_sesam.conftest import NodeDir

SECRET = "t0psecretvalue"


class Runner:
    """A microservice that only says that it runs.

    Attributes:
        calls: What was asked of it.
        refuses: Why it cannot be started; empty if it can.
    """

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.runs = False
        self.refuses = ""

    def start(self) -> str:
        """Run."""
        self.calls.append("start")
        if self.refuses:
            raise MicroserviceError(self.refuses, system_id="things")
        self.runs = True
        return "http://127.0.0.1:5000"

    def stop(self) -> None:
        """Stop."""
        self.calls.append("stop")
        self.runs = False

    def is_running(self) -> bool:
        """Say whether it runs."""
        return self.runs

    def log_lines(self, *, since: float = 0) -> list[str]:
        """Return no lines."""
        del since
        return []


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Browser, Node]]:
    """A browser at a node with microservices: two with an image, one with a command."""
    node_dir = NodeDir(tmp_path_factory.mktemp("node"))
    docker = {"image": "example/things:1", "port": 5000, "environment": {"KEY": "$SECRET(key)"}}
    for name in ("things", "others", "commanded"):
        node_dir.add({"_id": name, "type": "system:microservice", "docker": docker})
    options = {"secrets": {"key": SECRET}, "system_commands": {"commanded": f"python connector.py --key {SECRET}"}}
    with node_dir.open("http://127.0.0.1:1", **options) as node, NodeServer(node) as server:
        browser = Browser(server.url)
        yield browser, node
        browser.session.close()


@pytest.fixture
def runner(shown: tuple[Browser, Node], monkeypatch: pytest.MonkeyPatch) -> Runner:
    """The microservice `others`."""
    made = Runner()
    monkeypatch.setitem(shown[1].runners._runners, "others", made)
    return made


def test_how_a_system_is_started_is_shown_before_it_is(shown: tuple[Browser, Node]) -> None:
    """The image, or the command without its secrets."""
    page = shown[0].get("/ui/systems")

    assert "others system:microservice not running starts the image example/things:1" in text_of(page)
    assert "commanded system:microservice not running starts with: python connector.py --key" in text_of(page)
    assert SECRET not in page


def test_a_microservice_is_started_stopped_and_restarted(shown: tuple[Browser, Node], runner: Runner) -> None:
    """Each page says what was done, and the state that came of it."""
    browser, page = shown[0], "/ui/systems/others"
    started = text_of(browser.send(page, page, operation="start"))
    runner.calls.clear()
    restarted = text_of(browser.send(page, page, operation="reload"))
    order = runner.calls[runner.calls.index("stop") :]
    stopped = text_of(browser.send(page, page, operation="stop"))

    assert "others runs at http://127.0.0.1:5000." in started
    assert "running" in started
    assert "others runs at http://127.0.0.1:5000." in restarted
    assert order[:2] == ["stop", "start"]
    assert "others is stopped; the next run of a pipe starts it." in stopped
    assert "not running" in stopped
    assert not runner.runs


def test_what_cannot_be_done_is_said(shown: tuple[Browser, Node], runner: Runner, cases: Cases) -> None:
    """A microservice that does not start, and an operation that there is not. A secret in the reason is masked."""
    browser, page = shown[0], "/ui/systems/others"
    for operation, refuses, expected in [
        ("start", f"no route with {SECRET}", "no route with"),
        ("reload", "no image", "no image"),
        ("explode", "", "expected one of the operations start, stop, reload; got 'explode'"),
        ("", "", "expected one of the operations start, stop, reload; got ''"),
    ]:
        with cases.case(operation):
            runner.refuses = refuses
            html = browser.send(page, page, operation=operation)
            assert expected in text_of(html)
            assert SECRET not in html
            assert not runner.runs


def test_the_log_of_a_system_can_be_searched(shown: tuple[Browser, Node]) -> None:
    """Newest first, without its secrets; lines of other systems are not shown."""
    browser, node = shown
    for system, line in [("others", "one apple"), ("things", "an apple elsewhere"), ("others", f"two {SECRET}")]:
        node.runners.line_listeners[-1](system, line)

    everything, found = browser.get("/ui/systems/others"), browser.get("/ui/systems/others?q=APPLE")

    assert everything.index("two ") < everything.index("one apple")
    assert SECRET not in everything
    assert "elsewhere" not in everything
    assert "one apple" in found
    assert "two " not in text_of(found).partition("log")[2]
