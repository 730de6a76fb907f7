"""JSON Schema of configuration files, made from the rows that the check uses: editors complete and check with it. Pure.

What a schema cannot say is left to `fake-sesam validate`: whether systems, operations and files exist, cron
expressions, DTL. Whatever the schema refuses, `validate` reports as an error; the strict one also refuses unknown
properties, about which `validate` warns.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from fake_sesam.config.node_metadata import NodeMetadata
from fake_sesam.config.operations import Operation
from fake_sesam.config.pipe_checks import DOCUMENTED
from fake_sesam.config.pipes import Pipe
from fake_sesam.config.properties import Property, Table, table
from fake_sesam.config.pumps import PumpConfig
from fake_sesam.config.sinks import SINK_TYPES, SinkConfig
from fake_sesam.config.sources import SOURCE_TYPES, SourceConfig
from fake_sesam.config.systems import MICROSERVICE, SYSTEM_TYPES, DockerOptions, RetryRule, System
from fake_sesam.config.transforms import TRANSFORM_KINDS

__all__ = ["SCHEMAS", "configuration_schema"]

Schema = dict[str, Any]

DRAFT = "http://json-schema.org/draft-07/schema#"  # the newest one that editors know completely
SCHEMAS = ("any", "pipe", "system", "metadata")
CONDITIONAL = "$conditional_properties"
REFERENCE: Schema = {"type": "string", "pattern": r"\$(ENV|SECRET)\(", "description": "A variable or a secret."}
CODES = r"^\s*\d{3}(\s*-\s*\d{3})?\s*(,\s*\d{3}(\s*-\s*\d{3})?\s*)*$"
NO_SLASH: Schema = {"type": "string", "minLength": 1, "pattern": "^[^/]*$"}


def configuration_schema(what: str = "any", *, strict: bool = False) -> Schema:
    """Return the schema of one configuration file.

    Args:
        what: One of `SCHEMAS`; `any` decides by the `type` in the file.
        strict: Whether properties that are not documented are refused.
    """
    made = _Schemas(strict)
    kinds = {"pipe": _is("pipe"), "system": {"type": "string", "pattern": "^system:"}, "metadata": _is("metadata")}
    chosen = kinds if what == "any" else {what: kinds[what]}
    return {
        "$schema": DRAFT,
        "title": "Sesam configuration" if what == "any" else f"Sesam {what}",
        "type": "object",
        "required": ["type"],
        "properties": {"type": {"anyOf": list(chosen.values())}},
        "allOf": [_when(kind, f"#/definitions/{name}") for name, kind in chosen.items()],
        "definitions": made.definitions(),
    }


def _is(kind: str) -> Schema:
    return {"const": kind}


def _when(kind: Schema, reference: str, *, is_default: bool = False) -> Schema:
    """Return the schema that applies to objects of a type; of the default one also to objects without a type."""
    condition: Schema = {"properties": {"type": kind}}
    if not is_default:
        condition["required"] = ["type"]
    return {"if": condition, "then": {"$ref": reference}}


class _Schemas:
    """Makes the definitions of one schema."""

    def __init__(self, strict: bool) -> None:
        self._strict = strict

    def definitions(self) -> dict[str, Schema]:
        found: dict[str, Schema] = {
            "reference": REFERENCE,
            "pipe": self._pipe(),
            "system": {"allOf": [_when(_is(kind), f"#/definitions/{kind}") for kind in SYSTEM_TYPES]},
            "metadata": self._object(table(NodeMetadata), {"type": _is("metadata")}),
            "source": self._part("source", SOURCE_TYPES),
            "sink": self._part("sink", SINK_TYPES, default="dataset"),
            "transform": self._part("transform", tuple(TRANSFORM_KINDS)),
            "operation": self._operation(),
            "operations": {"type": "object", "additionalProperties": {"$ref": "#/definitions/operation"}},
            "retry-rule": self._object(table(RetryRule)),
            "conditional": self._conditional(),
        }
        found |= {kind: self._system(kind) for kind in SYSTEM_TYPES}
        found |= {f"source-{kind}": self._typed(SourceConfig, kind) for kind in SOURCE_TYPES}
        found |= {f"sink-{kind}": self._typed(SinkConfig, kind) for kind in SINK_TYPES}
        found |= {f"transform-{kind}": self._transform(kind) for kind in TRANSFORM_KINDS}
        return found

    def _pipe(self) -> Schema:
        parts = {name: {"$ref": f"#/definitions/{name}"} for name in ("source", "sink")}
        transform = {"$ref": "#/definitions/transform"}
        either = {"anyOf": [transform, {"type": "array", "items": transform}]}
        special = {**parts, "_id": NO_SLASH, "type": _is("pipe"), "transform": either, "pump": self._pump()}
        return self._object(table(Pipe), special)

    def _pump(self) -> Schema:
        schema = self._object(table(PumpConfig))
        schema["dependencies"] = {"partial_rescan_run_count": ["partial_rescan_delta"]}
        schema["not"] = {"required": ["rescan_run_count", "rescan_cron_expression"]}
        return schema

    def _part(self, name: str, kinds: tuple[str, ...], *, default: str = "") -> Schema:
        """Return the schema of a source, sink or transform, which decides by the type."""
        documented = DOCUMENTED[name]
        known = [*kinds, *sorted({*documented} - {*kinds}), "conditional"]
        schema: Schema = {
            "type": "object",
            "properties": {"type": {"anyOf": [{"enum": known}, {"$ref": "#/definitions/reference"}]}},
            "allOf": [
                *(_when(_is(kind), f"#/definitions/{name}-{kind}", is_default=kind == default) for kind in kinds),
                {
                    "if": {"properties": {"type": _is("conditional")}, "required": ["type"]},
                    "then": {
                        "required": ["condition", "alternatives"],
                        "properties": {
                            "alternatives": {
                                "type": "object",
                                "additionalProperties": {"$ref": f"#/definitions/{name}"},
                            }
                        },
                    },
                },
            ],
        }
        return schema if default else {**schema, **self._required(["type"])}

    def _typed(self, described: type, kind: str) -> Schema:
        properties = table(described, kind)
        operations = {"operations": {"$ref": "#/definitions/operations"}} if "operations" in properties else {}
        return self._object(properties, operations)

    def _transform(self, kind: str) -> Schema:
        schema = self._typed(TRANSFORM_KINDS[kind], "")
        if kind == "chained":
            transforms = {"type": "array", "items": {"$ref": "#/definitions/transform"}}
            schema["properties"]["transforms"] = self._value(table(TRANSFORM_KINDS[kind])["transforms"], transforms)
        return schema

    def _operation(self) -> Schema:
        properties = table(Operation)
        schema = self._object(properties)
        schema["properties"]["url"] = {"type": "string"}  # an empty one is the system's own
        return {**schema, **self._required([*self._needed(properties), "url"])}

    def _system(self, kind: str) -> Schema:
        special: dict[str, Schema] = {"_id": NO_SLASH, "type": _is(kind), "retry_strategy": self._retry_strategy()}
        properties = table(System, kind)
        if kind == MICROSERVICE:
            special["docker"] = self._object(table(DockerOptions))
        if "operations" in properties:
            special["operations"] = {"$ref": "#/definitions/operations"}
        if "oauth2" in properties:
            special["oauth2"] = {
                "type": "object",
                "required": ["token_url"],
                "properties": {"token_url": {"type": "string", "minLength": 1}},
            }
        schema = self._object(properties, special)
        if kind != MICROSERVICE:
            addresses = [
                {"required": [name], "properties": {name: {"type": "string", "minLength": 1}}}
                for name in ("url_pattern", "base_url")
            ]
            schema["anyOf"] = [*addresses, {"required": [CONDITIONAL]}]
        return schema

    def _retry_strategy(self) -> Schema:
        return {
            "type": "object",
            "propertyNames": {"anyOf": [_is("default"), {"pattern": CODES}]},
            "additionalProperties": {"$ref": "#/definitions/retry-rule"},
        }

    def _conditional(self) -> Schema:
        return {
            "type": "object",
            "required": ["condition", "alternatives"],
            "properties": {"alternatives": {"type": "object", "additionalProperties": {"type": "object"}}},
        }

    def _object(self, properties: Table, special: Mapping[str, Schema] | None = None) -> Schema:
        """Return the schema of an object with the properties of a table.

        Args:
            properties: The table.
            special: The schemas of properties about which the table does not say everything.
        """
        given = special or {}
        schema: Schema = {
            "type": "object",
            "properties": {name: self._value(each, given.get(name)) for name, each in properties.items()},
            **self._required(self._needed(properties)),
        }
        schema["properties"][CONDITIONAL] = {"$ref": "#/definitions/conditional"}
        if self._strict:
            schema["patternProperties"] = {r"^\$": {}}
            schema["additionalProperties"] = False
        return schema

    @staticmethod
    def _needed(properties: Table) -> list[str]:
        return [name for name, each in properties.items() if each.required]

    @staticmethod
    def _required(names: Iterable[str]) -> Schema:
        """Return what demands properties, unless `$conditional_properties` may bring them."""
        wanted = list(dict.fromkeys(names))
        return {"if": {"required": [CONDITIONAL]}, "else": {"required": wanted}} if wanted else {}

    def _value(self, each: Property, special: Schema | None) -> Schema:
        """Return the schema of one property: its values, a reference to a variable, and null if it may be missing."""
        values = special or self._kinds(each)
        schema: Schema = {"anyOf": [values, {"$ref": "#/definitions/reference"}]}
        if not each.required:
            schema["anyOf"].append({"type": "null"})
        if each.default is not None:
            schema["default"] = each.default
        if not each.is_simulated:
            schema["description"] = "The fake node knows it and does not act on it."
        return schema

    def _kinds(self, each: Property) -> Schema:
        if each.inside is not None:
            return self._object(table(each.inside))
        names = ["array" if name == "list" else name for name in each.kind.split("|")]
        schema: Schema = {} if "any" in names else {"type": names[0] if len(names) == 1 else names}
        if each.choices:
            schema["enum"] = list(each.choices)
        if each.minimum is not None:
            schema["minimum"] = each.minimum
        if each.required and "string" in names:
            schema["minLength"] = 1
        return schema
