"""Requests beyond a limit: 400 with a reason, never a plain-text 500, and the node goes on."""

import io
import json
import struct
import zipfile
from typing import Any

import pytest

from fake_sesam import Node
from tests.unit.fake_sesam.api.conftest import Client
from tests.unit.fake_sesam.pump.test_full_disk import fill_disk

DEEP = 100_000
PIPE = {"_id": "p", "type": "pipe", "source": {"type": "embedded", "entities": []}}


def archive(*, flag: int = 0, method: int | None = None, breaks_crc: bool = False) -> bytes:
    """Return a zip with one pipe; its headers may say something else than what it is."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as written:
        written.writestr("pipes/p.conf.json", json.dumps(PIPE))
    content = bytearray(buffer.getvalue())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.index(signature)
        struct.pack_into("<H", content, at + flags, flag)
        if method is not None:
            struct.pack_into("<H", content, at + flags + 2, method)
        if breaks_crc:
            struct.pack_into("<I", content, at + flags + 8, 1)
    return bytes(content)


def deep_dtl(depth: int) -> Any:
    expression: Any = "_S.x"
    for _ in range(depth):
        expression = ["list", expression]
    return {**PIPE, "transform": {"type": "dtl", "rules": {"default": [["add", "a", expression]]}}}


UPLOADS = {
    "bad CRC": (archive(breaks_crc=True), "application/zip", "Bad CRC-32"),
    "encrypted": (archive(flag=1), "application/zip", "encrypted"),
    "unknown method": (archive(method=99), "application/zip", "compression"),
    "cut": (archive()[:40], "application/zip", "expected a zip archive"),
    "deep JSON": (b"[" * DEEP + b"]" * DEEP, "application/json", "not JSON"),
    "deep DTL": (json.dumps(deep_dtl(300)).encode(), "application/json", "levels of nesting"),
}


@pytest.mark.parametrize("name", UPLOADS)
def test_an_upload_beyond_a_limit_has_validation_errors(client: Client, name: str) -> None:
    content, kind, message = UPLOADS[name]

    response = client.request("PUT", "/config", data=content, headers={"Content-Type": kind})

    assert response.status_code == 400
    (error,) = response.json()["validation_errors"]
    assert message in error["config-errors"][0]["msg"]
    assert client.get("/pipes") != []


def test_a_deep_member_of_a_zip_has_validation_errors(client: Client) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as written:
        written.writestr("pipes/p.conf.json", b'{"a":' * DEEP)

    response = client.request("PUT", "/config", data=buffer.getvalue(), headers={"Content-Type": "application/zip"})

    assert response.status_code == 400
    assert "nested too deeply" in response.text


@pytest.mark.parametrize(
    ("method", "path", "options", "message"),
    [
        ("GET", "/datasets/d/entities", {"params": {"since": str(10**23)}}, "expected a whole number of at most"),
        ("GET", "/datasets/d/entities", {"params": {"limit": "-" + "9" * 30}}, "expected a whole number of at most"),
        ("GET", "/datasets/d/entities", {"params": {"since": "9" * 5000}}, "expected a whole number as since"),
        ("POST", "/datasets/d/entities", {"data": b'[{"_id":"\\ud800"}]'}, "half a surrogate pair"),
        ("POST", "/datasets/d/entities", {"data": b'[{"_id":"a","b":"\\udc00"}]'}, "half a surrogate pair"),
        ("POST", "/datasets/d/entities", {"data": b'[{"_id":"a","b":' + b"[" * DEEP}, "nested more than 500 levels"),
        ("POST", "/datasets/d/entities", {"data": b'[{"_id":"a","b":' + b"9" * 5000 + b"}]"}, "the body is not JSON"),
        ("POST", "/datasets/d/entities", {"data": b"\xff"}, "the body is not JSON"),
        ("POST", "/pipes", {"data": b'{"a":' * DEEP}, "nested more than 500 levels"),
    ],
)
def test_a_request_beyond_a_limit_says_why_it_is_refused(
    client: Client, node: Node, method: str, path: str, options: dict[str, Any], message: str
) -> None:
    node.dataset("d").write([{"_id": "x"}])
    headers = {"Content-Type": "application/json"} if "data" in options else {}

    response = client.request(method, path, headers=headers, **options)

    assert (response.status_code, message in response.json()["detail"]) == (400, True), response.text
    assert [entity["_id"] for entity in client.get("/datasets/d/entities")] == ["x"]


def test_posted_fractions_keep_every_digit(client: Client) -> None:
    """As those of a pulled entity."""
    body = b'[{"_id":"a","n":0.12345678901234567890123}]'
    headers = {"Content-Type": "application/json"}
    client.request("POST", "/datasets/d/entities", data=body, headers=headers).raise_for_status()

    assert b"0.12345678901234567890123" in client.request("GET", "/datasets/d/entities").content


def test_versions_that_are_held_back_are_shown_on_request(client: Client, node: Node) -> None:
    """sesam-py's library has the parameter for debugging."""
    dataset = node.dataset("d")
    dataset.write([{"_id": "x"}])
    dataset.hold(1)
    dataset.write([{"_id": "y"}])

    shown = [client.get("/datasets/d/entities", params={"uncommitted": each}) for each in ("false", "true")]

    assert [[entity["_id"] for entity in found] for found in shown] == [["x"], ["x", "y"]]
    one = {"entity_id": "y"}
    assert client.request("GET", "/datasets/d/entity", params=one).status_code == 404
    assert client.get("/datasets/d/entity", params={**one, "uncommitted": "true"})["_id"] == "y"


def test_a_full_disk_is_said(client: Client, node: Node) -> None:
    fill_disk(node.store)
    entities = [{"_id": str(number), "text": "x" * 5000} for number in range(50)]

    response = client.request("POST", "/datasets/d/entities", json=entities)

    assert response.status_code == 507
    assert response.json()["detail"].startswith("nothing can be stored; is the disk full?")
