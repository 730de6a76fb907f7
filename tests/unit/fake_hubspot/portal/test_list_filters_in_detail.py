"""Each operator of list filters with a value on either side of its bound, and each kind of branch and refinement."""

from dataclasses import dataclass, field
from typing import Any

from fake_hubspot.portal.durations import DAY_MS
from fake_hubspot.portal.list_events import RecordEvent
from fake_hubspot.portal.list_filters import Subject, check, complete, lists_in, malformed, matches, properties_in
from fake_hubspot.portal.list_operators import number_of
from fake_hubspot.portal.store import Record
from tests.support.cases import Cases

NOW = 20_000 * DAY_MS + 3_600_000  # 2024-10-04T01:00:00Z


@dataclass
class Account:
    """What the filters are told of an account."""

    past: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    links: dict[tuple[str, int], list[Subject]] = field(default_factory=dict)
    members: set[tuple[str, int]] = field(default_factory=set)
    named: dict[tuple[str, str], Subject] = field(default_factory=dict)
    sources: set[tuple[str, str]] = field(default_factory=set)
    happened: list[RecordEvent] = field(default_factory=list)
    now_ms: int = NOW

    def past_values(self, _: Subject, name: str) -> list[tuple[str, int]]:
        """The values that a property has had, newest first."""
        return self.past.get(name, [])

    def linked(self, _: Subject, category: str, type_id: int) -> list[Subject]:
        """The records at the ends of one kind of link."""
        return self.links.get((category, type_id), [])

    def is_member(self, list_id: str, subject: Subject) -> bool:
        """Whether a record is in a list."""
        return (list_id, subject.record.id) in self.members

    def record_of(self, type_id: str, record_id: str) -> Subject | None:
        """The record of an id."""
        return self.named.get((type_id, record_id))

    def is_from(self, kind: str, source_id: str, _: Subject) -> bool:
        """Whether an import or a workflow has to do with every record."""
        return (kind, source_id) in self.sources

    def events(self, _: Subject) -> list[RecordEvent]:
        """What happened."""
        return self.happened

    def opt_state(self, _: Subject, subscription_id: str) -> str:
        """Nobody gets an e-mail."""
        return subscription_id


def subject(number: int = 1, **properties: str) -> Subject:
    return Subject("0-1", Record(number, properties, 0, 0))


def has(name: str, operator: str, **operation: Any) -> dict[str, Any]:
    """Return a filter of one property."""
    return {"filterType": "PROPERTY", "property": name, "operation": {"operator": operator, **operation}}


def selects(*filters: dict[str, Any], account: Account | None = None, **properties: str) -> bool:
    """Return whether a branch with these filters selects a record with these properties."""
    one = Subject("0-1", Record(1, properties, 0, 0))
    return matches({"filters": list(filters)}, one, account or Account())


