"""When a fault strikes: at which requests, at the how manieth, how often, and in which order."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_hubspot.context import Request, RequestContext, Route, Tenant
from fake_hubspot.faults import FaultRule, FaultSet, Selector
from fake_hubspot.portal.journal import JournalEntry
from fake_hubspot.portal.portal import Portal
from tests.unit.fake_hubspot.faults.conftest import Bench


def answer_nothing(context: RequestContext) -> Any:
    """A handler that is never called."""
    raise AssertionError(context)


LIST = Route("objects.list", "GET", "/crm/v3/objects/{objectType}", answer_nothing)
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
    """One request as the faults see it."""
    path = f"/crm/v3/objects/{object_type}"
    entry = JournalEntry(ordinal, 0, method, path, query.decode())
    request = Request(method, path, query)
    return RequestContext(request, route, {"objectType": object_type}, TENANT, entry, "id", page=page)


def struck(plan: dict[str, Any], contexts: list[RequestContext]) -> list[int]:
    """Which of the exchanges, from 1, meet the fault of a plan."""
    faults = FaultSet()
    faults.arm(msgspec.convert({"fault": "server-error", **plan}, FaultRule))
    return [number for number, one in enumerate(contexts, start=1) if faults.match(one)]


@pytest.mark.parametrize(
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
def test_a_selector_means_some_requests(where: dict[str, Any], meant: bool) -> None:
    """All that it says must hold; what it leaves out does not matter."""
    selector = msgspec.convert(where, Selector)

    asked = context(3, ordinal=7, query=b"archived=true&properties=firstname,email")

    assert selector.matches(asked) == meant


def test_a_selector_can_mean_requests_without_a_route() -> None:
    """For instance those of what is not built."""
    assert Selector(path="/crm/*").matches(context(None, route=None))
    assert not Selector(route="objects.*").matches(context(None, route=None))
    assert not Selector(from_page=1).matches(context(None, route=None))


@pytest.mark.parametrize(
    ("plan", "expected"),
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
def test_counts_pick_requests(plan: dict[str, Any], expected: list[int]) -> None:
    """Of eight requests for the same page."""
    assert struck(plan, [context(2, ordinal=number) for number in range(1, 9)]) == expected


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        ({"where": {"page": 3}}, [3]),
        ({"where": {"page": 3, "nth": 2}}, [7]),
        ({"where": {"per": "page"}}, [1, 2, 3, 4]),
        ({"where": {"per": "page", "nth": 2}}, [5, 6, 7, 8]),
        ({"where": {"per": "page", "fromPage": 3}}, [3, 4]),
        ({"where": {"per": "page", "every": 2, "nth": 1}, "times": "forever"}, [1, 2, 3, 4, 9]),
    ],
)
def test_pages_can_be_counted_each_by_itself(plan: dict[str, Any], expected: list[int]) -> None:
    """Two walks of four pages, and page 1 once more."""
    assert struck(plan, [context(page) for page in (1, 2, 3, 4, 1, 2, 3, 4, 1)]) == expected


def test_chance_follows_its_seed() -> None:
    """The same requests meet the same faults; another seed, others."""
    requests = [context(2) for _ in range(200)]
    plan = {"probability": 0.3, "times": "forever", "seed": 4}

    first, second = struck(plan, requests), struck(plan, requests)

    assert first == second
    assert first != struck({**plan, "seed": 5}, requests)
    assert 30 < len(first) < 90


def test_of_two_due_answers_the_first_set_comes_first() -> None:
    """The other keeps its strike for the next request: faults queue up."""
    faults = FaultSet()
    for name in ("bad-gateway", "rate-limit-daily"):
        faults.arm(FaultRule(name))

    names = [strike.name if (strike := faults.match(context())) else "" for _ in range(3)]

    assert names == ["bad-gateway", "rate-limit-daily", ""]


def test_a_delay_a_change_an_answer_and_the_wire_go_together() -> None:
    """One request can meet all kinds, in this order."""
    faults = FaultSet()
    for name in ("close-in-body", "server-error", "changed-during-walk", "latency", "latency", "reset-in-body"):
        faults.arm(FaultRule(name))
    asked = context()

    strike = faults.match(asked)

    assert strike is not None
    assert strike.name == "latency+latency+changed-during-walk+server-error+close-in-body"
    assert [(met.id, met.fired) for met in asked.entry.injected] == [
        ("4", 1),
        ("5", 1),
        ("3", 1),
        ("2", 1),
        ("1", 1),
    ]


def test_list_page_3_once_then_recover(bench: Bench) -> None:
    """The addressing that was asked for, over HTTP, with a late 429 cut in its middle on top."""
    bench.arm_plan({"fault": "latency", "params": {"delay_ms": 2}, "where": {"route": "objects.list", "page": 3}})
    bench.arm_plan({"fault": "rate-limit-daily", "where": {"route": "objects.list", "page": 3}})
    bench.arm_plan({"fault": "close-in-body", "where": {"route": "objects.list", "page": 3}, "times": 2})

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
def test_counting_agrees_with_a_plain_rule(nth: int | None, every: int | None, times: int | str, requests: int) -> None:
    """`nth` is the first, `every` the step, `times` the most."""
    first = nth or every or 1
    if every is not None:
        due = list(range(first, requests + 1, every))
    elif nth is not None:
        due = [nth] if nth <= requests else []
    else:
        due = list(range(1, requests + 1))

    where = {name: value for name, value in (("nth", nth), ("every", every)) if value}
    seen = struck({"where": where, "times": times}, [context() for _ in range(requests)])

    assert seen == (due if isinstance(times, str) else due[:times])
