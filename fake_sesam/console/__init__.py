"""The pages of a node for a browser: overview, pipes, datasets, systems with their log, problems.

They call the same functions as the node API. Jinja2 and the pages are imported when the first page is asked for.
"""

from fake_sesam.console.feed import Feed
from fake_sesam.console.options import ConsoleOptions, is_page
from fake_sesam.console.routes import console_routes

__all__ = ["ConsoleOptions", "Feed", "console_routes", "is_page"]
