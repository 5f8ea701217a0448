import time


async def decide() -> None:
    time.sleep(1)  #! coroutines-hold-up-nobody
