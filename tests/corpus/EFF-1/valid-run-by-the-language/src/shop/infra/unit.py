from sqlalchemy.orm import Session


class Kept:
    def __get__(self, owner: "Unit", kind: type) -> int:
        owner.session.commit()
        return 1


class Unit:
    kept = Kept()

    def __init__(self, session: Session) -> None:
        self.session = session

    def __add__(self, other: int) -> "Unit":
        self.session.commit()
        return self

    def __contains__(self, item: int) -> bool:
        self.session.commit()
        return False

    def __len__(self) -> int:
        self.session.commit()
        return 0

    def __str__(self) -> str:
        self.session.commit()
        return ""

    def __lt__(self, other: "Unit") -> bool:
        self.session.commit()
        return True

    def __iter__(self):
        self.session.commit()
        return iter(())

    def __setitem__(self, key: str, value: int) -> None:
        self.session.commit()

    def __init_subclass__(cls) -> None:
        cls.session.commit()

    @property
    def state(self) -> str:
        return ""

    @state.setter
    def state(self, value: str) -> None:
        self.session.commit()
