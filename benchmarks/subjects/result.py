"""Prints the result of a pull for the benchmarks to read."""

import json
import os
import sys
import time
from collections.abc import Callable

from benchmarks.processes import peak_mb


def print_result(pull: Callable[[], int]) -> None:
    """Pull, and print the number of contacts, the time and the peak memory. The time does not include imports."""
    begun = time.perf_counter()
    contacts = pull()
    seconds = time.perf_counter() - begun
    print(json.dumps({"contacts": contacts, "seconds": seconds, "peak_mb": peak_mb(os.getpid())}), file=sys.stderr)
