"""Comparing two documents: what counts as a difference, where, and how much it weighs."""

from typing import Any

from contract_bench.fidelity.documents import compare_documents
from contract_bench.fidelity.mismatch import ComparisonMode, MismatchKind, MismatchSeverity
from contract_bench.fidelity.mismatch_log import MismatchLog
from tests.support.cases import Cases

K, S = MismatchKind, MismatchSeverity
VERIFY, DRIFT = ComparisonMode.VERIFY, ComparisonMode.DRIFT
Found = list[tuple[str, MismatchKind]]


def differences(old: Any, new: Any, mode: ComparisonMode = VERIFY) -> Found:
    """The places and kinds of the differences."""
    log = MismatchLog(mode)
    compare_documents(old, new, log)
    return [(each.path, each.kind) for each in log.found]


def own(message: str) -> dict[str, Any]:
    """A record with a property of its own."""
    return {"properties": {"message": message}}


def test_values_of_every_type_are_compared(cases: Cases) -> None:
    """Two documents, and the differences between them."""
    page = {"results": [{"id": "1"}], "paging": {"next": {"after": "2"}}}
    rows: list[tuple[str, Any, Any, Found]] = [
        ("the same", {"a": [1, "x", None, True, 1.5]}, {"a": [1, "x", None, True, 1.5]}, []),
        ("a number", {"a": 1}, {"a": 2}, [("$.a", K.VALUE)]),
        ("a truth", {"a": True}, {"a": False}, [("$.a", K.VALUE)]),
        ("a truth is no number", {"a": True}, {"a": 1}, [("$.a", K.TYPE)]),
        ("null", {"a": None}, {"a": "x"}, [("$.a", K.NULL)]),
        ("an object", {"a": {"b": 1}}, {"a": {"b": 2}}, [("$.a.b", K.VALUE)]),
        ("ids, renamed everywhere", {"aId": 5, "bId": 5}, {"aId": 7, "bId": 7}, []),
        ("ids, renamed in one place", {"aId": 5, "bId": 5}, {"aId": 7, "bId": 8}, [("$.bId", K.REFERENCE)]),
        ("the order of keys", {"a": 1, "b": 2}, {"b": 2, "a": 1}, [("$", K.KEY_ORDER)]),
        ("a shorter list", {"a": [1, 2]}, {"a": [1]}, [("$.a[1]", K.MISSING_ITEM)]),
        ("a longer list", {"a": [1]}, {"a": [1, 2]}, [("$.a[1]", K.EXTRA_ITEM)]),
        ("other items", {"a": [1, 2]}, {"a": [1, 3]}, [("$.a[1]", K.VALUE)]),
        ("a row less", [{"id": "1"}, {"id": "2"}], [{"id": "2"}], [("$[0]", K.MISSING_ITEM)]),
        ("a row more", [{"id": "2"}], [{"id": "1"}, {"id": "2"}], [("$[0]", K.EXTRA_ITEM)]),
        ("rows in another order", [{"id": "1"}, {"id": "2"}], [{"id": "2"}, {"id": "1"}], [("$", K.ORDER)]),
        ("the same id twice", [{"id": "1"}, {"id": "1"}], [{"id": "1"}, {"id": "1"}, 3], [("$[2]", K.EXTRA_ITEM)]),
        ("a moment", {"createdAt": "2026-01-01T00:00:00.000Z"}, {"createdAt": "soon"}, [("$.createdAt", K.TYPE)]),
        ("an empty moment", {"x": "2026-01-01T00:00:00.000Z"}, {"x": ""}, [("$.x", K.VALUE)]),
        ("a message with ids", {"message": "no object 123456789"}, {"message": "no object 987654321"}, []),
        ("another message", {"message": "no object"}, {"message": "not here"}, [("$.message", K.VALUE)]),
        ("a property is no message", own("no 1"), own("no 2"), [("$.properties.message", K.VALUE)]),
        ("no next page", page, {"results": [{"id": "1"}]}, [("$.paging", K.CURSOR)]),
        ("a next page", {"results": [{"id": "1"}]}, page, [("$.paging", K.CURSOR)]),
        ("links", {"link": "https://a.test/x?after=5"}, {"link": "https://a.test/x?after=7"}, []),
        ("other links", {"link": "https://a.test/x"}, {"link": "https://a.test/y"}, [("$.link", K.VALUE)]),
    ]
    for name, old, new, expected in rows:
        with cases.case(name):
            assert differences(old, new) == expected


def test_the_rule_of_a_cursor_is_compared_not_its_value(cases: Cases) -> None:
    """How it follows from the last row."""

    def page(after: Any, *ids: Any) -> dict[str, Any]:
        return {"results": [{"id": each} for each in ids], "paging": {"next": {"after": after}}}

    kinds = {
        "last id": page("5", "5"),
        "last id + 1": page("6", "5"),
        "a number": page("9", "5"),
        "opaque": page("NTUx", "5"),
        "a number of a row without one": page("9", "x"),
    }
    for name, old in kinds.items():
        for other, new in kinds.items():
            with cases.case(f"{name} and {other}"):
                found = [kind for path, kind in differences(old, new) if path == "$.paging.next.after"]
                is_same = name.partition(" of")[0] == other.partition(" of")[0]
                assert (K.CURSOR in found) is not is_same
    nothings: list[Any] = [{"results": []}, page("5"), {"results": "x", "paging": {"next": {"after": "1"}}}, []]
    for nothing in nothings:
        with cases.case(nothing):
            assert ("$.paging.next.after", K.CURSOR) not in differences(kinds["opaque"], nothing)


def test_what_only_changes_over_time_weighs_less(cases: Cases) -> None:
    """Between two recordings, pages may shift; a new field is not the fake's mistake."""
    for old, new, severity in [
        ({"paging": {}}, {}, S.INFO),
        ({}, {"paging": {}}, S.INFO),
        ({"aId": 5, "bId": 5}, {"aId": 7, "bId": 8}, S.INFO),
    ]:
        with cases.case((old, new)):
            log = MismatchLog(DRIFT)
            compare_documents(old, new, log)
            assert [each.severity for each in log.found] == [severity]
    assert differences({}, {"x": 1}, DRIFT) == [("$.x", K.NEW_FIELD)]
    assert differences({}, {"x": 1}) == [("$.x", K.EXTRA_KEY)]


def test_a_null_is_an_error_unless_it_is_the_value_of_a_property() -> None:
    log = MismatchLog(DRIFT)

    compare_documents({"a": 1, "properties": {"b": "x"}}, {"a": None, "properties": {"b": None}}, log)

    assert log.found[0].severity is S.ERROR
    assert log.found[1].severity is not S.ERROR
