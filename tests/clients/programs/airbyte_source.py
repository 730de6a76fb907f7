"""Airbyte's source for HubSpot: `source-hubspot check`, `discover` and `read`, each called with its own arguments.

Its manifest and its code name HubSpot in a dozen places, so the address is replaced in the one place in `requests` that
every request passes. Nothing in the package is changed.
"""

import contextlib
import io
import json
import sys
from typing import Any

from requests.adapters import HTTPAdapter
from serving import serve  # type: ignore[import-not-found]
from source_hubspot.run import run as source_hubspot  # type: ignore[import-not-found]

HUBSPOT = "https://api.hubapi.com"
ADDRESS = sys.argv[1]

send = HTTPAdapter.send


def redirected(self, request, *args, **options):  # type: ignore[no-untyped-def]
    """Send a request to the fake instead of HubSpot."""
    request.url = request.url.replace(HUBSPOT, ADDRESS, 1)
    return send(self, request, *args, **options)


def run(arguments: list[str]) -> list[Any]:
    """Return the messages that the program prints; the messages name its errors."""
    standard_output = sys.__stdout__
    with contextlib.redirect_stdout(io.StringIO()) as printed, contextlib.suppress(SystemExit):
        sys.__stdout__ = printed  # type: ignore[assignment, misc]  # what it prints through its buffer
        sys.argv[1:] = arguments
        try:
            source_hubspot()
        finally:
            sys.__stdout__ = standard_output  # type: ignore[misc]
    return [json.loads(line) for line in printed.getvalue().splitlines() if line.startswith("{")]


if __name__ == "__main__":
    HTTPAdapter.send = redirected  # type: ignore[method-assign]
    serve({"run": run})
