"""Writing cassettes."""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_bench.cassettes.dialects import read_cassette
from contract_bench.cassettes.model import Interaction, Request, Response, checksum_of
from contract_bench.cassettes.vcrpy_loader import load_vcrpy
from contract_bench.cassettes.writer import to_yaml, write_text_atomically
from tests.support.interactions import interaction, walk

BODIES = st.one_of(st.binary(max_size=60), st.text(max_size=60).map(lambda text: text.encode(errors="surrogatepass")))


def read_back(path: Path, text: str) -> Any:
    """Write the text to a file and read the cassette back."""
    write_text_atomically(path, text)
    return read_cassette(path)


@given(request=BODIES, response=BODIES)
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, request: bytes, response: bytes
) -> None:
    """Every byte of every body."""
    one = Interaction(Request("POST", "http://x.test/", request, {}), Response(200, response, {}, "OK"), None)

    cassette = read_back(tmp_path_factory.getbasetemp() / f"{os.getpid()}.yaml", to_yaml((one,)))

    assert cassette.interactions == (one,)
    assert cassette.checksum == checksum_of((one,))


def test_equal_interactions_give_equal_files() -> None:
    """The order of headers does not matter, so a diff shows only what changed."""
    one = interaction(headers={"B": ("1",), "A": ("2",)})
    other = interaction(headers={"A": ("2",), "B": ("1",)})

    assert to_yaml((one,)) == to_yaml((other,))


def test_a_new_interaction_does_not_change_the_others() -> None:
    """Each interaction is one block, which git can merge."""
    short, long = to_yaml(walk()[:1]), to_yaml(walk())

    first_block = short.split("\n\n", 1)[1]
    assert first_block.rstrip() in long
    assert "\r" not in long


def test_an_html_page_stays_readable_in_the_file() -> None:
    """Texts with line breaks are written as blocks, not with escapes."""
    text = to_yaml((interaction(answer=b"<html>\n<body>\n</body>\n</html>\n"),))

    assert "      <html>\n" in text or "        <html>\n" in text


def test_vcrpy_reads_what_is_written(tmp_path: Path) -> None:
    """The format is vcrpy's own."""
    path = tmp_path / "a.yaml"
    write_text_atomically(path, to_yaml(walk()))

    with load_vcrpy().VCR(record_mode="none").use_cassette(str(path)) as cassette:
        assert [response["body"]["string"] for response in cassette.responses] == [one.response.body for one in walk()]


def test_every_change_changes_the_checksum() -> None:
    """Bodies, headers, order."""
    first, second = walk()
    seen = {checksum_of(one) for one in [(first, second), (second, first), (first,), (interaction(status=201), second)]}

    assert len(seen) == 4


def test_a_failed_write_does_not_change_the_existing_file(tmp_path: Path) -> None:
    """No temporary file is left."""
    path = tmp_path / "a.yaml"
    path.write_text("old", encoding="utf-8")

    with pytest.raises(UnicodeEncodeError):
        write_text_atomically(path, "new \udc00")

    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]
