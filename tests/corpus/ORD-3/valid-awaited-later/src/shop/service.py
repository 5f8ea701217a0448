from shop import audit, store


async def _change(row):
    store.change(row)


async def run(row):
    change = _change(row)
    await change
    audit.record(row)
