from sqlalchemy.ext.asyncio import AsyncSession

from shop import artifacts, driver
from shop.model import Report


async def run(session: AsyncSession, report: Report):
    storing = session.run_sync(_store, report)
    await driver.write_report_async(session, report)  #! artifact-before-db
    await storing


async def run_under_a_condition(session: AsyncSession, report: Report):
    await session.run_sync(lambda plain: report.rows and _store(plain, report))
    await driver.write_report_async(session, report)  #! artifact-before-db


def _store(plain, report: Report):
    artifacts.store(report)
