"""The protocol of everything that runs a microservice."""

from typing import Protocol

__all__ = ["Runner"]


class Runner(Protocol):
    """Runs a microservice."""

    def start(self) -> str:
        """Start it if it is not running, wait until it answers, and return its base URL."""

    def stop(self) -> None:
        """Stop it and everything it started; safe to call twice."""

    def is_running(self) -> bool:
        """Whether it is running."""

    def log_lines(self, *, since: float = 0) -> list[str]:
        """Return the last lines of its output, at most 1000.

        Args:
            since: Only those written after this time, in seconds since 1970.
        """
