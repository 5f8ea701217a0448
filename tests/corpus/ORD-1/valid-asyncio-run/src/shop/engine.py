from shop import artifacts, driver
from shop.model import Config, Report


import asyncio


def run(session, report: Report):
    asyncio.run(artifacts.store_async(report))
    driver.write_report(session, report)
