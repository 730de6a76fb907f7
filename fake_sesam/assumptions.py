"""What Sesam's documents leave open and a developer may decide otherwise. Pure.

Source: assumed, all of it; each name can be set with `--assume NAME=VALUE`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

from bench_core.names import no_such
from fake_sesam.errors import ConfigurationError, Problem

__all__ = ["Assumptions", "assume"]

_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


@dataclass(frozen=True, slots=True)
class Assumptions:
    """How the node behaves where Sesam's documents do not say.

    Attributes:
        follows_redirects: The json source follows redirects; otherwise a 3xx is an error like any other non-2xx status.
        takes_object: A JSON object instead of the array is one entity; otherwise it is an error.
        takes_no_content: A 204 is an empty array; otherwise it is an error.
        skips_other_elements: Array elements that are not objects are skipped; otherwise they are an error.
        carries_deletion: What a `dtl` transform makes of a deleted entity is deleted, unless the rules set `_deleted`.
        fails_empty_increments: With `if_source_empty` `fail`, an incremental run without entities fails, as a full one.
        ready_path: A microservice is ready as soon as a request to this path gets any HTTP response.
    """

    follows_redirects: bool = True
    takes_object: bool = False
    takes_no_content: bool = False
    skips_other_elements: bool = False
    carries_deletion: bool = True
    fails_empty_increments: bool = False
    ready_path: str = "/health"


def assume(pairs: Iterable[tuple[str, str]]) -> Assumptions:
    """Return the assumptions that `NAME=VALUE` pairs set; `-` and `_` mean the same in a name.

    Raises:
        ConfigurationError: A name or a value is unknown; the error lists all of them.
    """
    known = {each.name: each.type for each in fields(Assumptions)}
    problems, changes = [], {}
    for given, text in pairs:
        name = given.replace("-", "_")
        value: Any = text if known.get(name) is str else _WORDS.get(text.lower())
        if name not in known:
            problems.append(Problem("error", no_such("assumption", name, known), "--assume", given))
        elif value is None:
            problems.append(Problem("error", f"expected true or false, got {text!r}", "--assume", given))
        else:
            changes[name] = value
    if problems:
        raise ConfigurationError(problems)
    return replace(Assumptions(), **changes)
