import asyncio

from shop import artifacts, driver
from shop.model import Report


async def run(session, report: Report):
    await asyncio.to_thread(artifacts.store, report)
    await driver.write_report_async(session, report)


async def run_in_the_pool(session, report: Report):
    await asyncio.get_running_loop().run_in_executor(None, artifacts.store, report)
    await driver.write_report_async(session, report)
