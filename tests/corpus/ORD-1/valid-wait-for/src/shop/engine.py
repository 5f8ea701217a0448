from shop import artifacts, driver
from shop.model import Config, Report


import asyncio


async def run(session, report: Report):
    await asyncio.wait_for(artifacts.store_async(report), 5)
    await driver.write_report_async(session, report)
