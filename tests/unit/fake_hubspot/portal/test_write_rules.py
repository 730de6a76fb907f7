"""When a rule of an administrator holds, and what it refuses."""

from typing import Any

import msgspec
import pytest

from fake_hubspot.portal.errors import InvalidValuesError, LinkForbiddenError, RequiredPropertiesError
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.write_rules import WriteRule
from tests.support.cases import Cases


def put(portal: Portal, *rules: WriteRule) -> None:
    by_name = {one.plural: one for one in map(portal.types.__getitem__, ("0-1", "0-2", "0-3"))}
    portal.write_rules.replace(
        (by_name[rule.object_type], by_name[rule.no_links_to] if rule.no_links_to else None, rule) for rule in rules
    )


def refused(
    portal: Portal, given: dict[str, Any], *, before: dict[str, str] | None = None, is_newest: bool = True
) -> list[str]:
    """Return the properties for which a write to a deal is refused."""
    try:
        portal.write_rules.check(portal.types["0-3"], given, before=before, is_newest=is_newest)
    except InvalidValuesError as error:
        return [one.name for one in error.problems]
    except RequiredPropertiesError as error:
        return error.names
    return []


def rule(name: str, **parts: Any) -> WriteRule:
    return WriteRule(object_type="deals", property=name, **parts)


def test_without_rules_everything_may_be_written(portal: Portal) -> None:
    assert refused(portal, {}) == []


def test_a_required_property_has_a_value_after_the_write(portal: Portal, cases: Cases) -> None:
    for parts, given, before, expected in (
        ({}, {}, None, ["p"]),
        ({}, {"p": ""}, None, ["p"]),
        ({}, {"p": "x"}, None, []),
        ({}, {"p": 0}, None, []),
        ({}, {"q": "x"}, {"p": "y"}, []),
        ({}, {"p": ""}, {"p": "y"}, ["p"]),
        ({}, {"q": "x"}, {}, ["p"]),
        ({"on_create": True}, {}, None, ["p"]),
        ({"on_create": True}, {}, {}, []),
        ({"when": {"s": "1"}}, {"s": "1"}, None, ["p"]),
        ({"when": {"s": "1"}}, {"s": 1}, None, ["p"]),
        ({"when": {"s": "1"}}, {"s": "2"}, None, []),
        ({"when": {"s": "1"}}, {}, {"s": "1"}, ["p"]),
        ({"when": {"s": "1"}}, {"s": "2"}, {"s": "1"}, []),
        ({"when": {"s": "1", "t": "2"}}, {"s": "1"}, {}, []),
        ({"when": {"s": "1", "t": "2"}}, {"s": "1"}, {"t": "2"}, ["p"]),
        ({"when": {"s": ""}}, {}, {}, ["p"]),
        ({"required": False, "max_length": 3}, {}, None, []),
    ):  # fmt: skip
        put(portal, rule("p", **{"required": True, **parts}))
        with cases.case(f"{parts} {given} {before}"):
            assert refused(portal, given, before=before) == expected


def test_a_value_has_its_greatest_length(portal: Portal, cases: Cases) -> None:
    """The given value counts, and only under the condition of the rule."""
    for parts, given, before, expected in (
        ({}, {"p": "abc"}, None, []), ({}, {"p": "abcd"}, None, ["p"]), ({}, {"p": 1234}, None, ["p"]),
        ({}, {}, {"p": "abcd"}, []), ({"max_length": 0}, {"p": "a"}, None, ["p"]), ({"max_length": 0}, {}, None, []),
        ({"when": {"s": "1"}}, {"p": "abcd"}, None, []), ({"when": {"s": "1"}}, {"p": "abcd", "s": "1"}, None, ["p"]),
    ):  # fmt: skip
        put(portal, rule("p", **{"max_length": 3, **parts}))
        with cases.case(f"{parts} {given} {before}"):
            assert refused(portal, given, before=before) == expected


def test_lengths_are_checked_first_and_each_name_is_told_once(portal: Portal) -> None:
    put(
        portal,
        rule("q", required=True),
        rule("p", required=True),
        rule("p", required=True, when={"s": ""}),
        rule("r", max_length=1),
    )

    assert refused(portal, {"r": "ab"}) == ["r"]
    assert refused(portal, {"r": "a"}) == ["q", "p"]
    assert refused(portal, {"q": "1"}) == ["p"]


def test_a_refusal_says_what_was_written(portal: Portal) -> None:
    put(portal, rule("p", required=True), rule("r", max_length=1))
    before: tuple[dict[str, str] | None, ...] = (None, {})
    for known, verb in zip(before, ("creating", "updating"), strict=True):
        with pytest.raises(RequiredPropertiesError) as missing:
            portal.write_rules.check(portal.types["0-3"], {}, before=known, is_newest=True)
        assert (missing.value.noun, missing.value.verb) == ("DEAL", verb)
    with pytest.raises(InvalidValuesError) as wrong:
        portal.write_rules.check(portal.types["0-3"], {"r": "ab"}, is_newest=True)
    (problem,) = wrong.value.problems
    assert (problem.name, problem.code) == ("r", "INVALID_LENGTH")


def test_a_rule_holds_for_its_type_and_on_its_paths(portal: Portal) -> None:
    """Those that are put replace the others."""
    put(portal, rule("p", required=True), rule("q", required=True, every_version=True))
    assert refused(portal, {}) == ["p", "q"]
    assert refused(portal, {}, is_newest=False) == ["q"]
    assert [one.property for one in portal.write_rules.of(portal.types["0-3"])] == ["p", "q"]
    assert portal.write_rules.of(portal.types["0-1"]) == []
    portal.write_rules.check(portal.types["0-1"], {}, is_newest=True)

    put(portal, rule("r", required=True))
    assert refused(portal, {}) == ["r"]
    put(portal)
    assert refused(portal, {}) == []


def test_links_are_forbidden_in_either_direction(portal: Portal, cases: Cases) -> None:
    """Of the two types alone, and whatever rules there are for properties."""
    contact, company, deal = (portal.types[one] for one in ("0-1", "0-2", "0-3"))
    for every_version in (False, True):
        put(portal, rule("p", required=True), rule("", no_links_to="companies", every_version=every_version))
        for source, target in ((deal, company), (company, deal), (deal, contact), (contact, company), (deal, deal)):
            for is_newest in (False, True):
                with cases.case(f"{source.singular} {target.singular} {every_version} {is_newest}"):
                    if {source.singular, target.singular} == {"deal", "company"} and (is_newest or every_version):
                        with pytest.raises(LinkForbiddenError) as caught:
                            portal.write_rules.check_link(source, target, is_newest=is_newest)
                        assert (caught.value.from_type, caught.value.to_type) == (source.singular, target.singular)
                    else:
                        portal.write_rules.check_link(source, target, is_newest=is_newest)
        assert [one.property for one in portal.write_rules.of(deal)] == ["p"]


def test_a_misspelled_member_of_a_rule_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="unknown field `requird`"):
        msgspec.convert({"objectType": "deals", "requird": True}, WriteRule)


def test_a_rule_leaves_out_what_it_does_not_demand() -> None:
    assert WriteRule(object_type="deals") == WriteRule(
        object_type="deals",
        property="",
        no_links_to="",
        required=False,
        on_create=False,
        when={},
        max_length=None,
        every_version=False,
    )
