"""A minimal Flask app that serves a page of contacts and one contact as constant bytes."""

import os
from pathlib import Path

from flask import Flask, Response

JSON = "application/json;charset=utf-8"


def create_app() -> Flask:
    """Create the application. `STATIC_ANSWERS` names the folder that contains `page.json` and `contact.json`."""
    app, folder = Flask(__name__), Path(os.environ["STATIC_ANSWERS"])
    page, contact = (folder / "page.json").read_bytes(), (folder / "contact.json").read_bytes()

    @app.get("/crm/v3/objects/contacts")
    def list_contacts() -> Response:
        return Response(page, content_type=JSON)

    @app.get("/crm/v3/objects/contacts/<contact_id>")
    def read_contact(contact_id: str) -> Response:
        del contact_id
        return Response(contact, content_type=JSON)

    return app
