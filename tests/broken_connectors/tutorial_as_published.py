"""Sesam's tutorial as published: an API key in the URL, which HubSpot ended in 2022, and only one page.

Violates: completes
"""

import json
import os

import requests
from flask import Flask

app = Flask(__name__)


@app.route("/get_contacts", methods=["GET"])
def get_contacts() -> str:
    """Return one page of contacts."""
    base_url, api_key = os.environ["hubspot-base-url"], os.environ["hubspot-api-key"]
    res = requests.get(f"{base_url}/crm/v3/objects/contacts?hapikey={api_key}")  # noqa: S113 - as published
    if res.status_code != 200:
        raise AssertionError(f"Unexpected response status code: {res.status_code}")
    contacts = res.json()["results"]
    for contact in contacts:
        contact["_id"] = contact["id"]
    return json.dumps(contacts)


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
