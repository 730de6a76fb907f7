"""Connectors for the APIs of the examples, each with one bug that the matrix in front of any API has to detect.

The first line of a module's docstring describes the bug. The line `Violates:` names the invariant that has to be
reported, `Shown by:` the cell that shows it, and `Reads:` the example whose recording it reads.
"""
