"""The event contract: nine base fields, forms, extension fields by type, everything at once, nothing else."""

import logging
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.authority.event_schema_contract import (
    CURRENT_SCHEMA_VERSION,
    REQUIRED_EVENT_FIELDS,
    VALID_ACTOR_TYPES,
    EventSchemaViolation,
    is_valid_event_payload,
    validate_event_payload,
)
from app.hoc.cus.hoc_spine.authority.event_types import (
    EXTENSION_FIELDS,
    FIELD_FORMS,
    OPTIONAL_EXTENSION_FIELDS,
)
from app.hoc.cus.hoc_spine.orchestrator.events import build_event, new_event
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext

NOON = datetime(2026, 3, 21, 12, tzinfo=UTC)
# A value that fits, per extension field.
VALUES: dict[str, Any] = {
    name: {
        "as_of": NOON.isoformat(),
        "input_window_hash": "0" * 64,
        "incident_state": "ACKED",
        "anomaly_status": "resolved",
        "severity": "HIGH",
    }.get(name, "x")
    for name in FIELD_FORMS
}
types = st.sampled_from(sorted(EXTENSION_FIELDS))


def event_of(event_type: str, *, optional: bool = False) -> dict[str, Any]:
    names = EXTENSION_FIELDS[event_type]
    if optional:
        names += OPTIONAL_EXTENSION_FIELDS.get(event_type, ())
    return build_event(
        event_type,
        tenant_id="acme",
        actor_type="user",
        actor_id="alice",
        decision_owner=event_type.split(".")[0],
        occurred_at=NOON,
        **{name: VALUES[name] for name in names},
    )


def problems_of(payload: dict[str, Any]) -> list[str]:
    valid, problems = is_valid_event_payload(payload)
    assert valid == (not problems)
    return problems


def test_acceptance_7_nine_base_fields_four_actor_types_and_the_version() -> None:
    assert set(REQUIRED_EVENT_FIELDS) == {
        "event_id",
        "event_type",
        "tenant_id",
        "project_id",
        "actor_type",
        "actor_id",
        "decision_owner",
        "sequence_no",
        "schema_version",
    }
    assert {"user", "system", "sdk", "founder"} == VALID_ACTOR_TYPES
    assert CURRENT_SCHEMA_VERSION == "1.0.0"
    for actor_type in VALID_ACTOR_TYPES:
        assert problems_of(event_of("analytics.AnomalyClosed") | {"actor_type": actor_type}) == []


def test_acceptance_7_the_types_of_the_seed_carry_its_extension_fields() -> None:
    published = {
        "incidents.IncidentAcknowledged": {"incident_id", "incident_state"},
        "incidents.IncidentResolved": {"incident_id", "incident_state", "resolution_type"},
        "incidents.IncidentManuallyClosed": {"incident_id", "incident_state", "resolution_method"},
        "incidents.PostmortemCreated": {"incident_id", "postmortem_artifact_id"},
        "analytics.ArtifactRecorded": {
            "dataset_id",
            "dataset_version",
            "input_window_hash",
            "as_of",
            "compute_code_version",
        },
    }
    for event_type, fields in published.items():
        assert fields <= set(EXTENSION_FIELDS[event_type]), event_type


def test_every_declared_field_has_a_form_and_no_field_is_both_required_and_optional() -> None:
    declared = {
        name for names in (*EXTENSION_FIELDS.values(), *OPTIONAL_EXTENSION_FIELDS.values()) for name in names
    }
    assert declared == set(FIELD_FORMS)
    assert set(OPTIONAL_EXTENSION_FIELDS) <= set(EXTENSION_FIELDS)
    for event_type, names in OPTIONAL_EXTENSION_FIELDS.items():
        assert not set(names) & set(EXTENSION_FIELDS[event_type])


@pytest.mark.parametrize("event_type", sorted(EXTENSION_FIELDS))
@pytest.mark.parametrize("optional", [False, True])
def test_an_event_of_each_type_is_accepted(event_type: str, optional: bool) -> None:
    assert problems_of(event_of(event_type, optional=optional)) == []


@given(event_type=types, data=st.data())
def test_any_subset_of_missing_fields_is_named_at_once(event_type: str, data: st.DataObject) -> None:
    event = event_of(event_type)
    required = [*REQUIRED_EVENT_FIELDS, *EXTENSION_FIELDS[event_type]]
    # Without its type an event has no extension fields to miss.
    gone = data.draw(
        st.sets(st.sampled_from([name for name in required if name != "event_type"]), min_size=1)
    )
    null = data.draw(st.sets(st.sampled_from(sorted(gone))))
    broken = {
        name: None if name in null else value for name, value in event.items() if name not in gone - null
    }
    with pytest.raises(EventSchemaViolation) as caught:
        validate_event_payload(broken)
    assert set(caught.value.missing) == gone
    assert caught.value.invalid == ()


