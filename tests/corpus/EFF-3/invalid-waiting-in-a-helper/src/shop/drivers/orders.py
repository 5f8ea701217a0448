from shop.infra import patience


async def load() -> None:
    await patience.pause()  #! no-waiting
