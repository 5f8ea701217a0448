# Callers: api routes
# Allowed Imports: none
# Forbidden Imports: Models, sqlalchemy at runtime
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def decide(session: Session | None = None) -> int:
    """import sqlalchemy"""
    return 1
