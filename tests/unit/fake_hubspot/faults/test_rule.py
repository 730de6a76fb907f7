"""When a fault fires: at which requests, on which of the matches, how often and in which order."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench_core.journal import JournalEntry
from fake_hubspot.context import Request, RequestContext, Route, Tenant, open_route
from fake_hubspot.faults import FaultRule, FaultSet, Selector
from fake_hubspot.portal.portal import Portal
from tests.support.cases import for_each
from tests.unit.fake_hubspot.faults.conftest import Bench


def answer_nothing(context: RequestContext) -> Any:
    """Fail: this handler is never called."""
    raise AssertionError(context)


LIST = open_route("objects.list", "GET", "/crm/v3/objects/{objectType}", answer_nothing)
PORTAL = Portal()
TENANT = Tenant(PORTAL)


def context(
    page: int | None = 1,
    *,
    ordinal: int = 1,
    object_type: str = "contacts",
    method: str = "GET",
    query: bytes = b"",
    route: Route | None = LIST,
) -> RequestContext:
    """Return one request as a rule sees it."""
    path = f"/crm/v3/objects/{object_type}"
    entry = JournalEntry(ordinal, 0, method, path, query.decode())
    request = Request(method, path, query)
    return RequestContext(request, route, {"objectType": object_type}, TENANT, entry, "id", page=page)


def fired_at(rule: dict[str, Any], contexts: list[RequestContext]) -> list[int]:
    """Return which of the requests, counted from 1, get the fault of a rule."""
    faults = FaultSet()
    faults.arm(msgspec.convert({"fault": "server-error", **rule}, FaultRule))
    return [number for number, one in enumerate(contexts, start=1) if faults.match(one)]


@for_each(
    ("where", "meant"),
    [
        ({}, True),
        ({"route": "objects.list"}, True),
        ({"route": "objects.*"}, True),
        ({"route": "objects.search"}, False),
        ({"objectType": "contacts"}, True),
        ({"objectType": "contact"}, True),
        ({"objectType": "0-1"}, True),
        ({"objectType": "companies"}, False),
        ({"objectType": "nonsense"}, False),
        ({"method": "get"}, True),
        ({"method": "POST"}, False),
        ({"path": "/crm/v3/*"}, True),
        ({"path": "/crm/v4/*"}, False),
        ({"query": {"archived": "true"}}, True),
        ({"query": {"archived": "false"}}, False),
        ({"query": {"properties": "*email*"}}, True),
        ({"query": {"missing": "?*"}}, False),
        ({"page": 3}, True),
        ({"page": 2}, False),
        ({"fromPage": 3}, True),
        ({"fromPage": 4}, False),
        ({"afterRequest": 6}, True),
        ({"afterRequest": 7}, False),
        ({"route": "objects.list", "page": 3, "method": "GET", "objectType": "contact"}, True),
    ],
)
def test_a_selector_matches_by_all_of_its_conditions(where: dict[str, Any], meant: bool) -> None:
    """Every condition must hold; one that is left out always holds."""
    selector = msgspec.convert(where, Selector)

    asked = context(3, ordinal=7, query=b"archived=true&properties=firstname,email")

    assert selector.matches(asked) == meant


def test_a_selector_can_match_requests_without_a_route() -> None:
    """Such a request has a path that the fake does not implement."""
    assert Selector(path="/crm/*").matches(context(None, route=None))
    assert not Selector(route="objects.*").matches(context(None, route=None))
    assert not Selector(from_page=1).matches(context(None, route=None))


@for_each(
    ("rule", "expected"),
    [
        ({}, [1]),
        ({"times": "once"}, [1]),
        ({"times": 3}, [1, 2, 3]),
        ({"times": "forever"}, [1, 2, 3, 4, 5, 6, 7, 8]),
        ({"where": {"nth": 3}}, [3]),
        ({"where": {"nth": 3}, "times": "forever"}, [3]),
        ({"where": {"every": 3}, "times": "forever"}, [3, 6]),
        ({"where": {"every": 3, "nth": 1}, "times": "forever"}, [1, 4, 7]),
        ({"where": {"every": 2}, "times": 2}, [2, 4]),
        ({"where": {"afterRequest": 5}, "times": 2}, [6, 7]),
        ({"probability": 0}, []),
        ({"probability": 1, "times": 2}, [1, 2]),
    ],
)
def test_counts_select_requests(rule: dict[str, Any], expected: list[int]) -> None:
    """There are eight requests for the same page."""
    assert fired_at(rule, [context(2, ordinal=number) for number in range(1, 9)]) == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"where": {"page": 3}}, [3]),
        ({"where": {"page": 3, "nth": 2}}, [7]),
        ({"where": {"per": "page"}}, [1, 2, 3, 4]),
        ({"where": {"per": "page", "nth": 2}}, [5, 6, 7, 8]),
        ({"where": {"per": "page", "fromPage": 3}}, [3, 4]),
        ({"where": {"per": "page", "every": 2, "nth": 1}, "times": "forever"}, [1, 2, 3, 4, 9]),
    ],
)
def test_each_page_can_be_counted_separately(rule: dict[str, Any], expected: list[int]) -> None:
    """The requests are pages 1 to 4 twice, then page 1 again."""
    assert fired_at(rule, [context(page) for page in (1, 2, 3, 4, 1, 2, 3, 4, 1)]) == expected


def test_probability_is_drawn_from_the_seed() -> None:
    """The same requests get the same faults; another seed gives others."""
    requests = [context(2) for _ in range(200)]
    rule = {"probability": 0.3, "times": "forever", "seed": 4}

    first, second = fired_at(rule, requests), fired_at(rule, requests)

    assert first == second
    assert first != fired_at({**rule, "seed": 5}, requests)
    assert 30 < len(first) < 90


def test_of_two_due_response_faults_the_first_one_set_fires_first() -> None:
    """The other one fires at the next request: rules form a queue."""
    faults = FaultSet()
    for name in ("bad-gateway", "rate-limit-daily"):
        faults.arm(FaultRule(name))

    names = [fired.name if (fired := faults.match(context())) else "" for _ in range(3)]

    assert names == ["bad-gateway", "rate-limit-daily", ""]


def test_faults_of_all_kinds_fire_together() -> None:
    """One request can get a fault of every kind, in this order."""
    faults = FaultSet()
    for name in ("close-in-body", "server-error", "changed-during-walk", "latency", "latency", "reset-in-body"):
        faults.arm(FaultRule(name))
    asked = context()

    fired = faults.match(asked)

    assert fired is not None
    assert fired.name == "latency+latency+changed-during-walk+server-error+close-in-body"
    assert [(injected.id, injected.fired) for injected in asked.entry.injected] == [
        ("4", 1),
        ("5", 1),
        ("3", 1),
        ("2", 1),
        ("1", 1),
    ]


def test_page_3_fails_once_then_recovers(bench: Bench) -> None:
    """Over HTTP, and in addition a late 429 whose body is cut off."""
    bench.arm_rule({"fault": "latency", "params": {"delay_ms": 2}, "where": {"route": "objects.list", "page": 3}})
    bench.arm_rule({"fault": "rate-limit-daily", "where": {"route": "objects.list", "page": 3}})
    bench.arm_rule({"fault": "close-in-body", "where": {"route": "objects.list", "page": 3}, "times": 2})

    first, second, third = bench.page(3), bench.page(3), bench.page(3)

    assert first.status == 429
    assert len(first.body) == first.declared // 2
    assert second.status == 200
    assert len(second.body) == second.declared // 2
    assert len(third.body) == third.declared
    faults = [entry.fault for entry in list(bench.portal.journal)[-3:]]
    assert faults == ["latency+rate-limit-daily+close-in-body", "close-in-body", ""]


@given(
    nth=st.integers(1, 6) | st.none(),
    every=st.integers(1, 5) | st.none(),
    times=st.integers(1, 5) | st.just("forever"),
    requests=st.integers(0, 30),
)
@settings(max_examples=50, deadline=None)
def test_counting_agrees_with_a_simple_model(
    nth: int | None, every: int | None, times: int | str, requests: int
) -> None:
    """`nth` is the first, `every` the step, `times` the maximum."""
    first = nth or every or 1
    if every is not None:
        due = list(range(first, requests + 1, every))
    elif nth is not None:
        due = [nth] if nth <= requests else []
    else:
        due = list(range(1, requests + 1))

    where = {name: value for name, value in (("nth", nth), ("every", every)) if value}
    seen = fired_at({"where": where, "times": times}, [context() for _ in range(requests)])

    assert seen == (due if isinstance(times, str) else due[:times])