# By operator and operation: the values that are selected and those that are not.
OPERATORS: list[tuple[str, dict[str, Any], list[str], list[str]]] = [
    ("IS_EQUAL_TO", {"value": "Oslo"}, ["Oslo", "oslo", "OSLO"], ["Oslos", "Osl", "5"]),
    ("IS_EQUAL_TO", {"value": 5}, ["5", "5.0", "05"], ["6", "Oslo"]),
    ("IS_EQUAL_TO", {"value": "5.0"}, ["5"], ["50"]),
    ("IS_EQUAL_TO", {"value": True}, ["true", "TRUE"], ["false"]),
    ("IS_EQUAL_TO", {"values": ["a", "B"]}, ["A", "b"], ["c"]),
    ("IS_EQUAL_TO", {"values": "a"}, ["a"], ["b"]),
    ("IS_EQUAL_TO", {"value": "2024-10-04T01:00:00Z"}, [str(NOW), "2024-10-04T01:00:00Z"], [str(NOW + 1)]),
    ("IS_NOT_EQUAL_TO", {"value": "Oslo"}, ["Bergen"], ["oslo"]),
    ("CONTAINS", {"value": "SL"}, ["Oslo"], ["Bergen"]),
    ("CONTAINS", {"value": "sl"}, ["OSLO"], ["OS"]),
    ("STARTS_WITH", {"value": "os"}, ["OSLO"], ["LOS"]),
    ("ENDS_WITH", {"value": "lo"}, ["OSLO"], ["LOS"]),
    ("CONTAINS", {"values": ["x", "sl"]}, ["Oslo"], ["Bergen"]),
    ("DOES_NOT_CONTAIN", {"value": "SL"}, ["Bergen"], ["Oslo"]),
    ("CONTAINS_EXACTLY", {"value": "sl"}, ["Oslo"], ["OSLO"]),
    ("CONTAINS_EXACTLY", {"values": ["x", "sl"]}, ["Oslo"], ["Bergen"]),
    ("DOES_NOT_CONTAIN_EXACTLY", {"value": "sl"}, ["OSLO"], ["Oslo"]),
    ("STARTS_WITH", {"value": "OS"}, ["oslo"], ["Klos", "o"]),
    ("ENDS_WITH", {"value": "LO"}, ["Oslo"], ["Lodz"]),
    ("IS_GREATER_THAN", {"value": 5}, ["5.1", "10"], ["5", "4", "x"]),
    ("IS_GREATER_THAN_OR_EQUAL_TO", {"value": 5}, ["5", "10"], ["4.9", "x"]),
    ("IS_LESS_THAN", {"value": 5}, ["4.9", "-10"], ["5", "6", "x"]),
    ("IS_LESS_THAN_OR_EQUAL_TO", {"value": 5}, ["5", "-10"], ["5.1", "x"]),
    ("IS_LESS_THAN", {"value": "x"}, [], ["5", "x"]),
    ("IS_BETWEEN", {"lowerBound": 2, "upperBound": 4}, ["2", "3", "4"], ["1.9", "4.1", "x"]),
    ("IS_BETWEEN", {"lowerBound": 2}, [], ["2", "3"]),
    ("IS_BETWEEN", {"upperBound": 4}, [], ["2", "3"]),
    ("IS_NOT_BETWEEN", {"lowerBound": 2, "upperBound": 4}, ["1.9", "4.1"], ["2", "4"]),
    ("IS_ANY_OF", {"values": ["a", "b"]}, ["a", "b;c", ";a"], ["c", "A", "ab"]),
    ("IS_ANY_OF", {"values": [""]}, [], [";", "a;"]),
    ("IS_ANY_OF", {"values": [True, 5]}, ["true", "5;x"], ["True", "false"]),
    ("IS_ANY_OF", {"value": "a"}, ["a"], ["b"]),
    ("IS_ANY_OF", {"value": "a", "values": "b"}, ["b"], ["a"]),
    ("IS_NONE_OF", {"values": ["a", "b"]}, ["c", "A"], ["a", "c;b"]),
    ("CONTAINS_ALL", {"values": ["a", "b"]}, ["a;b", "c;b;a"], ["a", "b;c"]),
    ("DOES_NOT_CONTAIN_ALL", {"values": ["a", "b"]}, ["a"], ["b;a;c"]),
    ("IS_EXACTLY", {"values": ["a", "b"]}, ["a;b", "b;a"], ["a", "a;b;c"]),
    ("IS_NOT_EXACTLY", {"values": ["a", "b"]}, ["a;b;c"], ["b;a"]),
    ("IS_KNOWN", {}, ["a"], [""]),
    ("IS_NOT_BLANK", {}, ["a"], [""]),
    ("IS_UNKNOWN", {}, [""], ["a"]),
    ("IS_NOT_KNOWN", {}, [""], ["a"]),
    ("IS_BLANK", {}, [""], ["a"]),
    ("IS_BEFORE", {"timestamp": 5}, ["4"], ["5", "6", "x"]),
    ("IS_AFTER", {"timestamp": 5}, ["6"], ["5", "4", "x"]),
    ("IS_BEFORE", {"value": "5"}, ["4"], ["5"]),
    ("IS_BEFORE", {"value": "x"}, [], ["4"]),
    ("IS_LESS_THAN_X_DAYS_AGO", {"numberOfDays": 2}, [str(NOW), str(NOW - 2 * DAY_MS + 1)], [
        str(NOW + 1), str(NOW - 2 * DAY_MS),
    ]),
    ("IS_MORE_THAN_X_DAYS_AGO", {"numberOfDays": 2}, [str(NOW - 2 * DAY_MS - 1)], [str(NOW - 2 * DAY_MS), str(NOW)]),
    ("IS_LESS_THAN_X_DAYS_FROM_NOW", {"numberOfDays": 2}, [str(NOW), str(NOW + 2 * DAY_MS - 1)], [
        str(NOW - 1), str(NOW + 2 * DAY_MS),
    ]),
    ("IS_MORE_THAN_X_DAYS_FROM_NOW", {"numberOfDays": 2}, [str(NOW + 2 * DAY_MS + 1)], [str(NOW + 2 * DAY_MS)]),
]  # fmt: skip


def test_operators(cases: Cases) -> None:
    for operator, operation, selected, others in OPERATORS:
        for value in (*selected, *others):
            with cases.case(f"{value!r} {operator} {operation}"):
                assert selects(has("p", operator, **operation), p=value) is (value in selected)


def test_a_record_without_a_value_is_selected_if_the_filter_says_so(cases: Cases) -> None:
    for operator, operation in (
        ("IS_EQUAL_TO", {"value": "a"}),
        ("IS_NOT_EQUAL_TO", {"value": "a"}),
        ("IS_BEFORE", {"timestamp": 5}),
        ("UPDATED_IN_LAST_X_DAYS", {"numberOfDays": 1}),
        ("HAS_EVER_BEEN_EQUAL_TO", {"value": "a"}),
        ("HAS_NEVER_BEEN_EQUAL_TO", {"value": "a"}),
    ):
        with cases.case(operator):
            assert selects(has("p", operator, **operation)) is False
            assert selects(has("p", operator, includeObjectsWithNoValueSet=False, **operation)) is False
            assert selects(has("p", operator, includeObjectsWithNoValueSet=True, **operation)) is True


