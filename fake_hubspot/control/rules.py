"""What an administrator demands of writes."""

from typing import Any, TypedDict

from bench_core.control.bodies import read_body
from fake_hubspot.context import Operation, RequestContext, Response, Route, control_route
from fake_hubspot.control.state import named_type
from fake_hubspot.errors import UsageError
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.types import ObjectType
from fake_hubspot.portal.write_rules import WriteRule

__all__ = ["routes"]


class RuleList(TypedDict):
    """Every rule."""

    rules: list[WriteRule]


def routes() -> list[Route]:
    """Return the routes `/_fake/rules`."""
    path, listing = "/_fake/rules", Operation(response=RuleList)
    setting = Operation(body=list[WriteRule], response=RuleList)
    return [
        control_route("rules.read", "GET", path, read_rules, summary="List the rules for writes", operation=listing),
        control_route("rules.set", "PUT", path, set_rules, summary="Set the rules for writes", operation=setting),
    ]


def read_rules(context: RequestContext) -> Response:
    """Return the rules.

    Shape: `{rules: [{objectType, property, noLinksTo, required, onCreate, when, maxLength, everyVersion}]}`.
    """
    rules: dict[str, Any] = {"rules": list(context.portal.write_rules.stored)}
    return Response.of(rules)


def set_rules(context: RequestContext) -> Response:
    """Set the rules instead of those that there were; an empty list removes them.

    Shape: `[{objectType, property | noLinksTo, required, onCreate, when, maxLength, everyVersion}]` in, all but the
    first two optional; as `GET` out.
    """
    portal = context.portal
    wanted = [
        (named_type(portal, one.object_type), named_type(portal, one.no_links_to) if one.no_links_to else None, one)
        for one in read_body(context, list[WriteRule])
    ]
    for kind, _, rule in wanted:
        _check(portal, kind, rule)
    portal.write_rules.replace(wanted)
    return read_rules(context)


def _check(portal: Portal, kind: ObjectType, rule: WriteRule) -> None:
    if bool(rule.property) == bool(rule.no_links_to):
        raise UsageError(
            f"a rule for {kind.plural} names either `property` or `noLinksTo`, the type of the other records"
        )
    if rule.no_links_to:
        return
    unknown = [name for name in (rule.property, *rule.when) if portal.definitions.get(kind.type_id, name) is None]
    if unknown:
        raise UsageError(f"{kind.plural} have no property {', '.join(unknown)}; define it first")
    if not rule.required and rule.max_length is None:
        raise UsageError(f"the rule for {rule.property} demands nothing; set `required` or `maxLength`")
