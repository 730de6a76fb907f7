"""The connector: HubSpot CRM objects in, a Sesam JSON pull array out.

Deployed as an image; the bench starts it as Sesam would and never imports it.
"""

from service.app import create_app
from service.settings import Settings

__all__ = ["Settings", "create_app"]
