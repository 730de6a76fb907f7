"""Four tests that every connector should pass."""

from contract_bench.plugin import Faults, HubSpotPortal, SesamNode


def test_every_contact_arrives(hubspot_portal: HubSpotPortal, sesam_node: SesamNode) -> None:
    """There are as many entities as contacts, and they come from several pages."""
    hubspot_portal.expect(method="GET", path="/crm/*", atLeast=3)

    assert sesam_node.pull().ok
    assert len(sesam_node.entities()) == 12


def test_failure_on_a_later_page_deletes_nothing(hubspot_faults: Faults, sesam_node: SesamNode) -> None:
    """A failed import never looks like a successful one."""
    sesam_node.pull()
    hubspot_faults.add("server-error", page=2, times="forever")

    failed = sesam_node.pull()

    assert not failed.ok
    assert failed.deleted == 0
    assert len(sesam_node.entities()) == 12


def test_failure_on_the_first_page_is_a_status(hubspot_faults: Faults, sesam_node: SesamNode) -> None:
    """Nothing has been sent yet, so the connector can still respond with an error."""
    hubspot_faults.add("rate-limit-daily", times="forever")

    assert "502" in (sesam_node.pull().error or "")


def test_archived_contact_is_deleted(hubspot_portal: HubSpotPortal, sesam_node: SesamNode) -> None:
    """A completed full pull deletes the entities of archived contacts and no others."""
    sesam_node.pull()
    archived = sesam_node.entities()[0]["_id"]

    hubspot_portal.call("POST", "/_fake/changes/archive", body={"ids": [archived]})

    assert sesam_node.pull().deleted == 1
    assert archived not in [entity["_id"] for entity in sesam_node.entities()]
