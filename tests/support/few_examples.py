"""Fewer examples of hypothesis than a test asks for: `make local` tries a part, `make proof` all of them."""

from typing import Any

import hypothesis

__all__ = ["fewer_examples"]

PART = 5
AT_LEAST = 10


def fewer_examples(test: Any) -> None:
    """Let a test of hypothesis try a fifth of its examples, at least ten. Other tests are left alone.

    Examples that `@example` names are always tried.

    Args:
        test: The function, as pytest calls it.
    """
    if not hypothesis.is_hypothesis_test(test):
        return
    function = getattr(test, "__func__", test)
    wanted = function._hypothesis_internal_use_settings
    few = max(AT_LEAST, wanted.max_examples // PART)
    if few < wanted.max_examples:
        function._hypothesis_internal_use_settings = hypothesis.settings(wanted, max_examples=few)
