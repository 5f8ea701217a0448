# Layer: L7 — Models
# AUDIENCE: INTERNAL
# Role: Tables of cost metering: feature tags, cost records and budgets.
# Callers: app.models, app.hoc.cus.analytics.L6_drivers.*
# Allowed Imports: sqlalchemy, app.infra, app.models.base, app.models.exact_decimal
# Forbidden Imports: L2, L4, L5, L6
"""Tables of cost metering: feature tags, cost records and budgets. All amounts are exact cents."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column

from app.infra.time import utc_now
from app.models.base import Base
from app.models.exact_decimal import ExactDecimal


class FeatureTag(Base):
    """A name a tenant books costs under, e.g. ``support.triage``."""

    __tablename__ = "feature_tags"
    __table_args__ = (
        UniqueConstraint("tenant_id", "tag", name="uq_feature_tags_tenant_tag"),
        CheckConstraint("budget_cents >= 0", name="budget_not_negative"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), ForeignKey("tenants.id"))
    tag: Mapped[str] = mapped_column(String(128))
    display_name: Mapped[str] = mapped_column(String(256))
    description: Mapped[str | None] = mapped_column(Text)
    budget_cents: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)


class CostRecord(Base):
    """One metered call. Append-only: a trigger refuses changes on both databases."""

    __tablename__ = "cost_records"
    __table_args__ = (
        Index("ix_cost_records_tenant_created", "tenant_id", "created_at"),
        Index("ix_cost_records_tenant_feature", "tenant_id", "feature_tag"),
        Index("ix_cost_records_tenant_user", "tenant_id", "user_id"),
        CheckConstraint("cost_cents >= 0 AND input_tokens >= 0 AND output_tokens >= 0", name="not_negative"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), ForeignKey("tenants.id"))
    user_id: Mapped[str | None] = mapped_column(String(64))
    feature_tag: Mapped[str | None] = mapped_column(String(128))
    request_id: Mapped[str | None] = mapped_column(String(64))
    workflow_id: Mapped[str | None] = mapped_column(String(64))
    skill_id: Mapped[str | None] = mapped_column(String(64))
    model: Mapped[str] = mapped_column(String(64))
    input_tokens: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    output_tokens: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    cost_cents: Mapped[Decimal] = mapped_column(ExactDecimal)
    is_retry: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class CostBudget(Base):
    """A spending limit of a tenant, a feature or a user. The id is derived from whom it limits, which keeps
    it single also where ``entity_id`` is NULL.
    """

    __tablename__ = "cost_budgets"
    __table_args__ = (
        UniqueConstraint("tenant_id", "budget_type", "entity_id"),
        CheckConstraint("budget_type IN ('tenant', 'feature', 'user')", name="type_valid"),
        CheckConstraint("(budget_type = 'tenant') = (entity_id IS NULL)", name="entity_matches_type"),
        CheckConstraint("daily_limit_cents >= 0 AND monthly_limit_cents >= 0", name="limits_not_negative"),
        CheckConstraint("warn_threshold_pct BETWEEN 0 AND 100", name="warn_threshold_is_percentage"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(36), ForeignKey("tenants.id"))
    budget_type: Mapped[str] = mapped_column(String(32))
    entity_id: Mapped[str | None] = mapped_column(String(128))
    daily_limit_cents: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    monthly_limit_cents: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    warn_threshold_pct: Mapped[int] = mapped_column(default=80, server_default=text("80"))
    hard_limit_enabled: Mapped[bool] = mapped_column(default=False, server_default=false())
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)
