"""Starts a fake HubSpot in a thread of this process."""

from pathlib import Path

from msgspec.structs import replace

from bench_core.lines import EventLines
from fake_hubspot import Server, Settings

__all__ = ["open_hubspot"]


def open_hubspot(
    settings: Settings | None = None,
    *,
    seed_folder: Path | None = None,
    lines: EventLines | None = None,
    shows_progress: bool = False,
) -> Server:
    """Return a fake HubSpot that serves while its context is open.

    Args:
        settings: How it is set up.
        seed_folder: Requests to its control API may load files in this folder.
        lines: Prints a line for each request.
        shows_progress: Whether long seeding shows how far it is.
    """
    chosen = settings or Settings()
    if seed_folder is not None:
        chosen = replace(chosen, seed_folders=(seed_folder,))
    return Server(chosen, lines=lines, shows_progress=shows_progress)
