from sqlalchemy.ext.asyncio import AsyncSession

from shop import artifacts, driver
from shop.model import Report


async def run(session: AsyncSession, report: Report):
    await session.run_sync(_store, report)
    await driver.write_report_async(session, report)


async def run_with_a_lambda(session: AsyncSession, report: Report):
    await session.run_sync(lambda plain: _store(plain, report))
    await driver.write_report_async(session, report)


def _store(plain, report: Report):
    artifacts.store(report)
