"""Whose a container is, and whether its owner has gone: told from what `/proc` says."""

from pathlib import Path

import pytest

from contract_bench.roles.leftovers import OWNER_LABEL, Owner, owner_labels

BOOT = "0b4c7d1e-8a52-4f0e-9d53-3c1c5a1f2b3d"


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """A machine with one process, whose name has a bracket and spaces in it, as any program's may."""
    (tmp_path / "sys" / "kernel" / "random").mkdir(parents=True)
    (tmp_path / "sys" / "kernel" / "random" / "boot_id").write_text(f"{BOOT}\n")
    (tmp_path / "self" / "ns").mkdir(parents=True)
    (tmp_path / "self" / "ns" / "pid").symlink_to("pid:[4026531836]")
    start(tmp_path, 42, 1000)
    return tmp_path


def start(proc: Path, pid: int, ticks: int) -> None:
    """Let there be a process."""
    (proc / str(pid)).mkdir(exist_ok=True)
    (proc / str(pid) / "stat").write_text(f"{pid} (odd) name) S {' '.join('0' * 18)} {ticks} 0 0\n")


def test_owner_that_runs_is_not_gone(proc: Path) -> None:
    """Also after its name went through a label."""
    owner = Owner.parse(str(Owner.of_process(42, proc=proc)))

    assert owner is not None
    assert not owner.is_gone(proc=proc)


def test_owner_is_gone_when_its_process_ended(proc: Path) -> None:
    """Nothing has its number."""
    owner = Owner.of_process(42, proc=proc)

    (proc / "42" / "stat").unlink()

    assert owner.is_gone(proc=proc)


def test_owner_is_gone_when_another_process_has_its_number(proc: Path) -> None:
    """Numbers come round again; the time of the start does not."""
    owner = Owner.of_process(42, proc=proc)

    start(proc, 42, 2000)

    assert owner.is_gone(proc=proc)


def test_owner_is_gone_when_the_machine_was_started_anew(proc: Path) -> None:
    """The same number and the same ticks may well be there again."""
    owner = Owner.of_process(42, proc=proc)

    (proc / "sys" / "kernel" / "random" / "boot_id").write_text("another-boot\n")

    assert owner.is_gone(proc=proc)


def test_owner_on_another_machine_is_never_taken_for_gone(proc: Path) -> None:
    """Several machines may share an engine, and none sees the other's processes."""
    owner = Owner.of_process(42, proc=proc)
    (proc / "42" / "stat").unlink()

    (proc / "self" / "ns" / "pid").unlink()
    (proc / "self" / "ns" / "pid").symlink_to("pid:[4026539999]")

    assert not owner.is_gone(proc=proc)


def test_nobody_is_taken_for_gone_where_there_is_no_proc(proc: Path, tmp_path: Path) -> None:
    """As on macOS, where Docker runs on another machine anyway."""
    owner = Owner.of_process(42, proc=proc)

    assert not owner.is_gone(proc=tmp_path / "nothing")


@pytest.mark.parametrize("text", ["", "x", "a-b-c-d", "a-b-1", "--1-2", "a-b-1-2-3"])
def test_what_is_no_owner_is_read_as_none(text: str) -> None:
    """Labels are anybody's."""
    assert Owner.parse(text) is None


def test_label_names_this_process() -> None:
    """It runs, so nobody removes what carries it."""
    owner = Owner.parse(owner_labels()[OWNER_LABEL])

    assert owner == Owner.of_process()
    assert not owner.is_gone()
