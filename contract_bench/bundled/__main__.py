"""`python -m contract_bench.bundled` is `python -m service`, wherever contract-bench is installed."""

import runpy
import sys

from contract_bench.bundled import SERVICE, bundled

if __name__ == "__main__":
    sys.path.insert(0, str(bundled(SERVICE).parent))
    runpy.run_module(SERVICE, run_name="__main__", alter_sys=True)
