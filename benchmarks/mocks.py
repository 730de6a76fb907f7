"""The mock servers that the fake HubSpot is compared with, each set up to serve a page of contacts and one contact.

Each is started as its documentation says, with the fastest settings it names: no request log on the terminal or in a
file, no templates, one prepared page.
"""

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import alternatives
from benchmarks.processes import Process, process

LIST = "/crm/v3/objects/contacts"
JSON = "application/json;charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answers:
    """What the mock servers serve: a page of contacts as bytes, and one contact with its id."""

    page: bytes
    contact: bytes
    contact_id: str

    @property
    def paths(self) -> dict[str, bytes]:
        """The body for each path."""
        return {LIST: self.page, f"{LIST}/{self.contact_id}": self.contact}


@dataclass(frozen=True, slots=True)
class Mock:
    """A mock server: the command that starts it on a port, with its files in a folder of its own."""

    name: str
    command: Callable[[int, Path, Answers], list[str | Path]]
    environ: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def running(mock: Mock, folder: Path, answers: Answers) -> Iterator[tuple[str, Process]]:
    """Start a mock server and yield its URL. It may not listen yet.

    Raises:
        NotHereError: It is not available on this machine.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "page.json").write_bytes(answers.page)
    (folder / "contact.json").write_bytes(answers.contact)
    port = free_port()
    command = mock.command(port, folder, answers)
    with process(*command, STATIC_ANSWERS=str(folder), **mock.environ) as server:
        yield f"http://127.0.0.1:{port}", server


def free_port() -> int:
    """Return a port that nothing listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def wiremock(*options: str) -> Callable[[int, Path, Answers], list[str | Path]]:
    """Start the jar directly: npm's wrapper starts the same jar and does not stop it."""

    def command(port: int, folder: Path, answers: Answers) -> list[str | Path]:
        java = alternatives.system("java")
        package = alternatives.npm("wiremock").parents[1] / "wiremock" / "build"
        jar = next(package.glob("wiremock-standalone-*.jar"))
        for name in ("mappings", "__files"):
            (folder / name).mkdir(exist_ok=True)
        for number, (path, body) in enumerate(answers.paths.items()):
            (folder / "__files" / f"{number}.json").write_bytes(body)
            response = {"status": 200, "bodyFileName": f"{number}.json", "headers": {"Content-Type": JSON}}
            mapping = {"request": {"method": "GET", "urlPath": path}, "response": response}
            (folder / "mappings" / f"{number}.json").write_text(json.dumps(mapping))
        listening = ["--bind-address", "127.0.0.1", "--port", str(port), "--root-dir", str(folder)]
        quiet = ["--disable-banner", "--disable-request-logging", "--disable-response-templating"]
        return [java, "-jar", jar, *listening, *quiet, *options]

    return command


def prism(port: int, folder: Path, answers: Answers) -> list[str | Path]:
    """Serve a document with one example per response: Prism's static mode."""
    paths = {
        path: {"get": {"responses": {"200": {"description": "-", "content": {JSON: {"example": json.loads(body)}}}}}}
        for path, body in answers.paths.items()
    }
    document = {"openapi": "3.0.3", "info": {"title": "contacts", "version": "1"}, "paths": paths}
    (folder / "openapi.json").write_text(json.dumps(document))
    # In production mode it forks a second process for its log, which fails in this release. There is no log here.
    options = ["--host", "127.0.0.1", "--port", str(port), "--verboseLevel", "silent", "--no-multiprocess"]
    return [alternatives.npm("prism"), "mock", *options, folder / "openapi.json"]


def mockoon(port: int, folder: Path, answers: Answers) -> list[str | Path]:
    """Serve routes without templates and without a log of transactions."""
    routes = [_mockoon_route(str(number), *answer) for number, answer in enumerate(answers.paths.items())]
    environment = {
        "uuid": "contacts",
        "lastMigration": 33,
        "name": "contacts",
        "endpointPrefix": "",
        "latency": 0,
        "port": port,
        "hostname": "127.0.0.1",
        "folders": [],
        "routes": routes,
        "rootChildren": [{"type": "route", "uuid": route["uuid"]} for route in routes],
        "proxyMode": False,
        "cors": False,
        "headers": [],
        "proxyReqHeaders": [],
        "proxyResHeaders": [],
        "data": [],
        "callbacks": [],
    }
    (folder / "environment.json").write_text(json.dumps(environment))
    quiet = ["--disable-log-to-file", "--disable-admin-api", "--max-transaction-logs", "0"]
    return [alternatives.npm("mockoon-cli"), "start", "--repair", *quiet, "--data", folder / "environment.json"]


