import asyncio


async def run(facade, name: str, *args):
    return await asyncio.to_thread(getattr(facade, name), *args)  #! written-out
