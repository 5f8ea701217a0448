from shop.spine.run import run
async def decide(session) -> None:
    await run(session)
