"""Joins, on datasets in memory. The examples follow Sesam's function reference."""

from typing import Any

from fake_sesam.dtl import JoinPath, compile_program, join_keys, overlaps
from tests.support.cases import for_each

PEOPLE = {"_id": "anna", "address": ["a1", "a2", "a3"], "tags": ["x", "y"], "country": "NO", "none": None}
DATASETS: dict[str, list[dict[str, Any]]] = {
    "Address": [
        {"_id": "a1", "type": "SHIPPING", "country": "NO"},
        {"_id": "a2", "type": "BILLING", "country": "SE"},
        {"_id": "a3", "type": "VISITING", "country": "NO"},
    ],
    "Country": [
        {"_id": "NO", "name": "Norway", "languages": ["nb", "nn"], "none": None},
        {"_id": "SE", "name": "Sweden"},
    ],
    "orders": [
        {"_id": "o2", "cust_id": "anna", "tags": ["y", "z"], "lines": [{"product": 1}, {"product": 2}]},
        {"_id": "o1", "cust_id": ["anna", "eva"], "tags": ["z"], "lines": [{"product": 2}]},
        {"_id": "o3", "cust_id": "eva", "none": None},
    ],
    "product": [{"_id": "p1", "product_id": 1}, {"_id": "p2", "product_id": 2}],
    "Person": [
        {"_id": "p-a", "gender": "female", "children": ["p-b", "p-c"], "hobbies": ["h1"]},
        {"_id": "p-b", "gender": "female", "children": ["p-d", "anna"], "hobbies": "h2"},
        {"_id": "p-c", "gender": "male", "children": ["p-a"], "hobbies": "h3"},
        {"_id": "p-d", "gender": "female", "children": ["p-a"]},
    ],
    "Hobby": [{"_id": "h1", "name": "chess"}, {"_id": "h2", "name": "golf"}, {"_id": "h3", "name": "darts"}],
}


class InMemory:
    """Datasets in lists, for `program.apply`."""

    def entity(self, dataset_id: str, entity_id: str) -> dict[str, Any] | None:
        """Return the entity with this `_id`."""
        return next((each for each in DATASETS[dataset_id] if each["_id"] == entity_id), None)

    def matching(self, dataset_id: str, path: JoinPath, values: Any) -> list[dict[str, Any]]:
        """Compare the values of every entity."""
        found = [each for each in DATASETS[dataset_id] if overlaps(path.walk(each), values)]
        return sorted(found, key=lambda each: str(each["_id"]))

    def previous(self, entity: dict[str, Any]) -> dict[str, Any] | None:
        """Return the version before this one."""
        return PREVIOUS.get(entity.get("_previous"))

    def completeness(self, via: str, dataset_id: str) -> int | None:
        """Return what one dataset knows of another."""
        return {("b", "a"): 1_438_069_560_000_000_000}.get((via, dataset_id))


PREVIOUS: dict[Any, dict[str, Any]] = {
    0: {"_id": "1", "name": "A", "start": 1, "end": 3},
    1: {"_id": "1", "name": "B", "_deleted": True},
}


@for_each(
    ("expression", "source", "expected"),
    [
        (["is-changed", "_.name"], {"name": "B", "_previous": 0}, True),
        (["is-changed", "_.name"], {"name": "A", "_previous": 0}, False),
        (["is-changed", ["list", "_.name", "_.start"]], {"name": "A", "start": 2, "_previous": 0}, True),
        (["is-changed", ["-", "_.end", "_.start"]], {"start": 2, "end": 4, "_previous": 0}, False),
        (["is-changed", "_.name"], {"name": "B", "_previous": 1}, True),
        (["is-changed", "_.name"], {"name": "A", "_previous": 0, "_deleted": True}, True),
        (["is-changed", "_.name"], {"name": "A", "_previous": None}, None),
        (["is-changed", "_.name"], {"name": "A"}, None),
        (["completeness", "b", "a"], {}, "~t2015-07-28T07:46:00Z"),
        (["completeness", "c", "a"], {}, None),
    ],
)
def test_what_was_before_and_what_is_complete(expression: Any, source: dict[str, Any], expected: Any) -> None:
    program, problems = compile_program({"default": [["add", "v", expression]]}, id_required=False)

    assert problems == []
    assert program.apply(source, InMemory())[0]["v"] == expected


