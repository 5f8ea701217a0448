def decide(result) -> list[int]:
    """A result was asked for elsewhere; a session's own scalars() needs a statement."""
    return list(result.scalars().unique())


def second(found) -> int:
    return found.scalars(1).one()


def third(found) -> int:
    return found.scalars(index=2).one()
