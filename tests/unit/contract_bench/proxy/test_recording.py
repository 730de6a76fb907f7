"""What a proxy records, without a proxy."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from bench_core.exchange import Request
from contract_bench.cassettes.dialects import read_cassette
from contract_bench.cassettes.errors import RecordingError
from contract_bench.cli import main
from contract_bench.proxy import recording
from contract_bench.proxy.address import Address
from contract_bench.proxy.app import Exchanged
from contract_bench.proxy.context import MOST_SECRETS, ProxyState
from contract_bench.proxy.recording import ProxyRecorder
from tests.support.processes import started
from tests.unit.contract_bench.proxy.upstream import Upstream

NOW_MS = 1_760_000_000_000


def exchanged(body: bytes) -> Exchanged:
    """A response of an upstream on this machine."""
    headers = [(b"content-type", b"application/json"), (b"content-encoding", b"gzip"), (b"via", b"a"), (b"via", b"b")]
    request = Request("GET", "/things", b"page=1", {b"accept": b"*/*"}, b"", "http", "127.0.0.1", 1)
    return Exchanged(request, 200, headers, body, NOW_MS)


def recorder_at(path: Path) -> ProxyRecorder:
    """A recorder of an upstream on this machine."""
    return ProxyRecorder(path, Address.of("http://127.0.0.1:8080/v1"))


def test_a_recording_names_no_port_of_this_machine(tmp_path: Path) -> None:
    """Neither in its requests nor in links; headers of the transfer are left out, the others are all there."""
    recorder = recorder_at(tmp_path / "things" / "list.yaml")
    recorder.add(exchanged(b'{"next":"http://127.0.0.1:8080/v1/things?page=2"}'))

    recorder.write(())

    [one] = read_cassette(tmp_path / "things" / "list.yaml")
    assert one.request.uri == "http://upstream.test/v1/things?page=1"
    assert one.response.body == b'{"next":"http://upstream.test/v1/things?page=2"}'
    assert "content-encoding" not in {name.lower() for name in one.response.headers}


def test_what_is_too_much_or_nothing_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even in part: half a recording would look like a whole one. The message says which of both it is."""
    monkeypatch.setattr(recording, "MOST_BYTES", 100)
    path = tmp_path / "list.yaml"
    small, large, nothing = recorder_at(path), recorder_at(path), recorder_at(path)
    large.add(exchanged(b"x" * 101))
    small.add(exchanged(b"{}"))
    small.add(exchanged(b"x" * 99))

    for recorder, problem in ((large, "at most 100 bytes"), (small, "at most 100 bytes"), (nothing, "got none")):
        with pytest.raises(RecordingError, match=problem):
            recorder.write(())
    assert not path.exists()


def test_so_many_credentials_are_remembered() -> None:
    """The latest ones, each once, so that a client that sends a new one each time fills no memory."""
    state = ProxyState()
    for number in [*range(MOST_SECRETS + 5), MOST_SECRETS]:
        state.note_secrets({b"authorization": b"Bearer key-%d" % number, b"accept": b"*/*"})

    assert len(state.secrets) == MOST_SECRETS
    assert state.secrets[0] == f"key-{MOST_SECRETS + 4}"
    assert "key-4" not in state.secrets


# The limit of time for the end of a program is none at all: whatever does not lift it is cut short.
HASTY = "from bench_core import signals; signals.LIMIT_S = 0; from contract_bench.cli import main; main()"


def test_a_signal_does_not_lose_what_was_recorded(tmp_path: Path) -> None:
    """Writing may take longer than the end of a program otherwise; how many interactions there are is said."""
    cassette = tmp_path / "things.yaml"
    with Upstream() as upstream:
        command = [sys.executable, "-c", HASTY, "proxy", "--upstream", upstream.origin, "--port", "0"]
        with started([*command, "--quiet", "--record", str(cassette)], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            address = re.search(r"http://\S+", process.stdout.readline())
            assert address is not None
            for number in range(3):
                requests.get(f"{address[0]}/page?after={number}", timeout=20)
            process.send_signal(signal.SIGTERM)
            said, _ = process.communicate(timeout=50)

    assert process.returncode == 0
    assert "3 interactions" in said
    assert len(read_cassette(cassette)) == 3


def test_a_recording_that_could_not_be_written_is_refused_at_the_start(tmp_path: Path) -> None:
    """Otherwise all of it would be lost at the end."""
    (tmp_path / "file").touch()

    done = CliRunner().invoke(
        main, ["proxy", "--upstream", "http://127.0.0.1:9", "--record", f"{tmp_path}/file/x.yaml"]
    )

    assert done.exit_code == 2
    assert f"the folder {tmp_path}/file cannot be made" in done.output
