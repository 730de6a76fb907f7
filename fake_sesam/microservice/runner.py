"""What every way of running a microservice has in common."""

from typing import Protocol

__all__ = ["Runner"]


class Runner(Protocol):
    """Something that a microservice runs in."""

    def start(self) -> str:
        """Start it where it does not run yet, wait until it answers, and return its base URL."""

    def stop(self) -> None:
        """Stop it and everything it started; safe to call twice."""

    def is_running(self) -> bool:
        """Whether it runs now."""

    def log_lines(self, *, since: float = 0) -> list[str]:
        """Return the last lines it has written, at most 1000.

        Args:
            since: Only those written after this time, in seconds since 1970.
        """
