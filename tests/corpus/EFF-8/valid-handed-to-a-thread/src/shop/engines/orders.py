import asyncio
import time


def wait() -> None:
    time.sleep(1)


async def decide() -> None:
    loop = asyncio.get_running_loop()
    await asyncio.to_thread(wait)
    await asyncio.to_thread(lambda: time.sleep(1))
    await loop.run_in_executor(None, wait)
