"""What a subject tells the bench about itself."""

import json
import os
import sys
import time
from collections.abc import Callable

from benchmarks.processes import peak_mb


def tell(pull: Callable[[], int]) -> None:
    """Pull, and print how many contacts came, how long it took and the most memory it needed; imports are not timed."""
    begun = time.perf_counter()
    contacts = pull()
    seconds = time.perf_counter() - begun
    print(json.dumps({"contacts": contacts, "seconds": seconds, "peak_mb": peak_mb(os.getpid())}), file=sys.stderr)
