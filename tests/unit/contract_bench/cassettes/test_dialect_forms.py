"""Reading what other versions and languages wrote, and refusing what cannot be read or sent."""

import base64
import gzip
import os
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml

from contract_bench.cassettes.dialects import read_cassette
from contract_bench.cassettes.dialects.yaml_loader import parse_yaml
from contract_bench.cassettes.errors import CassetteUnreadableError
from contract_bench.cassettes.lint import lint_file
from tests.unit.contract_bench.cassettes.test_dialects import BODY, ruby_document, vcrpy_document, written


def file(path: Path, text: str) -> Path:
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


def problem_of(path: Path) -> str:
    """Return why a file cannot be read; lint must report it as a finding."""
    assert "unreadable" in [finding.rule for finding in lint_file(path)]
    with pytest.raises(CassetteUnreadableError) as error:
        read_cassette(path)
    return error.value.problem


def test_a_ruby_body_that_is_not_ascii_is_read(tmp_path: Path) -> None:
    """Ruby writes it as `!binary`, its own tag, also in headers and addresses."""
    encoded = base64.b64encode(BODY).decode()
    path = file(
        tmp_path / "a.yml",
        f"""\
        http_interactions:
        - request:
            method: get
            uri: !binary |-
              {base64.b64encode("https://api.hubapi.com/å".encode()).decode()}
            body:
              encoding: ASCII-8BIT
              string: !binary |-
                {encoded}
            headers:
              Accept:
              - !binary |-
                {base64.b64encode(b"*/*").decode()}
          response:
            status: {{code: 200, message: !binary "T0s="}}
            headers: !ruby/hash:ActiveSupport::HashWithIndifferentAccess
              X-Sym: [!ruby/sym abc]
              X-Text: [!ruby/string:Foo {{str: def}}]
            body:
              encoding: ASCII-8BIT
              string: !binary |-
                {encoded}
        """,
    )

    (one,) = read_cassette(path)

    assert (one.request.uri, one.request.body) == ("https://api.hubapi.com/å", BODY)
    assert (one.request.headers, one.response.reason) == ({"Accept": ("*/*",)}, "OK")
    assert (one.response.body, one.response.headers) == (BODY, {"X-Sym": ("abc",), "X-Text": ("def",)})


def test_a_cassette_of_rubys_vcr_1_is_read(tmp_path: Path) -> None:
    path = file(
        tmp_path / "a.yml",
        """\
        - !ruby/struct:VCR::HTTPInteraction
          request: !ruby/struct:VCR::Request
            method: :get
            uri: https://api.hubapi.com:443/y
            body:
            headers:
          response: !ruby/struct:VCR::Response
            status: !ruby/struct:VCR::ResponseStatus
              code: 200
              message: OK
            headers:
              content-type: [application/json]
            body: '{}'
            http_version: '1.1'
        """,
    )

    (one,) = read_cassette(path)

    assert (one.request.method, one.response.status, one.response.body) == ("GET", 200, b"{}")


def test_pythons_tags_of_plain_data_are_read(tmp_path: Path) -> None:
    path = file(
        tmp_path / "a.yaml",
        """\
        version: 1
        interactions:
        - request: !!python/object:vcr.request.Request
            method: !!python/unicode 'GET'
            uri: !!python/str 'https://api.hubapi.com/x'
            body: !!python/none null
            headers: !!python/dict {}
          response:
            status: {code: !!python/int 200, message: OK}
            headers: {a: !!python/tuple [b]}
            body: {string: !!python/unicode "{}"}
        """,
    )

    (one,) = read_cassette(path)

    assert (one.request.method, one.response.body, one.response.headers) == ("GET", b"{}", {"a": ("b",)})


@pytest.mark.parametrize(
    "text",
    [
        "a: !ruby/object:Gem::Requirement {}", "a: !ruby/regexp /a/", "a: !!python/name:os.system",
        "a: !!python/module:os", "a: !!python/object/new:os.system [x]", "a: !!python/object:subprocess.Popen {}",
        "a: !ruby/hash:Foo [1]", "a: !!python/tuple {b: 1}", "a: !other 1",
    ],
)  # fmt: skip
def test_every_other_tag_is_refused(tmp_path: Path, text: str) -> None:
    assert "neither YAML nor JSON" in problem_of(file(tmp_path / "a.yaml", text))


def old_httpx(**changes: object) -> dict[str, object]:
    response = {"status_code": 404, "http_version": "HTTP/1.1", "headers": {"a": ["b"]}, "content": BODY.decode()}
    document = vcrpy_document()
    interactions: Any = document["interactions"]
    return {**document, "interactions": [{**interactions[0], "response": {**response, **changes}}]}


@pytest.mark.parametrize("content", [BODY.decode(), BODY])
@pytest.mark.parametrize("headers", [{"a": ["b"]}, {"a": "b"}, [["a", "b"]]])
def test_a_cassette_of_vcrpys_old_httpx_form_is_read(tmp_path: Path, content: object, headers: object) -> None:
    """As vcrpy itself does (kevin1024/vcrpy#550)."""
    cassette = read_cassette(written(tmp_path / "a.yaml", old_httpx(content=content, headers=headers)))

    (one,) = cassette
    assert (one.response.status, one.response.body, one.response.headers) == (404, BODY, {"a": ("b",)})
    assert cassette.unknown_fields == ()


