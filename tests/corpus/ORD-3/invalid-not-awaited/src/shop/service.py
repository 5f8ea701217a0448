from shop import audit, store


async def run(row):
    store.change(row)  #! audit-after-change
    audit.record_async(row)
