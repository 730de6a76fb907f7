"""Fewer examples of hypothesis than a test asks for: `make local` tries a part, `make proof` all of them."""

from typing import Any

import hypothesis

__all__ = ["fewer_examples"]

PART = 5
AT_LEAST = 10
OF_A_FUNCTION = "_hypothesis_internal_use_settings"


def fewer_examples(test: Any, machine: Any = None) -> None:
    """Let a test of hypothesis try a fifth of its examples, at least ten. Other tests are left alone.

    Examples that `@example` names are always tried.

    Args:
        test: The function, as pytest calls it.
        machine: The class of the test; that of a state machine has the settings.
    """
    if not hypothesis.is_hypothesis_test(test):
        return
    function = getattr(test, "__func__", test)
    holder, name = (function, OF_A_FUNCTION) if hasattr(function, OF_A_FUNCTION) else (machine, "settings")
    wanted = getattr(holder, name)
    few = max(AT_LEAST, wanted.max_examples // PART)
    if few < wanted.max_examples:
        setattr(holder, name, hypothesis.settings(wanted, max_examples=few))
