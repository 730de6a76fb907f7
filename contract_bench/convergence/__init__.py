"""Any sequence of changes, faults, pulls and crashes: when all is quiet again, the dataset is the account.

`scenario` is such a sequence as a file. `processes` runs a fake HubSpot, a node and the connectors as processes
(`process`), `account` and `node_api` speak to them over HTTP, `runner` plays the steps, `laws` says what must hold.
"""

from contract_bench.convergence.runner import ScenarioRunner
from contract_bench.convergence.scenario import Scenario, read_scenario, write_scenario
from contract_bench.roles.processes import Processes

__all__ = ["Processes", "Scenario", "ScenarioRunner", "read_scenario", "write_scenario"]
