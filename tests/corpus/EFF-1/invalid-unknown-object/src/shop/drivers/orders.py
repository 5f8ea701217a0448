async def save(thing) -> None:
    await thing.commit()  #? transaction-owner
