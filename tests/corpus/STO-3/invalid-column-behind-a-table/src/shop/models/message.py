from sqlmodel import Field, SQLModel


class Message(SQLModel, table=True):
    id: int = Field(primary_key=True)
    text: str
