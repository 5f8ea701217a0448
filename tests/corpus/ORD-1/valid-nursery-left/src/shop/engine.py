import anyio

from shop import artifacts, driver
from shop.model import Report


async def run(session, report: Report):
    async with anyio.create_task_group() as group:
        group.start_soon(artifacts.store_async, report)
    await driver.write_report_async(session, report)
