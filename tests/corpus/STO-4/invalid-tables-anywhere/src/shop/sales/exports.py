from sqlmodel import Field, SQLModel


class ExportedVisit(SQLModel, table=True):
    __tablename__ = "visits"
    id: int | None = Field(default=None, primary_key=True)
    note: str | None = None
