"""dlt's `rest_api` source with the cursor paginator from its documentation, iterated without loading the records.

`python -m benchmarks.subjects.dlt_source URL`. A destination would take additional time.
"""

import os
import sys

os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
os.environ.setdefault("RUNTIME__LOG_LEVEL", "WARNING")

from dlt.sources.rest_api import rest_api_source  # type: ignore[import-not-found]  # an environment of its own

from benchmarks.processes import TOKEN
from benchmarks.subjects.result import print_result


def pull(upstream: str) -> int:
    """Return the number of records that the resource yields."""
    source = rest_api_source(
        {
            "client": {
                "base_url": f"{upstream}/crm/v3/",
                "auth": {"type": "bearer", "token": TOKEN},
                "paginator": {"type": "cursor", "cursor_path": "paging.next.after", "cursor_param": "after"},
            },
            "resources": [
                {
                    "name": "contacts",
                    "endpoint": {"path": "objects/contacts", "params": {"limit": 100}, "data_selector": "results"},
                }
            ],
        }
    )
    return sum(1 for _ in source.resources["contacts"])


if __name__ == "__main__":
    print_result(lambda: pull(sys.argv[1]))
