# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: The error of a request the incidents domain refuses.
# Callers: L5_engines, spine {incidents_export_handler, incidents_query_handler, incident_figures,
#          incident_query_params, incidents_recurrence_handler, incidents_write_handler}
# Allowed Imports: app.infra
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""`IncidentRefusedError`: how incident engines say no."""

from __future__ import annotations

from app.infra.refusal import RefusedError


class IncidentRefusedError(RefusedError):
    """The incidents domain refuses a request; see :class:`app.infra.refusal.RefusedError` for the codes."""
