"""Reading a directory, a zip and a JSON upload."""

import io
import zipfile
from pathlib import Path

from fake_sesam.config.files import files_from_entities, read_directory, read_json_object, read_zip, write_zip


def test_a_directory_without_configuration_is_an_error(tmp_path: Path) -> None:
    """With a question that helps."""
    files, problems = read_directory(tmp_path)

    assert files == []
    assert "Is this the node's directory?" in problems[0].message


def test_every_broken_file_is_named(tmp_path: Path) -> None:
    """With line and column; the good ones are read, in folders too, with a byte order mark too."""
    pipes = tmp_path / "pipes" / "deep"
    pipes.mkdir(parents=True)
    (pipes / "good.conf.json").write_text('{"_id": "good", "type": "pipe"}', "utf-8-sig")
    (pipes / "list.conf.json").write_text("[]", "utf-8")
    (pipes / "broken.conf.json").write_text('{\n"_id": x}', "utf-8")
    (pipes / "latin.conf.json").write_bytes(b'{"_id": "\xe5"}')
    (pipes / "other.json").write_text("not read", "utf-8")

    files, problems = read_directory(tmp_path)

    assert [file.content["_id"] for file in files] == ["good"]
    assert [(problem.file, problem.message) for problem in problems] == [
        ("pipes/deep/broken.conf.json", "not JSON: Expecting value at line 2 column 8"),
        ("pipes/deep/latin.conf.json", "expected UTF-8, byte 9 is not"),
        ("pipes/deep/list.conf.json", "expected one JSON object, got list"),
    ]


def test_an_environment_file_that_is_missing_is_a_problem(tmp_path: Path) -> None:
    """Not a traceback."""
    values, problems = read_json_object(tmp_path / "no.json")

    assert (values, problems[0].level) == ({}, "error")


def test_a_zip_is_written_and_read_again() -> None:
    """Names as a node gives them; other members are left out."""
    entities = [{"_id": "p", "type": "pipe"}, {"_id": "s", "type": "system:url"}, {"_id": "node", "type": "metadata"}]

    files, problems = read_zip(write_zip(entities))

    assert problems == []
    assert [file.name for file in files] == [
        "pipes/p.conf.json",
        "systems/s.conf.json",
        "node-metadata.conf.json",
    ]
    assert [file.is_metadata for file in files] == [False, False, True]


def test_what_is_no_zip_is_a_problem() -> None:
    """So is an element of an upload that is no object."""
    assert "zip" in read_zip(b"PK")[1][0].message
    assert files_from_entities([1])[1][0].path == "[0]"


def test_a_member_that_would_fill_the_memory_is_refused() -> None:
    """Before it is unpacked."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("pipes/big.conf.json", b" " * (21 * 1024 * 1024))

    _, problems = read_zip(buffer.getvalue())

    assert "larger than" in problems[0].message