def evaluate(expression: Any, **rules: Any) -> Any:
    """Return the value of an expression for `PEOPLE`."""
    program, problems = compile_program({"default": [["add", "v", expression]], **rules}, id_required=False)
    assert [each for each in problems if each.level == "error"] == []
    (target,) = program.apply(PEOPLE, InMemory())
    return target["v"]


def hops(where: Any, *datasets: str, **more: Any) -> list[Any]:
    """Return a hops expression."""
    return ["hops", {"datasets": [*datasets], "where": where, **more}]


OF_ANNA = ["eq", "_S._id", "o.cust_id"]
TO_ADDRESS = ["eq", "_S.address", "a._id"]
TO_COUNTRY = ["eq", "c._id", "a.country"]
SHIPPING_OR_BILLING = ["or", ["eq", "a.type", "SHIPPING"], ["eq", "a.type", "BILLING"]]
CASES: list[tuple[Any, Any]] = [
    (["lookup-entity", "Country", "NO"], DATASETS["Country"][0]),
    (["path", "name", ["lookup-entity", "Country", "_S.country"]], "Norway"),
    (["lookup-entity", "Country", "DK"], None),
    (["lookup-entity", "Country", "_S.none"], None),
    (hops(OF_ANNA, "orders o", **{"return": "o._id"}), ["o1", "o2"]),
    (hops([OF_ANNA, ["eq", "_S.tags", "o.tags"]], "orders o", **{"return": "o._id"}), ["o2"]),
    (hops(["eq", "_S.none", "o.none"], "orders o"), []),
    (hops(["eq", "_S.missing", "o.cust_id"], "orders o"), []),
    (
        hops([SHIPPING_OR_BILLING, TO_ADDRESS, TO_COUNTRY], "Address a", "Country c", **{"return": "a"}),
        DATASETS["Address"][:2],
    ),
    (hops([TO_COUNTRY, TO_ADDRESS], "Country c", "Address a"), DATASETS["Address"]),
    (hops([TO_ADDRESS, TO_COUNTRY], "Address a", "Country c"), DATASETS["Country"]),
    (hops([TO_ADDRESS, ["neq", "a.type", "BILLING"]], "Address a", **{"return": "a._id"}), ["a1", "a3"]),
    (
        hops([OF_ANNA, ["eq", "o.lines.product", "p.product_id"]], "orders o", "product p", **{"return": "o, p"}),
        [DATASETS["orders"][1], DATASETS["product"][1], DATASETS["orders"][0], DATASETS["product"][0]],
    ),
    (hops(["eq", "_S.country", "c._id"], "Country c", **{"return": "c.languages"}), ["nb", "nn"]),
    (hops(["eq", "_S.country", "c._id"], "Country c", **{"return": "c.none"}), []),
    (
        hops(["eq", "_S.country", "c._id"], "Country c", **{"return": ["concat", "_S._id", " in ", "c.name"]}),
        ["anna in Norway"],
    ),
    (hops(OF_ANNA, "orders o", **{"return": ["eq", "o.tags", "z"]}), [True, False]),
    (
        hops(
            TO_ADDRESS,
            "Address a",
            **{"return": hops(["eq", "a.country", "c._id"], "Country c", **{"return": "c.name"})},
        ),
        ["Norway", "Sweden", "Norway"],
    ),
    (["eq", "_S.tags", "y"], False),
    # A filter is an exact comparison; only a join needs no more than an overlap.
    (hops([OF_ANNA, ["eq", "o.tags", "z"]], "orders o", **{"return": "o._id"}), ["o1"]),
    (hops([OF_ANNA, ["eq", "o.tags", ["list", "y", "z"]]], "orders o", **{"return": "o._id"}), ["o2"]),
    (hops([OF_ANNA, ["eq", "o.cust_id", "o._id"]], "orders o"), []),
    # Functions on both sides of a join, and composite keys.
    (hops(["eq", ["lower", "_S.country"], ["lower", "c._id"]], "Country c", **{"return": "c.name"}), ["Norway"]),
    (hops(["eq", ["ni", "x", "_S.country"], ["ni", "x", "c._id"]], "Country c", **{"return": "c.name"}), ["Norway"]),
    (
        hops(["eq", ["tuples", "_S._id", "_S.tags"], ["tuples", "o.cust_id", "o.tags"]], "orders o"),
        DATASETS["orders"][:1],
    ),
    (hops(["eq", ["concat", "_S.tags"], ["concat", "o.tags"]], "orders o"), []),
    # Joins in one of several ways, and joins beside other conditions.
    (
        hops(
            ["or", ["eq", "_S.country", "a-b.country"], ["eq", "_S.address", "a-b._id"]],
            "Address a-b",
            **{"return": "a-b._id"},
        ),
        ["a1", "a2", "a3"],
    ),
    (
        hops(["and", ["eq", "_S.address", "a._id"], ["eq", "a.type", "BILLING"]], "Address a", **{"return": "a._id"}),
        ["a2"],
    ),
    # Chains and recursion follow each person once.
    (["path", "_id", hops(["eq", "_S.children", "p._id"], "Person p", recurse=True)], ["anna"]),
    (
        hops(OF_ANNA, "orders o", subsets={"o": ["eq", "_S.lines.product", ["list", 1, 2]]}, **{"return": "o._id"}),
        ["o2"],
    ),
]


