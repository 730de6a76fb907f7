"""Recording: from a scenario to a file that is safe to commit."""

import gzip
import http.server
import json
import re
import shlex
import shutil
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from bench_core.listener import BackgroundServer, Receive, Scope, Send
from contract_bench.cassettes.asgi import read_request, send_response
from contract_bench.cassettes.dialects import read_cassette
from contract_bench.cassettes.errors import CassetteUnsafeError, RecordingError
from contract_bench.cassettes.evidence import Origin, evidence_path, read_evidence
from contract_bench.cassettes.lint import lint_paths
from contract_bench.cassettes.record import RecordOptions, record
from contract_bench.cassettes.record.on_miss import RecordOnMiss
from contract_bench.cassettes.record.proxy import RecordingProxy
from contract_bench.cassettes.record.recorder import origin_of_address, write_recording
from contract_bench.cassettes.record.recording_client import RecordingClient
from contract_bench.cassettes.replay import CassetteServer, ReplayOptions
from contract_bench.cli import main
from contract_bench.errors import FolderMissingError
from contract_bench.roles.driven_connector import ConnectorOptions
from fake_hubspot import Server, Settings
from tests.support.cases import for_each
from tests.support.counted_progress import counted_progress
from tests.support.interactions import interaction, write

ROOT = Path(__file__).resolve().parents[4]
NODE = ROOT / "node"
NOWHERE = "http://127.0.0.1:9"
# A connector of a few lines: it asks for one page and passes the rows on.
TINY = """
import http.server, json, os, urllib.request
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path.startswith("/health"):
            rows = []
        else:
            url = os.environ["hubspot-base-url"] + "/crm/v3/objects/contacts?limit=7"
            request = urllib.request.Request(url, headers={"Authorization": "Bearer " + os.environ["hubspot-api-key"]})
            rows = [{**row, "_id": row["id"]} for row in json.load(urllib.request.urlopen(request))["results"]]
        body = json.dumps(rows).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""


@pytest.fixture(scope="module")
def hubspot() -> Iterator[Server]:
    """A portal of three pages."""
    with Server(Settings(contacts=250, allow_host=("fake-hubspot.test",))) as server:
        yield server


@pytest.fixture
def options(hubspot: Server, tmp_path: Path) -> RecordOptions:
    """Record from the fake, with a connector of a few lines."""
    tiny = f"{shlex.quote(sys.executable)} -c {shlex.quote(TINY)}"
    connector = ConnectorOptions(node_dir=NODE, connector=tiny)
    return RecordOptions(hubspot.token, base_url=hubspot.url, directory=tmp_path, connector=connector)


@pytest.fixture(scope="module")
def full_walk(hubspot: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our own connector's walk, recorded once."""
    directory = tmp_path_factory.mktemp("recorded")
    ours = f"env --chdir={shlex.quote(str(ROOT))} {shlex.quote(sys.executable)} -m service"
    connector = ConnectorOptions(node_dir=NODE, connector=ours)
    options = RecordOptions(hubspot.token, base_url=hubspot.url, directory=directory, connector=connector)
    return record("full-walk", options).path


def test_the_whole_walk_of_our_connector_is_recorded(full_walk: Path) -> None:
    """Every page, in the order of the requests."""
    cassette = read_cassette(full_walk)

    assert full_walk.parts[-2:] == ("contacts", "full-walk.yaml")
    assert [len(json.loads(one.response.body)["results"]) for one in cassette] == [100, 100, 50]
    assert all(one.request.uri.startswith("http://fake-hubspot.test/crm/") for one in cassette)


def test_a_recording_is_clean_and_states_its_origin(full_walk: Path, hubspot: Server) -> None:
    """It contains no token, no name and no port."""
    evidence = read_evidence(full_walk)
    text = full_walk.read_text(encoding="utf-8") + evidence_path(full_walk).read_text(encoding="utf-8")

    assert lint_paths([full_walk]) == []
    assert evidence is not None
    assert evidence.origin is Origin.FAKE
    assert (evidence.tier["daily"], evidence.api_versions, evidence.interactions) == (250000, ("v3",), 3)
    assert "authorization" in map(str.lower, evidence.redacted["headers"])
    assert not [word for word in (hubspot.token, "127.0.0.1", "uthorization: ") if word in text]


def test_a_recording_with_compression_replays_to_the_last_byte(full_walk: Path, hubspot: Server) -> None:
    """The recorded response was compressed. The file is decoded, and the client gets it compressed again."""
    wire = requests.get(
        f"{hubspot.url}/crm/v3/objects/contacts?limit=100",
        headers={"Authorization": f"Bearer {hubspot.token}", "Host": "fake-hubspot.test"},
        timeout=10,
    )
    assert wire.headers["Content-Encoding"] == "gzip"

    with CassetteServer(full_walk, ReplayOptions(keep_links=True)) as server:
        url = f"{server.url}/crm/v3/objects/contacts?limit=100"
        raw = requests.get(url, stream=True, timeout=10).raw.read(decode_content=False)

    body = read_cassette(full_walk).interactions[0].response.body
    assert gzip.decompress(raw) == body
    assert _without_people(body) == _without_people(wire.content)


