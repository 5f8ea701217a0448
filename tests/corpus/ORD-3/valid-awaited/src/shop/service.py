from shop import audit, store


async def run(row):
    store.change(row)
    await audit.record_async(row)