@for_each(("expression", "expected"), CASES, ids=repr)
def test_join_returns_what_the_reference_says(expression: Any, expected: Any) -> None:
    assert evaluate(expression) == expected


OF_DAUGHTERS = [["eq", "_S.children", "p._id"], ["eq", "p.gender", "female"]]
HOBBIES = {"datasets": ["Hobby h"], "where": ["eq", "_S.hobbies", "h._id"], "return": "h.name"}


@for_each(
    ("more", "expected"),
    [
        ({"recurse": True}, ["chess", "golf"]),
        ({"recurse": True, "exclude_root": True}, ["golf"]),
        ({"recurse": True, "max_depth": 0}, ["chess"]),
        ({"recurse": True, "max_depth": None}, ["chess", "golf"]),
        ({}, ["golf"]),
    ],
)
def test_hobbies_of_daughters_and_granddaughters_are_found_by_recursion(more: Any, expected: list[str]) -> None:
    """The reference's example; the family has a circle."""
    mother = DATASETS["Person"][0]
    expression = [*hops(OF_DAUGHTERS, "Person p", **more), HOBBIES]
    program, problems = compile_program({"default": [["add", "v", expression]]}, id_required=False)

    assert problems == []
    assert program.apply(mother, InMemory())[0]["v"] == expected


def test_recursion_goes_as_deep_as_max_depth() -> None:
    expression = hops(OF_DAUGHTERS, "Person p", recurse=True, max_depth=1)
    program, _ = compile_program({"default": [["add", "v", ["path", "_id", expression]]]}, id_required=False)

    assert program.apply(DATASETS["Person"][0], InMemory())[0]["v"] == ["p-a", "p-b"]


def test_apply_hops_applies_a_rule_to_each_joined_entity() -> None:
    """`_P` is the scope of the rule that contains `apply-hops`."""
    expression = ["apply-hops", "order", {"datasets": ["orders o"], "where": OF_ANNA}]
    order = [["copy", "_id"], ["add", "for", "_P._S._id"], ["filter", ["neq", "_S._id", "o1"]]]

    assert evaluate(expression, order=order) == [{"_id": "o2", "for": "anna"}]


