"""What of its limits the account uses, which types it has, and which values a property may have.

Source: reader (the models of HubSpot's clients) for paths and keys; docs for the numbers of records, properties and
labels; which rules a portal has is set by the control API (`PUT /_fake/rules`) or by these routes.
"""

from typing import Any

import msgspec

from fake_hubspot.context import Operation, Param, RequestContext, Response, Route
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.families.collection import Row, row_routes
from fake_hubspot.crm.parameters import infer_type, resource_not_found
from fake_hubspot.crm.versions import FAMILY_PATHS
from fake_hubspot.portal.types import ObjectType

__all__ = ["routes"]

MAX_RECORDS, MAX_PROPERTIES, MAX_CALCULATED, MAX_LABELS, MAX_TYPES = 1_000_000, 1_000, 25, 50, 10
RULES = "property-validations"


class Rule(msgspec.Struct, rename="camel"):
    """What a property demands of its values."""

    rule_arguments: list[str]
    should_apply_normalization: bool = False


def routes() -> list[Route]:
    """Return the routes of these families."""
    reading = Operation(response=dict)
    typed = Operation((Param("fromObjectTypeId"), Param("toObjectTypeId")), response=dict)
    rows, shallow = [], []
    for path in FAMILY_PATHS["limits"]:
        records = f"{path}/associations/records"
        rows += [
            Row("limits.records", "GET", f"{path}/records", read_records, reading, "Read the use of records"),
            Row("limits.types", "GET", f"{path}/custom-object-types", read_types, reading, "Read the use of types"),
            Row("limits.properties", "GET", f"{path}/custom-properties", read_properties, reading, "Read the use"),
            Row("limits.labels", "GET", f"{path}/associations/labels", read_labels, typed, "Read the use of labels"),
        ]
        shallow += [
            Row("limits.pipelines", "GET", f"{path}/pipelines", read_pipelines, reading, "Read the use of pipelines"),
            Row("limits.calculated", "GET", f"{path}/calculated-properties", read_calculated, reading, "Read the use"),
            Row("limits.from", "GET", f"{records}/from", list_near, reading, "List types near a limit"),
            Row("limits.to", "GET", f"{records}/{{typeId}}/to", list_near, reading, "List types near a limit"),
            Row("limits.pair", "GET", f"{records}/{{typeId}}/{{toTypeId}}", read_pair, reading, "Read a pair"),
        ]
    for path in FAMILY_PATHS["library"]:
        rows.append(Row("library.list", "GET", f"{path}/enablement", list_types, reading, "List the types in use"))
        one = f"{path}/enablement/{{typeId}}"
        rows.append(Row("library.read", "GET", one, read_type, reading, "Read whether a type is in use"))
    for path in FAMILY_PATHS["validations"]:
        one = f"{path}/{{typeId}}/{{propertyName}}"
        rule, writing = f"{one}/rule-type/{{ruleType}}", Operation(body=Rule, statuses=(204,))
        shallow += [
            Row("validations.list", "GET", f"{path}/{{typeId}}", list_rules, reading, "List rules of a type"),
            Row("validations.of", "GET", one, list_rules_of, reading, "List rules of a property"),
            Row("validations.read", "GET", rule, read_rule, reading, "Read a rule"),
            Row("validations.write", "PUT", rule, write_rule, writing, "Set a rule"),
        ]
    return [*row_routes(rows), *row_routes(shallow, is_shallow=True)]


def _overall(used: int, limit: int, rows: list[dict[str, Any]]) -> dict[str, Any]:
    percentage = round(100 * used / limit, 2)
    return {"overallLimit": limit, "overallUsage": used, "overallPercentage": percentage, "byObjectType": rows}


def _named(kind: ObjectType) -> dict[str, Any]:
    labels = kind.labels or (kind.singular.capitalize(), kind.plural.capitalize())
    return {"objectTypeId": kind.type_id, "singularLabel": labels[0], "pluralLabel": labels[1]}


def _used(kind: ObjectType, used: int, limit: int) -> dict[str, Any]:
    return _named(kind) | {"limit": limit, "usage": used, "percentage": round(100 * used / limit, 2)}


def read_records(context: RequestContext) -> Response:
    """Return how many records of each type there are."""
    portal = context.portal
    counts = {kind: portal.store.count(kind.type_id) for kind in portal.types.all()}
    hubspot_own = [_used(kind, count, MAX_RECORDS) for kind, count in counts.items() if not kind.is_custom]
    own = {kind: count for kind, count in counts.items() if kind.is_custom}
    used = sum(own.values())
    custom = {
        "overallLimit": MAX_RECORDS,
        "overallUsage": used,
        "overallPercentage": round(100 * used / MAX_RECORDS, 2),
    }
    rows = [_named(kind) | {"usage": count} for kind, count in own.items()]
    return Response.of(
        {"hubspotDefinedObjectTypes": hubspot_own, "customObjectTypes": {**custom, "byObjectType": rows}}
    )


def read_types(context: RequestContext) -> Response:
    """Return how many custom types there are."""
    used = len(context.portal.custom_types)
    return Response.of({"limit": MAX_TYPES, "usage": used, "percentage": 100 * used / MAX_TYPES})


