from typing import Protocol


class Decider(Protocol):
    def decide(self) -> int: ...
