"""A quick start of a program that imports and builds much before it can do anything."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["without_collector"]


@contextmanager
def without_collector() -> Iterator[Callable[[], None]]:
    """Keep Python's garbage collector away while a program starts; it would look at everything several times.

    Call what is returned once the program has started: what was made until then stays as long as the process, and the
    collector never looks at it.
    """
    if not gc.isenabled():
        yield _nothing
        return
    gc.disable()
    try:
        yield _go_on
    finally:
        gc.enable()


def _go_on() -> None:
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def _nothing() -> None:
    """Do nothing: the collector is off for another reason."""