def test_rule_of_apply_hops_can_contain_hops() -> None:
    order = [["add", "p", hops(["eq", "_S.lines.product", "p.product_id"], "product p", **{"return": "p._id"})]]

    assert evaluate(["apply-hops", "order", {"datasets": ["orders o"], "where": OF_ANNA}], order=order) == [
        {"p": ["p2"]},
        {"p": ["p1", "p2"]},
    ]


@for_each(
    ("expression", "message"),
    [
        (hops(OF_ANNA, "orders o", prefilters={"o": []}), "this node does not implement 'prefilters' of a HOPS_SPEC"),
        (hops(OF_ANNA, "orders o", recurse=True, **{"return": "o"}), "'return' cannot be used with 'recurse'"),
        (hops(OF_ANNA, "orders o", recurse=True, max_depth="2"), "expected max_depth as a number or null"),
        (hops(OF_ANNA, "orders o", subsets={"p": ["eq", "_S.a", 1]}), "subsets as an object with aliases of o"),
        (hops(OF_ANNA, "orders o", subsets={"o": ["gt", "_S.a", 1]}), "expected a subset such as"),
        ([*hops(OF_ANNA, "orders o", **{"return": "o"}), {}], "'return' can only be given in the last HOPS_SPEC"),
        (hops(OF_ANNA, "orders o", wehre=1), "there is no HOPS_SPEC property 'wehre'; did you mean 'where'?"),
        ([*hops(OF_ANNA, "orders o"), "x"], "expected a HOPS_SPEC"),
        (["hops"], "expected a HOPS_SPEC"),
        (["hops", "orders"], "expected a HOPS_SPEC"),
        (hops(OF_ANNA), "expected datasets, each with an alias"),
        (hops(OF_ANNA, "orders"), "expected datasets, each with an alias"),
        (hops(OF_ANNA, "orders o", "Address o"), "a different alias for each"),
        (hops(None, "orders o"), "expected where as an expression"),
        (hops(OF_ANNA, "orders o", "product p"), "cannot reach p from the source"),
        (hops(["eq", "o.type", "SHIPPING"], "orders o"), "cannot reach o from the source"),
        (hops(["eq", "p.x", "o.x"], "orders o", "product p"), "cannot reach o, p"),
        (hops(["or", OF_ANNA, ["eq", "o.type", 1]], "orders o"), "cannot reach o from the source"),
        (hops(OF_ANNA, "orders o", **{"return": "q"}), "expected aliases of o or an expression, got 'q'"),
        (["apply-hops"], "expected RULE_ID, HOPS_SPEC"),
        (["apply-hops", "gone", {}], "there is no rule 'gone'"),
        (["lookup-entity", "Country"], "expected DATASET_ID, ENTITY_ID"),
    ],
    ids=repr,
)
def test_hops_spec_that_cannot_be_compiled_is_an_error_that_names_the_cause(expression: Any, message: str) -> None:
    _, problems = compile_program({"default": [["add", "v", expression]]})

    assert [problem.level for problem in problems] == ["error"]
    assert message in problems[0].message


def test_apply_of_a_rule_with_hops_is_an_error() -> None:
    """As documented; the order of the rules does not matter."""
    rules = {"default": [["add", "v", ["apply", "order", "_S.x"]]], "order": [["add", "o", hops(OF_ANNA, "orders o")]]}

    _, problems = compile_program(rules)

    assert ["apply-hops" in problem.message for problem in problems] == [True]


def test_dependency_tracking_and_trace_are_notes() -> None:
    spec = hops(OF_ANNA, "orders o", trace="t", **{"track-dependencies": False})

    _, problems = compile_program({"default": [["add", "v", spec]]})

    assert [problem.level for problem in problems] == ["info", "info"]


def test_null_is_not_a_join_key() -> None:
    assert join_keys([None, []]) != join_keys(None) == set()
    assert not overlaps(None, None)
