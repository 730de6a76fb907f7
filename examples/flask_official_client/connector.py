"""A connector with Flask and HubSpot's official client: every contact as one streamed JSON array."""

import json
import os
from collections.abc import Iterator
from typing import Any

from flask import Flask, Response
from hubspot import HubSpot  # type: ignore[import-untyped]  # it has no types
from hubspot.crm.contacts import ApiException  # type: ignore[import-untyped]  # it has no types
from urllib3.exceptions import HTTPError

PAGE_SIZE = int(os.environ.get("HUBSPOT_PAGE_SIZE", "100"))
TIMEOUT_S = float(os.environ.get("HUBSPOT_READ_TIMEOUT_S", "60"))
EXPECTED = (ApiException, HTTPError, ValueError, TypeError, AttributeError)

app = Flask(__name__)


class UpstreamError(Exception):
    """HubSpot did not give what was asked for."""


def pages(client: HubSpot) -> Iterator[list[dict[str, Any]]]:
    """Walk the list by `after`, and stop loudly where it contradicts itself."""
    after, last_id = None, -1
    while True:
        try:
            page = client.crm.contacts.basic_api.get_page(limit=PAGE_SIZE, after=after, _request_timeout=TIMEOUT_S)
            records = [record.to_dict() for record in page.results]
            ids = [int(record["id"]) for record in records]
        except EXPECTED as error:
            raise UpstreamError(type(error).__name__) from error
        if ids != sorted({*ids}) or (ids and ids[0] <= last_id):
            raise UpstreamError("ids out of order")
        last_id = ids[-1] if ids else last_id
        yield records
        following = page.paging.next.after if page.paging and page.paging.next else None
        if following is None:
            return
        if after is not None and int(following) <= int(after):
            raise UpstreamError("a cursor that leads in a circle")
        after = following


def to_entity(record: dict[str, Any]) -> dict[str, Any]:
    """A record as Sesam wants it."""
    moment = record["updated_at"].strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return {"_id": str(record["id"]), "_updated": moment, "properties": record["properties"]}


def array(walk: Iterator[list[dict[str, Any]]], first: list[dict[str, Any]]) -> Iterator[str]:
    """The array in pieces. What goes wrong is raised, and leaves it open."""
    opening, records = "[", first
    while True:
        if records:
            yield opening + ",".join(json.dumps(to_entity(record)) for record in records)
            opening = ","
        try:
            records = next(walk)
        except StopIteration:
            yield "]" if opening == "," else "[]"
            return


@app.get("/get_contacts")
def get_contacts() -> Response:
    """Every contact; the first page is fetched before the first byte is sent, so that its failure is a status."""
    client = HubSpot(access_token=os.environ["HUBSPOT_API_KEY"], host=os.environ["HUBSPOT_BASE_URL"])
    walk = pages(client)
    try:
        first = next(walk)
    except UpstreamError as error:
        return Response(json.dumps({"message": str(error)}), status=502, mimetype="application/json")
    return Response(array(walk, first), mimetype="application/json")


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
