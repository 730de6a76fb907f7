"""Records which interactions tests play: one JSON line each, so that parallel tests can share a file."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from bench_core.json_text import parse_json
from contract_bench.cassettes.errors import CassetteError

__all__ = ["USAGE_VARIABLE", "note_played", "read_usage"]

USAGE_VARIABLE = "CONTRACT_BENCH_CASSETTE_USAGE"


def note_played(cassette: Path, interaction: int, *, environ: Mapping[str, str] = os.environ) -> None:
    """Record that an interaction was played, if the environment names a file for it.

    Each line is a single write to a file opened for appending, so lines of several processes do not mix.
    """
    target = environ.get(USAGE_VARIABLE)
    if not target:
        return
    line = json.dumps({"cassette": str(cassette.resolve()), "interaction": interaction})
    with Path(target).open("ab", buffering=0) as file:
        file.write(f"{line}\n".encode())


def read_usage(path: Path) -> dict[Path, set[int]]:
    """Read the played interactions by cassette.

    Raises:
        CassetteError: The file is missing or malformed.
    """
    usage: dict[Path, set[int]] = {}
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            played = parse_json(line)
            usage.setdefault(Path(played["cassette"]), set()).add(int(played["interaction"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CassetteError(
            f"expected a usage file at {path} ({error}). Run the tests with {USAGE_VARIABLE} set to that path."
        ) from error
    return usage
