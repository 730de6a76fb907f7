"""The pages for a browser, at `/_fake/`: overview, records, requests, faults and settings.

A page reads through the functions of the portal and changes through the routes of the APIs (`inner_api`), so that a
form and a program have the same effect. `routes` is all that the server needs at its start; the rest is imported when
a page is asked for.
"""

from fake_hubspot.console.options import ConsoleOptions
from fake_hubspot.console.routes import console_routes, start_page

__all__ = ["ConsoleOptions", "console_routes", "start_page"]
