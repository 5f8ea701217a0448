from sqlalchemy.orm import DeclarativeBase
from sqlmodel import SQLModel

from app.models.cost import CostRecord


class Base(DeclarativeBase):
    pass


def get_session():
    return CostRecord
