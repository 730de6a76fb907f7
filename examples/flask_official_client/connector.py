"""A connector with Flask and HubSpot's official client. It streams all contacts as one JSON array."""

import json
import os
from collections.abc import Iterator
from typing import Any

from flask import Flask, Response
from hubspot import HubSpot  # type: ignore[import-untyped]  # the package has no types
from hubspot.crm.contacts import ApiException  # type: ignore[import-untyped]
from urllib3.exceptions import HTTPError

PAGE_SIZE = int(os.environ.get("HUBSPOT_PAGE_SIZE", "100"))
TIMEOUT_S = float(os.environ.get("HUBSPOT_READ_TIMEOUT_S", "60"))
EXPECTED = (ApiException, HTTPError, ValueError, TypeError, AttributeError)

app = Flask(__name__)


class UpstreamError(Exception):
    """HubSpot did not return a valid page."""


def pages(client: HubSpot) -> Iterator[list[dict[str, Any]]]:
    """Yield the pages of the list.

    Raises:
        UpstreamError: They are out of order, `after` does not advance, or what is there is not what was asked for.
    """
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
        if any(record["archived"] for record in records):
            raise UpstreamError("archived records in the list of the others")
        last_id = ids[-1] if ids else last_id
        yield records
        next_after = page.paging.next.after if page.paging and page.paging.next else None
        if next_after is None:
            return
        if not ids:
            raise UpstreamError("a page without records leads to another one")
        if after is not None and int(next_after) <= int(after):
            raise UpstreamError("after does not advance")
        after = next_after


def to_entity(record: dict[str, Any]) -> dict[str, Any]:
    """Convert a record to an entity."""
    updated = record["updated_at"].strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return {"_id": str(record["id"]), "_updated": updated, "properties": record["properties"]}


def array(walk: Iterator[list[dict[str, Any]]], first: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the array in pieces. An error is raised and leaves the array open, so that Sesam rejects it."""
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
    """Stream every contact. The first page is fetched before the response starts, so its failure can be a status."""
    client = HubSpot(access_token=os.environ["HUBSPOT_API_KEY"], host=os.environ["HUBSPOT_BASE_URL"])
    walk = pages(client)
    try:
        first = next(walk)
    except UpstreamError as error:
        return Response(json.dumps({"message": str(error)}), status=502, mimetype="application/json")
    return Response(array(walk, first), mimetype="application/json")


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
