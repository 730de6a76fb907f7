"""The reference of faults and the code agree (`tests/meta` checks the generated tables)."""

import re
from pathlib import Path

import msgspec

from bench_core.faults.reference import describe
from fake_hubspot.faults import FaultRule, FaultSet
from fake_hubspot.faults.registry import catalogue
from fake_hubspot.scenarios import SCENARIOS

DOCUMENT = Path(__file__).parents[4] / "docs" / "reference" / "faults.md"


def test_the_document_holds_every_scenario() -> None:
    """Each is there with its name and summary."""
    text = DOCUMENT.read_text("utf-8")

    missing = [s.name for s in SCENARIOS.values() if f"| `{s.name}` | {s.summary} |" not in text]
    assert missing == []


def test_every_rule_in_the_document_can_be_set() -> None:
    """A reader can copy it as it is."""
    blocks = re.findall(r"```json\n(.+?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)

    faults = FaultSet()
    armed = [faults.arm(msgspec.json.decode(block, type=FaultRule)) for block in blocks]

    assert len(armed) >= 2


def test_a_fault_is_described_in_plain_text() -> None:
    """The command line prints this."""
    cards = {card.name: card for card in catalogue()}

    assert describe(cards["connection-reset"]).splitlines() == [
        "connection-reset",
        "  A connection reset (RST) before the first byte.",
        "  Source: reader (WireMock, Toxiproxy's `reset_peer`).",
        "  Also in front of any other API, with contract-bench proxy.",
        "  Also known as: CONNECTION_RESET_BY_PEER, reset_peer",
        "  delay_ms = 0: How long it waits first, in milliseconds.",
    ]
    assert describe(cards["stall"]).splitlines()[-1].startswith("  after_bytes = null: How many bytes of the body")
    assert describe(cards["empty-response"]).splitlines()[-1] == "  No parameters."
