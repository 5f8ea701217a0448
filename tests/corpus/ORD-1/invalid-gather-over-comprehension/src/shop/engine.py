from shop import artifacts, driver
from shop.model import Config, Report


import asyncio


async def run(session, reports):
    await asyncio.gather(*[artifacts.store_async(r) for r in reports])
    for r in reports:
        await driver.write_report_async(session, r)  #! artifact-before-db
