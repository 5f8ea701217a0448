from typing import Annotated, Literal, NewType, TypeAlias

OrderId = NewType('OrderId', int)
Kind: TypeAlias = Literal['a', 'b']
Total = Annotated[int, 'cents']
NAMES: tuple[str, ...] = ('a', 'b')
