"""What every connector has to prove: nothing is lost, and a failed import never looks like a successful one."""

import pytest

from contract_bench.plugin import SesamNode, UpstreamProxy


def test_every_contact_arrives(sesam_node: SesamNode) -> None:
    """Again and again, although a token is good for five requests only."""
    for _ in range(4):
        assert sesam_node.pull().ok
        assert len(sesam_node.entities()) == 11


def test_an_expired_token_is_renewed(upstream_proxy: UpstreamProxy, sesam_node: SesamNode) -> None:
    """In the middle of a pull."""
    upstream_proxy.faults.add("unauthorized", times=1, query={"offset": "4"})

    assert sesam_node.pull().ok
    assert len(sesam_node.entities()) == 11
    assert [entry["path"] for entry in upstream_proxy.journal()].count("/token") >= 1


@pytest.mark.parametrize("fault", ["unauthorized", "server-error", "close-in-body", "wrong-shape"])
def test_failure_on_a_later_page_deletes_nothing(
    upstream_proxy: UpstreamProxy, sesam_node: SesamNode, fault: str
) -> None:
    """It fails, and the next pull completes."""
    assert sesam_node.pull().ok
    upstream_proxy.faults.add(fault, times="forever", query={"offset": "8"})

    failed = sesam_node.pull()

    assert not failed.ok
    assert failed.deleted == 0
    upstream_proxy.faults.clear()
    assert sesam_node.pull().ok
