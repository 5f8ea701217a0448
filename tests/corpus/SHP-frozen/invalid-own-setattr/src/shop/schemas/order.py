from dataclasses import dataclass


@dataclass(frozen=True)
class Order: #? frozen-values
    total: int

    def __setattr__(self, name, value):
        self.__dict__[name] = value
