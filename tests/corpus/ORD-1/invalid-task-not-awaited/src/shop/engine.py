from shop import artifacts, driver
from shop.model import Config, Report


import asyncio


async def run(session, report: Report):
    task = asyncio.create_task(artifacts.store_async(report))
    await driver.write_report_async(session, report)  #! artifact-before-db
    await task
