"""A connector written like Sesam's tutorial, plus the loop over pages that the tutorial leaves out.

`python -m benchmarks.subjects.tutorial URL list|stream` prints where it listens. Like the tutorial, it uses Flask's own
server with threads, `requests` and `json.dumps`. Unlike the tutorial, it runs without the debugger and keeps one
session for the whole pull, which makes it faster.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

import requests
from flask import Flask, Response

from benchmarks.processes import TOKEN


def pages(upstream: str) -> Iterator[list[dict[str, Any]]]:
    """Follow the list by `after`."""
    session, after = requests.Session(), None
    while True:
        answer = session.get(
            f"{upstream}/crm/v3/objects/contacts",
            params={"limit": 100, "after": after},
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=60,
        )
        if answer.status_code != 200:
            raise AssertionError(f"Unexpected response status code: {answer.status_code}")
        page = answer.json()
        yield page["results"]
        if "paging" not in page:
            return
        after = page["paging"]["next"]["after"]


def streamed(upstream: str) -> Iterator[str]:
    """Yield the array entity by entity, as most Sesam connectors send it."""
    yield "["
    is_first = True
    for page in pages(upstream):
        for contact in page:
            yield json.dumps(contact) if is_first else "," + json.dumps(contact)
            is_first = False
    yield "]"


def create_app(upstream: str, *, is_stream: bool) -> Flask:
    """Create the application with the tutorial's one route."""
    app = Flask(__name__)

    @app.get("/get_contacts")
    def get_contacts() -> Response:
        if is_stream:
            return Response(streamed(upstream), mimetype="application/json")
        return Response(json.dumps([contact for page in pages(upstream) for contact in page]))

    return app


if __name__ == "__main__":
    create_app(sys.argv[1], is_stream=sys.argv[2] == "stream").run(host="127.0.0.1", threaded=True, port=0)
