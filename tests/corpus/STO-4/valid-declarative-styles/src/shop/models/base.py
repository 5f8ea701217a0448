import datetime
import enum
from decimal import Decimal
from typing import Annotated, Any, Optional

from sqlalchemy import JSON, BigInteger, DateTime, MetaData, Numeric, String
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

short = Annotated[str, mapped_column(String(30))]
Key = Annotated[int, mapped_column(BigInteger, primary_key=True)]


class Money(TypeDecorator):
    impl = Numeric(12, 2)

    def load_dialect_impl(self, dialect):
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(Numeric(12, 2))


class Colour(enum.Enum):
    RED = "red"


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention={"ck": "ck_%(table_name)s_%(constraint_name)s"})
    type_annotation_map = {datetime.datetime: DateTime(timezone=True), dict[str, Any]: JSON()}


class Named:
    @declared_attr.directive
    def __tablename__(cls) -> str:
        return cls.__name__.lower() + "s"

    id: Mapped[Key]


class Stamped:
    created_at: Mapped[datetime.datetime]
    changed_at: Mapped[Optional[datetime.datetime]]
