"""How this bench compares with what somebody could take instead, measured side by side in one run.

`python -m benchmarks` runs the sections, prints ratios and writes `benchmarks/results/<date>.json`. Ratios are taken
between figures of the same run on the same machine; an absolute figure is kept in the JSON and is never compared with
another run's.
"""
