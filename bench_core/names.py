"""What a message says about a name that does not exist: the name that was probably meant, then some that exist."""

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches

__all__ = ["most_similar", "nearest", "no_such", "similarity"]

MOST_SHOWN = 12
# Comparing two texts takes the product of their lengths in time, and one of them may come from the network.
MOST_COMPARED = 200


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that was probably meant; None if none is similar."""
    spelled = {each.lower().replace("_", "-"): each for each in known}
    found = get_close_matches(name.lower().replace("_", "-"), spelled, n=1)
    return spelled[found[0]] if found else None


def similarity(text: str, other: str) -> float:
    """Return from 0 to 1 how similar the beginnings of two texts are, which may be of any length."""
    return SequenceMatcher(None, text[:MOST_COMPARED], other[:MOST_COMPARED]).ratio()


def most_similar(text: str, known: Iterable[str]) -> str:
    """Return the known text that is most similar, however little; an empty one if none is known."""
    return max(known, key=lambda each: similarity(text, each), default="")


def no_such(what: str, name: str, known: Iterable[str], *, listed_by: str = "") -> str:
    """Return the message for a name that does not exist.

    Args:
        what: What it would be a name of: `scenario`, `pipe`.
        name: What the user wrote.
        known: The names that exist.
        listed_by: The command that lists all of them.
    """
    names = sorted(set(known))
    meant = nearest(name, names)
    hint = f"; did you mean {meant!r}?" if meant else "."
    return f"there is no {what} {name!r}{hint} {_listed(names, listed_by)}"


def _listed(names: list[str], listed_by: str) -> str:
    if not names:
        return "There are none."
    shown = ", ".join(names[:MOST_SHOWN])
    if len(names) <= MOST_SHOWN:
        return f"Known: {shown}."
    rest = f" and {len(names) - MOST_SHOWN} more"
    return f"Known: {shown}{rest}{f'; `{listed_by}` lists all' if listed_by else ''}."