HISTORIC: list[tuple[str, dict[str, Any], bool]] = [
    ("HAS_EVER_BEEN_EQUAL_TO", {"value": "OLD"}, True),
    ("HAS_EVER_BEEN_EQUAL_TO", {"value": "other"}, False),
    ("HAS_NEVER_BEEN_EQUAL_TO", {"value": "old"}, False),
    ("HAS_NEVER_BEEN_EQUAL_TO", {"value": "other"}, True),
    ("HAS_EVER_CONTAINED", {"value": "ol"}, True),
    ("HAS_EVER_CONTAINED", {"value": "x"}, False),
    ("HAS_NEVER_CONTAINED", {"value": "ol"}, False),
    ("HAS_EVER_BEEN_ANY_OF", {"values": ["old", "x"]}, True),
    ("HAS_NEVER_BEEN_ANY_OF", {"values": ["x"]}, True),
    ("HAS_EVER_BEEN_EXACTLY", {"values": ["b", "a"]}, True),
    ("HAS_EVER_BEEN_EXACTLY", {"values": ["a"]}, False),
    ("HAS_NEVER_BEEN_EXACTLY", {"values": ["a"]}, True),
    ("HAS_EVER_CONTAINED_ALL", {"values": ["b"]}, True),
    ("HAS_EVER_CONTAINED_ALL", {"values": ["b", "old"]}, False),
    ("HAS_NEVER_CONTAINED_ALL", {"values": ["b"]}, False),
]


def test_operators_on_the_history(cases: Cases) -> None:
    """What the property has now does not matter; nor does that it was empty once."""
    account = Account(past={"p": [("new", 3), ("", 2), ("old", 1), ("a;b", 0)]})
    for operator, operation, expected in HISTORIC:
        with cases.case(f"{operator} {operation}"):
            assert selects(has("p", operator, **operation), account=account, p="now") is expected
    with cases.case("never anything but empty"):
        empty = Account(past={"p": [("", 1)]})
        assert selects(has("p", "HAS_NEVER_CONTAINED", value="x"), account=empty) is False


def test_operators_on_the_time_of_the_last_change(cases: Cases) -> None:
    changed = NOW - 2 * DAY_MS
    account = Account(past={"p": [("new", changed), ("old", NOW)], "q": [("x", changed + 1)]})
    for operator, days, expected in (
        ("UPDATED_IN_LAST_X_DAYS", 2, False),
        ("UPDATED_IN_LAST_X_DAYS", 2.1, True),
        ("NOT_UPDATED_IN_LAST_X_DAYS", 2, True),
        ("NOT_UPDATED_IN_LAST_X_DAYS", 2.1, False),
    ):
        with cases.case(f"{operator} {days}"):
            assert selects(has("p", operator, numberOfDays=days), account=account, p=str(NOW)) is expected
    for operator, name, expected in (("IS_BEFORE", "q", True), ("IS_AFTER", "q", False), ("IS_BEFORE", "p", False)):
        with cases.case(f"{operator} the change of {name}"):
            found = has("p", operator, operationType="COMPARATIVE_PROPERTY_UPDATED", comparisonPropertyName=name)
            assert selects(found, account=account, p="9", q="1") is expected


def test_a_time_is_compared_with_another_property_or_its_default() -> None:
    compared = has("p", "IS_BEFORE", comparisonPropertyName="q", defaultComparisonValue="5")

    assert selects(compared, p="6", q="7") is True
    assert selects(compared, p="6", q="6") is False
    assert selects(compared, p="4") is True
    assert selects(compared, p="5") is False


def branch(kind: str | None, *given: bool, **more: Any) -> dict[str, Any]:
    told = {} if kind is None else {"filterBranchType": kind}
    return told | {"filters": [{"filterType": "CONSTANT", "shouldAccept": one} for one in given]} | more


def test_branches(cases: Cases) -> None:
    for kind, given, expected in (
        (None, (True, True), True), (None, (True, False), False), ("AND", (True, False), False),
        ("OR", (True, False), True), ("OR", (False, False), False), ("NOT_ALL", (True, True), False),
        ("NOT_ALL", (True, False), True), ("NOT_ANY", (False, False), True), ("NOT_ANY", (True, False), False),
        ("AND", (), False), ("NOT_ANY", (), False),
    ):  # fmt: skip
        with cases.case(f"{kind} {given}"):
            assert matches(branch(kind, *given), subject(), Account()) is expected
    for kind, inner, expected in (("OR", True, True), ("AND", True, False), ("OR", False, False)):
        with cases.case(f"a branch in {kind}"):
            outer = branch(kind, False, filterBranches=[branch("AND", inner)])
            assert matches(outer, subject(), Account()) is expected


