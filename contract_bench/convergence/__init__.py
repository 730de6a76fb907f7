"""Any sequence of changes, faults, pulls and crashes: when all is quiet again, the dataset is the account.

`scenario` is such a sequence as a file. `roles` runs a fake HubSpot, a node and the connectors as processes
(`program`), `account` and `node_api` speak to them over HTTP, `stage` plays the steps, `laws` says what must hold.
"""

from contract_bench.convergence.roles import Roles
from contract_bench.convergence.scenario import Scenario, read_scenario, write_scenario
from contract_bench.convergence.stage import Stage

__all__ = ["Roles", "Scenario", "Stage", "read_scenario", "write_scenario"]
