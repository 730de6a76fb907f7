"""A fault rule as a sentence: `Page 3 of lists of contacts gets 500 with HubSpot's error body, once.` Pure."""

from collections.abc import Mapping
from typing import Any

from bench_core.faults.rule import FaultRule, Selector
from bench_core.pages.words import ordinal

__all__ = ["ANY_PLACE", "sentence_of"]

ANY_PLACE = ("request", "requests")


def sentence_of(
    rule: FaultRule,
    *,
    summary: str,
    params: Mapping[str, Any],
    defaults: Mapping[str, Any],
    places: Mapping[str, tuple[str, str]],
) -> str:
    """Return what a rule does, as a sentence.

    Args:
        rule: The rule.
        summary: What a client gets, from the fault's description.
        params: The parameters of the fault.
        defaults: Their defaults; those that differ are named.
        places: Routes by what a person calls their requests, one and several; `{}` stands for the type of the objects.
    """
    changed = [f"{name} {_shown(value)}" for name, value in params.items() if value != defaults.get(name)]
    effect = _effect(summary) + (f" ({', '.join(changed)})" if changed else "")
    return f"{_capital(_where(rule.where, places))} gets {effect}, {_how_often(rule)}."


def _effect(summary: str) -> str:
    first = summary.partition(". ")[0].rstrip(".")
    word = first.partition(" ")[0]
    return first if not word.isalpha() or (word.isupper() and len(word) > 1) else first[0].lower() + first[1:]


def _shown(value: object) -> str:
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _where(where: Selector, places: Mapping[str, tuple[str, str]]) -> str:
    named = (f"request to {where.route}", f"requests to {where.route}")
    one, many = ANY_PLACE if where.route == "*" else places.get(where.route, named)
    kind = where.object_type or ("records" if "{}" in one else "")
    if kind and "{}" not in one:
        one, many = f"{one} for {kind}", f"{many} for {kind}"
    one, many = one.replace("{}", kind), many.replace("{}", kind)
    if where.page is not None:
        one = f"page {where.page} of {many}"
    elif where.from_page is not None:
        one = f"every page from {where.from_page} on of {many}"
    else:
        one = _counted(where, one)
    return one + "".join(_conditions(where))


def _counted(where: Selector, one: str) -> str:
    if where.every is not None:
        first = f" from the {ordinal(where.nth)} on" if where.nth else ""
        return f"every {ordinal(where.every)} {one}{first}"
    return f"the {ordinal(where.nth)} {one}" if where.nth is not None else f"every {one}"


def _conditions(where: Selector) -> list[str]:
    found = []
    if where.method is not None:
        found.append(f" with {where.method.upper()}")
    if where.path != "*":
        found.append(f" at {where.path}")
    found += [f" with {name}={value}" for name, value in where.query.items()]
    if where.cursor is not None:
        found.append(f" with a cursor that {'the client chose' if where.cursor == 'chosen' else 'a response had'}")
    if where.last_page is not None:
        found.append(" at the end of the list" if where.last_page else " before the end of the list")
    if where.after_request is not None:
        found.append(f" after request {where.after_request}")
    if (where.page is not None or where.from_page is not None) and (where.nth or where.every):
        found.append(f" ({_counted(where, 'time')})")
    return found


def _how_often(rule: FaultRule) -> str:
    limit = rule.limit
    often = "every time" if limit is None else "once" if limit == 1 else f"{limit} times"
    if rule.where.per == "page":
        often += " on each page"
    if rule.probability < 1:
        often += f", with a chance of {rule.probability * 100:g} %"
    return often


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
