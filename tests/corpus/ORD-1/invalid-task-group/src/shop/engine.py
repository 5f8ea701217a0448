from shop import artifacts, driver
from shop.model import Config, Report


import asyncio


async def run(session, report: Report):
    async with asyncio.TaskGroup() as group:
        group.create_task(artifacts.store_async(report))
        await driver.write_report_async(session, report)  #! artifact-before-db
