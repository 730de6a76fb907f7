"""Files that records are loaded from: regular ones of a bounded size. Requests may only name files in given folders."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from fake_hubspot.errors import SeedError, UsageError

__all__ = ["MAX_SEED_BYTES", "SEED_SUFFIXES", "SeedFolders", "absolute_seed_file", "parse_seed_file", "read_seed_file"]

SEED_SUFFIXES = (".csv", ".json", ".jsonl", ".ndjson")
MAX_SEED_BYTES = 256 * 1024 * 1024


class SeedFolders:
    """The folders below which requests may name a file. Without any, no request may."""

    def __init__(self, folders: Iterable[Path] = ()) -> None:
        self._folders = [folder.resolve() for folder in folders]

    def find(self, path: Path) -> Path:
        """Return a file without symbolic links in its path. A relative path starts in each of the folders.

        Raises:
            SeedError: The file is not in one of the folders. It says the same whether the file exists or not.
        """
        for folder in self._folders:
            found = (folder / path).resolve()
            if found.is_relative_to(folder) and (found.exists() or path.is_absolute()):
                return found
        raise SeedError(
            str(path),
            problem="no such file in the folders from which requests may load files",
            remedy="Start the fake with --seed-folder DIR and name a file in it",
        )


def parse_seed_file(text: str) -> tuple[str | None, Path]:
    """Return the type and the file in `FILE` or `TYPE=FILE`.

    Raises:
        UsageError: There is no file in it, or it is of no known format.
    """
    name, found, rest = text.partition("=")
    path = Path(rest if found else text)
    if found and (not name.strip() or "/" in name):
        name, path = "", Path(text)
    if path.suffix.lower() not in SEED_SUFFIXES:
        endings = ", ".join(SEED_SUFFIXES)
        raise UsageError(f"expected a seed file as FILE or TYPE=FILE that ends in one of {endings}, got {text!r}")
    return (name.strip() or None) if found else None, path


def absolute_seed_file(text: str) -> str:
    """Return `FILE` or `TYPE=FILE` with a path that holds in every working directory.

    Raises:
        UsageError: There is no file in it, or it is of no known format.
    """
    name, path = parse_seed_file(text)
    return f"{path.absolute()}" if name is None else f"{name}={path.absolute()}"


def read_seed_file(path: Path) -> bytes:
    """Return the content of a regular file. A pipe or a device is not opened for reading: it could block the fake.

    Raises:
        SeedError: It is no regular file, too large or unreadable.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise SeedError(str(path), problem="it is not a regular file", remedy="Name a file")
            content = file.read(MAX_SEED_BYTES + 1)
    except OSError as error:
        raise SeedError(str(path), problem=error.strerror or "unreadable", remedy="Check the path") from error
    if len(content) > MAX_SEED_BYTES:
        raise SeedError(
            str(path), problem=f"it is larger than {MAX_SEED_BYTES // 1024**2} MiB", remedy="Split it into several"
        )
    return content
