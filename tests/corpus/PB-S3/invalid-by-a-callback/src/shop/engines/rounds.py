from collections.abc import Awaitable, Callable, Iterable


async def for_each(action: Callable[[int], Awaitable[None]], run_ids: Iterable[int]) -> None:
    for run_id in run_ids:
        await action(run_id)
