"""What tests of the foundation share."""

import pytest
from stored_events import TENANTS, Factory

from app.models.identity import Tenant


@pytest.fixture
async def outbox(session_factory: Factory) -> Factory:
    """Sessions on a database with tenants."""
    async with session_factory() as session, session.begin():
        session.add_all([Tenant(id=tenant) for tenant in TENANTS])
    return session_factory
