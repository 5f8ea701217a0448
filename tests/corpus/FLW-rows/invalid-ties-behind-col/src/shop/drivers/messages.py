from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession


class Message(SQLModel, table=True):
    id: int = Field(primary_key=True)
    sent_at: int
    talk: str


async def newest(session: AsyncSession, limit: int) -> list[Message]:
    query = select(Message).order_by(col(Message.sent_at).desc(), col(Message.talk).desc())
    return list(await session.exec(query.limit(limit)))  #! rows-in-one-order
