# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Every event type there is, and what its events say beyond the base fields.
# Callers: spine event_schema_contract, app.events_cli
# Allowed Imports: none
# Forbidden Imports: L2
"""The event types. A type is declared here and emitted somewhere, or it does not exist.

What a field may hold depends on its name alone, so that it means the same in every event (:data:`FIELD_FORMS`).
Observations that must have no other effect, pattern feedback (PB-S3) and predictions (PB-S5), are stored and not
announced; what people decide about them is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

# What events of a type must say besides the base fields.
EXTENSION_FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "analytics.ArtifactRecorded": (
            "dataset_id",
            "dataset_version",
            "input_window_hash",
            "as_of",
            "compute_code_version",
        ),
        "analytics.AnomalyDetected": ("anomaly_id", "anomaly_type", "severity", "as_of"),
        "analytics.AnomalyAcknowledged": ("anomaly_id", "anomaly_status"),
        "analytics.AnomalyClosed": ("anomaly_id", "anomaly_status"),
        "analytics.FeedbackAcknowledged": ("feedback_id", "pattern_type"),
        "incidents.IncidentOpened": ("incident_id", "incident_state", "severity", "source_type"),
        "incidents.IncidentAcknowledged": ("incident_id", "incident_state"),
        "incidents.IncidentResolved": ("incident_id", "incident_state", "resolution_type"),
        "incidents.IncidentManuallyClosed": ("incident_id", "incident_state", "resolution_method"),
        "incidents.IncidentReopened": ("incident_id", "incident_state"),
        "incidents.IncidentReactivated": ("incident_id", "incident_state"),
        "incidents.IncidentEscalated": ("incident_id", "incident_state", "severity"),
        "incidents.IncidentAggregated": ("incident_id", "incident_state"),
        "incidents.IncidentEvidenceLinked": ("incident_id", "incident_state", "evidence_id"),
        "incidents.IncidentRecurrenceGrouped": (
            "incident_id",
            "incident_state",
            "recurrence_signature",
            "signature_version",
        ),
        "incidents.IncidentPrevented": ("incident_id", "incident_state", "rule_id", "prevention_id"),
        "incidents.SuppressionRuleCreated": ("rule_id",),
        "incidents.SuppressionRuleRevoked": ("rule_id",),
        "incidents.PostmortemCreated": ("incident_id", "incident_state", "postmortem_artifact_id"),
    }
)
# What they may say as well.
OPTIONAL_EXTENSION_FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "analytics.AnomalyDetected": ("incident_id",),
        "incidents.IncidentOpened": ("anomaly_id", "recurrence_signature", "signature_version"),
        "incidents.IncidentAcknowledged": ("reason", "recurrence_signature", "signature_version"),
        "incidents.IncidentResolved": (
            "reason",
            "resolution_method",
            "postmortem_artifact_id",
            "anomaly_id",
            "recurrence_signature",
            "signature_version",
        ),
        "incidents.IncidentManuallyClosed": (
            "reason",
            "resolution_type",
            "postmortem_artifact_id",
            "recurrence_signature",
            "signature_version",
        ),
        "incidents.IncidentReopened": ("reason", "recurrence_signature", "signature_version"),
        "incidents.IncidentReactivated": ("reason", "recurrence_signature", "signature_version"),
        "incidents.IncidentEscalated": ("reason", "recurrence_signature", "signature_version"),
        "incidents.IncidentAggregated": ("anomaly_id", "recurrence_signature", "signature_version"),
        "incidents.IncidentEvidenceLinked": ("recurrence_signature", "signature_version"),
        "incidents.IncidentPrevented": ("anomaly_id", "recurrence_signature", "signature_version"),
        "incidents.SuppressionRuleCreated": ("reason",),
        "incidents.SuppressionRuleRevoked": ("reason",),
        "incidents.PostmortemCreated": (
            "superseded_artifact_id",
            "recurrence_signature",
            "signature_version",
        ),
    }
)


@dataclass(frozen=True)
class FieldForm:
    """What a field may hold: a Python type, and a test of values of that type with its words."""

    kind: type
    fits: Callable[[Any], bool]
    words: str


def text_up_to(length: int) -> FieldForm:
    """Text that says something, of at most ``length`` characters, none of them NUL."""
    return FieldForm(
        str,
        lambda value: bool(value.strip()) and len(value) <= length and "\x00" not in value,
        f"text of 1 to {length} characters",
    )


def one_of(*words: str) -> FieldForm:
    """One of a few words."""
    return FieldForm(str, frozenset(words).__contains__, "one of " + ", ".join(sorted(words)))


def is_utc_moment(value: str) -> bool:
    """Whether a text is a date and time in ISO 8601 with the offset of UTC."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return False
    return "T" in value and moment.utcoffset() == timedelta(0)


def _is_sha256(value: str) -> bool:
    return len(value) == 64 and set(value) <= set("0123456789abcdef")


MOMENT = FieldForm(str, is_utc_moment, "a moment in ISO 8601, UTC")
_SEVERITY = one_of("CRITICAL", "HIGH", "MEDIUM", "LOW", "critical", "high", "medium", "low")

FIELD_FORMS: Mapping[str, FieldForm] = MappingProxyType(
    {
        "anomaly_id": text_up_to(64),
        "anomaly_status": one_of("open", "acknowledged", "resolved", "dismissed"),
        "anomaly_type": text_up_to(50),
        "as_of": MOMENT,
        "compute_code_version": text_up_to(64),
        "dataset_id": text_up_to(64),
        "dataset_version": text_up_to(64),
        "evidence_id": text_up_to(64),
        "feedback_id": text_up_to(64),
        "incident_id": text_up_to(64),
        "incident_state": one_of("ACTIVE", "ACKED", "RESOLVED", "REOPENED"),
        "input_window_hash": FieldForm(str, _is_sha256, "a SHA-256 in hexadecimal"),
        "pattern_type": text_up_to(50),
        "postmortem_artifact_id": text_up_to(64),
        "prevention_id": text_up_to(64),
        "reason": text_up_to(2000),
        "recurrence_signature": text_up_to(128),
        "resolution_method": text_up_to(50),
        "resolution_type": text_up_to(50),
        "rule_id": text_up_to(64),
        "severity": _SEVERITY,
        "signature_version": text_up_to(20),
        "source_type": text_up_to(50),
        "superseded_artifact_id": text_up_to(64),
    }
)
