"""What every fault has to define, and how a fault is described from its definition."""

import inspect
import re
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

import msgspec

from bench_core.errors import UsageError
from bench_core.faults.fault import AfterEffect, Delay, Fault, ResponseFault, WireFault

__all__ = ["GROUPS", "FaultDefinitionError", "FaultDescription", "check_definition", "defaults_of", "describe_fault"]

# The groups in the order of the reference. A built-in fault is in the folder of its group.
GROUPS: Mapping[str, str] = {
    "answers": "Another status",
    "bodies": "Another body with status 200",
    "walk": "Paging",
    "records": "Records",
    "portal": "Records that change while a client reads the list",
    "wire": "The connection",
}
EFFECTS = (Delay, ResponseFault, AfterEffect, WireFault)
NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
EVIDENCE = re.compile(r"\b(?:recording|docs|reader|assumed)\b")


class FaultDefinitionError(UsageError):
    """A class that cannot be registered as a fault."""

    def __init__(self, fault: object, problem: str) -> None:
        self.fault = f"{getattr(fault, '__module__', '?')}.{getattr(fault, '__qualname__', fault)}"
        self.problem = problem
        super().__init__(f"{self.fault} is not a usable fault: {problem}")


class FaultDescription(msgspec.Struct, frozen=True):
    """A fault as the catalogue, the command line and the reference describe it.

    Attributes:
        group: A key of `GROUPS`.
        any_api: Whether it needs no knowledge of the API, so that the proxy has it too.
        source: The text behind `Source:` in the docstring.
        evidence: The levels that `source` names: recording, docs, reader, assumed.
        params: The JSON schema of each parameter.
    """

    name: str
    group: str
    aliases: tuple[str, ...]
    summary: str
    source: str
    evidence: tuple[str, ...]
    params: Mapping[str, Any]
    examples: tuple[Mapping[str, Any], ...]
    needs_page: bool
    changes_portal: bool
    any_api: bool = False
    needs_chosen_cursor: bool = False


def check_definition(fault: type[Fault]) -> None:
    """Check what can be checked without inspecting the types of the parameters, which takes time.

    Raises:
        FaultDefinitionError: The class lacks something that every fault has.
    """
    problem = _problem_of_class(fault) or _problem_of_names(fault) or _problem_of_docstring(fault)
    if problem:
        raise FaultDefinitionError(fault, problem)


def _problem_of_class(fault: type[Fault]) -> str:
    if not (isinstance(fault, type) and issubclass(fault, EFFECTS)):
        return f"derive it from one of the base classes in {Fault.__module__}, for instance BodyChange"
    if not is_dataclass(fault) or not fault.__dataclass_params__.frozen:
        return "put @dataclass(frozen=True, slots=True) below @register"
    missing = [field.name for field in fields(fault) if field.default is MISSING]
    return f"give the parameter {missing[0]} a default" if missing else ""


def _problem_of_names(fault: type[Fault]) -> str:
    name, group = getattr(fault, "name", None), getattr(fault, "group", None)
    if not isinstance(name, str) or not NAME.fullmatch(name):
        return f"its name is {name!r}; expected lower-case words joined by '-', for instance name = \"short-page\""
    if group not in GROUPS:
        return f"its group is {group!r}; expected one of {', '.join(GROUPS)}"
    return ""


def _problem_of_docstring(fault: type[Fault]) -> str:
    summary, source = _docstring_of(fault)
    if not summary:
        return "its docstring is empty; say what the client sees"
    if not EVIDENCE.search(source):
        return "its docstring has no evidence; end it with a line such as `Source: assumed.`"
    return ""


def _docstring_of(fault: type[Fault]) -> tuple[str, str]:
    """Return what the client sees, and the evidence, each on one line."""
    about, _, source = inspect.cleandoc(fault.__doc__ or "").partition("Source:")
    return " ".join(about.split()), " ".join(source.split())


def defaults_of(fault: type[Fault]) -> dict[str, Any]:
    """Return the parameters of a fault with their defaults."""
    return {field.name: field.default for field in fields(fault)}  # type: ignore[arg-type]  # every fault is a dataclass


def describe_fault(fault: type[Fault]) -> FaultDescription:
    """Describe a fault from its docstring, its class attributes and the types of its parameters.

    Raises:
        FaultDefinitionError: A parameter has a type that JSON cannot express, or no description.
    """
    summary, source = _docstring_of(fault)
    return FaultDescription(
        name=fault.name,
        group=fault.group,
        aliases=fault.aliases,
        summary=summary,
        source=source,
        evidence=tuple(EVIDENCE.findall(source)),
        params=_schema_of(fault),
        examples=fault.examples,
        needs_page=fault.needs_page,
        changes_portal=fault.changes_portal,
        needs_chosen_cursor=fault.needs_chosen_cursor,
        any_api=fault.__module__.partition(".")[0] == __name__.partition(".")[0],
    )


def _schema_of(fault: type[Fault]) -> Mapping[str, Any]:
    try:
        properties: Mapping[str, Any] = msgspec.json.schema(fault)["$defs"][fault.__name__]["properties"]
    except (TypeError, NameError) as error:
        reason = str(error).splitlines()[-1]
        raise FaultDefinitionError(fault, f"a parameter has a type that JSON cannot express: {reason}") from error
    silent = [name for name, schema in properties.items() if "description" not in str(schema)]
    if silent:
        raise FaultDefinitionError(
            fault, f'describe the parameter {silent[0]}: Annotated[..., Meta(description="...")]'
        )
    return properties
