"""What somebody without a fake would write: a page of contacts and a contact as bytes that never change, in Flask."""

import os
from pathlib import Path

from flask import Flask, Response

JSON = "application/json;charset=utf-8"


def create_app() -> Flask:
    """The application; `STATIC_ANSWERS` names the folder that holds `page.json` and `contact.json`."""
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
