"""Starts a client's own program, with HubSpot's address set from outside and without long pauses.

`python started_as.py tap-hubspot URL ARGUMENTS...`. Nothing in the package is changed: the address is the constant
that the package keeps it in, or, where many places have it, the one place in `requests` that every request passes.
"""

import sys

from serving import shorten_pauses  # type: ignore[import-not-found]

HUBSPOT = "https://api.hubapi.com"


def tap_hubspot(url: str) -> None:
    """Run the tap; `BASE_URL` is its only address."""
    import tap_hubspot as tap  # type: ignore[import-not-found]

    tap.BASE_URL = url
    tap.main()


def airbyte_source_hubspot(url: str) -> None:
    """Run the source; its manifest and its code name HubSpot in a dozen places."""
    from requests.adapters import HTTPAdapter
    from source_hubspot.run import run  # type: ignore[import-not-found]

    send = HTTPAdapter.send

    def redirected(self, request, *args, **options):  # type: ignore[no-untyped-def]
        request.url = request.url.replace(HUBSPOT, url, 1)
        return send(self, request, *args, **options)

    HTTPAdapter.send = redirected  # type: ignore[method-assign]
    run()


PROGRAMS = {"tap-hubspot": tap_hubspot, "airbyte-source-hubspot": airbyte_source_hubspot}


if __name__ == "__main__":
    shorten_pauses()
    _, name, address, *arguments = sys.argv
    sys.argv = [name, *arguments]
    PROGRAMS[name](address)
