"""`python -m contract_bench` is `contract-bench`."""

from bench_core.start import contract_bench

if __name__ == "__main__":
    contract_bench()
