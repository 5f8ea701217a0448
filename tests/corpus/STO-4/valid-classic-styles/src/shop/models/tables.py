from sqlalchemy import Boolean, CheckConstraint, Column, DateTime, ForeignKey, Integer, MetaData, String, Table, Text
from sqlalchemy.orm import declarative_base, relationship

metadata = MetaData()
Base = declarative_base(metadata=metadata)

tags = Table(
    "tags",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("tag", String(20), primary_key=True),
)


class Article(Base):
    __tablename__ = "articles"
    id = Column(Integer, primary_key=True)
    title = Column(String(200), nullable=False, unique=True)
    body = Column(Text)
    public = Column(Boolean, nullable=False, default=False)
    tags = relationship("Tag", secondary=tags)


class Sponsored(Article):
    """No table of its own."""

    sponsor = Column(String(50))


class Review(Base):
    __table__ = Table(
        "reviews",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("stars", Integer, CheckConstraint("stars BETWEEN 1 AND 5"), nullable=False),
    )


class Abstract(Base):
    __abstract__ = True
    id = Column(Integer, primary_key=True)
    noted_at = Column(DateTime)


class Note(Abstract):
    __tablename__ = "notes"


class Plain:
    __tablename__ = "no_table_at_all"
    id = 1