def test_events_in_a_branch(cases: Cases) -> None:
    """Under any name of their type, with the properties that the filters ask for, as often as they say."""
    account = Account(happened=[RecordEvent(("7", "pe1_x"), NOW, {"a": "1"}), RecordEvent(("7",), NOW, {"b": "2"})])
    one, other = has("a", "IS_EQUAL_TO", value="1"), has("b", "IS_EQUAL_TO", value="2")
    twice = {"coalescingRefineBy": {"type": "NUM_OCCURRENCES", "minOccurrences": 2}}
    rows: list[tuple[Any, dict[str, Any], bool]] = [
        ("7", {}, True), (7, {}, True), ("pe1_x", {}, True), ("8", {}, False), ("7", {"filters": []}, True),
        ("7", {"filters": [one]}, True), ("pe1_x", {"filters": [other]}, False), ("7", twice, True),
        ("7", {"filters": [one, other]}, False), ("pe1_x", twice, False), ("7", {**twice, "filters": [one]}, False),
        ("7", {"filters": [one, other], "filterBranchOperator": "OR"}, True),
        ("7", {"filters": [one], "filterBranchOperator": "NOT_ALL"}, True),
    ]  # fmt: skip
    for kind, more, expected in rows:
        for operator, is_there in ((None, True), ("HAS_COMPLETED", True), ("HAS_NOT_COMPLETED", False)):
            with cases.case(f"{operator} {kind} {more}"):
                given = {"filterBranchType": "UNIFIED_EVENTS", "eventTypeId": kind, "operator": operator, **more}
                assert matches(given, subject(), account) is (expected is is_there)
    with cases.case("an older filter of events"):
        assert selects({"filterType": "EVENT", "eventId": 7, "operator": "HAS_EVENT"}, account=account) is True
        opted = {"filterType": "EMAIL_SUBSCRIPTION", "subscriptionIds": ["OPT_IN"], "acceptedStatuses": ["OPT_IN"]}
        assert selects(opted, account=account) is True


def test_members_of_lists(cases: Cases) -> None:
    account = Account(members={("7", 1)})
    for one, expected in (
        ({"filterType": "IN_LIST", "listId": 7}, True),
        ({"filterType": "IN_LIST", "listId": "7", "operator": "IN_LIST"}, True),
        ({"filterType": "IN_LIST", "listId": "7", "operator": "NOT_IN_LIST"}, False),
        ({"filterType": "IN_LIST", "listId": "8"}, False),
        ({"filterType": "IN_LIST", "listId": "8", "operator": "NOT_IN_LIST"}, True),
        ({"filterType": "CONSTANT"}, False),
        ({"filterType": "CONSTANT", "shouldAccept": True}, True),
    ):
        with cases.case(one):
            assert selects(one, account=account) is expected


PRESENT: dict[str, Any] = {"timeType": "INDEXED", "indexReference": {"referenceType": "NOW"}}
KIND = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}


def association(**more: Any) -> dict[str, Any]:
    return {"filterType": "ASSOCIATION", "listId": "7", **KIND, **more}


def test_linked_records_in_lists(cases: Cases) -> None:
    """None, some and all of three linked records are in the list."""
    others = [subject(number) for number in (2, 3, 4)]
    states = [
        Account(links={("HUBSPOT_DEFINED", 279): others}, members={("7", number) for number in members})
        for members in ((), (2,), (2, 3), (2, 3, 4))
    ]
    states.append(Account())
    refined: list[tuple[dict[str, Any], tuple[bool, ...]]] = [
        ({}, (False, True, True, True, False)),
        ({"operator": "NOT_IN_LIST"}, (True, True, True, False, False)),
        ({"listId": "8"}, (False, False, False, False, False)),
        ({"associationTypeId": 280}, (False, False, False, False, False)),
        ({"coalescingRefineBy": {"type": "NUM_OCCURRENCES", "minOccurrences": 2}}, (False, False, True, True, False)),
        ({"coalescingRefineBy": {"type": "NUM_OCCURRENCES", "maxOccurrences": 2}}, (False, True, True, False, False)),
        ({"coalescingRefineBy": {"minOccurrences": 0, "maxOccurrences": 0}}, (True, False, False, False, True)),
        ({"coalescingRefineBy": {"type": "SET_OCCURRENCES"}}, (False, True, True, True, False)),
    ]
    sets = {
        "ANY": (False, True, True, True, False), "ANY_INCLUDE_EMPTY": (False, True, True, True, True),
        "ALL": (False, False, False, True, False), "ALL_INCLUDE_EMPTY": (False, False, False, True, True),
        "NONE": (True, False, False, False, True), "NONE_EXCLUDE_EMPTY": (True, False, False, False, False),
    }  # fmt: skip
    refined += [({"coalescingRefineBy": {"type": "SET_OCCURRENCES", "setType": one}}, sets[one]) for one in sets]
    for more, expected in refined:
        with cases.case(more):
            assert tuple(selects(association(**more), account=state) for state in states) == expected


