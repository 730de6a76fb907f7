"""A small Sesam node: reads a real node's configuration, pulls json sources and writes datasets.

It knows neither HubSpot nor the service: it meets them over HTTP. The names here are the public ones; other packages
import nothing from the modules inside. Each is loaded when it is first used.
"""

from typing import TYPE_CHECKING

from bench_core.public_names import loaded_on_use

if TYPE_CHECKING:
    from fake_sesam.assumptions import Assumptions
    from fake_sesam.config import ConfigFile, Configuration, System, configure
    from fake_sesam.dataset import Dataset
    from fake_sesam.errors import ConfigurationError, FakeSesamError, MicroserviceError, Problem, ReadError
    from fake_sesam.node import Node
    from fake_sesam.options import NodeOptions
    from fake_sesam.pump import Event, PumpResult, parse_entities
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

# Where each public name lives. A test compares this with the imports above.
_MODULES = {
    "assumptions": ("Assumptions",),
    "config": ("ConfigFile", "Configuration", "System", "configure"),
    "dataset": ("Dataset",),
    "errors": ("ConfigurationError", "FakeSesamError", "MicroserviceError", "Problem", "ReadError"),
    "node": ("Node",),
    "options": ("NodeOptions",),
    "pump": ("Event", "PumpResult", "parse_entities"),
    "server": ("NodeServer",),
}
__getattr__ = loaded_on_use(__name__, _MODULES)
