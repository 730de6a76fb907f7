"""A pytest plugin that saves what coverage has measured as soon as the session ends: `-p tests.support.save_coverage`.

pytest-xdist kills a worker that does not end within ten seconds. On a busy machine it would be killed before coverage
saves at exit, and everything that its tests did would be missing.
"""

import coverage


def pytest_sessionfinish() -> None:
    """Save; coverage saves again at exit, which adds the rest."""
    measuring = coverage.Coverage.current()
    if measuring is not None:
        measuring.save()
