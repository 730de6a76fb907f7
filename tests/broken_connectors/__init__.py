"""Connectors that each contain one bug seen in real code. The bench has to find every one of them.

Each one overrides one part of the correct connector in `_sound`, or stands alone. The first line of its docstring
describes the bug. The line `Violates:` names the invariant that the bench must report as violated. The line `Shown by:`
names the cell or probe that shows it.
"""
