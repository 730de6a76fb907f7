"""What is counted, for Prometheus. One registry for each application, so that two can live in one process."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

__all__ = ["Metrics"]

_PREFIX = "hubspot_service"


class Metrics:
    """The counters. No label holds anything about people, tokens or records."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        registry = self._registry
        self._pulls = Counter(
            "pulls", "Pulls that ended, by how.", ["object_type", "outcome"], namespace=_PREFIX, registry=registry
        )
        self._seconds = Histogram(
            "pull_seconds", "How long pulls took.", ["object_type"], namespace=_PREFIX, registry=registry
        )
        self._entities = Counter(
            "entities", "Entities handed on.", ["object_type"], namespace=_PREFIX, registry=registry
        )
        self._pages = Counter("pages", "Pages handed on.", ["object_type"], namespace=_PREFIX, registry=registry)
        self._running = Gauge("pulls_running", "Pulls under way.", namespace=_PREFIX, registry=registry)
        self._answers = Counter(
            "upstream_answers", "Answers of HubSpot.", ["status"], namespace=_PREFIX, registry=registry
        )
        self._latency = Histogram(
            "upstream_seconds", "From request to whole answer.", namespace=_PREFIX, registry=registry
        )
        self._retries = Counter(
            "upstream_retries", "Requests made again.", ["kind"], namespace=_PREFIX, registry=registry
        )

    def began(self) -> None:
        """A pull starts."""
        self._running.inc()

    def page(self, object_type: str, entity_count: int) -> None:
        """A page was handed on."""
        self._pages.labels(object_type).inc()
        self._entities.labels(object_type).inc(entity_count)

    def ended(self, object_type: str, outcome: str, seconds: float) -> None:
        """A pull ended: `complete`, or the kind of what ended it."""
        self._running.dec()
        self._pulls.labels(object_type, outcome).inc()
        self._seconds.labels(object_type).observe(seconds)

    def answered(self, seconds: float, status: int) -> None:
        """HubSpot answered."""
        self._answers.labels(status).inc()
        self._latency.observe(seconds)

    def retried(self, kind: str) -> None:
        """A request is made again."""
        self._retries.labels(kind).inc()

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self._registry)
