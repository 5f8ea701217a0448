# Layer: L7 — Models
# AUDIENCE: INTERNAL
# Role: Tables of identity: tenants and their API keys.
# Callers: app.models, app.hoc.cus.hoc_spine.drivers.api_key_driver
# Allowed Imports: sqlalchemy, app.infra, app.models.base
# Forbidden Imports: L2, L4, L5, L6
"""Tables of identity: tenants and their API keys."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.time import utc_now
from app.models.base import Base


class Tenant(Base):
    """An organisation whose data is kept apart from all others'."""

    __tablename__ = "tenants"
    __table_args__ = (CheckConstraint("length(id) BETWEEN 1 AND 36", name="id_length"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class ApiKey(Base):
    """A key as the server knows it: the SHA-256 of 256 random bits, never the key. ``prefix`` is public and
    finds it.
    """

    __tablename__ = "api_keys"
    __table_args__ = (
        Index("ix_api_keys_prefix", "prefix", unique=True),
        Index("ix_api_keys_tenant_id_created_at", "tenant_id", "created_at"),
        CheckConstraint("length(key_hash) = 64", name="hash_is_sha256"),
        CheckConstraint("expires_at IS NULL OR expires_at > created_at", name="expires_after_creation"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), ForeignKey("tenants.id"))
    name: Mapped[str] = mapped_column(String(100))
    actor_id: Mapped[str] = mapped_column(String(100))
    prefix: Mapped[str] = mapped_column(String(16))
    key_hash: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
