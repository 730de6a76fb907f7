"""The pages of the proxy for a browser, at `/_fake/`: an overview, the requests and the faults.

The pages of requests and faults are those of every server with faults, `bench_core.console`.
"""

from contract_bench.proxy.console.console import ProxyConsole

__all__ = ["ProxyConsole"]
