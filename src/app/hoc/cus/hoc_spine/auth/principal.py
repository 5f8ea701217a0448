# Layer: L4 — Spine
# AUDIENCE: CUSTOMER
# Role: The authenticated caller and what a scope permits.
# Callers: app.hoc.cus.hoc_spine.**, app.hoc.api.cus.**, app.operations_cli, app.demo
# Allowed Imports: none
# Forbidden Imports: L2
"""The authenticated caller and what a scope permits."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# A wider level includes the narrower ones of its domain.
_LEVELS = ("read", "write", "admin")
_SCOPE = re.compile(r"[a-z][a-z0-9_]*:(?:read|write|admin)")


class InvalidScopeError(ValueError):
    """A scope is not of the form ``domain:level``."""


@dataclass(frozen=True)
class Principal:
    """Who is calling, for which tenant, with which scopes (``costsim:read``, ``costsim:write``,
    ``costsim:admin``), and as what: a user, the system itself (schedules), an SDK or a founder.
    """

    tenant_id: str
    actor_id: str
    scopes: frozenset[str]
    actor_type: str = "user"

    def permits(self, scope: str) -> bool:
        """Whether ``scope`` is held, directly or through a wider level of the same domain."""
        validate_scopes([scope])
        domain, level = scope.split(":")
        wider = _LEVELS[_LEVELS.index(level) :]
        return any(f"{domain}:{candidate}" in self.scopes for candidate in wider)


def validate_scopes(scopes: Iterable[str]) -> None:
    """Check the form of scopes.

    Raises:
        InvalidScopeError: naming every malformed scope.
    """
    malformed = [scope for scope in scopes if not _SCOPE.fullmatch(scope)]
    if malformed:
        raise InvalidScopeError(
            f"Malformed scope {', '.join(repr(scope) for scope in malformed)}; "
            "write domain:level with level read, write or admin, e.g. costsim:read."
        )
