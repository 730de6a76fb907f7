"""`python -m contract_bench` is `contract-bench`."""

from contract_bench.cli import main

if __name__ == "__main__":
    main()
