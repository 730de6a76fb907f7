"""What a template stands for, and what is said of one that cannot be used."""

from typing import Any

from fake_sesam.config import ConfigFile, configure
from fake_sesam.config.templates import expand_template
from tests.support.cases import Cases

LOOKUP = {
    "rest_system": "api",
    "operation_lookup": "get",
    "operation_lookup_properties": {"x": 1},
    "share_dataset": "shared",
    "primary_key": "id",
}
DTL = {"type": "dtl", "rules": {"default": [["copy", "*"]]}}


def template(name: Any, **properties: Any) -> dict[str, Any]:
    """A transform by this template."""
    return {"type": "template", "template": name, "properties": properties}


def test_a_template_becomes_the_transforms_that_it_stands_for(cases: Cases) -> None:
    """The kinds and operations of its steps; what is no template stays as it is."""
    collect, defaults = "transform-collect-rest", "transform-defaults-rest"
    dtl = ("dtl", None)
    known: list[tuple[str, dict[str, Any], Any]] = [
        ("a transform", DTL, [dtl]),
        ("chained", {"type": "chained", "transforms": [DTL, template(DTL)]}, [dtl, dtl]),
        ("nothing chained", {"type": "chained"}, []),
        ("a body", template(DTL), [dtl]),
        ("several bodies", template([DTL, template([DTL, DTL])]), [dtl, dtl, dtl]),
        ("an unknown one", template("transform-share-rest"), [("template", None)]),
        ("collect with a lookup", template(collect, **LOOKUP), [("rest", "get"), dtl, dtl]),
        ("collect without one", template(collect, primary_key="id"), [dtl]),
        ("defaults", template(defaults, operation="new", rest_system="api"), [("rest", "new"), dtl]),
        ("defaults without an operation", template(defaults), []),
        ("without properties", {"type": "template", "template": defaults}, []),
    ]
    for name, transform, expected in known:
        with cases.case(name):
            assert [(each["type"], each.get("operation")) for each in expand_template(transform)] == expected


def test_a_lookup_keeps_the_original_only_if_a_property_is_named_for_it() -> None:
    """And its operation gets the properties of the lookup."""
    request, plain, _ = expand_template(template("transform-collect-rest", **LOOKUP))
    _, keeping, _ = expand_template(template("transform-collect-rest", original_property="_original", **LOOKUP))

    assert request["properties"] == {"x": 1}
    assert set(plain["rules"]) == {"default"}
    assert ["add", "_original", ["apply", "original", "_S."]] in keeping["rules"]["default"]
    assert set(keeping["rules"]) == {"default", "original"}


def test_an_origin_is_found_by_every_part_of_a_key() -> None:
    """One part is compared as it is, several as a tuple with a list."""

    def join_of(key: Any) -> Any:
        [origin] = expand_template(template("transform-collect-rest", primary_key=key, share_dataset="shared"))
        [spec] = [rule[2][1][1] for rule in origin["rules"]["default"] if rule[0] == "add-if"]
        assert spec["datasets"] == ["shared st"]
        return spec["where"]

    assert join_of("id") == join_of(["id"]) == [["eq", "_S.id", "st.$generated_id"]]
    assert join_of(["a", "b"]) == [["eq", ["tuples", "_S.a", "_S.b"], ["list", "st.$generated_id"]]]


def test_what_is_said_of_a_template(cases: Cases) -> None:
    """Errors where it cannot be used, and hints where this node does not do what it asks for."""
    collect, wrong = "transform-collect-rest", {"type": "template", "template": "transform-defaults-rest"}
    elsewhere, error = {**LOOKUP, "rest_system": "nowhere"}, [("error", "")]
    deletes = template(collect, operation_lookup_delete="x", **LOOKUP)
    for name, transform, expected in [
        ("unknown", template("transform-collekt"), [("error", "expected one of 'transform-")]),
        ("not simulated", template("transform-share-rest"), [("warning", "known, not simulated")]),
        ("deletes", deletes, [("info", "known, not simulated: this node does not act on it")]),
        ("no properties", wrong, [("error", "required property 'properties' (object) is missing")]),
        ("wrong properties", {**wrong, "properties": []}, [("error", "expected")]),
        ("an unknown system", template(collect, **elsewhere), error),
        ("an error inside", template({"type": "dtl", "rules": {"default": [["no-such", 1]]}}), error),
        ("nothing to say", template(DTL), []),
    ]:
        with cases.case(name):
            pipe = {
                "_id": "p",
                "type": "pipe",
                "source": {"type": "embedded", "entities": []},
                "transform": transform,
            }
            api = {
                "_id": "api",
                "type": "system:rest",
                "url_pattern": "http://x/%s",
                "operations": {"get": {"url": "/"}},
            }
            made = configure([ConfigFile("p", pipe), ConfigFile("s", api)], env={}, secrets={})
            told = [(each.level, each.message) for each in made.problems if "transform" in (each.path or "")]
            assert len(told) >= len(expected), made.problems
            for level, text in expected:
                assert any(seen == level and text in message for seen, message in told), told
            assert expected or not told, told
