from pydantic import BaseModel, ConfigDict


class Order(BaseModel): #! frozen-values
    model_config = ConfigDict(extra="forbid")
    total: int
