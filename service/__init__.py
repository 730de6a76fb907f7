"""The connector: serves HubSpot CRM records in Sesam's JSON pull protocol.

It is deployed as an image. contract_bench starts it as Sesam would, and never imports it.
"""

from service.app import create_app
from service.settings import Settings

__all__ = ["Settings", "create_app"]
