from shop import artifacts, driver
from shop.model import Config, Report


async def run(session, report: Report):
    pending = artifacts.store_async(report)
    await pending
    await driver.write_report_async(session, report)
