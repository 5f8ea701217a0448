# Layer: L7 — Models
# AUDIENCE: INTERNAL
# Role: Table of leases: leadership on databases that have no advisory locks.
# Callers: app.models, app.hoc.cus.analytics.L6_drivers.leader_locks
# Allowed Imports: sqlalchemy, app.models.base
# Forbidden Imports: L2, L4, L5, L6
"""Leases: leadership on databases that have no advisory locks."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class LeaderLease(Base):
    """Who leads until when. A lease past its end is free for anyone; its holder renews it well before."""

    __tablename__ = "leader_leases"
    __table_args__ = (
        CheckConstraint("lock_id BETWEEN 7000 AND 7999", name="lock_id_range"),
        CheckConstraint("expires_at > acquired_at", name="expires_after_start"),
    )

    lock_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    holder: Mapped[str] = mapped_column(String(64))
    acquired_at: Mapped[datetime]
    expires_at: Mapped[datetime]
