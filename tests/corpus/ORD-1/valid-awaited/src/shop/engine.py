from shop import artifacts, driver
from shop.model import Config, Report


async def run(session, report: Report):
    await artifacts.store_async(report)
    await driver.write_report_async(session, report)
