import asyncio

from shop import audit, store


async def _change(row):
    store.change(row)


async def run(row):
    await asyncio.gather(_change(row), audit.record_async(row))  #? audit-after-change
