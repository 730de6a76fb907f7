"""Opening cassettes in tests, and the threads that vcrpy loses."""

import sys
import threading
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from contract_bench.cassettes.errors import CassetteError, CassetteOpenError, CassetteUnreadableError, VcrpyMissingError
from contract_bench.cassettes.factory import _OneAtATime, open_cassette
from contract_bench.cassettes.replay import CassetteServer
from contract_bench.cassettes.usage import USAGE_VARIABLE, read_usage
from contract_bench.cassettes.vcrpy_loader import load_vcrpy
from tests.support.interactions import CONTACTS, interaction, page, walk, write

LIST = f"{CONTACTS}?limit=2"


@pytest.fixture
def cassette(tmp_path: Path) -> Path:
    """The path of a recorded walk."""
    return write(tmp_path / "walk.yaml")


@pytest.fixture
def eager_switches() -> Iterator[None]:
    """Switch threads as often as possible."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_requests_are_answered_from_the_cassette(cassette: Path) -> None:
    """Byte for byte, with requests and with the standard library."""
    with open_cassette(cassette) as played:
        with_requests = requests.get(LIST, timeout=10).content
        with_urllib = urllib.request.urlopen(f"{LIST}&after=52").read()  # noqa: S310 - nothing is opened

    assert [with_requests, with_urllib] == [one.response.body for one in walk()]
    assert played.all_played


def test_a_request_that_is_not_recorded_does_not_leave_the_machine(cassette: Path) -> None:
    """A request that is not recorded fails and names the nearest one."""
    vcr = load_vcrpy()

    with open_cassette(cassette), pytest.raises(vcr.errors.CannotOverwriteExistingCassetteException, match="limit=2"):
        requests.get(f"{CONTACTS}?limit=7", timeout=10)


def test_a_request_with_another_body_does_not_get_the_recorded_response(tmp_path: Path) -> None:
    """Vcrpy's default would return it."""
    search = f"{CONTACTS}/search"
    path = write(tmp_path / "a.yaml", (interaction(search, page(), method="POST", body={"after": "0"}),))
    vcr = load_vcrpy()

    with open_cassette(path), pytest.raises(vcr.errors.CannotOverwriteExistingCassetteException):
        requests.post(search, json={"after": "100"}, timeout=10)


def test_identical_requests_are_answered_in_recorded_order(tmp_path: Path) -> None:
    """Each is played only as often as it was recorded."""
    path = write(tmp_path / "a.yaml", (interaction(LIST, {"n": 1}), interaction(LIST, {"n": 2})))

    with open_cassette(path):
        assert [requests.get(LIST, timeout=10).json()["n"] for _ in range(2)] == [1, 2]


def test_requests_to_this_machine_are_not_replayed(cassette: Path) -> None:
    """The service under test and its fakes run there."""
    with CassetteServer(cassette) as server, open_cassette(cassette) as played:
        answer = requests.get(f"{server.url}/crm/v3/objects/contacts?limit=2", timeout=10)

    assert answer.status_code == 200
    assert played.play_count == 0


def test_a_second_cassette_in_the_same_thread_is_rejected(cassette: Path) -> None:
    """It would receive the requests of the first one."""
    with open_cassette(cassette), pytest.raises(CassetteOpenError), open_cassette(cassette):
        pass


def test_another_thread_waits_until_the_cassette_is_closed(cassette: Path) -> None:
    """After the timeout, the message names the other cassette."""
    with open_cassette(cassette), ThreadPoolExecutor(1) as pool:

        def second() -> None:
            with open_cassette(cassette, wait_s=0.05):
                pass

        with pytest.raises(CassetteError, match=r"another thread did not close .*walk\.yaml"):
            pool.submit(second).result()


@pytest.mark.usefixtures("eager_switches")
def test_threads_with_their_own_cassettes_lose_no_request(tmp_path: Path) -> None:
    """Vcrpy alone loses a quarter of the requests or gives them to another thread's cassette."""
    paths = [write(tmp_path / f"{number}.yaml", (interaction(LIST, {"n": number}),)) for number in range(12)]

    def play(number: int) -> tuple[int, int]:
        with open_cassette(paths[number]) as played:
            return requests.get(LIST, timeout=10).json()["n"], played.play_count

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(play, range(12)))

    assert results == [(number, 1) for number in range(12)]


@pytest.mark.usefixtures("eager_switches")
def test_threads_that_share_a_cassette_lose_no_request(tmp_path: Path) -> None:
    """Each recorded answer goes to exactly one of them."""
    path = write(tmp_path / "a.yaml", tuple(interaction(LIST, {"n": number}) for number in range(120)))
    start = threading.Barrier(8)

    def ask(_: int) -> list[int]:
        start.wait()
        return [requests.get(LIST, timeout=10).json()["n"] for _ in range(15)]

    with open_cassette(path) as played, ThreadPoolExecutor(8) as pool:
        answers = [number for numbers in pool.map(ask, range(8)) for number in numbers]

    assert sorted(answers) == list(range(120))
    assert played.all_played


def test_played_interactions_are_recorded_in_the_usage_file(
    cassette: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = tmp_path / "usage.jsonl"
    monkeypatch.setenv(USAGE_VARIABLE, str(usage))

    with open_cassette(cassette):
        requests.get(f"{LIST}&after=52", timeout=10)

    assert read_usage(usage) == {cassette: {1}}


def test_all_patches_are_removed_afterwards(cassette: Path) -> None:
    """Even if the test fails."""
    import urllib3.connectionpool

    before = urllib3.connectionpool.HTTPConnectionPool.ConnectionCls
    with pytest.raises(ZeroDivisionError), open_cassette(cassette):
        raise ZeroDivisionError

    assert urllib3.connectionpool.HTTPConnectionPool.ConnectionCls is before
    with open_cassette(cassette):
        pass


def test_a_missing_cassette_is_rejected_before_anything_is_patched(tmp_path: Path) -> None:
    """Nothing is recorded by accident."""
    with pytest.raises(CassetteUnreadableError), open_cassette(tmp_path / "absent.yaml"):
        pass


def test_without_vcrpy_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vcr.cassette", None)

    with pytest.raises(VcrpyMissingError, match=r"contract-bench\[test\]"):
        load_vcrpy()


def test_a_cassette_that_another_thread_does_not_close_is_named(cassette: Path, tmp_path: Path) -> None:
    """Waiting for it forever would look like a hanging test."""
    other = write(tmp_path / "other.yaml")
    gate = _OneAtATime()

    def wait() -> str:
        with pytest.raises(CassetteError) as caught, gate.taken(other, wait_s=0.01):
            pass
        return str(caught.value)

    with gate.taken(cassette, wait_s=9), ThreadPoolExecutor(1) as pool:
        message = pool.submit(wait).result()

    assert message.startswith(f"{other} cannot be opened: another thread did not close {cassette} within ")
    with gate.taken(other, wait_s=9):
        pass
