async def note(place, text) -> None:
    place.write_text(text)  #? coroutines-hold-up-nobody


async def close(session) -> None:
    finish(session)  #? coroutines-hold-up-nobody


def finish(session) -> None:
    session.commit()
