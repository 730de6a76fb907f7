"""What Sesam's documents leave open and a developer may decide otherwise. Pure.

Source: assumed, all of it; each name can be set with `--assume NAME=VALUE`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

from fake_sesam.errors import ConfigurationError, Problem

__all__ = ["Assumptions", "assume"]

_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


@dataclass(frozen=True, slots=True)
class Assumptions:
    """The decisions.

    Attributes:
        follows_redirects: The json source follows redirects; else a 3xx is an error as any status that is not 2xx.
        takes_object: A JSON object instead of the array is one entity; else it is an error.
        takes_no_content: A 204 is an empty array; else it is an error.
        skips_other_elements: Elements of the array that are not objects are left out; else they are an error.
        ready_path: A microservice is ready when this path gets any HTTP answer.
    """

    follows_redirects: bool = True
    takes_object: bool = False
    takes_no_content: bool = False
    skips_other_elements: bool = False
    ready_path: str = "/health"


def assume(pairs: Iterable[tuple[str, str]]) -> Assumptions:
    """Return the assumptions that `NAME=VALUE` pairs ask for; `-` and `_` are the same in a name.

    Raises:
        ConfigurationError: A name or a value is not known; all of them are listed.
    """
    known = {each.name: each.type for each in fields(Assumptions)}
    problems, changes = [], {}
    for given, text in pairs:
        name = given.replace("-", "_")
        value: Any = text if known.get(name) is str else _WORDS.get(text.lower())
        if name not in known:
            problems.append(Problem("error", f"expected one of {', '.join(known)}", "--assume", given))
        elif value is None:
            problems.append(Problem("error", f"expected true or false, got {text!r}", "--assume", given))
        else:
            changes[name] = value
    if problems:
        raise ConfigurationError(problems)
    return replace(Assumptions(), **changes)
