"""The files of endpoint sinks, over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest

from fake_sesam.server import NodeServer
from tests.unit.fake_sesam.api.conftest import Client
from tests.unit.fake_sesam.conftest import NodeDir

ROWS = [{"_id": "1", "foo": "a,b", "bar": [1, {"x": None}]}, {"_id": "2", "foo": "~t2026-01-01", "_deleted": True}]
TAG = {
    "_id": "1",
    "name": "Entity 1",
    "id": "entity-1",
    "<foo:tag>": [{"id": "child", "name": "Child entity", "<section>": [{"<from>": "0"}, {"<to>": "999"}, 7, None]}],
}
ROOT = {
    "xmlns": "http://www.example.org/ns1",
    "xmlns:xsi": "http://www.w3.org/2000/10/XMLSchema-instance",
    "xsi:schemaLocation": "http://example.com/myschema.dtd",
}


@pytest.fixture
def files(node_dir: NodeDir) -> Iterator[Client]:
    """A node that publishes files."""
    sinks: dict[str, Any] = {
        "rows": {"type": "csv_endpoint", "columns": ["_id", "foo", "bar", "zoo"], "filename": "my_data.csv"},
        "tags": {"type": "xml_endpoint", "wrapper": "baz", "root-attributes": ROOT, "filename": "example.xml"},
        "broken": {"type": "xml_endpoint"},
        "odd": {"type": "csv_endpoint", "columns": ["_id"], "encoding": "no-such"},
    }
    for name, sink in sinks.items():
        entities = [TAG] if name == "tags" else ROWS
        source = {"type": "embedded", "entities": entities}
        node_dir.add({"_id": name, "type": "pipe", "source": source, "sink": sink})
    with node_dir.open("http://127.0.0.1:1") as node, NodeServer(node) as server:
        client = Client(server.url)
        yield client
        client.session.close()


def test_the_rows_of_a_csv_file(files: Client) -> None:
    response = files.request("GET", "/publishers/rows/csv")

    assert response.content == b'_id,foo,bar,zoo\r\n1,"a,b","[1, {""x"": null}]",\r\n'
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="my_data.csv"'


def test_the_tags_of_an_xml_file(files: Client) -> None:
    """The example of Sesam's documents."""
    response = files.request("GET", "/publishers/tags/xml/other.xml")

    assert response.text == (
        '<baz xmlns="http://www.example.org/ns1" xmlns:xsi="http://www.w3.org/2000/10/XMLSchema-instance" '
        'xsi:schemaLocation="http://example.com/myschema.dtd"><foo:tag name="Entity 1" id="entity-1">'
        '<section id="child" name="Child entity"><from>0</from><to>999</to></section></foo:tag></baz>'
    )
    assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="other.xml"'


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("/publishers/tags/csv", 404, "does not publish csv; its sink is 'xml_endpoint'"),
        ("/publishers/rows/entities", 404, "does not publish"),
        ("/publishers/broken/xml", 400, "expected exactly one property such as '<tag>' in an entity, got 0"),
        ("/publishers/odd/csv", 400, "unknown encoding: no-such"),
        ("/publishers/rows/csv?limit=x", 400, "expected a whole number as limit"),
    ],
)
def test_what_cannot_be_published_is_an_error_and_no_file(files: Client, path: str, status: int, message: str) -> None:
    response = files.request("GET", path)

    assert response.status_code == status
    assert message in response.json()["detail"]


def test_limit_bounds_the_rows(files: Client) -> None:
    assert files.request("GET", "/publishers/rows/csv?limit=0").text == "_id,foo,bar,zoo\r\n"