def test_branches_of_associations(cases: Cases) -> None:
    account = Account(links={("HUBSPOT_DEFINED", 279): [subject(2, p="a"), subject(3, p="b", q="b")]})
    both = [has("p", "IS_EQUAL_TO", value="a"), has("q", "IS_EQUAL_TO", value="b")]
    inner = {"filterBranchType": "AND", "filters": [has("q", "IS_EQUAL_TO", value="b")]}
    for more, expected in (
        ({}, True),
        ({"associationTypeId": 280}, False),
        ({"associationCategory": "USER_DEFINED"}, False),
        ({"operator": "NOT_IN_LIST"}, False),
        ({"filters": both[:1]}, True),
        ({"filters": both}, False),
        ({"filters": both, "filterBranchOperator": "OR"}, True),
        ({"filters": both, "operator": "NOT_IN_LIST"}, True),
        ({"filters": both[:1], "operator": "IN_LIST"}, True),
        ({"filterBranches": [inner]}, True),
        ({"filterBranches": [inner], "filters": both[:1]}, False),
    ):
        with cases.case(more):
            one = {"filterBranchType": "ASSOCIATION", **KIND, **more}
            assert matches(one, subject(), account) is expected


def test_numbers(cases: Cases) -> None:
    for text, number in (
        ("5", 5), ("1e3", 1000), ("2024-10-04T01:00:00Z", NOW), (5, 5), (None, None), ("x", None), ("", None),
        ("99999-01-01T00:00:00Z", None),
    ):  # fmt: skip
        with cases.case(text):
            assert number_of(text) == number


def test_what_cannot_be_evaluated_is_named(cases: Cases) -> None:
    branches: list[tuple[dict[str, Any], str]] = [
        ({"filterBranchType": "XOR"}, "the filter branch type XOR"),
        ({"filterBranchType": "ASSOCIATION"}, ""),
        ({"filterBranchType": "ASSOCIATION", "filterBranchOperator": "XOR"}, "the filter branch operator XOR"),
        ({}, ""),
        *(({"filterBranchType": one}, "") for one in ("AND", "OR", "NOT_ALL", "NOT_ANY", "PROPERTY_ASSOCIATION")),
        *(
            ({"filterBranchType": "ASSOCIATION", "filterBranchOperator": one}, "")
            for one in ("AND", "OR", "NOT_ALL", "NOT_ANY")
        ),
        ({"filterBranchType": "OR", "filterBranchOperator": "XOR"}, ""),
        ({"filterBranches": [{"filterBranchType": "XOR"}]}, "the filter branch type XOR"),
        (
            {"filters": [{"filterType": "PAGE"}], "filterBranches": [{"filterBranchType": "XOR"}]},
            "the filter type PAGE",
        ),
        ({"filters": [{}]}, "the filter type None"),
        ({"filters": [{"filterType": "PROPERTY"}]}, "the operator None of list filters"),
        ({"filters": [{"filterType": "EVENT", "operator": "HAS"}]}, "the operator HAS of the filter type EVENT"),
        ({"filters": [association(coalescingRefineBy=None)]}, ""),
        ({"filters": [association(coalescingRefineBy={"setType": "MOST"})]}, ""),
        ({"filters": [{"filterType": "PAGE"}]}, "the filter type PAGE"),
        ({"filters": [{"filterType": "IN_LIST", "listId": "1"}]}, ""),
        ({"filters": [in_source("IMPORT", "WORKFLOWS_ACTIVE", "WORKFLOWS_ENROLLMENT")]}, ""),
        ({"filters": [in_source("IMPORT", "OTHER")]}, "the metadata OTHER of the filter type IN_LIST"),
        ({"filters": [association()]}, ""),
        ({"filters": [association(coalescingRefineBy={"type": "NUM_OCCURRENCES"})]}, ""),
        ({"filters": [association(coalescingRefineBy={"type": "SET_OCCURRENCES"})]}, ""),
        ({"filters": [association(coalescingRefineBy={"type": "SET_OCCURRENCES", "setType": "ALL"})]}, ""),
        (
            {"filters": [association(coalescingRefineBy={"type": "SET_OCCURRENCES", "setType": "MOST"})]},
            "the refinement SET_OCCURRENCES of list filters",
        ),
        ({"filters": [association(coalescingRefineBy={"type": "OTHER"})]}, "the refinement OTHER of list filters"),
        ({"filters": [has("p", "IS_ODD")]}, "the operator IS_ODD of list filters"),
        *(
            ({"filters": [has("p", operator)]}, "")
            for operator in ("IS_EQUAL_TO", "IS_KNOWN", "HAS_EVER_CONTAINED", "IS_BEFORE")
        ),
        *(
            ({"filters": [has("p", "IS_EQUAL_TO", **{name: {"type": kind}})]}, expected)
            for name in ("pruningRefineBy", "coalescingRefineBy")
            for kind, expected in (("ALL_HISTORY", ""), ("OTHER", "the refinement OTHER of list filters"))
        ),
        ({"filters": [has("p", "IS_BEFORE", propertyParser="UPDATED_AT")]}, ""),
        ({"filters": [has("p", "IS_BEFORE", propertyParser="X")]}, "the property parser X of list filters"),
        *(
            ({"filters": [has("p", "IS_BEFORE", **{name: given})]}, expected)
            for name in ("timePoint", "lowerBoundTimePoint", "upperBoundTimePoint")
            for given, expected in ((PRESENT, ""), (5, "the point in time 5 of list filters"))
        ),
        ({"filters": [has("p", "IS_BEFORE", year=2024, month=1, day=1)]}, ""),
    ]
    for one, expected in branches:
        with cases.case(one):
            assert check(one) == expected
    with cases.case("a date without its day"):
        assert check({"filters": [has("p", "IS_BEFORE", year=2024)]}).startswith("the point in time {")


