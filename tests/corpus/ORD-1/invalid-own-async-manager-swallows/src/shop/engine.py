from shop import artifacts, driver
from shop.model import Config, Report


class Quiet:
    async def __aenter__(self):
        return self

    async def __aexit__(self, kind, error, trace):
        return True


async def run(session, report: Report):
    async with Quiet():
        await artifacts.store_async(report)
    await driver.write_report_async(session, report)  #! artifact-before-db
