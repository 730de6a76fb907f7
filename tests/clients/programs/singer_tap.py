"""Singer's `tap-hubspot`, started with its own arguments: `python singer_tap.py URL ARGUMENTS...`.

Its address is one constant, which is set here. Nothing in the package is changed.
"""

import sys

import tap_hubspot  # type: ignore[import-not-found]
from serving import shorten_pauses  # type: ignore[import-not-found]

if __name__ == "__main__":
    shorten_pauses()
    tap_hubspot.BASE_URL = sys.argv.pop(1)
    tap_hubspot.main()