def _mockoon_route(uuid: str, path: str, body: bytes) -> dict[str, object]:
    response = {
        "uuid": f"response-{uuid}",
        "body": body.decode(),
        "latency": 0,
        "statusCode": 200,
        "label": "",
        "headers": [{"key": "Content-Type", "value": JSON}],
        "bodyType": "INLINE",
        "filePath": "",
        "databucketID": "",
        "sendFileAsBody": False,
        "rules": [],
        "rulesOperator": "OR",
        "disableTemplating": True,
        "fallbackTo404": False,
        "default": True,
        "crudKey": "id",
        "callbacks": [],
    }
    return {
        "uuid": f"route-{uuid}",
        "type": "http",
        "documentation": "",
        "method": "get",
        "endpoint": path.lstrip("/"),
        "responses": [response],
        "responseMode": None,
        "streamingMode": None,
        "streamingInterval": 0,
    }


def json_server(port: int, folder: Path, answers: Answers) -> list[str | Path]:
    """Serve the page as one resource and the contact in a collection. Its JSON is indented."""
    stock = {"page": json.loads(answers.page), "contacts": [json.loads(answers.contact)]}
    (folder / "db.json").write_text(json.dumps(stock))
    routes = {f"{LIST}?*": "/page", f"{LIST}/:id": "/contacts/:id", LIST: "/page"}
    (folder / "routes.json").write_text(json.dumps(routes))
    quiet = ["--quiet", "--read-only", "--no-cors", "--no-gzip"]
    listening = ["--host", "127.0.0.1", "--port", str(port)]
    return [alternatives.npm("json-server"), *listening, *quiet, "--routes", folder / "routes.json", folder / "db.json"]


def mountebank(port: int, folder: Path, answers: Answers) -> list[str | Path]:
    """Serve an imposter with a stub for each path, without recording requests."""
    stubs = [
        {
            "predicates": [{"equals": {"method": "GET", "path": path}}],
            "responses": [{"is": {"statusCode": 200, "headers": {"Content-Type": JSON}, "body": body.decode()}}],
        }
        for path, body in answers.paths.items()
    ]
    imposter = {"port": port, "host": "127.0.0.1", "protocol": "http", "stubs": stubs, "recordRequests": False}
    # Without this it sends `Connection: close` to every client, as documented.
    imposter["defaultResponse"] = {"headers": {"Connection": "Keep-Alive"}}
    (folder / "imposters.json").write_text(json.dumps({"imposters": [imposter]}))
    quiet = ["--nologfile", "--loglevel", "error", "--noParse", "--pidfile", str(folder / "mb.pid")]
    listening = ["--host", "127.0.0.1", "--port", str(free_port())]
    return [alternatives.npm("mb"), *listening, *quiet, "--configfile", folder / "imposters.json"]


APPLICATION = "benchmarks.static_app:create_app"


def gunicorn(port: int, folder: Path, answers: Answers) -> list[str | Path]:
    """Start one worker with threads: without threads it closes the connection after each response."""
    del folder, answers
    options = ["--worker-class", "gthread", "--threads", "4", "--keep-alive", "75", "--no-control-socket"]
    return [*_python("gunicorn"), "--bind", f"127.0.0.1:{port}", "--workers", "1", *options, f"{APPLICATION}()"]


def waitress(port: int, folder: Path, answers: Answers) -> list[str | Path]:
    """Start it as documented."""
    del folder, answers
    return [*_python("waitress"), "--listen", f"127.0.0.1:{port}", "--call", APPLICATION]


def granian(port: int, folder: Path, answers: Answers) -> list[str | Path]:
    """Start one worker."""
    del folder, answers
    listening = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--no-log"]
    return [*_python("granian"), "--interface", "wsgi", *listening, "--factory", APPLICATION]


def _python(module: str) -> list[str | Path]:
    return [alternatives.python("static"), "-m", module]


# Node.js programs change their behaviour with this variable; their documentation asks for it where speed matters.
NODE: Mapping[str, str] = {"NODE_ENV": "production"}

MOCKS = (
    Mock("WireMock, with its journal", wiremock()),
    Mock("WireMock, without a journal", wiremock("--no-request-journal")),
    Mock("Flask's static bytes, gunicorn", gunicorn),
    Mock("Flask's static bytes, waitress", waitress),
    Mock("Flask's static bytes, granian", granian),
    Mock("Mockoon", mockoon, environ=NODE),
    Mock("Prism", prism, environ=NODE),
    Mock("json-server", json_server, environ=NODE),
    Mock("Mountebank", mountebank, environ=NODE),
)
QUICK = frozenset(mock.name for mock in MOCKS[:3])
"""The servers that the quick run measures."""
