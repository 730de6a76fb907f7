"""A compiled program as a whole."""

from typing import Any

from fake_sesam.dtl import compile_program

RULES = {
    "default": [
        ["if", ["eq", "_S.kind", "parent"], [["create", ["dict", "_id", "child"]], ["add", "kept", "_S.kind"]]],
        ["if", ["eq", "_S.kind", "left out"], ["discard"]],
        ["add", "_id", "_S._id"],
        ["add", "mapped", ["map", ["concat", "_.", "!"], "_S.names"]],
    ]
}


def test_nothing_of_an_entity_reaches_those_after_it() -> None:
    """Neither its target, nor what it created, nor where a function was; a program is applied to many at once."""
    program, problems = compile_program(RULES)
    entities: list[dict[str, Any]] = [
        {"_id": "1", "kind": "parent", "names": ["a"]},
        {"_id": "2", "kind": "left out"},
        {"_id": "3", "names": ["b"]},
    ]

    together = program.apply_all(entities)

    assert problems == []
    assert together == [
        {"_id": "child"},
        {"_id": "1", "kept": "parent", "mapped": ["a!"]},
        {"_id": "3", "mapped": ["b!"]},
    ]
    assert together == [result for entity in entities for result in program.apply(entity)]
