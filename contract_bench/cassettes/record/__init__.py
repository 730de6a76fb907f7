"""Records cassettes: a reverse proxy between a connector and HubSpot, whose requests are recorded with vcrpy."""

from contract_bench.cassettes.record.recorder import Recording, RecordOptions, record
from contract_bench.cassettes.record.scenarios import SCENARIOS

__all__ = ["SCENARIOS", "RecordOptions", "Recording", "record"]
