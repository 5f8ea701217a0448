from shop import artifacts, driver
from shop.model import Report


async def run(session, report: Report):
    await session.run_sync(_store, report)
    await driver.write_report_async(session, report)  #? artifact-before-db


def _store(plain, report: Report):
    artifacts.store(report)
