from sqlalchemy.orm import Session

from shop.drivers.base import Base, S


class Middle(Base[S]): ...


class Orders(Middle[Session]):
    def save(self) -> None:
        self.session.commit()  #! transaction-owner

    def again(self) -> None:
        self.current().commit()  #! transaction-owner