def _without_people(body: bytes) -> object:
    """The response without the values that redaction replaces."""
    answer = json.loads(body)
    for row in answer["results"]:
        for name in ("firstname", "lastname", "email"):
            row["properties"][name] = None
    return answer


def test_the_same_connector_runs_against_the_recording(full_walk: Path) -> None:
    with CassetteServer(full_walk) as server:
        first = requests.get(f"{server.url}/crm/v3/objects/contacts?limit=100", timeout=10).json()
        after = first["paging"]["next"]["after"]
        second = requests.get(f"{server.url}/crm/v3/objects/contacts?limit=100&after={after}", timeout=10)

    assert second.status_code == 200
    assert server.misses == []


def test_any_connector_is_recorded(options: RecordOptions) -> None:
    """A command in any language, started as the node's configuration says."""
    recording = record("full-walk", options)

    (one,) = read_cassette(recording.path)
    assert one.request.target == "/crm/v3/objects/contacts?limit=7"


def test_invalid_requests_are_recorded_without_a_connector(options: RecordOptions) -> None:
    """None of them changes data."""
    cassette = read_cassette(record("errors", options).path)

    statuses = {one.response.status for one in cassette}
    assert {400, 401, 404} <= statuses
    assert all(one.request.method == "GET" or one.request.path.endswith("/search") for one in cassette)


def test_only_the_second_pull_of_an_incremental_recording_is_kept(options: RecordOptions) -> None:
    """The first only sets the offset."""
    assert len(read_cassette(record("incremental", options).path)) == 1


def test_recording_twice_gives_the_same_pseudonyms(options: RecordOptions, tmp_path: Path) -> None:
    """A diff shows only what changed."""
    first = read_cassette(record("full-walk", options).path)
    second = read_cassette(record("full-walk", replace(options, directory=tmp_path / "again")).path)

    assert first.interactions[0].response.body == second.interactions[0].response.body


@pytest.mark.parametrize("scenario", ["full-walk", "errors"])
def test_a_failed_recording_does_not_change_the_existing_cassette(options: RecordOptions, scenario: str) -> None:
    """No draft is left."""
    path = write(options.directory / "contacts" / f"{scenario}.yaml")
    before = path.read_bytes(), evidence_path(path).read_bytes()

    with pytest.raises(RecordingError):
        record(scenario, replace(options, base_url=NOWHERE))

    assert (path.read_bytes(), evidence_path(path).read_bytes()) == before
    assert len(list(path.parent.iterdir())) == 2


def test_an_unsafe_recording_is_not_written(options: RecordOptions, monkeypatch: pytest.MonkeyPatch) -> None:
    """If redaction misses something, lint prevents the file from being written."""
    path = write(options.directory / "a.yaml")
    before = path.read_bytes()
    one = interaction(answer={"message": f"wrong: {options.token}"}, status=400)
    monkeypatch.setattr("contract_bench.cassettes.redaction.documents.JsonRedactor.message", lambda _, text: text)
    unaware = replace(options, token="pat-na1-00000000-9999-4999-8999-999999999999")

    with pytest.raises(CassetteUnsafeError, match="secret") as caught:
        write_recording(path, (one,), origin=Origin.FAKE, options=unaware, scenario="x")

    assert options.token not in str(caught.value)
    assert path.read_bytes() == before
    assert len(list(path.parent.iterdir())) == 2


def test_recording_stops_after_max_pages(hubspot: Server) -> None:
    """The connector sees a failure, not a walk that looks complete."""
    client = RecordingClient()
    proxy = RecordingProxy(hubspot.url, client, max_pages=1)
    headers = {"Authorization": f"Bearer {hubspot.token}"}

    with BackgroundServer(proxy) as listener:
        answers = [
            requests.get(f"{listener.url}/crm/v3/objects/contacts?limit=1", headers=headers, timeout=10)
            for _ in range(2)
        ]
    client.close()

    assert [one.status_code for one in answers] == [200, 503]
    assert len(client.interactions) == 1


def test_links_are_rewritten_for_the_connector_and_kept_in_the_recording(hubspot: Server) -> None:
    """A connector that follows links stays in the recording."""
    client = RecordingClient()

    with BackgroundServer(RecordingProxy(hubspot.url, client)) as listener:
        url = f"{listener.url}/crm/v3/objects/contacts?limit=1"
        answer = requests.get(url, headers={"Authorization": f"Bearer {hubspot.token}"}, timeout=10)
    client.close()

    assert answer.json()["paging"]["next"]["link"].startswith(listener.url)
    (one,) = client.interactions
    assert json.loads(one.response.body)["paging"]["next"]["link"].startswith(hubspot.url)


