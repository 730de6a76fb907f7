"""Parsing the output of wrk."""

import pytest

from benchmarks.load import Load, LoadError, parse
from tests.support.cases import for_each

PRINTED = """Running 1s test @ http://127.0.0.1:8400/
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.31ms  402.11us   9.90ms   90.55%
    Req/Sec    12.15k   814.33    13.31k    70.00%
  Latency Distribution
     50%    1.24ms
     75%    1.37ms
     90%    1.57ms
     99%    {p99}
  12345 requests in 1.00s, 465.03MB read
{failed}Requests/sec:  12340.25
Transfer/sec:    464.83MB
"""


@for_each(("p99", "p99_ms"), [("2.50ms", 2.5), ("980.00us", 0.98), ("1.20s", 1200.0), ("1.00m", 60_000.0)])
def test_the_99th_percentile_is_in_milliseconds(p99: str, p99_ms: float) -> None:
    """Whatever unit wrk chooses."""
    load = parse(PRINTED.format(p99=p99, failed=""))

    assert load == Load(12345, 12340.25, load.p99_ms)
    assert load.p99_ms == pytest.approx(p99_ms)


def test_failed_responses_give_no_figure() -> None:
    """A server that is quick to refuse is not fast."""
    text = PRINTED.format(p99="2.50ms", failed="  Non-2xx or 3xx responses: 12345\n")

    with pytest.raises(LoadError, match="12345 responses were not a success"):
        parse(text)


@pytest.mark.parametrize("text", ["", PRINTED.replace("12345 requests", "0 requests").format(p99="0.00us", failed="")])
def test_no_responses_give_no_figure(text: str) -> None:
    """The error contains the output."""
    with pytest.raises(LoadError, match="no responses"):
        parse(text)
