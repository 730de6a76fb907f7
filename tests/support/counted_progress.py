"""What a command shows of its progress, without a terminal and without time."""

import pytest

from bench_core.progress import Progress

__all__ = ["counted_progress"]


def counted_progress(monkeypatch: pytest.MonkeyPatch, module: str) -> list[Progress]:
    """Collect the progress that a module shows from now on."""
    made: list[Progress] = []

    class Counted(Progress):
        def __enter__(self) -> "Counted":
            made.append(self)
            return self

    monkeypatch.setattr(f"{module}.Progress", Counted)
    return made
