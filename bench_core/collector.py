"""Starts a program faster: without the garbage collector while it imports and builds what it needs."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["without_collector"]


@contextmanager
def without_collector() -> Iterator[Callable[[], None]]:
    """Turn Python's garbage collector off while a program starts; it would look at everything several times.

    Call what this yields once the program has started. What exists by then is kept until the process ends, so the
    collector does not look at it afterwards either.
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
