"""The pages of a node, without a browser."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import requests

from fake_sesam import Node
from fake_sesam.api.tokens import Tokens
from fake_sesam.server import NodeServer
from tests.support.cases import for_each
from tests.support.pages import Browser, text_of
from tests.unit.fake_sesam.conftest import Connector, NodeDir

EVIL = '<script>alert("1")</script><img src=x onerror=alert(2)>'
SECRET = "t0psecretvalue"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def run(node: Node, connector: Connector, entities: list[dict[str, Any]], **options: Any) -> None:
    """Run the pipe once with these source entities."""
    connector.gives(entities)
    assert node.run_pipe("things-collect", **options).ok


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser at a node whose pipe ran twice, then failed; its entities are hostile, a secret is in its texts."""
    connector = Connector()
    node_dir = NodeDir(tmp_path_factory.mktemp("node"))
    node_dir.system(url_pattern="$ENV(things-url)", headers={"key": "$SECRET(key)"})
    node_dir.add({"_id": "broken", "type": "pipe", "source": {"type": "json", "system": "nowhere", "url": "x"}})
    with node_dir.open(connector.url, secrets={"key": SECRET}) as node, NodeServer(node) as server:
        run(node, connector, [{"id": "1", "name": EVIL}, {"id": EVIL, "name": "b"}, {"id": "3", "note": SECRET}])
        run(node, connector, [{"id": "1", "name": "after"}, {"id": EVIL, "name": "b"}])
        connector.sends(f"{EVIL} {SECRET}".encode(), status=500)
        assert not node.run_pipe("things-collect").ok
        browser = Browser(server.url)
        yield browser
        browser.session.close()
    connector.close()


PAGES = (
    "/",
    "/ui/pipes",
    "/ui/pipes?q=things",
    "/ui/pipes/things-collect",
    "/ui/pipes/things-collect/configuration",
    "/ui/pipes/things-collect/preview",
    "/ui/pipes/broken",
    "/ui/pipes/broken/configuration",
    "/ui/pipes/broken/preview",
    "/ui/datasets",
    "/ui/datasets?internal=1",
    "/ui/datasets/things-collect/entities",
    "/ui/datasets/things-collect/entities?show=all",
    "/ui/datasets/things-collect/entities?show=deleted",
    "/ui/datasets/things-collect/entities?show=history&since=1",
    "/ui/datasets/things-collect/entities?id=1",
    "/ui/datasets/system%3Apump%3Athings-collect/entities?show=history",
    "/ui/datasets/things-collect/entity?id=1",
    "/ui/systems",
    "/ui/systems/things",
    "/ui/systems/things?q=x",
    "/ui/problems",
    "/ui/problems?level=error",
)


@for_each("path", PAGES)
def test_a_page_escapes_what_it_shows_and_loads_nothing_from_elsewhere(used: Browser, path: str) -> None:
    html = used.get(path)

    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert SECRET not in html
    assert "{{" not in html
    assert set(re.findall(r'(?:src|href)="(https?:[^"]*)"', html)) <= set()
    assert re.findall(r'id="([^"]+)"', html) == list(dict.fromkeys(re.findall(r'id="([^"]+)"', html)))


def test_every_link_of_every_page_leads_somewhere(used: Browser) -> None:
    links = {unescape(link) for path in PAGES for link in re.findall(r'href="(/[^"]*)"', used.get(path))}
    links |= {unescape(link) for path in PAGES for link in re.findall(r'action="(/ui/[^"]*)"[^>]*role', used.get(path))}

    assert len(links) > 25
    for link in sorted(links):
        assert used.session.get(used.url + link, timeout=20).status_code == 200, link


@for_each(
    ("path", "expected"),
    [
        ("/", "The last run, things-collect, failed after 0 entities: expected a 2xx status, got 500"),
        ("/", "broken cannot run"),
        ("/ui/pipes", "things-collect json get_things → things-collect failed"),
        ("/ui/pipes?q=zzz", "No pipe matches"),
        ("/ui/pipes/things-collect", "The last run failed"),
        ("/ui/pipes/things-collect", "completed 2 entities, 2 changed full"),
        ("/ui/pipes/broken/configuration", "error there is no system 'nowhere'"),
        ("/ui/pipes/broken/preview", "nothing can be previewed"),
        ("/ui/datasets", "things-collect 2 1 5"),
        ("/ui/datasets/things-collect/entities", "2 entities, 1 deleted, 5 versions, written by things-collect"),
        ("/ui/datasets/things-collect/entities?show=deleted", '3 deleted then {"id":"3"'),
        ("/ui/datasets/things-collect/entities?id=nothing", "No entity matches"),
        ("/ui/datasets/things-collect/entities?id=1", '3 1 then {"id":"1","name":"after"}'),
        ("/ui/datasets/things-collect/entity?id=1", '"name": "after"'),
        ("/ui/datasets/things-collect/entity?id=1", "Version 0 and version 3"),
        ("/ui/systems", "things system:url not started by this node"),
        ("/ui/problems", "1 error and"),
    ],
)
def test_a_page_answers_its_question_in_words(used: Browser, path: str, expected: str) -> None:
    assert expected in text_of(used.get(path))


