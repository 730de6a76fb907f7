"""Metrics for Prometheus. Each application has its own registry, so that two can live in one process."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

__all__ = ["PrometheusMetrics"]

_PREFIX = "hubspot_service"


class PrometheusMetrics:
    """Implements `PullMetrics`. No label holds personal data, a token or a record."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        self._pulls = Counter(
            "pulls", "Pulls that ended, by outcome.", ["object_type", "outcome"], namespace=_PREFIX, registry=registry
        )
        self._seconds = Histogram(
            "pull_seconds", "Duration of pulls.", ["object_type"], namespace=_PREFIX, registry=registry
        )
        self._entities = Counter("entities", "Entities sent.", ["object_type"], namespace=_PREFIX, registry=registry)
        self._pages = Counter("pages", "Pages sent.", ["object_type"], namespace=_PREFIX, registry=registry)
        self._running = Gauge("pulls_running", "Pulls in progress.", namespace=_PREFIX, registry=registry)
        self._responses = Counter(
            "upstream_answers", "Responses from HubSpot.", ["status"], namespace=_PREFIX, registry=registry
        )
        self._latency = Histogram(
            "upstream_seconds", "From request to complete response.", namespace=_PREFIX, registry=registry
        )
        self._retries = Counter("upstream_retries", "Retried requests.", ["kind"], namespace=_PREFIX, registry=registry)

    def pull_started(self) -> None:
        """Implement `PullMetrics`."""
        self._running.inc()

    def page_sent(self, object_type: str, entity_count: int) -> None:
        """Implement `PullMetrics`."""
        self._pages.labels(object_type).inc()
        self._entities.labels(object_type).inc(entity_count)

    def pull_ended(self, object_type: str, outcome: str, seconds: float) -> None:
        """Implement `PullMetrics`."""
        self._running.dec()
        self._pulls.labels(object_type, outcome).inc()
        self._seconds.labels(object_type).observe(seconds)

    def response_received(self, status: int, seconds: float) -> None:
        """Implement `PullMetrics`."""
        self._responses.labels(status).inc()
        self._latency.observe(seconds)

    def request_retried(self, kind: str) -> None:
        """Implement `PullMetrics`."""
        self._retries.labels(kind).inc()

    def text(self) -> bytes:
        """Render everything in Prometheus's text format."""
        return generate_latest(self._registry)
