"""What every connector has to prove: nothing is lost, and a failed import never looks like a successful one."""

import pytest

from contract_bench.plugin import SesamNode, UpstreamProxy


def test_every_order_arrives(upstream_proxy: UpstreamProxy, sesam_node: SesamNode) -> None:
    """From four pages."""
    assert sesam_node.pull().ok

    assert len(sesam_node.entities()) == 12
    assert [entry["query"] for entry in upstream_proxy.journal()][1:] == [f"page={n}&per_page=3" for n in (2, 3, 4)]


@pytest.mark.parametrize("fault", ["server-error", "close-in-body", "unauthorized", "html-with-200"])
def test_failure_on_a_later_page_deletes_nothing(
    upstream_proxy: UpstreamProxy, sesam_node: SesamNode, fault: str
) -> None:
    """It fails, and the next pull completes."""
    assert sesam_node.pull().ok
    upstream_proxy.faults.add(fault, times="forever", query={"page": "3"})

    failed = sesam_node.pull()

    assert not failed.ok
    assert failed.deleted == 0
    upstream_proxy.faults.clear()
    assert sesam_node.pull().ok


def test_a_passing_failure_is_not_noticed(upstream_proxy: UpstreamProxy, sesam_node: SesamNode) -> None:
    """The page is fetched again."""
    upstream_proxy.faults.add("service-unavailable", times=2, query={"page": "2"})

    assert sesam_node.pull().ok
    assert len(sesam_node.entities()) == 12
