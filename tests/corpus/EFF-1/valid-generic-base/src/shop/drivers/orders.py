from shop.drivers.base import Base


class Batch:
    def commit(self) -> None: ...


class Orders(Base[Batch]):
    def save(self) -> None:
        self.session.commit()
        self.current().commit()
