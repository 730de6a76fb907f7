"""Starts a fake HubSpot in a thread of this process."""

from pathlib import Path

from msgspec.structs import replace

from fake_hubspot import Server, Settings

__all__ = ["open_hubspot"]


def open_hubspot(settings: Settings | None = None, *, seed_folder: Path | None = None) -> Server:
    """Return a fake HubSpot that serves while its context is open.

    Args:
        settings: How it is set up.
        seed_folder: Requests to its control API may load files in this folder.
    """
    chosen = settings or Settings()
    return Server(chosen if seed_folder is None else replace(chosen, seed_folders=(seed_folder,)))
