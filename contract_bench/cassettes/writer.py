"""Writes cassettes: stable YAML with readable diffs, a checksum, and atomic file replacement."""

import os
import tempfile
from pathlib import Path
from typing import Any

import yaml

from contract_bench.cassettes.model import Headers, Interaction, checksum_of

__all__ = ["to_yaml", "write_text_atomically"]

HEADER = """\
# A contract-bench cassette, readable by vcrpy. Do not edit it: record it again, and run `contract-bench lint`.
"""


# YAML treats these as line breaks and does not preserve them unless they are escaped.
BREAKS_TO_ESCAPE = "\r\x85\u2028\u2029\ufeff"


class _StableDumper(yaml.SafeDumper):
    """Writes sorted keys, no folded lines, no anchors; JSON and texts with line breaks as literal blocks."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style: str | None
    if any(letter in BREAKS_TO_ESCAPE for letter in text):
        style = '"'
    else:
        style = "|" if "\n" in text or text.startswith(("{", "[")) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_StableDumper.add_representer(str, _represent_text)


def to_yaml(interactions: tuple[Interaction, ...]) -> str:
    """Return the content of a cassette file. Equal interactions give equal content."""
    head = f"{HEADER}version: 1\nchecksum: {checksum_of(interactions)}\ninteractions:"
    if not interactions:
        return f"{head} []\n"
    return "\n".join([f"{head}\n", *(_dump([_plain(interaction)]) for interaction in interactions)])


def _dump(value: Any) -> str:
    dumped = yaml.dump(
        value, Dumper=_StableDumper, allow_unicode=True, default_flow_style=False, width=2**31, line_break="\n"
    )
    return str(dumped)


def _plain(interaction: Interaction) -> dict[str, Any]:
    request, response = interaction.request, interaction.response
    plain: dict[str, Any] = {
        "request": {
            "method": request.method,
            "uri": request.uri,
            "body": _text(request.body) if request.body else None,
            "headers": _plain_headers(request.headers),
        },
        "response": {
            "status": {"code": response.status, "message": response.reason},
            "headers": _plain_headers(response.headers),
            "body": {"string": _text(response.body)},
        },
    }
    if interaction.recorded_at is not None:
        plain["recorded_at"] = interaction.recorded_at
    return plain


def _text(body: bytes) -> str | bytes:
    """Return text if possible; YAML writes anything else as base64."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body


def _plain_headers(headers: Headers) -> dict[str, list[str]]:
    return {name: list(values) for name, values in headers.items()}


def write_text_atomically(path: Path, text: str) -> None:
    """Replace a file in a single step. After an error the existing file is unchanged."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as file:  # noqa: PTH123 - a descriptor, not a path
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)  # noqa: PTH101 - mkstemp gives 0600, a repository wants readable files
        os.replace(temporary, path)  # noqa: PTH105 - the atomic one
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
