from sqlalchemy import text
from sqlalchemy.orm import Session


def fetch_open(session: Session, tenant_id, as_of):
    return session.execute(  #! expiry-by-the-moment-asked-about
        text("SELECT code FROM offers WHERE tenant_id = :tenant AND (expires_at IS NULL OR expires_at > NOW())"),
        {"tenant": tenant_id, "as_of": as_of},
    )
