"""The bench tests connectors in any language."""

import pytest

from contract_bench.plugin import Faults, SesamNode


def test_every_contact_arrives(sesam_node: SesamNode) -> None:
    """There are as many entities as contacts."""
    assert sesam_node.pull().ok
    assert len(sesam_node.entities()) == 12


@pytest.mark.parametrize("fault", ["server-error", "close-in-body", "html-with-200", "endless-cursor"])
def test_failure_on_a_later_page_deletes_nothing(fault: str, hubspot_faults: Faults, sesam_node: SesamNode) -> None:
    """A failed import never looks like a successful one."""
    sesam_node.pull()
    hubspot_faults.add(fault, page=2, times="forever")

    failed = sesam_node.pull()

    assert (failed.ok, failed.deleted, len(sesam_node.entities())) == (False, 0, 12)
