"""A connector in the way of Sesam's tutorial, with the loop over pages that the tutorial leaves out.

`python -m benchmarks.subjects.tutorial URL list|stream` says where it listens. As there: Flask's own server with
threads, `requests`, `json.dumps`. In its favour: no debugger, and one session for the whole walk, which the tutorial
does not keep.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

import requests
from flask import Flask, Response

from benchmarks.processes import TOKEN


def pages(upstream: str) -> Iterator[list[dict[str, Any]]]:
    """Walk the list by `after`."""
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
    """The array entity by entity, as most of Sesam's connectors send it."""
    yield "["
    is_first = True
    for page in pages(upstream):
        for contact in page:
            yield json.dumps(contact) if is_first else "," + json.dumps(contact)
            is_first = False
    yield "]"


def create_app(upstream: str, *, is_stream: bool) -> Flask:
    """The tutorial's one route."""
    app = Flask(__name__)

    @app.get("/get_contacts")
    def get_contacts() -> Response:
        if is_stream:
            return Response(streamed(upstream), mimetype="application/json")
        return Response(json.dumps([contact for page in pages(upstream) for contact in page]))

    return app


if __name__ == "__main__":
    create_app(sys.argv[1], is_stream=sys.argv[2] == "stream").run(host="127.0.0.1", threaded=True, port=0)
