"""A node's configuration: JSON files in, frozen values or a list of problems out."""

from fake_sesam.config.configuration import Configuration, configure
from fake_sesam.config.files import ConfigFile, read_directory, read_json_object
from fake_sesam.config.pipes import Pipe, PumpConfig, SinkConfig, SourceConfig
from fake_sesam.config.systems import DockerOptions, HttpOptions, System

__all__ = [
    "ConfigFile",
    "Configuration",
    "DockerOptions",
    "HttpOptions",
    "Pipe",
    "PumpConfig",
    "SinkConfig",
    "SourceConfig",
    "System",
    "configure",
    "read_directory",
    "read_json_object",
]
