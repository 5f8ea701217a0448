from shop.infra.time import later


def report(total):
    return total


async def reported(total):
    return await later()
