"""What an administrator demands of writes: rules that a test sets.

HubSpot enforces them on the paths of version 2026-09 since 2026-09-08.

Source: docs (changelog crm-api-write-validation-enforcement); that the texts of refusals are those of required
properties and wrong values is assumed, as are status and text of a refused link.
"""

from collections.abc import Iterable, Mapping

import msgspec

from fake_hubspot.portal.errors import InvalidValue, InvalidValuesError, LinkForbiddenError, RequiredPropertiesError
from fake_hubspot.portal.key_value_store import KeyValueStore
from fake_hubspot.portal.portal_context import PortalContext
from fake_hubspot.portal.types import ObjectType
from fake_hubspot.portal.values import WireValue, to_text

__all__ = ["WriteRule", "WriteRules"]


class WriteRule(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """One rule for a property of an object type, or for its links with another type.

    Attributes:
        no_links_to: The name of a type with whose records users may not associate those of `object_type`, in either
            direction; `property` is empty then.
        required: Whether the property must have a value.
        on_create: Whether that holds for new records only, as for the fields of the form that creates them.
        when: Other properties with the values that they must have for the rule to hold.
        max_length: How long a value may be.
        every_version: Whether the rule holds on every path, not only on those of version 2026-09.
    """

    object_type: str
    property: str = ""
    no_links_to: str = ""
    required: bool = False
    on_create: bool = False
    when: dict[str, str] = {}
    max_length: int | None = None
    every_version: bool = False


class WriteRules:
    """The rules of a portal."""

    def __init__(self, context: PortalContext) -> None:
        self.stored = KeyValueStore(context.db, "write_rules", WriteRule, on_change=context.changes.bump)

    def replace(self, rules: Iterable[tuple[ObjectType, ObjectType | None, WriteRule]]) -> None:
        """Set the rules, instead of those that there were: each with its type, and with the one of links."""
        for key, _ in self.stored.items():
            self.stored.drop(key)
        for number, (object_type, other, rule) in enumerate(rules):
            end = f"{other.type_id}/" if other else ""
            self.stored.put(f"{object_type.type_id}/{end}{number}", rule)

    def check_link(self, source: ObjectType, target: ObjectType, *, is_newest: bool) -> None:
        """Check that records of two types may be associated.

        Raises:
            LinkForbiddenError: A rule forbids it.
        """
        for one, other in ((source, target), (target, source)):
            begin = f"{one.type_id}/{other.type_id}/"
            if any(key.startswith(begin) and (is_newest or rule.every_version) for key, rule in self.stored.items()):
                raise LinkForbiddenError(source.singular, target.singular)

    def check(
        self,
        object_type: ObjectType,
        given: Mapping[str, WireValue],
        *,
        before: Mapping[str, str] | None = None,
        is_newest: bool,
    ) -> None:
        """Check a write.

        Args:
            object_type: The type of the record.
            given: The properties in the request.
            before: The properties of the record, None for a new one.
            is_newest: Whether the request has the path of a version that enforces every rule.

        Raises:
            InvalidValuesError: Values are too long.
            RequiredPropertiesError: Properties that are required have no value.
        """
        if not len(self.stored):
            return
        texts = {name: to_text(value) for name, value in given.items()}
        after = {**(before or {}), **texts}
        rules = [one for one in self.of(object_type) if is_newest or one.every_version]
        holding = [one for one in rules if all(after.get(name, "") == value for name, value in one.when.items())]
        self._check_lengths(holding, texts)
        is_new = before is None
        demanded = [one for one in holding if one.required and (is_new or not one.on_create)]
        missing = list(dict.fromkeys(one.property for one in demanded if not after.get(one.property)))
        if missing:
            verb, noun = "creating" if is_new else "updating", object_type.upper_name
            raise RequiredPropertiesError(missing, noun=noun, verb=verb)

    def of(self, object_type: ObjectType) -> list[WriteRule]:
        """Return the rules for the properties of a type."""
        begin = f"{object_type.type_id}/"
        return [one for key, one in self.stored.items() if key.startswith(begin) and one.property]

    @staticmethod
    def _check_lengths(rules: Iterable[WriteRule], texts: Mapping[str, str]) -> None:
        problems = [
            InvalidValue(one.property, "INVALID_LENGTH", f"{one.property} has more than {one.max_length} characters.")
            for one in rules
            if one.max_length is not None and len(texts.get(one.property, "")) > one.max_length
        ]
        if problems:
            raise InvalidValuesError(problems)
