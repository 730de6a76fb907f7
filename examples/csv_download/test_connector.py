"""What every connector has to prove: nothing is lost, and a failed import never looks like a successful one."""

import pytest

from contract_bench.plugin import SesamNode, UpstreamProxy


def test_every_product_arrives(sesam_node: SesamNode) -> None:
    """Each row is an entity."""
    assert sesam_node.pull().ok

    assert len(sesam_node.entities()) == 30


@pytest.mark.parametrize("fault", ["close-in-body", "reset-in-body", "invalid-utf8", "empty-body", "html-with-200"])
def test_a_broken_file_deletes_nothing(upstream_proxy: UpstreamProxy, sesam_node: SesamNode, fault: str) -> None:
    """It fails, and the next pull completes."""
    assert sesam_node.pull().ok
    upstream_proxy.faults.add(fault, times="forever", path="/export.csv")

    failed = sesam_node.pull()

    assert not failed.ok
    assert failed.deleted == 0
    upstream_proxy.faults.clear()
    assert sesam_node.pull().ok


def test_a_passing_failure_is_not_noticed(upstream_proxy: UpstreamProxy, sesam_node: SesamNode) -> None:
    """The file is downloaded again."""
    upstream_proxy.faults.add("bad-gateway", times=2)

    assert sesam_node.pull().ok
    assert len(sesam_node.entities()) == 30