@for_each(
    ("path", "status"),
    [
        ("/ui/nothing", 404),
        ("/ui/pipes/nothing", 404),
        ("/ui/pipes/nothing/preview", 404),
        ("/ui/datasets/nothing/entities", 404),
        ("/ui/datasets/things-collect/entity?id=nothing", 404),
        ("/ui/datasets/things-collect/entities?since=x", 400),
        ("/ui/systems/nothing", 404),
        ("/ui/live/pipes/nothing", 404),
        ("/ui/assets/nothing.css", 404),
    ],
)
def test_what_does_not_exist_is_said(used: Browser, path: str, status: int) -> None:
    assert "Traceback" not in used.get(path, status)


def test_the_difference_of_two_versions_is_marked(used: Browser) -> None:
    html = used.get("/ui/datasets/things-collect/entity?id=1&left=0&right=3")

    assert len(re.findall(r'<tr class="changed">', html)) == 1
    assert "Version 0" in html


@pytest.mark.parametrize(
    ("token", "headers", "status"),
    [
        ("", {}, 400),
        ("wrong", {}, 400),
        (None, {"Origin": "http://evil.example"}, 403),
        (None, {"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_a_form_from_elsewhere_changes_nothing(
    used: Browser, token: str | None, headers: dict[str, str], status: int
) -> None:
    own = re.search(r'name="_token" value="([^"]+)"', used.get("/"))
    assert own is not None
    fields = {"_token": own[1] if token is None else token, "operation": "disable"}

    answer = used.session.post(f"{used.url}/ui/pipes/things-collect", data=fields, headers=headers, timeout=20)

    assert answer.status_code == status
    assert "disabled" not in text_of(used.get("/ui/pipes/things-collect"))


def test_a_link_of_another_site_may_lead_to_a_page_but_not_to_the_api(used: Browser) -> None:
    """As a link of the fake HubSpot does, which is another origin."""
    headers = {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    statuses = [
        used.session.get(used.url + path, headers=headers, timeout=20).status_code for path in ("/", "/api/pipes")
    ]

    assert statuses == [200, 403]


def test_the_buttons_do_what_they_say(node: Node, connector: Connector) -> None:
    """Each answers with a sentence on the page where it was pressed."""
    connector.gives([{"id": "1", "_updated": "a"}])
    pipe = "/ui/pipes/things-collect"
    with NodeServer(node) as server:
        browser = Browser(server.url)
        started = browser.send(pipe, pipe, operation="start")
        assert node.pumps.wait("things-collect", 30)
        said = [
            text_of(browser.send(pipe, pipe, operation=operation))
            for operation in ("start-rescan", "stop", "disable", "start", "enable", "reset", "nonsense")
            if node.pumps.wait("things-collect", 30)
        ]
        dataset = "/ui/datasets/things-collect"
        removed = browser.send(f"{dataset}/entities", f"{dataset}/remove", _back="/ui/datasets")
        browser.session.close()

    assert "things-collect was started." in text_of(started)
    for text, expected in zip(
        said,
        (
            "it reads everything",
            "stops after its batch",
            "is disabled",
            "is disabled; enable it first",
            "is enabled",
            "The offset of things-collect is empty",
            "known operations",
        ),
        strict=True,
    ):
        assert expected in text
    assert "The dataset things-collect is deleted." in text_of(removed)


@pytest.mark.parametrize(
    ("fields", "status", "expected"),
    [
        ({"source": '{"_id": "1", "id": "7", "a": 1.10}'}, 200, '"_id": "7"'),
        ({"source": '{"id": "7", "a": 1.10}'}, 200, '"a": 1.10'),
        ({"source": "{"}, 400, "The source entity is not JSON"),
        ({"source": "[]"}, 400, "expected the source entity as a JSON object"),
        ({"take": "from-source"}, 200, '"name": "first"'),
    ],
)
def test_a_preview_shows_the_source_and_the_result(
    node: Node, connector: Connector, fields: dict[str, str], status: int, expected: str
) -> None:
    connector.gives([{"id": "1", "name": "first"}])
    path = "/ui/pipes/things-collect/preview"
    with NodeServer(node) as server:
        browser = Browser(server.url)
        html = browser.send(path, path, status, **fields)
        browser.session.close()

    assert expected in text_of(html)


def test_a_node_with_a_token_asks_for_it(node: Node) -> None:
    """The page of a browser cannot send a header; a cookie stands for the token."""
    with NodeServer(node, tokens=Tokens(given="open sesame")) as server:
        browser = Browser(server.url)
        asked = browser.get("/ui/pipes", 401)
        hidden = re.search(r'name="_token" value="([^"]+)"', asked)
        assert hidden is not None
        answers = [
            browser.session.post(
                f"{server.url}/ui/sign-in",
                data={"_token": hidden[1], "_back": "/ui/pipes", "token": token},
                timeout=20,
            )
            for token in ("wrong", "open sesame")
        ]
        live = requests.get(f"{server.url}/ui/live/overview", timeout=20)
        browser.session.close()

    assert "things-collect" not in asked
    assert [answer.status_code for answer in answers] == [401, 200]
    assert "things-collect" in answers[1].text
    assert live.status_code == 401


def test_live_updates_arrive_and_end_with_the_server(node: Node, connector: Connector) -> None:
    run(node, connector, [{"id": "1"}])
    with NodeServer(node) as server:
        stream = requests.get(f"{server.url}/ui/live/pipes/things-collect", stream=True, timeout=30)
        lines = stream.iter_lines()
        assert next(lines) == b"retry: 1000"
        run(node, connector, [{"id": "1"}, {"id": "2"}])
        event = next(json.loads(line[6:]) for line in lines if line.startswith(b"data: "))
    rest = list(lines)  # the server has ended, and the stream with it
    stream.close()

    assert set(event) == {"head", "runs", "facts"}
    assert all(b"Traceback" not in line for line in rest)


def test_of_many_lines_the_latest_are_sent_and_the_page_says_so(node: Node) -> None:
    """A log of a thousand lines a second can be watched."""
    with NodeServer(node) as server:
        for number in range(1000):
            node.runners.line_listeners[-1]("things", f"line {number}")
        stream = requests.get(f"{server.url}/ui/live/systems/things?after=0", stream=True, timeout=30)
        event = next(json.loads(line[6:]) for line in stream.iter_lines() if line.startswith(b"data: "))
        stream.close()

    assert len(event["rows"]) == 8
    assert "line 999" in event["rows"][0]
    assert (event["count"], event["after"]) == (1000, 1000)
    assert event["rate"] == "Live: 1,000 lines at once, the last 8 of them shown"


def test_a_server_that_shows_no_page_does_not_load_the_templates(tmp_path: Path) -> None:
    """It starts as quickly as before there were pages."""
    NodeDir(tmp_path)
    code = (
        "import sys; from pathlib import Path; from fake_sesam import Node, NodeServer\n"
        f"with Node(Path({str(tmp_path)!r})) as node, NodeServer(node): print('bench_core.pages' in sys.modules)"
    )

    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert printed == "False\n"


def test_the_api_page_shows_every_request_of_the_api(node: Node) -> None:
    """Its document is made from the routes; with a token it is as closed as the other pages."""
    with NodeServer(node) as server:
        page = requests.get(f"{server.url}/ui/api", timeout=20)
        document = requests.get(f"{server.url}/ui/openapi.json", timeout=20).json()
    with NodeServer(node, tokens=Tokens(given="open sesame")) as server:
        closed = [requests.get(f"{server.url}/ui/{name}", timeout=20).status_code for name in ("api", "openapi.json")]

    assert 'data-document="/ui/openapi.json"' in page.text
    assert {"get", "post"} <= document["paths"]["/api/pipes"].keys()
    pump = document["paths"]["/api/pipes/{entity_id}/pump"]["post"]
    assert pump["parameters"][0]["name"] == "entity_id"
    assert "application/x-www-form-urlencoded" in pump["requestBody"]["content"]
    assert closed == [401, 401]
