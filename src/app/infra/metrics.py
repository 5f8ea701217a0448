"""What the service measures about itself. No tenant, actor or id is ever a label: series stay few, and a scrape
tells nothing about customers.

One instance per application, made by whoever assembles it; there is no process-wide registry.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

CONTENT_TYPE = CONTENT_TYPE_LATEST
UNKNOWN = "unknown"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class ServiceMetrics:
    """Counters, histograms and gauges of one application."""

    def __init__(self) -> None:
        self._collected = CollectorRegistry()
        self._operations = Counter(
            "hoc_operations",
            "Dispatched operations by outcome: success or failure",
            ["operation", "outcome"],
            registry=self._collected,
        )
        self._failures = Counter(
            "hoc_operation_failures",
            "Failed operations by result code",
            ["operation", "code"],
            registry=self._collected,
        )
        self._durations = Histogram(
            "hoc_operation_duration_seconds",
            "How long operations took",
            ["operation"],
            buckets=_SECONDS,
            registry=self._collected,
        )
        self._divergences = Counter(
            "hoc_invariant_divergences",
            "Calls let through although an invariant that is not enforced was violated",
            ["operation", "invariant"],
            registry=self._collected,
        )
        self._audit_failures = Counter(
            "hoc_dispatch_audit_failures",
            "Dispatches whose audit record could not be stored",
            registry=self._collected,
        )
        self._published = Counter(
            "hoc_events_published", "Events given to a consumer", ["consumer"], registry=self._collected
        )
        self._publish_failures = Counter(
            "hoc_event_publish_failures",
            "Batches of events a consumer did not take",
            ["consumer"],
            registry=self._collected,
        )
        self._backlog = Gauge(
            "hoc_outbox_backlog_events",
            "Events stored and not yet published",
            ["consumer"],
            registry=self._collected,
        )
        self._backlog_age = Gauge(
            "hoc_outbox_backlog_age_seconds",
            "Age of the oldest event not yet published; 0 without any",
            ["consumer"],
            registry=self._collected,
        )
        self._database_up = Gauge(
            "hoc_database_up", "Whether the database answered the scrape", registry=self._collected
        )

    def operation_ended(self, operation: str, *, error_code: str | None, seconds: float) -> None:
        """Count one dispatch; ``error_code`` is None for a success. Names that are not registered operations
        come as :data:`UNKNOWN`, whatever the caller asked for.
        """
        self._operations.labels(operation, "success" if error_code is None else "failure").inc()
        if error_code is not None:
            self._failures.labels(operation, error_code).inc()
        self._durations.labels(operation).observe(seconds)

    def invariant_diverged(self, operation: str, invariant: str) -> None:
        """Count a call that only a stricter mode would have refused."""
        self._divergences.labels(operation, invariant).inc()

    def audit_failed(self, records: int) -> None:
        """Count dispatches whose audit record is lost to the database (the log has it)."""
        self._audit_failures.inc(records)

    def events_published(self, consumer: str, events: int) -> None:
        """Count events a consumer took."""
        self._published.labels(consumer).inc(events)

    def publishing_failed(self, consumer: str) -> None:
        """Count a batch a consumer did not take; it is offered again."""
        self._publish_failures.labels(consumer).inc()

    def outbox_measured(self, consumer: str, *, backlog: int, oldest_seconds: float) -> None:
        """Set what waits for a consumer and for how long the oldest has."""
        self._backlog.labels(consumer).set(backlog)
        self._backlog_age.labels(consumer).set(oldest_seconds)

    def database_answered(self, answered: bool) -> None:
        """Set whether the database could be asked."""
        self._database_up.set(1 if answered else 0)

    def render(self) -> str:
        """Everything, in the text format of Prometheus (:data:`CONTENT_TYPE`)."""
        return generate_latest(self._collected).decode()
