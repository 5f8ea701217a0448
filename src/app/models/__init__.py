# Layer: L7 — Models
# AUDIENCE: INTERNAL
# Role: Every table of the system, so that one import completes the metadata.
# Callers: app.migrations.env
# Allowed Imports: sqlalchemy, app.infra
# Forbidden Imports: L2, L4, L5, L6
"""Every table of the system; importing this package completes ``Base.metadata``."""

from app.models.base import Base
from app.models.costsim import CostSimCanaryReport
from app.models.identity import ApiKey, Tenant

__all__ = ["ApiKey", "Base", "CostSimCanaryReport", "Tenant"]
