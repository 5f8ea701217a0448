import asyncio

from shop import artifacts, driver
from shop.model import Report


async def run(session, report: Report):
    async with asyncio.TaskGroup() as group:
        group.create_task(session.ping())
        group.create_task(artifacts.store_async(report))
    await driver.write_report_async(session, report)


async def run_and_return(session, report: Report):
    await _stored(report)
    await driver.write_report_async(session, report)


async def _stored(report: Report):
    async with asyncio.TaskGroup() as group:
        task = group.create_task(artifacts.store_async(report))
        return task
