import asyncio

from shop import artifacts, driver
from shop.model import Report


async def run(session, report: Report):
    async with asyncio.TaskGroup() as group:
        if report.rows:
            group.create_task(artifacts.store_async(report))
    await driver.write_report_async(session, report)  #! artifact-before-db


async def run_in_another_group(session, report: Report, others: asyncio.TaskGroup):
    async with asyncio.TaskGroup() as group:
        others.create_task(artifacts.store_async(report))
        group.create_task(session.ping())
    await driver.write_report_async(session, report)  #! artifact-before-db
