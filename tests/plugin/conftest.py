"""Imports what the plugin imports when it is used, because `pytester` undoes the imports of an in-process run."""

import requests  # noqa: F401 - see above

import fake_sesam  # noqa: F401 - see above
from fake_hubspot import Server  # noqa: F401 - see above
