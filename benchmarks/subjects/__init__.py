"""The programs that contract-bench is compared with. Start each with `python -m benchmarks.subjects.NAME URL ...`.

They run in environments of their own (`requirements/alternatives/`), so the benchmarks do not import these modules.
"""
