"""What a pull reports about itself. `prometheus` implements it."""

from typing import Protocol

__all__ = ["NoMetrics", "PullMetrics"]


class PullMetrics(Protocol):
    """Receives the events of all pulls. Implementations are thread-safe."""

    def pull_started(self) -> None:
        """Count a pull as running."""

    def page_sent(self, object_type: str, entity_count: int) -> None:
        """Count a page that was handed to the web server."""

    def pull_ended(self, object_type: str, outcome: str, seconds: float) -> None:
        """Count a pull as ended.

        Args:
            object_type: What was pulled.
            outcome: `complete`, or the `kind` of the error that ended it.
            seconds: From the request to the end.
        """

    def response_received(self, status: int, seconds: float) -> None:
        """Count a response from HubSpot. The time is from sending the request to the last byte of the response."""

    def request_retried(self, kind: str) -> None:
        """Count a retry, by the `kind` of the error that caused it."""


class NoMetrics:
    """Counts nothing."""

    def pull_started(self) -> None:
        """Ignore the event."""

    def page_sent(self, object_type: str, entity_count: int) -> None:
        """Ignore the event."""

    def pull_ended(self, object_type: str, outcome: str, seconds: float) -> None:
        """Ignore the event."""

    def response_received(self, status: int, seconds: float) -> None:
        """Ignore the event."""

    def request_retried(self, kind: str) -> None:
        """Ignore the event."""