def read_properties(context: RequestContext) -> Response:
    """Return how many properties of each type are the account's own."""
    portal = context.portal
    own = {
        kind: sum(not one.hubspot_defined for one in portal.definitions.of(kind.type_id)) for kind in portal.types.all()
    }
    rows = [_used(kind, count, MAX_PROPERTIES) for kind, count in own.items()]
    return Response.of(_overall(sum(own.values()), MAX_PROPERTIES * len(own), rows))


def read_calculated(context: RequestContext) -> Response:
    """Return how many calculated properties each type has; the fake has none of the account's own."""
    rows = [_named(kind) | {"usage": 0} for kind in context.portal.types.all()]
    return Response.of(_overall(0, MAX_CALCULATED, rows))


def read_pipelines(context: RequestContext) -> Response:
    """Return how many pipelines each type has."""
    portal = context.portal
    found = {kind: len(portal.pipelines.of(kind.type_id)) for kind in portal.types.all()}
    return Response.of({"results": [_used(kind, count, 100) for kind, count in found.items() if count]})


def read_labels(context: RequestContext) -> Response:
    """Return how many labels the links of each pair of types have."""
    portal, rows = context.portal, []
    wanted = [context.request.first(name) for name in ("fromObjectTypeId", "toObjectTypeId")]
    sources = [infer_type(portal, wanted[0])] if wanted[0] else list(portal.types.all())
    targets = [infer_type(portal, wanted[1])] if wanted[1] else list(portal.types.all())
    for source in sources:
        for target in targets:
            labels = [one.label for one in portal.associations.types(source, target) if one.category == "USER_DEFINED"]
            if labels or all(wanted):
                ends = {"fromObjectType": _named(source), "toObjectType": _named(target)}
                use = {"limit": MAX_LABELS, "usage": len(labels), "percentage": 100 * len(labels) / MAX_LABELS}
                rows.append({**ends, **use, "allLabels": labels})
    return Response.of({"results": rows})


def list_near(context: RequestContext) -> Response:
    """Return the types with records near the limit of their links: none."""
    if spelled := context.params.get("typeId"):
        infer_type(context.portal, spelled)
    return Response.of({"results": []})


def read_pair(context: RequestContext) -> Response:
    """Return the records of a pair of types that are near the limit of their links: none."""
    for name in ("typeId", "toTypeId"):
        infer_type(context.portal, context.params[name])
    wire: dict[str, Any] = {"limit": 10_000, "totalRecordsAtLimit": 0, "totalRecordsNearLimit": 0}
    return Response.of({**wire, "atLimitFromRecordSamples": [], "nearLimitFromRecordSamples": []})


def list_types(context: RequestContext) -> Response:
    """Return which types are in use: all that the fake has."""
    return Response.of({"enablementByObjectTypeId": {kind.type_id: True for kind in context.portal.types.all()}})


def read_type(context: RequestContext) -> Response:
    """Return whether a type is in use."""
    kind = infer_type(context.portal, context.params["typeId"])
    return Response.of({"objectTypeId": kind.type_id, "enablement": True})


def _rules(context: RequestContext, kind: ObjectType) -> dict[str, list[dict[str, Any]]]:
    """Return the rules of a type by property: those for writes, and those that these routes have set."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in context.portal.write_rules.of(kind):
        if one.max_length is not None:
            rule = {"ruleType": "MAX_LENGTH", "ruleArguments": [str(one.max_length)]}
            found.setdefault(one.property, []).append(rule | {"shouldApplyNormalization": False})
    for kept in context.portal.resources.all(f"{RULES}/{kind.type_id}"):
        name, _, rule_type = kept.id.partition("/")
        found.setdefault(name, []).append({"ruleType": rule_type, **kept.fields})
    return found


def list_rules(context: RequestContext) -> Response:
    """Return the rules of every property of a type."""
    kind = infer_type(context.portal, context.params["typeId"])
    rows = [{"propertyName": k, "propertyValidationRules": v} for k, v in _rules(context, kind).items()]
    return Response.of({"results": rows})


def _known(context: RequestContext) -> tuple[ObjectType, str]:
    kind, name = infer_type(context.portal, context.params["typeId"]), context.params["propertyName"]
    if name not in context.portal.definitions.names(kind.type_id):
        raise resource_not_found()
    return kind, name


def list_rules_of(context: RequestContext) -> Response:
    """Return the rules of a property."""
    kind, name = _known(context)
    return Response.of({"results": _rules(context, kind).get(name, [])})


def read_rule(context: RequestContext) -> Response:
    """Return one rule of a property."""
    kind, name = _known(context)
    for rule in _rules(context, kind).get(name, []):
        if rule["ruleType"] == context.params["ruleType"]:
            return Response.of(rule)
    raise resource_not_found()


def write_rule(context: RequestContext) -> Response:
    """Keep a rule. Writes are checked by the rules of the control API only."""
    kind, name = _known(context)
    given = msgspec.to_builtins(read_body(context, Rule))
    key = f"{name}/{context.params['ruleType']}"
    context.portal.resources.add(f"{RULES}/{kind.type_id}", given, resource_id=key)
    return Response.empty()
