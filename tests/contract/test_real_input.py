"""The whole loop with contacts recorded from the real HubSpot."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from contract_bench.roles.loop import Loop, LoopSettings

ROOT = Path(__file__).resolve().parents[2]
RECORDING = ROOT.parent / "shared" / "recordings" / "contacts-list.yaml"
PIPE = "hubspot-contacts-collect"
PAGE_SIZE = 7
RESERVED = {"_id", "_updated", "_previous", "_hash", "_deleted", "_ts"}

pytestmark = pytest.mark.skipif(
    not RECORDING.exists(), reason=f"the recordings are not part of the repository and not at {RECORDING}"
)


def recorded_contacts() -> dict[str, dict[str, Any]]:
    """Return the records of every recorded response, by id, as HubSpot sent them."""
    cassette = yaml.safe_load(RECORDING.read_text(encoding="utf-8"))
    bodies = [json.loads(interaction["response"]["body"]["string"]) for interaction in cassette["interactions"]]
    return {record["id"]: record for body in bodies for record in body["results"]}


def test_recorded_contacts_arrive_in_the_dataset_unchanged() -> None:
    """The dataset has each recorded contact with the exact properties and its HubSpot id as `_id`."""
    recorded = recorded_contacts()
    settings = LoopSettings(
        node_dir=ROOT / "node",
        contacts=None,
        seed_cassette=RECORDING,
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
