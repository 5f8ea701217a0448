from sqlalchemy.orm import Session
class Store:
    def keep(self) -> None:
        pass


class Durable(Store):
    session: Session

    def keep(self) -> None:
        self.session.commit()
