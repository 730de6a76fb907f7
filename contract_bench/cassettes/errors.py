"""What can go wrong with cassettes.

``BenchError``
    ``CassetteError``: everything below.
        ``CassetteUnreadableError``: the file is missing or is no cassette in a dialect known here.
        ``CassetteOpenError``: a cassette is open in this thread already.
        ``CassetteUnsafeError``: a recording was not written, because it would have held secrets or people's data.
        ``RecordingError``: recording ended before there was anything worth keeping.
        ``VcrpyMissingError``: vcrpy is not installed.
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
    """Something is wrong with a cassette or with recording one."""


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
    """A second cassette was opened where one is open already."""

    def __init__(self, opened: Path, wanted: Path) -> None:
        super().__init__(
            f"{wanted} cannot be opened while {opened} is open: vcrpy replaces the connection classes of the whole "
            f"process. Close the first one, or serve the second one with `contract-bench replay`."
        )
        self.opened = opened
        self.wanted = wanted


class CassetteUnsafeError(CassetteError):
    """A recording holds what must not be committed; nothing was written."""

    def __init__(self, path: Path, problems: Sequence[str]) -> None:
        listed = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(
            f"{path} was left as it was, because the new recording is not safe to commit:\n{listed}\n"
            f"This is a gap in the redaction rules: please report the place, not the value."
        )
        self.path = path
        self.problems = tuple(problems)


class RecordingError(CassetteError):
    """A recording failed; the old cassette is untouched."""


class VcrpyMissingError(CassetteError):
    """vcrpy is needed and not installed."""

    def __init__(self) -> None:
        super().__init__(
            "recording and in-process playback need vcrpy 8.2.1 or newer, which is not installed. "
            "Install it with: pip install 'contract-bench[test]'. Serving a cassette (`contract-bench replay`) and "
            "`lint` work without it."
        )
