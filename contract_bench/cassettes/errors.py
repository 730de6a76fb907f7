"""The errors of this package.

`BenchError`
    `CassetteError`: base class.
        `CassetteUnreadableError`: the file is missing, or its format is not supported.
        `CassetteOpenError`: another cassette is already open in this thread.
        `CassetteUnsafeError`: a recording was not written because it would contain secrets or personal data.
        `RecordingError`: a recording failed or is empty.
        `VcrpyMissingError`: vcrpy is not installed.
"""

from collections.abc import Sequence
from pathlib import Path

from contract_bench.errors import BenchError

__all__ = [
    "CassetteError",
    "CassetteOpenError",
    "CassetteUnreadableError",
    "CassetteUnsafeError",
    "RecordingError",
    "VcrpyMissingError",
]


class CassetteError(BenchError):
    """Base class: a cassette or a recording cannot be used."""


class CassetteUnreadableError(CassetteError):
    """The file cannot be read as a cassette."""

    def __init__(self, path: Path, *, problem: str) -> None:
        super().__init__(
            f"expected a cassette at {path}: {problem}. Give a file that vcrpy (YAML or JSON), Ruby's VCR (YAML) or "
            f"`contract-bench record` wrote."
        )
        self.path = path
        self.problem = problem


class CassetteOpenError(CassetteError):
    """A cassette was opened while another one was open in the same thread."""

    def __init__(self, opened: Path, wanted: Path) -> None:
        super().__init__(
            f"{wanted} cannot be opened while {opened} is open: vcrpy replaces the connection classes of the whole "
            f"process. Close the first one, or serve the second one with `contract-bench replay`."
        )
        self.opened = opened
        self.wanted = wanted


class CassetteUnsafeError(CassetteError):
    """A recording contains what must not be committed; nothing was written."""

    def __init__(self, path: Path, problems: Sequence[str]) -> None:
        listed = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(
            f"{path} was not changed because the new recording is not safe to commit:\n{listed}\n"
            f"The redaction rules miss something. Please report the place, not the value."
        )
        self.path = path
        self.problems = tuple(problems)


class RecordingError(CassetteError):
    """A recording failed; the existing cassette is unchanged."""


class VcrpyMissingError(CassetteError):
    """vcrpy is required and not installed."""

    def __init__(self) -> None:
        super().__init__(
            "recording and in-process playback need vcrpy 8.2.1 or newer, which is not installed. "
            "Install it with: pip install 'contract-bench[test]'. Serving a cassette (`contract-bench replay`) and "
            "`lint` work without it."
        )
