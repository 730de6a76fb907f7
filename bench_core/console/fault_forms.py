"""The form of a fault: a field for each parameter and for each condition, and the rule that its values make. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench_core.console.call import ConsoleWords
from bench_core.faults.definition import FaultDescription

__all__ = ["Field", "fields_of", "rule_of"]

PARAM = "p."
ANY = "any request"
CURSORS = (("", "any"), ("handed-out", "from a response"), ("chosen", "chosen by the client itself"))
LAST_PAGES = (("", "any page"), ("true", "only the last page of a list of records"), ("false", "all other requests"))


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form.

    Attributes:
        kind: text, number or choice.
        choices: Values with their labels, for a choice.
        low: The smallest number.
        high: The largest number.
        is_whole: Whether a number has no fraction.
    """

    name: str
    label: str
    hint: str = ""
    kind: str = "text"
    value: str = ""
    choices: Sequence[tuple[str, str]] = ()
    low: str = ""
    high: str = ""
    is_whole: bool = True
    placeholder: str = ""


def fields_of(
    fault: FaultDescription, given: Mapping[str, str], words: ConsoleWords, places: Mapping[str, tuple[str, str]]
) -> dict[str, list[Field]]:
    """Return the fields of a fault's form by group: `params`, `where` and `more`.

    Args:
        fault: The fault.
        given: Values that were entered before; the others are the defaults.
        words: The words of the server.
        places: Its routes, as `ConsoleCall.places` says.
    """
    params = [_param(name, schema, given) for name, schema in fault.params.items()]
    start = words.list_route if fault.needs_page else "*"
    return {"params": params, "where": _where(given, words, places, start), "more": _more(given, words)}


def _param(name: str, schema: Mapping[str, Any], given: Mapping[str, str]) -> Field:
    kind, is_optional = _kind(schema)
    default = schema.get("default")
    value = given.get(PARAM + name, "" if default is None else _text(default))
    label = name.replace("_", " ").capitalize()
    hint = schema.get("description") or kind.get("description", "")
    if "enum" in kind or kind.get("type") == "boolean":
        options = [_text(each) for each in kind.get("enum", (True, False))]
        empty = [("", "none")] if is_optional else []
        return Field(PARAM + name, label, hint, "choice", value, [*empty, *((each, each) for each in options)])
    if kind.get("type") in ("integer", "number"):
        low, high = (str(kind.get(bound, "")) for bound in ("minimum", "maximum"))
        whole = kind["type"] == "integer"
        return Field(PARAM + name, label, hint, "number", value, (), low, high, whole, "none" if is_optional else "")
    return Field(PARAM + name, label, hint, "text", value, placeholder="none" if is_optional else "")


def _kind(schema: Mapping[str, Any]) -> tuple[Mapping[str, Any], bool]:
    """Return the schema of the values that are not null, and whether null is allowed."""
    kinds = [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]
    return kinds[0], len(kinds) < len(schema.get("anyOf", [schema]))


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _where(
    given: Mapping[str, str], words: ConsoleWords, places: Mapping[str, tuple[str, str]], start: str
) -> list[Field]:
    routes = [("*", ANY), *((route, one.replace("{}", "records")) for route, (one, _) in places.items())]
    times = [("once", "once"), ("forever", "every time"), ("number", "a number of times")]
    return [
        Field("route", "Which requests", kind="choice", value=given.get("route", start), choices=routes),
        *(_of_objects(given) if words.has_types else [_path(given, words)]),
        Field("times", "How often", kind="choice", value=given.get("times", "once"), choices=times),
        Field(
            "count", "Number of times", "If it strikes a number of times.", "number", given.get("count", "2"), low="1"
        ),
    ]


def _of_objects(given: Mapping[str, str]) -> list[Field]:
    kind = given.get("objectType", "")
    return [
        Field("objectType", "Object type", "Empty for every type.", value=kind, placeholder="contacts"),
        _number_field(given, "page", "Page", "Only this page of a list; its retry has the same number."),
    ]


def _number_field(given: Mapping[str, str], name: str, label: str, hint: str, low: str = "1") -> Field:
    return Field(name, label, hint, "number", given.get(name, ""), low=low)


def _path(given: Mapping[str, str], words: ConsoleWords) -> Field:
    return Field("path", "Path", "* and ? are wildcards.", value=given.get("path", ""), placeholder=words.path)


