"""The cassettes that a command checks."""

from pathlib import Path

from contract_bench.errors import NothingToCheckError

__all__ = ["cassette_paths", "no_cassettes"]

CASSETTES = "cassettes (*.yaml)"
FOLDER = Path("cassettes")


def cassette_paths(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """Return the paths that a command was given; without any, the folder `cassettes`.

    Raises:
        NothingToCheckError: There are none, and there is no such folder.
    """
    if not paths and not FOLDER.exists():
        raise NothingToCheckError(CASSETTES, f"{FOLDER}/ (which is read if no path is given)")
    return paths or (FOLDER,)


def no_cassettes(paths: tuple[Path, ...]) -> NothingToCheckError:
    """Return the error for paths in which there is no cassette."""
    return NothingToCheckError(CASSETTES, ", ".join(map(str, paths)))
