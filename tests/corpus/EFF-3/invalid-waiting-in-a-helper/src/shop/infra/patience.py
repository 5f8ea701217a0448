import asyncio


async def pause() -> None:
    await asyncio.sleep(1)
