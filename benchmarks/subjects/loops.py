"""The two reference loops: one reads bytes and finds the cursor, one parses each page. Neither serves the contacts.

`python -m benchmarks.subjects.loops URL urllib3|requests`
"""

import importlib
import sys
from typing import Any

from benchmarks.processes import TOKEN
from benchmarks.subjects.result import print_result

HEADERS = {"Authorization": f"Bearer {TOKEN}"}
LIST = "/crm/v3/objects/contacts?limit=100"
PAGE = 100


def urllib3_loop(upstream: str, urllib3: Any) -> int:
    """Read the bytes and find the cursor: the fastest possible pull. Count only the contacts of the last page."""
    pool, after, full_pages = urllib3.PoolManager(), "", 0
    while True:
        body = pool.request("GET", f"{upstream}{LIST}{after}", headers=HEADERS).data
        at = body.rfind(b'"after":"')
        if at < 0:
            return full_pages * PAGE + int(body.count(b'"archived":'))
        full_pages += 1
        after = "&after=" + body[at + 9 : body.index(b'"', at + 9)].decode()


def requests_loop(upstream: str, requests: Any) -> int:
    """Parse each page."""
    session, after, total = requests.Session(), "", 0
    while True:
        page = session.get(f"{upstream}{LIST}{after}", headers=HEADERS, timeout=60).json()
        total += len(page["results"])
        if "paging" not in page:
            return total
        after = f"&after={page['paging']['next']['after']}"


if __name__ == "__main__":
    upstream, name = sys.argv[1:]
    loop = {"urllib3": urllib3_loop, "requests": requests_loop}[name]
    library = importlib.import_module(name)  # only this one, and before the clock starts
    print_result(lambda: loop(upstream, library))
