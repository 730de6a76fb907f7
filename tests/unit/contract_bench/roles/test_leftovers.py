"""The owner of a container, and whether it still exists according to `/proc`."""

from pathlib import Path

import pytest

from bench_core.owner import OwnerProcess
from contract_bench.roles.leftovers import OWNER_LABEL, owner_labels
from tests.support.cases import for_each

BOOT = "0b4c7d1e-8a52-4f0e-9d53-3c1c5a1f2b3d"


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """A machine with one process, whose name contains a bracket and spaces."""
    (tmp_path / "sys" / "kernel" / "random").mkdir(parents=True)
    (tmp_path / "sys" / "kernel" / "random" / "boot_id").write_text(f"{BOOT}\n")
    (tmp_path / "self" / "ns").mkdir(parents=True)
    (tmp_path / "self" / "ns" / "pid").symlink_to("pid:[4026531836]")
    start(tmp_path, 42, 1000)
    return tmp_path


def start(proc: Path, pid: int, ticks: int) -> None:
    """Add a process."""
    (proc / str(pid)).mkdir(exist_ok=True)
    (proc / str(pid) / "stat").write_text(f"{pid} (odd) name) S {' '.join('0' * 18)} {ticks} 0 0\n")


def test_running_owner_exists(proc: Path) -> None:
    """Also after a round trip through a label."""
    owner = OwnerProcess.parse(str(OwnerProcess.of_process(42, proc=proc)))

    assert owner is not None
    assert not owner.is_gone(proc=proc)


def test_owner_is_gone_when_its_process_ended(proc: Path) -> None:
    """No process has its id."""
    owner = OwnerProcess.of_process(42, proc=proc)

    (proc / "42" / "stat").unlink()

    assert owner.is_gone(proc=proc)


def test_owner_is_gone_when_another_process_has_its_id(proc: Path) -> None:
    """Ids are reused; start times are not."""
    owner = OwnerProcess.of_process(42, proc=proc)

    start(proc, 42, 2000)

    assert owner.is_gone(proc=proc)


def test_owner_is_gone_after_a_reboot(proc: Path) -> None:
    """The same id and the same start time can occur again."""
    owner = OwnerProcess.of_process(42, proc=proc)

    (proc / "sys" / "kernel" / "random" / "boot_id").write_text("another-boot\n")

    assert owner.is_gone(proc=proc)


def test_owner_on_another_machine_is_assumed_to_exist(proc: Path) -> None:
    """Several machines can share an engine without seeing each other's processes."""
    owner = OwnerProcess.of_process(42, proc=proc)
    (proc / "42" / "stat").unlink()

    (proc / "self" / "ns" / "pid").unlink()
    (proc / "self" / "ns" / "pid").symlink_to("pid:[4026539999]")

    assert not owner.is_gone(proc=proc)


def test_every_owner_is_assumed_to_exist_without_proc(proc: Path, tmp_path: Path) -> None:
    """As on macOS, where Docker runs in a virtual machine."""
    owner = OwnerProcess.of_process(42, proc=proc)

    assert not owner.is_gone(proc=tmp_path / "nothing")


@for_each("text", ["", "x", "a-b-c-d", "a-b-1", "--1-2", "a-b-1-2-3"])
def test_other_labels_are_not_owners(text: str) -> None:
    """Anyone can set labels."""
    assert OwnerProcess.parse(text) is None


def test_label_names_this_process() -> None:
    """It runs, so its containers are not removed."""
    owner = OwnerProcess.parse(owner_labels()[OWNER_LABEL])

    assert owner == OwnerProcess.of_process()
    assert not owner.is_gone()