def test_a_cassette_of_vcrpys_aiohttp_form_is_read(tmp_path: Path) -> None:
    """It has an address, several values of a header, and `{}` for a body that is empty."""
    headers = [["Set-Cookie", "a=b"], ["Set-Cookie", "c=d"]]
    document = vcrpy_document(url="https://api.hubapi.com/x", headers=headers, body={})

    cassette = read_cassette(written(tmp_path / "a.yaml", document))

    (one,) = cassette
    assert (one.response.body, one.response.headers) == (b"", {"Set-Cookie": ("a=b", "c=d")})
    assert cassette.unknown_fields == ("$.interactions[0].response.url",)


@pytest.mark.parametrize(
    "document",
    [
        vcrpy_document(body={"text": "x"}),
        vcrpy_document(body={"content": BODY}),
        vcrpy_document(body=["x"]),
        vcrpy_document(body={"string": {"a": 1}}),
        vcrpy_document(body={"base64_string": "!"}),
        old_httpx(content=7),
        old_httpx(content={"string": "x"}),
        ruby_document({"encoding": "UTF-8"}),
        ruby_document({"encoding": "UTF-8", "bytes": "x"}),
    ],
)
def test_a_body_in_an_unknown_form_is_an_error_and_not_empty(tmp_path: Path, document: object) -> None:
    assert "unexpected structure" in problem_of(written(tmp_path / "a.yaml", document))


@pytest.mark.parametrize(
    "headers",
    [
        {"a": "b\r\nSet-Cookie: c"}, {"a": "b\nc"}, {"a": "\0"}, {"a": "\x7f"}, {"a": "Łódź"}, {"a": ["b", "\x1b"]},
        {"a b": "c"}, {"": "b"}, {"a:": "b"}, {"å": "b"}, {"a\n": "b"}, [["a"]],
    ],
)  # fmt: skip
def test_a_header_that_cannot_be_sent_is_refused(tmp_path: Path, headers: object) -> None:
    assert "unexpected structure" in problem_of(written(tmp_path / "a.yaml", vcrpy_document(headers=headers)))


@pytest.mark.parametrize("code", [0, 99, 1000, -1, "x", None])
def test_a_status_that_cannot_be_sent_is_refused(tmp_path: Path, code: object) -> None:
    problem = problem_of(written(tmp_path / "a.yaml", vcrpy_document(status={"code": code, "message": ""})))

    assert "unexpected structure" in problem


@pytest.mark.parametrize(
    "body",
    [gzip.compress(b"\0" * 2000), gzip.compress(BODY)[:-9], gzip.compress(BODY)[:-1] + b"x"],
    ids=["large", "cut", "damaged"],
)
def test_a_compressed_body_that_cannot_be_unpacked_is_refused(
    tmp_path: Path, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is too large, cut or damaged."""
    monkeypatch.setattr("contract_bench.cassettes.dialects.bodies.MAX_BODY_BYTES", 1000)
    document = vcrpy_document(body={"string": body}, headers={"Content-Encoding": ["gzip"]})

    assert "unexpected structure" in problem_of(written(tmp_path / "a.yaml", document))


def test_aliases_are_read(tmp_path: Path) -> None:
    """PyYAML writes them for equal objects."""
    document = vcrpy_document()
    interactions: Any = document["interactions"]
    document["interactions"] = [*interactions, *interactions]
    path = written(tmp_path / "a.yaml", document)

    assert "*id001" in path.read_text(encoding="utf-8")
    assert len(read_cassette(path)) == 2


def bomb(levels: int) -> str:
    lines = [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, levels)]
    return "\n".join(['a0: &a0 "lol"', *lines, f"interactions: *a{levels - 1}"])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (bomb(12), "aliases expand"),
        ("interactions: &a [*a]", "contains it"),
        ("[" * 50_000, "nested"),
        ("{a: " * 50_000, "nested"),
        ("- " * 50_000, "nested"),
    ],
    ids=["aliases", "recursion", "lists", "mappings", "blocks"],
)
def test_a_document_that_grows_or_is_deep_is_a_finding(tmp_path: Path, text: str, problem: str) -> None:
    """No memory, no stack and no process is lost."""
    assert problem in problem_of(file(tmp_path / "a.yaml", text))


def test_what_is_not_a_regular_file_is_not_opened(tmp_path: Path) -> None:
    """A FIFO would block for ever."""
    os.mkfifo(tmp_path / "a.yaml")
    (tmp_path / "b.yaml").mkdir()

    with pytest.raises(CassetteUnreadableError, match="not a regular file"):
        read_cassette(tmp_path / "a.yaml")
    with pytest.raises(CassetteUnreadableError, match="not a regular file"):
        read_cassette(tmp_path / "b.yaml")


def test_a_large_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contract_bench.cassettes.dialects.yaml_loader.MAX_FILE_BYTES", 10)

    with pytest.raises(ValueError, match="more than"):
        parse_yaml(b"01234567890")


def test_an_empty_document_is_none() -> None:
    assert parse_yaml(b"") is None
    assert parse_yaml(yaml.safe_dump({"a": [1]}).encode()) == {"a": [1]}
