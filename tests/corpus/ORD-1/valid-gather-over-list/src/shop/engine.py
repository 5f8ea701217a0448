from shop import artifacts, driver
from shop.model import Config, Report


import asyncio


async def run(session, report: Report):
    await asyncio.gather(*[artifacts.store_async(report), session.ping()])
    await driver.write_report_async(session, report)
