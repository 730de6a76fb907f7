"""Compares contract-bench with its alternatives, measured side by side in one run.

`python -m benchmarks` runs the sections, prints ratios and writes `benchmarks/results/<date>.json`. A ratio compares
two figures of the same run on the same machine. Absolute figures are stored in the JSON and never compared across runs.
"""
