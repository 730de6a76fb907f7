"""JSON texts of a chosen depth, with brackets in strings that are no levels and could hide some."""

from typing import Any

from hypothesis import strategies as st

__all__ = ["STEPS", "Step", "depth", "levels_inside", "nested", "texts"]

Step = tuple[str, str]
"""What opens a level, and what closes it."""

LIST, OBJECT = ("[", "]"), ('{"a":', "}")
FULL_LIST = ('[{"b":[]},', ',[[]],"]"]')
CLOSING_TEXT = ('["]",', ',"[]]"]')
ESCAPED_TEXT = (r'{"\"}":"}}","a":', r',"b\\":["]"]}')
STEPS = [[LIST], [OBJECT], [LIST, OBJECT], [FULL_LIST], [CLOSING_TEXT], [ESCAPED_TEXT], [OBJECT, CLOSING_TEXT]]
LEAVES = ["1", '"]"', '"}"', '"[{"', r'"\"]"', r'"\\"', r'"]\\\"}"', '""', "{}", "[[]]", '{"]":"["}']


def nested(levels: int, *steps: Step, leaf: str = "1") -> bytes:
    """Return a value in so many levels, which are the steps in turn."""
    chosen = [steps[level % len(steps)] for level in range(levels)]
    return ("".join(start for start, _ in chosen) + leaf + "".join(end for _, end in reversed(chosen))).encode()


def levels_inside(*steps: Step) -> int:
    """Return how many levels the innermost of the steps has besides its own."""
    return {FULL_LIST: 2, ESCAPED_TEXT: 1}.get(steps[-1], 0)


def texts(least: int, most: int) -> st.SearchStrategy[bytes]:
    """Texts with about so many levels."""
    step = st.sampled_from([LIST, OBJECT, CLOSING_TEXT, ESCAPED_TEXT])
    chosen = st.tuples(st.integers(least, most), st.lists(step, min_size=1, max_size=4), st.sampled_from(LEAVES))
    return chosen.map(lambda each: nested(each[0], *each[1], leaf=each[2]))


def depth(value: Any) -> int:
    """Return how deep a value is nested."""
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0
