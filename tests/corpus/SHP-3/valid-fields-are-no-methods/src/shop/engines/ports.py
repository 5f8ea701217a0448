import typing


class Orders(typing.Protocol):
    a: int
    b: int
    c: int
    d: int
    def one(self) -> int: ...
