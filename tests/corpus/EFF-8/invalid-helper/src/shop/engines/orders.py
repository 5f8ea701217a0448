from shop.infra.shell import commit_hash


async def decide() -> bytes:
    return commit_hash()  #! coroutines-hold-up-nobody