def test_recording_does_not_affect_other_requests_of_the_process(hubspot: Server) -> None:
    """Vcrpy alone would record every request of the process."""
    client = RecordingClient()

    requests.get(f"{hubspot.url}/health", timeout=10)
    client.send("GET", f"{hubspot.url}/health", {}, b"")
    requests.get(f"{hubspot.url}/health", timeout=10)
    client.close()

    assert len(client.interactions) == 1


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate and is not installed")
def test_tls_is_recorded_as_plain_http_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HubSpot speaks nothing else."""
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    options = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(["openssl", "req", *options, *names], check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        client = RecordingClient()
        answer = client.send("GET", f"https://localhost:{server.server_port}/x", {}, b"")
        client.close()
        server.shutdown()

    assert answer.status == 501
    assert client.interactions[0].request.uri == f"https://localhost:{server.server_port}/x"


@for_each(
    ("address", "origin"),
    [
        ("https://api.hubapi.com", Origin.HUBSPOT),
        ("http://api.hubapi.com.example.com:1", Origin.UNKNOWN),
        ("https://hubapi.com.invalid", Origin.UNKNOWN),
        (NOWHERE, Origin.UNKNOWN),
    ],
)
def test_only_hubspots_own_address_is_hubspot(address: str, origin: Origin) -> None:
    """A look-alike is of unknown origin."""
    assert origin_of_address(address) is origin


def test_the_fake_says_that_it_is_one(hubspot: Server) -> None:
    """Whatever its address."""
    assert origin_of_address(hubspot.url) is Origin.FAKE


def test_a_node_that_is_not_there_is_told(options: RecordOptions, tmp_path: Path) -> None:
    """With the option to set."""
    connector = ConnectorOptions(node_dir=tmp_path / "absent")

    with pytest.raises(FolderMissingError, match="--node-dir"):
        record("full-walk", replace(options, connector=connector))


def test_without_a_token_the_command_explains_how_to_get_one() -> None:
    """And ends with 2."""
    done = CliRunner(env={"HUBSPOT_TOKEN": ""}).invoke(main, ["record"])

    assert done.exit_code == 2
    assert "Private Apps" in done.output
    assert "crm.objects.contacts.read" in done.output


def test_the_command_records(options: RecordOptions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From an address, into a directory, without the token on the command line. It shows how far it is."""
    shown = counted_progress(monkeypatch, "contract_bench.commands.record")
    arguments = ["record", "--base-url", options.base_url, "--scenario", "errors", "--output", str(tmp_path)]

    done = CliRunner(env={"HUBSPOT_TOKEN": options.token}).invoke(main, arguments)

    assert done.exit_code == 0, done.output
    assert "recorded from the fake" in done.output
    assert (tmp_path / "contacts" / "errors.yaml").is_file()
    found = re.search(r"(\d+) interactions", done.output)
    assert found is not None
    assert [one.text().split(",")[0] for one in shown] == [f"recording errors: {found[1]} requests"]


# --- recording what a replay lacks ---


def test_what_is_missing_is_recorded_when_asked_for(hubspot: Server, tmp_path: Path) -> None:
    """Once; the second time it is in the cassette, redacted, with the old dates."""
    path = write(tmp_path / "contacts" / "a.yaml")
    headers = {"Authorization": f"Bearer {hubspot.token}"}

    with CassetteServer(path, ReplayOptions(on_miss=RecordOnMiss(path, hubspot.url))) as server:
        url = f"{server.url}/crm/v3/objects/contacts?limit=3"
        first, second = (requests.get(url, headers=headers, timeout=10).content for _ in range(2))

    assert first == second
    assert len(read_cassette(path)) == 3
    assert lint_paths([path]) == []
    evidence = read_evidence(path)
    assert evidence is not None
    assert (evidence.recorded_at, evidence.interactions) == ("2026-11-01T00:00:00Z", 3)


def test_one_cassette_has_one_origin(hubspot: Server, tmp_path: Path) -> None:
    """Nothing of the fake gets into a cassette of HubSpot."""
    path = write(tmp_path / "a.yaml", recorded_from="hubspot")

    with pytest.raises(RecordingError, match="must come from one server"):
        RecordOnMiss(path, hubspot.url)


async def moody(scope: Scope, receive: Receive, send: Send) -> None:
    """A fake's health, and nothing but broken connections."""
    request = await read_request(scope, receive)
    assert request is not None
    if request.target == "/health":
        await send_response(send, 200, [], b'{"scenario":"x"}')
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})
    await send({"type": "http.response.body", "body": b"{", "more_body": True})
    raise ConnectionResetError


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_answer_cut_short_is_never_recorded(tmp_path: Path) -> None:
    """The caller gets an error, and the cassette stays."""
    path = write(tmp_path / "a.yaml")
    before = path.read_bytes()

    with (
        BackgroundServer(moody) as upstream,
        CassetteServer(path, ReplayOptions(on_miss=RecordOnMiss(path, upstream.url))) as server,
    ):
        answer = requests.get(f"{server.url}/crm/v3/objects/contacts?limit=3", timeout=10)

    assert answer.status_code == 502
    assert path.read_bytes() == before
