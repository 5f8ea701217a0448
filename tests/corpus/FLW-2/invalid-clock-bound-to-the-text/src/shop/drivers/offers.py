from sqlalchemy import text
from sqlalchemy.orm import Session

from shop.infra.clock import utc_now


def fetch_open(session: Session, tenant_id):
    return session.execute(  #! expiry-by-the-moment-asked-about
        text("SELECT code FROM offers WHERE tenant_id = :tenant AND expires_at > :as_of"),
        {"tenant": tenant_id, "as_of": utc_now()},
    )
