"""A small Sesam node: reads a real node's configuration, pulls json sources and writes datasets.

It knows neither HubSpot nor the service: it meets them over HTTP. The names here are the public ones; other packages
import nothing from the modules inside.
"""

from typing import TYPE_CHECKING, Any

from fake_sesam.assumptions import Assumptions
from fake_sesam.config import ConfigFile, Configuration, System, configure
from fake_sesam.dataset import Dataset
from fake_sesam.errors import ConfigurationError, FakeSesamError, MicroserviceError, Problem, ReadError
from fake_sesam.node import Node
from fake_sesam.options import NodeOptions
from fake_sesam.pump import Event, PumpResult, parse_entities

if TYPE_CHECKING:
    from fake_sesam.server import NodeServer

__all__ = [
    "Assumptions",
    "ConfigFile",
    "Configuration",
    "ConfigurationError",
    "Dataset",
    "Event",
    "FakeSesamError",
    "MicroserviceError",
    "Node",
    "NodeOptions",
    "NodeServer",
    "Problem",
    "PumpResult",
    "ReadError",
    "System",
    "configure",
    "parse_entities",
]


def __getattr__(name: str) -> Any:
    """Load the web server only for those who serve a node: it takes half as long again as everything else."""
    if name != "NodeServer":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from fake_sesam.server import NodeServer

    return NodeServer
