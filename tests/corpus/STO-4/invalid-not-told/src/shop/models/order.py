import os

from sqlalchemy import Column, Integer
from sqlalchemy.orm import declarative_base

from vendor_types import Shape

Base = declarative_base()


class Order(Base):
    __tablename__ = "orders"
    id = Column(Integer, primary_key=True)
    shape = Column(Shape())  #? agree
    size = Column(Integer, nullable=bool(os.environ.get("LOOSE")))  #? agree


class Basket(Base):  #? agree
    __tablename__ = "baskets"
    id = Column(Integer, primary_key=True)
