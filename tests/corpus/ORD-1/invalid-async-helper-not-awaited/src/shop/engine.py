from shop import artifacts, driver
from shop.model import Config, Report


import asyncio


async def prepare(report):
    await artifacts.store_async(report)


async def run(session, report: Report):
    prepare(report)
    await driver.write_report_async(session, report)  #! artifact-before-db
