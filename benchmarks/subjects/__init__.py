"""What is measured against: programs that pull contacts, each started as `python -m benchmarks.subjects.NAME URL ...`.

They run in environments of their own (`requirements/alternatives/`), so nothing here is imported by the bench itself.
"""
