import functools
import importlib
import inspect
import operator
import sys

from shop.infra import work
from shop.infra.words import LAST, MODULE
from sqlalchemy.orm import Session

ENDS = ("flush", "commit")
HOW = {"keep": "flush", "end": "commit"}
_end_of = operator.attrgetter("_session.commit")


class Orders:
    def __init__(self, session: Session) -> None:
        self._session = session

    def by_namespace(self) -> None:
        vars(self)["_session"].commit()  #! transaction-owner

    def by_dict(self) -> None:
        self.__dict__["_session"].commit()  #! transaction-owner

    def by_lookup(self) -> None:
        self._session.__getattribute__(LAST)()  #! transaction-owner

    def by_static_lookup(self) -> None:
        inspect.getattr_static(self._session, "commit")()  #! transaction-owner

    def by_object(self) -> None:
        object.__getattribute__(self._session, "commit")()  #! transaction-owner

    def by_type(self) -> None:
        type(self._session).commit(self._session)  #! transaction-owner

    def by_loop(self) -> None:
        for name in ENDS:
            getattr(self._session, name)()  #! transaction-owner

    def by_table(self, how: str) -> None:
        getattr(self._session, HOW[how])()  #! transaction-owner

    def by_getter(self) -> None:
        _end_of(self)()  #! transaction-owner

    def by_steps(self) -> None:
        functools.reduce(getattr, ["_session", "commit"], self)()  #! transaction-owner

    def by_module(self) -> None:
        sys.modules["shop.infra.work"].finish(self._session)  #! transaction-owner

    def by_import(self) -> None:
        importlib.import_module(MODULE).finish(self._session)  #! transaction-owner

    def by_namespace_of_a_module(self) -> None:
        vars(work)["finish"](self._session)  #! transaction-owner

    def by_any_text(self, name: str) -> None:
        getattr(self._session, name)()  #? transaction-owner
