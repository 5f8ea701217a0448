import asyncio

import httpx


async def decide(client: httpx.AsyncClient) -> bytes:
    response = await client.get("http://example.org")
    await asyncio.sleep(1)
    return response.read()
