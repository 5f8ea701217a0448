from shop import artifacts, driver
from shop.model import Config, Report


async def run(session, reports):
    async for report in reports:
        await artifacts.store_async(report)
        await driver.write_report_async(session, report)
