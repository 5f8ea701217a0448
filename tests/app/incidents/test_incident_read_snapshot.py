"""A reading session sees one moment of the database: the count, the page and the version of an answer agree even while
others write.
"""

from typing import Any

from incident_read_history import START, opened, store

from app.db import get_async_session
from app.hoc.cus.incidents.L5_schemas.incident_read_query import IncidentFilters, PageRequest
from app.hoc.cus.incidents.L6_drivers.incident_read_driver import get_incident_read_driver
from app.infra.time import utc_now


async def test_what_is_committed_while_an_answer_is_read_is_not_in_it(
    make_headers: Any, session_factory: Any
) -> None:
    await make_headers("acme", "incidents:read")
    await store([opened("acme", 1, START)])
    as_of = utc_now()
    async with get_async_session(read_only=True) as session:
        driver = get_incident_read_driver(session)
        version = await driver.fetch_data_version("acme", as_of=as_of)
        await store([opened("acme", 2, START)])  # recorded now, for an earlier moment
        page, total = await driver.fetch_page("acme", IncidentFilters(), PageRequest(10), as_of=as_of)
        assert (version, len(page), total) == (1, 1, 1)
        assert await driver.fetch_data_version("acme", as_of=as_of) == version
    async with get_async_session(read_only=True) as session:
        assert await get_incident_read_driver(session).fetch_data_version("acme", as_of=as_of) == 2
