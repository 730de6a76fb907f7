"""A node's configuration: reads JSON files and returns frozen objects or a list of problems."""

from fake_sesam.config.configuration import Configuration, configure
from fake_sesam.config.files import ConfigFile, read_directory, read_json_object
from fake_sesam.config.pipes import Pipe
from fake_sesam.config.pumps import PumpConfig
from fake_sesam.config.sinks import SinkConfig
from fake_sesam.config.sources import SourceConfig
from fake_sesam.config.systems import DockerOptions, HttpOptions, RetryStrategy, System

__all__ = [
    "ConfigFile",
    "Configuration",
    "DockerOptions",
    "HttpOptions",
    "Pipe",
    "PumpConfig",
    "RetryStrategy",
    "SinkConfig",
    "SourceConfig",
    "System",
    "configure",
    "read_directory",
    "read_json_object",
]
