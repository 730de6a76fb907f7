"""The configuration of a node with one system, the connector, and one pipe for each mode of pulling."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["MODES", "SYSTEM", "environment_names", "pipe_of", "write_node"]

SYSTEM = "connector"
MODES = ("full", "incremental")
# Every name under which connectors look for HubSpot's token and address.
TOKEN_NAMES = ("hubspot-api-key", "api-key", "HUBSPOT_API_KEY", "HUBSPOT_ACCESS_TOKEN")
URL_NAMES = ("hubspot-base-url", "base-url", "HUBSPOT_BASE_URL")


def pipe_of(mode: str, system: str = SYSTEM) -> str:
    """Return the pipe that pulls from a system in this mode."""
    return f"contacts-{mode}" if system == SYSTEM else f"{system}-{mode}"


def environment_names(extra: Mapping[str, str]) -> list[str]:
    """Return the names of all variables that the connector gets, except its port."""
    return list(dict.fromkeys((*TOKEN_NAMES, *URL_NAMES, "HOST", *extra)))


def write_node(
    folder: Path, *, route: str, patience_s: float, environment: Mapping[str, str], system: str = SYSTEM
) -> Path:
    """Write the node's configuration and return its directory. A second call with another system adds that system.

    Args:
        folder: Where to write; it is created.
        route: The connector's route that the pipes read.
        patience_s: How long the node waits for the next byte.
        environment: What the connector gets in addition to the token and the address.
        system: The connector's id as a system of the node.
    """
    _write(folder / "systems" / f"{system}.conf.json", _system(system, patience_s, environment))
    for mode in MODES:
        _write(folder / "pipes" / f"{pipe_of(mode, system)}.conf.json", _pipe(mode, route, system))
    _write(folder / "node-metadata.conf.json", {"_id": "node", "type": "metadata"})
    return folder


def _system(system: str, patience_s: float, environment: Mapping[str, str]) -> dict[str, Any]:
    settings = dict.fromkeys(TOKEN_NAMES, "$SECRET(token)") | dict.fromkeys(URL_NAMES, "$ENV(hubspot-url)")
    return {
        "_id": system,
        "type": "system:microservice",
        "docker": {"environment": {**settings, "HOST": "127.0.0.1", **environment}, "image": "connector", "port": 5000},
        "read_timeout": max(round(patience_s), 1),
    }


def _pipe(mode: str, route: str, system: str) -> dict[str, Any]:
    """No transform adds an `_id` or repairs an entity: the connector's own entities are judged."""
    return {
        "_id": pipe_of(mode, system),
        "type": "pipe",
        "source": {"type": "json", "system": system, "url": route, "supports_since": mode == "incremental"},
        "transform": {"type": "dtl", "rules": {"default": [["copy", "*"]]}},
        "pump": {"mode": "manual"},
        "add_namespaces": False,
    }


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