def _more(given: Mapping[str, str], words: ConsoleWords) -> list[Field]:
    def text(name: str, label: str, hint: str, placeholder: str = "") -> Field:
        return Field(name, label, hint, "text", given.get(name, ""), placeholder=placeholder)

    each = "page of each walk" if words.has_types else "address"
    per = [("fault", "all matching requests together"), ("page", f"each {each} separately")]
    return [
        text("otherRoute", "Route", "Instead of the choice above; * and ? are wildcards.", words.route),
        text("method", "Method", "", "POST"),
        *([_path(given, words)] if words.has_types else []),
        text("query", "Query", "Values that the query must have; * and ? are wildcards.", "archived=true"),
        *(_list_fields(given) if words.has_types else []),
        _number_field(
            given, "afterRequest", "After request", "Only requests with a higher number in the journal.", "0"
        ),
        _number_field(given, "nth", "Only the n-th", "Of the matching requests, counted from 1."),
        _number_field(given, "every", "Every n-th", "3 for the third, the sixth and so on."),
        Field("per", "Counted for", kind="choice", value=given.get("per", "fault"), choices=per),
        Field(
            "probability",
            "Probability",
            "0 to 1.",
            "number",
            given.get("probability", "1"),
            low="0",
            high="1",
            is_whole=False,
        ),
        _number_field(given, "seed", "Seed", "Draws the same chances again.", "0"),
    ]


def _list_fields(given: Mapping[str, str]) -> list[Field]:
    """Return the conditions that need a server which knows lists and their cursors."""
    return [
        _number_field(given, "fromPage", "From page", "This page of a list and all later ones."),
        Field("cursor", "Cursor", kind="choice", value=given.get("cursor", ""), choices=CURSORS),
        Field("lastPage", "Last page", kind="choice", value=given.get("lastPage", ""), choices=LAST_PAGES),
    ]


def rule_of(fault: FaultDescription, form: Mapping[str, str]) -> dict[str, Any]:
    """Return the rule that the values of a form make, as the control API takes it.

    Text in place of a number stays text: the API says what is wrong with it.
    """
    params = {}
    for name, schema in fault.params.items():
        if (text := form.get(PARAM + name)) is not None:
            params[name] = _value(text, schema)
    rule: dict[str, Any] = {"fault": fault.name, "params": params, "where": _selector(form), "times": _times(form)}
    for name in ("probability", "seed"):
        if form.get(name, ""):
            rule[name] = _number(form[name], is_whole=name == "seed")
    return rule


def _value(text: str, schema: Mapping[str, Any]) -> Any:
    kind, is_optional = _kind(schema)
    if not text and is_optional:
        return None
    options = {_text(each): each for each in kind.get("enum", ())}
    if kind.get("type") == "boolean":
        options = {"true": True, "false": False}
    if text in options:
        return options[text]
    if kind.get("type") in ("integer", "number"):
        return _number(text, is_whole=kind["type"] == "integer")
    return text


def _number(text: str, *, is_whole: bool = True) -> Any:
    try:
        return int(text) if is_whole else float(text)
    except ValueError:
        return text


def _selector(form: Mapping[str, str]) -> dict[str, Any]:
    where: dict[str, Any] = {}
    if (route := form.get("otherRoute", "").strip() or form.get("route", "*")) != "*":
        where["route"] = route
    for name in ("objectType", "method", "path"):
        if form.get(name, "").strip():
            where[name] = form[name].strip()
    for name in ("page", "fromPage", "afterRequest", "nth", "every"):
        if form.get(name, "").strip():
            where[name] = _number(form[name].strip())
    if form.get("cursor"):
        where["cursor"] = form["cursor"]
    if form.get("lastPage"):
        where["lastPage"] = form["lastPage"] == "true"
    if form.get("query", "").strip():
        pairs = (part.partition("=") for part in form["query"].replace("?", "", 1).split("&") if part.strip())
        where["query"] = {name.strip(): value.strip() for name, _, value in pairs}
    if form.get("per") == "page":
        where["per"] = "page"
    return where


def _times(form: Mapping[str, str]) -> Any:
    times = form.get("times", "once")
    return _number(form.get("count", "")) if times == "number" else times
