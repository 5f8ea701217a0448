import requests


async def decide(url: str) -> None:
    f = requests.get
    f(url)  #! coroutines-hold-up-nobody
