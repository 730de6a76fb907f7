"""The whole loop with contacts in the form of real recordings."""

import json
from pathlib import Path

from contract_bench.roles.loop import Loop, LoopSettings
from tests.support.recorded import recorded_contacts

ROOT = Path(__file__).resolve().parents[2]
PIPE = "hubspot-contacts-collect"
PAGE_SIZE = 7
RESERVED = {"_id", "_updated", "_previous", "_hash", "_deleted", "_ts"}


def test_recorded_contacts_arrive_in_the_dataset_unchanged(recordings: Path) -> None:
    """The dataset has each recorded contact with the exact properties and its HubSpot id as `_id`."""
    recorded = recorded_contacts()
    settings = LoopSettings(
        node_dir=ROOT / "node",
        contacts=None,
        seed_cassette=recordings / "contacts-list.yaml",
        connector_environment={"HUBSPOT_PAGE_SIZE": str(PAGE_SIZE)},
    )

    with Loop(settings) as loop:
        result = loop.run_pipe(PIPE)
        pages = [entry for entry in loop.hubspot.portal.journal if entry.path.endswith("/contacts")]
        entities = {entity["_id"]: entity for entity in loop.node.dataset(PIPE).entities(deleted=False)}

    assert result.ok, result.error
    assert len(pages) == -(-len(recorded) // PAGE_SIZE) > 1
    assert entities.keys() == recorded.keys()
    for contact_id, record in recorded.items():
        content = {key: value for key, value in entities[contact_id].items() if key not in RESERVED}
        assert content["properties"] == record["properties"]
        assert json.dumps(content["properties"]) == json.dumps(record["properties"])
        assert content == record
