import time


def decide() -> None:
    time.sleep(1)


async def other() -> str:
    """time.sleep(1)"""
    return "requests.get"
