"""Any sequence of changes, faults, pulls and crashes: when all is quiet again, the dataset is the account."""

from contract_bench.convergence.scenario import Scenario, read_scenario, write_scenario
from contract_bench.convergence.stage import Stage

__all__ = ["Scenario", "Stage", "read_scenario", "write_scenario"]
