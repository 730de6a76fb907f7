"""Detects the format of a cassette file and reads it."""

from pathlib import Path
from typing import Any

import yaml

from contract_bench.cassettes.dialects import ruby_vcr, vcrpy
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
        if isinstance(document, dict) and "http_interactions" in document:
            return ruby_vcr.to_cassette(document)
        if isinstance(document, dict) and "interactions" in document:
            return vcrpy.to_cassette(document)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        problem = f"an interaction has an unexpected structure ({type(error).__name__}: {error})"
        raise CassetteUnreadableError(path, problem=problem) from error
    raise CassetteUnreadableError(path, problem="it has neither `interactions` nor `http_interactions`")


def _parsed(path: Path) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(path.read_bytes(), Loader=loader)  # noqa: S506 - both loaders are the safe ones
    except OSError as error:
        raise CassetteUnreadableError(path, problem=error.strerror or "unreadable") from error
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        first_line = str(error).splitlines()[0]
        raise CassetteUnreadableError(path, problem=f"it is neither YAML nor JSON ({first_line})") from error
