# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Build the registry an application runs with: every handler module registered, then frozen.
# Callers: app.main, app.operations_cli, app.demo
# Allowed Imports: L4, app.infra
# Forbidden Imports: L2
"""Build the registry an application runs with: every handler module registered, then frozen."""

import os

from app.hoc.cus.hoc_spine.authority.governance import Governance, GovernanceMode
from app.hoc.cus.hoc_spine.orchestrator import operation_invariants
from app.hoc.cus.hoc_spine.orchestrator.dispatch_audit import DatabaseDispatchAudit, records_to_keep
from app.hoc.cus.hoc_spine.orchestrator.event_relay import EventRelay
from app.hoc.cus.hoc_spine.orchestrator.handlers import (
    analytics_cost_handler,
    analytics_cost_write_handler,
    analytics_detection_handler,
    analytics_feedback_handler,
    analytics_handler,
    analytics_patterns_handler,
    analytics_prediction_handler,
    analytics_prediction_read_handler,
    analytics_query_handler,
    analytics_signals_handler,
    costsim_handler,
    incidents_export_handler,
    incidents_query_handler,
    incidents_recurrence_handler,
    incidents_write_handler,
    system_handler,
)
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationRegistry
from app.infra.metrics import ServiceMetrics


def build_registry(
    *,
    v2_sandbox: bool | None = None,
    metrics: ServiceMetrics | None = None,
    relay: EventRelay | None = None,
    schema_head: str | None = None,
) -> OperationRegistry:
    """Return a frozen registry with every operation of the system, whose dispatches the database records.

    ``v2_sandbox`` switches comparing cost models on or off whatever the settings say; None leaves it to them.
    ``relay`` and ``schema_head`` are what ``system.ready`` demands; whoever serves gives them. ``close`` the
    registry at the end. Raises ``SettingsError`` for malformed settings.
    """
    counted = metrics or ServiceMetrics()
    registry = OperationRegistry(
        governance=Governance(GovernanceMode.from_env(os.environ)),
        audit=DatabaseDispatchAudit(counted, keep=records_to_keep(os.environ)),
        metrics=counted,
    )
    analytics_handler.register(registry)
    analytics_query_handler.register(registry)
    analytics_cost_handler.register(registry)
    analytics_cost_write_handler.register(registry)
    analytics_signals_handler.register(registry)
    analytics_detection_handler.register(registry)
    analytics_patterns_handler.register(registry)
    analytics_feedback_handler.register(registry)
    analytics_prediction_handler.register(registry)
    analytics_prediction_read_handler.register(registry)
    costsim_handler.register(registry, v2_sandbox=v2_sandbox)
    incidents_query_handler.register(registry)
    incidents_export_handler.register(registry)
    incidents_write_handler.register(registry)
    incidents_recurrence_handler.register(registry)
    system_handler.register(registry, system_handler.ServiceProbe(counted, relay, schema_head))
    operation_invariants.register(registry)
    registry.freeze()
    return registry
