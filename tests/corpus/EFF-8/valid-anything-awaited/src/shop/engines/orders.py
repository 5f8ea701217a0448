import asyncio


async def note(place, text) -> None:
    await place.write_text(text)
    await asyncio.to_thread(lambda: place.read_text())


async def close(session) -> None:
    async with session.begin():
        await session.flush()
    await session.commit()
