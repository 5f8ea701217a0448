# Layer: L2 — API
# AUDIENCE: CUSTOMER
# Role: Suppression rules over HTTP: make and revoke them.
# Callers: facades.cus.incidents
# Allowed Imports: L2, L4
# Forbidden Imports: L5, L6, L7
"""Suppression rules over HTTP. They decide what others are called for, so they take ``incidents:admin``."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from app.hoc.api.cus.http.auth import require_scope
from app.hoc.api.cus.http.dependencies import Registry, WriteSession
from app.hoc.api.cus.http.envelope import Envelope, wrap_dict
from app.hoc.api.cus.http.errors import unwrap
from app.hoc.api.cus.incidents.lifecycle_models import SuppressionRuleIn, SuppressionRuleOut
from app.hoc.cus.hoc_spine.auth.principal import Principal
from app.hoc.cus.hoc_spine.orchestrator.operation_registry import OperationContext

router = APIRouter(prefix="/incidents/suppression-rules", tags=["incident suppression"])

Admin = Annotated[Principal, Depends(require_scope("incidents:admin"))]
RuleId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_]{1,64}$")]


@router.post("")
async def create_suppression_rule(
    body: SuppressionRuleIn, principal: Admin, registry: Registry, session: WriteSession
) -> Envelope[SuppressionRuleOut]:
    """Make a rule. Grave anomalies still get their incident; it is closed at once and a prevention record kept."""
    params = {"method": "create_suppression_rule", **body.to_params()}
    result = await registry.execute(
        "incidents.write", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict(SuppressionRuleOut.model_validate(unwrap(result)))


@router.post("/{rule_id}/revoke")
async def revoke_suppression_rule(
    rule_id: RuleId, principal: Admin, registry: Registry, session: WriteSession
) -> Envelope[SuppressionRuleOut]:
    """Take a rule out of force; 409 when it is revoked already."""
    params = {"method": "revoke_suppression_rule", "rule_id": rule_id}
    result = await registry.execute(
        "incidents.write", OperationContext.for_principal(principal, session, params)
    )
    return wrap_dict(SuppressionRuleOut.model_validate(unwrap(result)))
