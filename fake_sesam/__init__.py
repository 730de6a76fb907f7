"""A small Sesam node: reads a real node's configuration, pulls a json source, writes a dataset.

It knows neither HubSpot nor the service: it meets them over HTTP.
"""

from fake_sesam.dataset import Dataset
from fake_sesam.errors import ConfigurationError, FakeSesamError
from fake_sesam.node import Node
from fake_sesam.options import NodeOptions
from fake_sesam.pump import Event, PumpResult

__all__ = ["ConfigurationError", "Dataset", "Event", "FakeSesamError", "Node", "NodeOptions", "PumpResult"]
