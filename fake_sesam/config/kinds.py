"""Every kind of configuration that the node knows, in the order in which the reference describes them."""

from dataclasses import dataclass

from fake_sesam.config.node_metadata import NamespaceNames, NodeMetadata
from fake_sesam.config.operations import Operation
from fake_sesam.config.pipes import Pipe
from fake_sesam.config.properties import Table, table
from fake_sesam.config.pumps import PumpConfig
from fake_sesam.config.sinks import SINK_TYPES, SinkConfig
from fake_sesam.config.sources import SOURCE_TYPES, SourceConfig
from fake_sesam.config.systems import SYSTEM_TYPES, DockerOptions, RetryRule, System
from fake_sesam.config.transforms import TRANSFORM_KINDS

__all__ = ["KINDS", "Kind"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of configuration.

    Attributes:
        title: What it is called, in Markdown.
        described: The class with its properties.
        type: Its `type`, where the class describes several.
    """

    title: str
    described: type
    type: str = ""

    @property
    def table(self) -> Table:
        """Its properties."""
        return table(self.described, self.type)


KINDS = (
    Kind("Pipe", Pipe),
    Kind("`namespaces` of a pipe", NamespaceNames),
    *(Kind(f"`{each}` source", SourceConfig, each) for each in SOURCE_TYPES),
    *(Kind(f"`{each}` transform", described) for each, described in TRANSFORM_KINDS.items()),
    *(Kind(f"`{each}` sink", SinkConfig, each) for each in SINK_TYPES),
    Kind("Pump", PumpConfig),
    *(Kind(f"`{each}`", System, each) for each in SYSTEM_TYPES),
    Kind("`docker` of a `system:microservice`", DockerOptions),
    Kind("An operation of a `system:rest`", Operation),
    Kind("A rule of `retry_strategy`", RetryRule),
    Kind("Node metadata", NodeMetadata),
)
