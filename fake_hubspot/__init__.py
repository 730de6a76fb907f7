"""A stateful fake HubSpot: portals, the CRM API and faults, over real HTTP. It knows neither the service nor Sesam.

Import the public names from here. Each is loaded when it is first used, so `import fake_hubspot` costs nothing.
"""

from typing import TYPE_CHECKING

from bench_core.public_names import loaded_on_use

if TYPE_CHECKING:
    from fake_hubspot.app import App
    from fake_hubspot.context import Route, Tenant
    from fake_hubspot.control.openapi import build_document
    from fake_hubspot.errors import FakeHubSpotError, SeedError, UnknownScenarioError, UsageError
    from fake_hubspot.faults import (
        FaultDescription,
        FaultRule,
        FaultSet,
        Selector,
        UnknownFaultError,
        catalogue,
        faults_of,
        find_fault,
    )
    from fake_hubspot.portal.association_types import linked_type_of
    from fake_hubspot.portal.clock import format_time, parse_time
    from fake_hubspot.portal.config import DEFAULT_PORTAL_ID, DEFAULT_TOKEN, PortalConfig
    from fake_hubspot.portal.limits import TIERS, Tier
    from fake_hubspot.portal.owners import Owner
    from fake_hubspot.portal.portal import Portal
    from fake_hubspot.portal.signatures import sign_request, verify_signature
    from fake_hubspot.portal.store import Record
    from fake_hubspot.portal.types import ObjectType
    from fake_hubspot.scenarios import SCENARIOS, apply_scenario
    from fake_hubspot.seeds import absolute_seed_file
    from fake_hubspot.server import Server, build_app, serve_forever
    from fake_hubspot.settings import Settings

__all__ = [
    "DEFAULT_PORTAL_ID",
    "DEFAULT_TOKEN",
    "SCENARIOS",
    "TIERS",
    "App",
    "FakeHubSpotError",
    "FaultDescription",
    "FaultRule",
    "FaultSet",
    "ObjectType",
    "Owner",
    "Portal",
    "PortalConfig",
    "Record",
    "Route",
    "SeedError",
    "Selector",
    "Server",
    "Settings",
    "Tenant",
    "Tier",
    "UnknownFaultError",
    "UnknownScenarioError",
    "UsageError",
    "absolute_seed_file",
    "apply_scenario",
    "build_app",
    "build_document",
    "catalogue",
    "faults_of",
    "find_fault",
    "format_time",
    "linked_type_of",
    "parse_time",
    "serve_forever",
    "sign_request",
    "verify_signature",
]

# Where each public name lives. A test compares this with the imports above.
_MODULES = {
    "app": ("App",),
    "context": ("Route", "Tenant"),
    "control.openapi": ("build_document",),
    "errors": ("FakeHubSpotError", "SeedError", "UnknownScenarioError", "UsageError"),
    "faults": (
        "FaultDescription",
        "FaultRule",
        "FaultSet",
        "Selector",
        "UnknownFaultError",
        "catalogue",
        "faults_of",
        "find_fault",
    ),
    "portal.clock": ("format_time", "parse_time"),
    "portal.limits": ("TIERS", "Tier"),
    "portal.owners": ("Owner",),
    "portal.config": ("DEFAULT_PORTAL_ID", "DEFAULT_TOKEN", "PortalConfig"),
    "portal.portal": ("Portal",),
    "portal.signatures": ("sign_request", "verify_signature"),
    "portal.store": ("Record",),
    "portal.association_types": ("linked_type_of",),
    "portal.types": ("ObjectType",),
    "scenarios": ("SCENARIOS", "apply_scenario"),
    "seeds": ("absolute_seed_file",),
    "server": ("Server", "build_app", "serve_forever"),
    "settings": ("Settings",),
}
__getattr__ = loaded_on_use(__name__, _MODULES)
