from sqlalchemy import text
from sqlalchemy.orm import Session


def fetch_open(session: Session, tenant_id, as_of):
    return session.execute(
        text("SELECT code FROM offers WHERE tenant_id = :tenant AND (expires_at IS NULL OR expires_at > :moment)"),
        {"tenant": tenant_id, "moment": as_of},
    )
