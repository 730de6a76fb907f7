"""Sesam's tutorial as it is written: a key in the address, which HubSpot ended in 2022, and one page.

Violates: completes
"""

import json
import os

import requests
from flask import Flask

app = Flask(__name__)


@app.route("/get_contacts", methods=["GET"])
def get_contacts() -> str:
    """One page of contacts."""
    base_url, api_key = os.environ["hubspot-base-url"], os.environ["hubspot-api-key"]
    res = requests.get(f"{base_url}/crm/v3/objects/contacts?hapikey={api_key}")  # noqa: S113 - as it is written
    if res.status_code != 200:
        raise AssertionError(f"Unexpected response status code: {res.status_code}")
    contacts = res.json()["results"]
    for contact in contacts:
        contact["_id"] = contact["id"]
    return json.dumps(contacts)


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
