import httpx


async def decide() -> None:
    with httpx.Client() as client:
        client.get("http://example.org")  #! coroutines-hold-up-nobody
