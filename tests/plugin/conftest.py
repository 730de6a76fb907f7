"""What the plugin loads when it is used is loaded here: `pytester` forgets what a run in this process has imported."""

import requests  # noqa: F401 - see above

import fake_sesam  # noqa: F401 - see above
from fake_hubspot import Server  # noqa: F401 - see above
