import functools
import inspect
import operator

from shop.infra.work import Basket
from sqlalchemy.orm import Session

STEPS = ("flush", "expunge_all")
WORDS = {"commit": "session.commit()"}


class Orders:
    def __init__(self, session: Session, basket: Basket) -> None:
        self._session = session
        self._basket = basket

    def by_namespace(self) -> None:
        vars(self)["_basket"].commit()

    def by_lookup(self) -> None:
        self._basket.__getattribute__("commit")()

    def by_static_lookup(self) -> None:
        inspect.getattr_static(self._basket, "commit")()

    def by_loop(self) -> None:
        for name in STEPS:
            getattr(self._session, name)()

    def by_getter(self) -> None:
        operator.attrgetter("_basket.commit")(self)()

    def by_steps(self) -> None:
        functools.reduce(getattr, ["_basket", "commit"], self)()

    def words(self) -> str:
        return WORDS["commit"]
