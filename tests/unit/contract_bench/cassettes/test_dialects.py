"""Reading cassettes in every dialect."""

import base64
import gzip
import json
import zlib
from pathlib import Path

import pytest
import yaml

from contract_bench.cassettes.dialects import read_cassette
from contract_bench.cassettes.errors import CassetteUnreadableError

BODY = b'{"results":[{"id":"1","name":"Bj\xc3\xb8rn"}]}'


def vcrpy_document(**response: object) -> dict[str, object]:
    """A cassette as vcrpy writes it."""
    request = {"method": "POST", "uri": "https://api.hubapi.com/x?a=1", "body": '{"limit":1}', "headers": {}}
    answer = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": BODY.decode()}, **response}
    return {"version": 1, "interactions": [{"request": request, "response": answer}]}


def written(path: Path, document: object) -> Path:
    """The document as a YAML file."""
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return path


def test_vcrpy_yaml_is_read(tmp_path: Path) -> None:
    """The usual format."""
    cassette = read_cassette(written(tmp_path / "a.yaml", vcrpy_document()))

    (one,) = cassette
    assert (one.request.method, one.request.target, one.request.body) == ("POST", "/x?a=1", b'{"limit":1}')
    assert (one.response.status, one.response.body) == (200, BODY)
    assert cassette.dialect == "vcrpy"


def test_vcrpy_json_is_read(tmp_path: Path) -> None:
    """The other serializer of vcrpy."""
    path = tmp_path / "a.json"
    path.write_text(json.dumps(vcrpy_document()), encoding="utf-8")

    assert read_cassette(path).interactions[0].response.body == BODY


@pytest.mark.parametrize("spelling", ["gzip", "GZIP"])
def test_a_compressed_body_is_decoded(tmp_path: Path, spelling: str) -> None:
    """The headers of the coding are removed."""
    packed = gzip.compress(BODY)
    headers = {"Content-Encoding": [spelling], "Content-Length": [str(len(packed))]}

    (one,) = read_cassette(written(tmp_path / "a.yaml", vcrpy_document(body={"string": packed}, headers=headers)))

    assert one.response.body == BODY
    assert one.response.headers == {}
    assert one.response.stale_headers == ()


def test_headers_that_do_not_match_the_body_are_reported(tmp_path: Path) -> None:
    """With urllib3 2 vcrpy keeps the compressed length beside a plain body."""
    headers = {"Content-Encoding": ["gzip"], "content-length": ["17"]}

    (one,) = read_cassette(written(tmp_path / "a.yaml", vcrpy_document(headers=headers)))

    assert one.response.body == BODY
    assert one.response.stale_headers == ("Content-Encoding", "content-length")


def ruby_document(body: dict[str, object], **headers: list[str]) -> dict[str, object]:
    """A cassette as Ruby's VCR writes it."""
    request = {"method": "get", "uri": "https://api.hubapi.com/y", "body": {"encoding": "US-ASCII", "string": ""}}
    response = {"status": {"code": 200, "message": "OK"}, "headers": headers, "body": body, "http_version": "1.1"}
    one = {"request": {**request, "headers": {"Accept": ["*/*"]}}, "response": response}
    recorded = {**one, "recorded_at": "Mon, 20 Apr 2026 13:19:05 GMT"}
    return {"http_interactions": [recorded], "recorded_with": "VCR 6.1.0"}


@pytest.mark.parametrize(
    "body",
    [
        {"encoding": "UTF-8", "string": BODY.decode()},
        {"encoding": "ASCII-8BIT", "string": BODY},
        {"encoding": "ASCII-8BIT", "base64_string": base64.b64encode(BODY).decode()},
    ],
    ids=["text", "binary", "base64"],
)
def test_ruby_vcr_is_read(tmp_path: Path, body: dict[str, object]) -> None:
    """Each way in which it keeps bodies."""
    cassette = read_cassette(written(tmp_path / "a.yml", ruby_document(body)))

    (one,) = cassette
    assert (one.request.method, one.response.body) == ("GET", BODY)
    assert one.recorded_at == "Mon, 20 Apr 2026 13:19:05 GMT"
    assert cassette.dialect == "ruby-vcr"


def test_a_compressed_ruby_body_is_decoded(tmp_path: Path) -> None:
    """Ruby's VCR keeps the bytes of the wire."""
    body: dict[str, object] = {"encoding": "ASCII-8BIT", "string": gzip.compress(BODY)}

    (one,) = read_cassette(written(tmp_path / "a.yml", ruby_document(body, **{"Content-Encoding": ["gzip"]})))

    assert one.response.body == BODY


def test_unknown_fields_are_reported_by_path(tmp_path: Path) -> None:
    document = vcrpy_document(note="hello") | {"metadata": {"a": 1}}

    cassette = read_cassette(written(tmp_path / "a.yaml", document))

    assert cassette.unknown_fields == ("$.metadata", "$.interactions[0].response.note")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: [", "neither YAML nor JSON"),
        ("- 1", "neither `interactions` nor"),
        ("interactions: [{request: {}}]", "unexpected structure"),
        ("interactions: [{request: {method: GET, uri: x}, response: 3}]", "unexpected structure"),
        ("a: !ruby/object:Foo {}", "neither YAML nor JSON"),
        ("a: !!python/object/apply:os.system ['true']", "neither YAML nor JSON"),
    ],
)
def test_a_file_that_is_not_a_cassette_is_rejected_with_a_reason(tmp_path: Path, text: str, problem: str) -> None:
    """And nothing in it is ever executed."""
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(CassetteUnreadableError, match=problem):
        read_cassette(path)


def test_a_missing_file_is_rejected_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(CassetteUnreadableError, match="No such file"):
        read_cassette(tmp_path / "absent.yaml")


@pytest.mark.parametrize(("stored", "stale"), [(zlib.compress(BODY), ()), (BODY, ("Content-Encoding",))])
def test_a_deflated_body_is_decoded_and_one_that_is_not_is_kept(
    tmp_path: Path, stored: bytes, stale: tuple[str, ...]
) -> None:
    """A library can store a decoded body and keep its coding."""
    headers = {"Content-Encoding": ["deflate"]}

    (one,) = read_cassette(written(tmp_path / "a.yaml", vcrpy_document(body={"string": stored}, headers=headers)))

    assert (one.response.body, one.response.stale_headers) == (BODY, stale)


def test_a_body_that_is_neither_text_nor_binary_is_rejected_with_its_type(tmp_path: Path) -> None:
    path = written(tmp_path / "a.yaml", vcrpy_document(body={"string": 7}))

    with pytest.raises(CassetteUnreadableError, match="expected a body as text or binary, got int"):
        read_cassette(path)