@given(event_type=types, data=st.data())
def test_a_field_of_the_wrong_kind_is_refused_whichever_it_is(event_type: str, data: st.DataObject) -> None:
    event = event_of(event_type, optional=True)
    name = data.draw(st.sampled_from(sorted(event)))
    wrong = data.draw(st.sampled_from([True, False, 1.5, [], {}, b"x", "", "  ", "\x00"]))
    found = problems_of(event | {name: wrong})
    assert [problem for problem in found if problem.startswith(f"invalid: {name} ")], found


@given(event_type=types, name=st.text(min_size=1, max_size=20))
def test_unknown_keys_are_refused(event_type: str, name: str) -> None:
    event = event_of(event_type, optional=True)
    found = problems_of(event | {name: "x"})
    if name not in event:
        assert found == [f"invalid: {name} is no field of {event_type}"]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("event_id", "{6f1c9d0e-0000-4000-8000-000000000000}", "a UUID"),
        ("event_id", "6F1C9D0E-0000-4000-8000-000000000000", "a UUID"),
        ("event_type", "analytics", "domain.Name"),
        ("event_type", "Analytics.anomaly", "domain.Name"),
        ("event_type", "analytics.Ärger", "domain.Name"),
        ("schema_version", "1.0", "three numbers"),
        ("schema_version", "1.0.٣", "three numbers"),
        ("schema_version", "01.0.0", "three numbers"),
        ("sequence_no", -1, "0 or more"),
        ("sequence_no", 2**63, "0 or more"),
        ("tenant_id", "t" * 37, "text of 1 to 36"),
        ("actor_id", "a" * 101, "text of 1 to 100"),
        ("actor_type", "agent", "one of founder, sdk, system, user"),
        ("occurred_at", "2026-03-21", "a moment in ISO 8601, UTC"),
        ("occurred_at", "2026-03-21T12:00:00", "a moment in ISO 8601, UTC"),
        ("occurred_at", "2026-03-21T12:00:00+01:00", "a moment in ISO 8601, UTC"),
        ("as_of", "yesterday", "a moment in ISO 8601, UTC"),
        ("severity", "grave", "one of"),
    ],
)
def test_forms(name: str, value: Any, words: str) -> None:
    [problem] = problems_of(event_of("analytics.AnomalyDetected") | {name: value})[:1]
    assert problem.startswith(f"invalid: {name} must be {words}")


@pytest.mark.parametrize("moment", ["2026-03-21T12:00:00Z", "2026-03-21T12:00:00.000001+00:00"])
def test_both_spellings_of_utc_are_moments(moment: str) -> None:
    assert problems_of(event_of("analytics.AnomalyDetected") | {"as_of": moment}) == []


def test_types_that_are_not_declared_are_refused() -> None:
    found = problems_of(event_of("analytics.AnomalyClosed") | {"event_type": "analytics.AnomalyVanished"})
    assert found == ["invalid: event_type analytics.AnomalyVanished is not declared in event_types"]


def test_an_optional_field_is_left_out_rather_than_null() -> None:
    [problem] = problems_of(event_of("analytics.AnomalyDetected") | {"incident_id": None})
    assert problem == "invalid: incident_id is null; leave it out"
    assert "incident_id" not in build_event(
        "analytics.AnomalyDetected",
        tenant_id="acme",
        actor_type="system",
        actor_id="detector",
        decision_owner="analytics",
        occurred_at=NOON,
        incident_id=None,
        **{name: VALUES[name] for name in EXTENSION_FIELDS["analytics.AnomalyDetected"]},
    )


def test_a_violation_is_logged_with_its_fields(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), pytest.raises(EventSchemaViolation):
        validate_event_payload({"event_type": "analytics.AnomalyClosed", "tenant_id": "acme"})
    assert "event_schema_violation type=analytics.AnomalyClosed tenant=acme" in caplog.text
    assert "anomaly_status" in caplog.text


def test_the_event_of_a_call_says_who_called_and_when() -> None:
    principal = Principal("acme", "nightly", frozenset(), actor_type="system")
    ctx = OperationContext.for_principal(principal, None, {"tenant_id": "globex", "actor_id": "mallory"})
    stamped = OperationContext(
        None,
        ctx.tenant_id,
        ctx.params,
        actor_id=ctx.actor_id,
        actor_type=ctx.actor_type,
        timestamp=NOON.isoformat(),
    )
    event = new_event(
        "analytics.AnomalyClosed",
        stamped,
        decision_owner="analytics",
        anomaly_id="a",
        anomaly_status="dismissed",
    )
    assert (event["tenant_id"], event["actor_type"], event["actor_id"]) == ("acme", "system", "nightly")
    assert (event["occurred_at"], event["sequence_no"]) == ("2026-03-21T12:00:00.000000+00:00", 0)
    with pytest.raises(EventSchemaViolation, match="missing: anomaly_status"):
        new_event("analytics.AnomalyClosed", stamped, decision_owner="analytics", anomaly_id="a")
