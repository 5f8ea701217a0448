from pydantic import BaseModel


class Envelope(BaseModel):
    payload: str
