from typing import Protocol


class Closing(Protocol):
    def close(self, tenant: str) -> None: ...
