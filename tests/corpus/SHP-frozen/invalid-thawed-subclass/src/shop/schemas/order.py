import msgspec


class Base(msgspec.Struct, frozen=True):
    id: int


class Order(Base, frozen=False): #! frozen-values
    total: int