def test_what_of_a_branch_of_events_cannot_be_evaluated_is_told(cases: Cases) -> None:
    """The operator first, then other filters, branches, the type of event, and the refinements."""
    odd: dict[str, Any] = {
        "operator": "MAY_HAVE",
        "filters": [has("p", "IS_KNOWN"), association(), {"filterType": "IN_LIST"}],
        "filterBranches": [{}, {"filterBranchType": "OR"}],
        "eventTypeId": "4-1",
        "pruningRefineBy": {"type": "A"},
        "coalescingRefineBy": {"type": "B"},
    }
    fine = {
        "operator": "HAS_COMPLETED",
        "filters": [has("p", "IS_KNOWN")],
        "filterBranches": [],
        "eventTypeId": "4-96000",
        "pruningRefineBy": None,
        "coalescingRefineBy": {"type": "NUM_OCCURRENCES"},
    }
    texts = (
        "the operator MAY_HAVE of the filter branch type UNIFIED_EVENTS",
        "the filter type ASSOCIATION in a filter branch of type UNIFIED_EVENTS",
        "the filter type AND in a filter branch of type UNIFIED_EVENTS",
        "the event type 4-1 of list filters",
        "the refinement A of list filters",
        "the refinement B of list filters",
        "",
    )
    given = {"filterBranchType": "UNIFIED_EVENTS", **odd}
    for text, name in zip(texts, (*fine, None), strict=True):
        with cases.case(text):
            assert check(given) == text
            if name is not None:
                given[name] = fine[name]
    for more, text in (
        ({"operator": None}, ""),
        ({"operator": "HAS_NOT_COMPLETED"}, ""),
        ({"filterBranches": [{"filterBranchType": "OR"}]}, texts[2].replace("AND", "OR")),
        ({"filters": [has("p", "IS_ODD")]}, "the operator IS_ODD of list filters"),
        ({"filterBranchOperator": "XOR"}, "the filter branch operator XOR"),
    ):
        with cases.case(more):
            assert check({**given, **more}) == text
    with cases.case("bare"):
        assert check({"filterBranchType": "UNIFIED_EVENTS", "eventTypeId": "7"}) == ""


def in_source(*kinds: str, **more: Any) -> dict[str, Any]:
    metadata = [{"id": number, "inListType": kind} for number, kind in enumerate(kinds)]
    return {"filterType": "IN_LIST", "metadata": metadata[0] if len(metadata) == 1 else metadata, **more}


def test_records_of_imports_and_workflows(cases: Cases) -> None:
    account = Account(sources={("IMPORT", "0"), ("WORKFLOWS_ACTIVE", "1")}, members={("7", 1)})
    for one, expected in (
        (in_source("IMPORT"), True),
        (in_source("WORKFLOWS_ACTIVE"), False),
        (in_source("OTHER", "WORKFLOWS_ACTIVE"), True),
        (in_source("OTHER", "IMPORT", listId="7"), False),
        (in_source("IMPORT", operator="NOT_IN_LIST"), False),
        (in_source("OTHER", operator="NOT_IN_LIST"), True),
    ):
        with cases.case(one):
            assert selects(one, account=account) is expected


def test_the_record_whose_id_a_property_holds(cases: Cases) -> None:
    """In a list, or selected by a branch."""
    other = subject(2, p="a")
    account = Account(named={("0-2", "42"): other}, members={("7", 2)})
    for more, value, expected in (
        ({}, "42", True), ({}, "43", False), ({"listId": "8"}, "42", False), ({"toObjectTypeId": "0-3"}, "42", False),
        ({"operator": "NOT_IN_LIST"}, "42", False), ({"operator": "NOT_IN_LIST", "listId": "8"}, "42", True),
        ({"coalescingRefineBy": {"type": "SET_OCCURRENCES", "setType": "NONE"}}, "43", True),
    ):  # fmt: skip
        with cases.case(f"{more} {value}"):
            one = {
                "filterType": "PROPERTY_ASSOCIATION",
                "listId": "7",
                "toObjectTypeId": "0-2",
                "propertyWithObjectId": "company",
                **more,
            }
            assert selects(one, account=account, company=value) is expected
    branches: list[tuple[dict[str, Any], str, bool]] = [
        ({}, "42", True), ({}, "43", False), ({"operator": "NOT_IN_LIST"}, "43", True),
        ({"filters": [has("p", "IS_EQUAL_TO", value="a")]}, "42", True),
        ({"filters": [has("p", "IS_EQUAL_TO", value="b")]}, "42", False), ({"objectTypeId": "0-3"}, "42", False),
    ]  # fmt: skip
    for more, value, expected in branches:
        with cases.case(f"a branch {more} {value}"):
            named: dict[str, Any] = {
                "filterBranchType": "PROPERTY_ASSOCIATION",
                "objectTypeId": "0-2",
                "propertyWithObjectId": "company",
                **more,
            }
            assert matches(named, subject(1, company=value), account) is expected


