"""The control API under `/_fake/`: for the person or test that runs the fake, not for the connector under test."""

from fake_hubspot.control.table import control_routes

__all__ = ["control_routes"]
