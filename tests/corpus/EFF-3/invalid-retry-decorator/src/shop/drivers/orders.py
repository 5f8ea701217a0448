from tenacity import retry


@retry()
def load() -> None: ...