def test_the_number_of_links(cases: Cases) -> None:
    account = Account(links={("HUBSPOT_DEFINED", 279): [subject(2), subject(3)]})
    for refining, expected in (
        (None, True), ({"minOccurrences": 2}, True), ({"minOccurrences": 3}, False), ({"maxOccurrences": 1}, False),
        ({"maxOccurrences": 2}, True),
    ):  # fmt: skip
        with cases.case(refining):
            one = {"filterType": "NUM_ASSOCIATIONS", **KIND, "coalescingRefineBy": refining}
            assert selects(one, account=account) is expected
            assert selects({**one, "associationTypeId": 1}, account=account) is False


def test_the_properties_that_filters_ask_about() -> None:
    """Of the records themselves."""
    inner = {"filterBranchType": "OR", "filters": [has("b", "X"), association()]}
    of_others = {"filterBranchType": "ASSOCIATION", "filters": [has("c", "X")]}

    without_type = {"filters": [has("d", "X")]}
    deeper = {"filterBranchType": "NOT_ANY", "filterBranches": [without_type]}

    found = properties_in({"filters": [has("a", "X")], "filterBranches": [inner, of_others, deeper]})

    assert found == {"a", "b", "d"}
    assert properties_in({}) == set()


# The members without which a filter says nothing.
NEEDED: dict[str, dict[str, Any]] = {
    "PROPERTY": {"property": "p", "operation": {"operator": "X"}},
    "IN_LIST": {"listId": "1"},
    "ASSOCIATION": {"listId": "1"},
    "PROPERTY_ASSOCIATION": {"listId": "1", "propertyWithObjectId": "p"},
    "EVENT": {"eventId": "1"},
    "EMAIL_SUBSCRIPTION": {"subscriptionIds": ["1"], "acceptedStatuses": ["OPT_IN"]},
    "COMMUNICATION_SUBSCRIPTION": {"subscriptionIds": ["1"], "acceptedOptStates": ["OPT_IN"]},
}


def test_what_is_malformed_is_named(cases: Cases) -> None:
    branches: list[tuple[dict[str, Any], str]] = [
        ({}, ""),
        ({"filters": 5}, "Expected `array`"),
        ({"filters": [{"filterType": "PROPERTY"}]}, "a filter of type PROPERTY lacks"),
        ({"filters": [{"filterType": "PROPERTY", "property": "p"}]}, "a filter of type PROPERTY lacks"),
        ({"filters": [{"filterType": "PROPERTY", "operation": {"operator": "X"}}]}, "a filter of type PROPERTY lacks"),
        ({"filters": [has("p", "X")]}, ""),
        ({"filters": [{"filterType": "IN_LIST"}]}, "a filter of type IN_LIST lacks"),
        ({"filters": [{"filterType": "IN_LIST", "listId": 1}]}, ""),
        ({"filters": [{"filterType": "ASSOCIATION"}]}, "a filter of type ASSOCIATION lacks"),
        ({"filters": [{"filterType": "OTHER"}]}, ""),
        ({"filters": [has("p", "X"), {"filterType": "IN_LIST"}]}, "a filter of type IN_LIST lacks"),
        ({"filterBranches": [{}, {"filters": [{"filterType": "IN_LIST"}]}]}, "a filter of type IN_LIST lacks"),
        ({"filters": [in_source("IMPORT")]}, ""),
        ({"filterBranchType": "UNIFIED_EVENTS"}, "a branch of type UNIFIED_EVENTS lacks eventTypeId"),
        ({"filterBranchType": "PROPERTY_ASSOCIATION"}, "a branch of type PROPERTY_ASSOCIATION lacks objectTypeId"),
        (
            {"filterBranchType": "PROPERTY_ASSOCIATION", "objectTypeId": "0-2"},
            "a branch of type PROPERTY_ASSOCIATION lacks propertyWithObjectId",
        ),
        *(
            ({"filters": [{"filterType": "PROPERTY_ASSOCIATION", **given}]}, "a filter of type PROPERTY_ASSOCIATION")
            for given in ({"listId": "1"}, {"propertyWithObjectId": "p"})
        ),
        *(
            (
                {"filters": [{"filterType": kind, **members, name: type(members[name])()}]},
                f"a filter of type {kind} lack",
            )
            for kind, members in NEEDED.items()
            for name in members
            if name != "operation"
        ),
        *(({"filters": [{"filterType": kind, **members}]}, "") for kind, members in NEEDED.items()),
        ({"filterBranchType": "UNIFIED_EVENTS", "eventTypeId": 7}, ""),
        (
            {"filterBranchType": "PROPERTY_ASSOCIATION", "objectTypeId": "0-2", "propertyWithObjectId": "p"},
            "",
        ),
        (
            {"filterBranches": [{"filterBranches": [{"filterBranchType": "UNIFIED_EVENTS"}]}]},
            "a branch of type UNIFIED",
        ),
    ]
    for one, text in branches:
        with cases.case(one):
            found = malformed(one)
            assert found.startswith(text)
            assert bool(found) is bool(text)


