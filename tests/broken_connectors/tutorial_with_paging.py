"""Sesam's tutorial with a private app token and a loop over the pages: all in memory, no timeout.

Violates: bounded-memory
Shown by: streams
"""

import json
import os
from typing import Any

import requests
from flask import Flask

app = Flask(__name__)


@app.route("/get_contacts", methods=["GET"])
def get_contacts() -> str:
    """Return every page of contacts."""
    base_url, api_key = os.environ["hubspot-base-url"], os.environ["hubspot-api-key"]
    entities: list[dict[str, Any]] = []
    params = {"limit": os.environ.get("HUBSPOT_PAGE_SIZE", "100")}
    while True:
        res = requests.get(  # noqa: S113 - as people write it
            f"{base_url}/crm/v3/objects/contacts", params=params, headers={"Authorization": f"Bearer {api_key}"}
        )
        if res.status_code != 200:
            raise AssertionError(f"Unexpected response status code: {res.status_code}")
        page = res.json()
        entities += [{"_id": record["id"], **record} for record in page["results"]]
        if "paging" not in page:
            return json.dumps(entities)
        params["after"] = page["paging"]["next"]["after"]


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
