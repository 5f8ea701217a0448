# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: Decides whether a call may be dispatched at all, and says truthfully under which governance.
# Callers: spine bootstrap, operation_registry
# Allowed Imports: L4, app.infra
# Forbidden Imports: L2
"""Authority over dispatches. It decides; the registry acts on the decision and records it as it was made."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from app.hoc.cus.hoc_spine.authority.authority_decision import AuthorityDecision
from app.infra.settings import SettingsError

NO_TENANT = "NO_TENANT"
# Operations about the service itself, the only ones nobody needs a key for.
_SYSTEM = "system."


class GovernanceMode(str, Enum):
    """How the service is governed. DEGRADED and DISABLED let calls through and mark every record of them."""

    ACTIVE = "active"
    DEGRADED = "degraded"
    DISABLED = "disabled"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "GovernanceMode":
        """Read ``HOC_GOVERNANCE`` (active). Raises ``SettingsError`` for a word that is no mode."""
        raw = environ.get("HOC_GOVERNANCE") or cls.ACTIVE.value
        try:
            return cls(raw)
        except ValueError:
            known = ", ".join(mode.value for mode in cls)
            raise SettingsError(f"HOC_GOVERNANCE is {raw!r}; give one of {known}") from None


@dataclass(frozen=True)
class Governance:
    """The authority of one application; its mode is fixed when the application starts."""

    mode: GovernanceMode = GovernanceMode.ACTIVE

    @property
    def active(self) -> bool:
        """Whether governance is in force, be it degraded."""
        return self.mode is not GovernanceMode.DISABLED

    def decide(self, operation: str, tenant_id: str) -> AuthorityDecision:
        """Decide on one call. Whatever belongs to tenants needs one, in every mode."""
        return AuthorityDecision.combine([_tenancy(operation, tenant_id), self._mode()])

    def _mode(self) -> AuthorityDecision:
        if self.mode is GovernanceMode.DISABLED:
            return AuthorityDecision.allow_degraded("governance is disabled", "governance_disabled")
        if self.mode is GovernanceMode.DEGRADED:
            return AuthorityDecision.allow_degraded("governance is degraded", "degraded_mode")
        return AuthorityDecision.allow("governance is active")


def _tenancy(operation: str, tenant_id: str) -> AuthorityDecision:
    if tenant_id or operation.startswith(_SYSTEM):
        return AuthorityDecision.allow("the caller's tenant is known")
    return AuthorityDecision.deny("the operation belongs to tenants and the call names none", NO_TENANT)