def test_a_member_of_the_wrong_type_is_named(cases: Cases) -> None:
    """By its place; an empty one is not taken for one that is missing."""
    for given, text in (
        ({"operation": {"operator": "X", "numberOfDays": "1"}}, "Expected `float`, got `str` - at"),
        ({"operation": {"operator": "X", "timePoint": 5}}, "Expected `object`, got `int` - at"),
        ({"associationTypeId": None}, "Expected `int`, got `null` - at"),
        ({"coalescingRefineBy": {"type": 5}}, "Expected `str`, got `int` - at"),
    ):
        with cases.case(given):
            assert malformed({"filters": [{"filterType": "X", **given}]}).startswith(text)


def test_parts_of_an_operation_are_answered_in_the_order_of_the_docs() -> None:
    """Times behind the rest, and in a point the zone first and its type last."""
    point = ("timezoneSource", "zoneId", "indexReference", "offset", "year", "timeType")
    times = (
        *("timePoint", "endpointBehavior", "lowerBoundEndpointBehavior", "upperBoundEndpointBehavior"),
        *("propertyParser", "lowerBoundTimePoint", "upperBoundTimePoint", "type"),
    )
    told = ("operator", "includeObjectsWithNoValueSet", "zeta", *times, "operationType")
    given: dict[str, Any] = {name: f"the {name}" for name in reversed(told)}
    for name in ("timePoint", "lowerBoundTimePoint"):
        given[name] = {part: f"the {part}" for part in reversed(point)}
    given["upperBoundTimePoint"] = {"zoneId": "z", "offset": "o"}

    (found,) = complete({"filters": [{"filterType": "PROPERTY", "property": "p", "operation": given}]})["filters"]

    assert tuple(found["operation"]) == told
    assert found["operation"] == given
    for name in ("timePoint", "lowerBoundTimePoint"):
        assert tuple(found["operation"][name]) == point
    assert tuple(found["operation"]["upperBoundTimePoint"]) == ("zoneId", "offset")


def test_filters_are_answered_complete(cases: Cases) -> None:
    """In HubSpot's order of the keys."""
    for given, expected in (
        ({}, {"filterBranches": [], "filters": [], "filterBranchType": "AND", "filterBranchOperator": "AND"}),
        (
            {"filterBranchType": "OR", "filterBranches": [{}]},
            {
                "filterBranches": [
                    {"filterBranches": [], "filters": [], "filterBranchType": "AND", "filterBranchOperator": "AND"}
                ],
                "filters": [],
                "filterBranchType": "OR",
                "filterBranchOperator": "OR",
            },
        ),
        (
            {"filterBranchType": "ASSOCIATION", "operator": "IN_LIST", "filterBranchOperator": "OR"},
            {
                "filterBranches": [],
                "filters": [],
                "operator": "IN_LIST",
                "filterBranchType": "ASSOCIATION",
                "filterBranchOperator": "OR",
            },
        ),
        (
            {"filterBranchType": "ASSOCIATION"},
            {"filterBranches": [], "filters": [], "filterBranchType": "ASSOCIATION", "filterBranchOperator": "AND"},
        ),
    ):
        with cases.case(given):
            assert list(complete(given).items()) == list(expected.items())
    with cases.case("filters"):
        operation = {"operationType": "MULTISTRING", "values": ["a"], "operator": "IS_EQUAL_TO"}
        filters: list[dict[str, Any]] = [
            {"filterType": "PROPERTY", "property": "p", "operation": operation},
            association(),
            {"filterType": "PROPERTY"},
        ]
        found = complete({"filters": filters})["filters"]
        assert list(found[0].items()) == [
            (
                "property",
                "p",
            ),
            (
                "operation",
                {
                    "operator": "IS_EQUAL_TO",
                    "includeObjectsWithNoValueSet": False,
                    "values": ["a"],
                    "operationType": "MULTISTRING",
                },
            ),
            ("filterType", "PROPERTY"),
        ]
        assert list(found[0]["operation"]) == ["operator", "includeObjectsWithNoValueSet", "values", "operationType"]
        assert found[1] == association()
        assert found[2]["operation"] == {"operator": None, "includeObjectsWithNoValueSet": False, "operationType": None}
        told = complete({"filters": [has("p", "X", includeObjectsWithNoValueSet=True)]})["filters"][0]["operation"]
        assert told["includeObjectsWithNoValueSet"] is True


def test_the_lists_that_filters_ask_about() -> None:
    inner = {"filters": [association(listId=9), {"filterType": "CONSTANT"}]}

    assert lists_in({"filters": [{"filterType": "IN_LIST", "listId": 7}], "filterBranches": [inner, {}]}) == {"7", "9"}
    assert lists_in({}) == set()
