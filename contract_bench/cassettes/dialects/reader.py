"""Detects the format of a cassette file and reads it."""

from pathlib import Path
from typing import Any

import yaml

from contract_bench.cassettes.dialects import ruby_vcr, vcrpy
from contract_bench.cassettes.dialects.yaml_loader import parse_yaml
from contract_bench.cassettes.errors import CassetteUnreadableError
from contract_bench.cassettes.model import Cassette

__all__ = ["read_cassette"]


def read_cassette(path: Path) -> Cassette:
    """Read a cassette from a file.

    Raises:
        CassetteUnreadableError: The file is missing, or its format is not supported.
    """
    document = _parsed(path)
    try:
        match document:
            case {"http_interactions": _}:
                return ruby_vcr.to_cassette(document)
            case {"interactions": _}:
                return vcrpy.to_cassette(document)
            case [{"request": {"method": _, "uri": _}, "response": {"status": _}}, *_]:  # Ruby's VCR 1
                return ruby_vcr.to_cassette({"http_interactions": document})
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        problem = f"an interaction has an unexpected structure ({type(error).__name__}: {error})"
        raise CassetteUnreadableError(path, problem=problem) from error
    raise CassetteUnreadableError(path, problem="it has neither `interactions` nor `http_interactions`")


def _parsed(path: Path) -> Any:
    try:
        if path.exists() and not path.is_file():
            raise CassetteUnreadableError(path, problem="it is not a regular file")
        return parse_yaml(path.read_bytes())
    except OSError as error:
        raise CassetteUnreadableError(path, problem=error.strerror or "unreadable") from error
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        first_line = str(error).splitlines()[0]
        raise CassetteUnreadableError(path, problem=f"it is neither YAML nor JSON ({first_line})") from error
