import urllib.request


class Page:
    @property
    def text(self) -> bytes:
        return urllib.request.urlopen("http://example.org").read()


async def decide(page: Page) -> bytes:
    return page.text  #! coroutines-hold-up-nobody
