"""Starts a node in this process."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from fake_sesam import Node, NodeOptions

__all__ = ["open_node"]

URL_NAMES = ("hubspot-url", "hubspot-base-url", "upstream-url")
SECRET_NAMES = ("token", "hubspot-api-key")


def open_node(
    node_dir: Path,
    data_dir: Path,
    *,
    hubspot_url: str,
    token: str,
    system_urls: Mapping[str, str] | None = None,
    system_commands: Mapping[str, str] | None = None,
    url_names: Sequence[str] = URL_NAMES,
    secret_names: Sequence[str] = SECRET_NAMES,
) -> Node:
    """Return a node that runs a configuration while its context is open.

    Args:
        node_dir: The configuration directory.
        data_dir: Where datasets and offsets are stored.
        hubspot_url: What the `$ENV` variables of `url_names` stand for.
        token: What the `$SECRET`s of `secret_names` stand for.
        system_urls: Systems that already run, by id.
        system_commands: The commands that start systems, by id.
        url_names: The variables that hold HubSpot's address.
        secret_names: The secrets that hold the token.
    """
    options = NodeOptions(
        data_dir=data_dir,
        environment=dict.fromkeys(url_names, hubspot_url),
        secrets=dict.fromkeys(secret_names, token),
        system_urls=dict(system_urls or {}),
        system_commands=dict(system_commands or {}),
    )
    return Node(node_dir, options)
