"""After any sequence of changes, faults, pulls and crashes the dataset converges to the account.

`scenario` reads and writes such a sequence as a file, `account` changes the HubSpot account, `runner` plays the steps
against the processes of `contract_bench.roles.processes`, and `laws` says what must hold after each pull.
"""

from contract_bench.convergence.runner import ScenarioRunner
from contract_bench.convergence.scenario import Scenario, read_scenario, write_scenario
from contract_bench.roles.processes import Processes

__all__ = ["Processes", "Scenario", "ScenarioRunner", "read_scenario", "write_scenario"]
