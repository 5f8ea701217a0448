from sqlmodel import Field, SQLModel


class Noted(SQLModel):
    note: str | None = None


class Ticket(Noted, SQLModel, table=True):
    __tablename__ = "tickets"
    id: int | None = Field(default=None, primary_key=True)
    seat: str


class Plain:
    __tablename__ = "nothing"
    extra: str


class Visit(Noted, SQLModel, table=True):
    __tablename__ = "visits"
    id: int | None = Field(default=None, primary_key=True)
