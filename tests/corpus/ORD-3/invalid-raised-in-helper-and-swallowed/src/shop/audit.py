def record(row):
    print(row)


async def record_async(row):
    print(row)
