"""What effects need to know about values: aliases for types, what calling and joining external objects gives."""

from __future__ import annotations

from effect_projects import value_of

from archwright.project.types.values import UNKNOWN, ExternalInstance, InstanceValue


def test_an_alias_of_an_annotated_class_stands_for_its_instances() -> None:
    code = """
        from typing import Annotated
        class Registry: ...
        Dep = Annotated[Registry, "injected"]
        def f(registry: Dep): ...
    """
    assert value_of(code, "registry") == {InstanceValue("app", "Registry")}


def test_an_alias_of_an_external_class_stands_for_its_instances() -> None:
    code = """
        from typing import Optional
        from sqlalchemy.orm import Session
        Db = Optional[Session]
        def f(db: Db): ...
    """
    assert value_of(code, "db") == {ExternalInstance("sqlalchemy.orm.Session")}


def test_a_type_variable_stands_for_anything() -> None:
    code = """
        from typing import TypeVar
        T = TypeVar("T")
        def f(thing: T): ...
    """
    assert value_of(code, "thing") == {UNKNOWN}


def test_calling_an_external_object_gives_something_of_it() -> None:
    code = """
        from sqlalchemy.orm import sessionmaker
        make = sessionmaker()
        def f():
            session = make()
    """
    assert value_of(code, "session") == {ExternalInstance("sqlalchemy.orm.sessionmaker.__call__")}


def test_a_joined_path_is_something_of_a_path() -> None:
    code = """
        from pathlib import Path
        def f(directory: Path):
            file = directory / "x"
    """
    assert value_of(code, "file") == {ExternalInstance("pathlib.Path.__truediv__")}


def test_a_context_manager_without_annotation_gives_what_it_yields() -> None:
    code = """
        from contextlib import asynccontextmanager
        from sqlalchemy.ext.asyncio import AsyncSession
        class Interface:
            async def session(self) -> AsyncSession: ...
            @asynccontextmanager
            async def context(self, begin=False):
                session = await self.session()
                async with session:
                    if begin:
                        async with session.begin():
                            yield session
                    else:
                        yield session
        async def f(db: Interface):
            async with db.context() as session:
                pass
    """
    assert value_of(code, "session") == {ExternalInstance("sqlalchemy.ext.asyncio.AsyncSession")}


def test_a_context_manager_that_hands_on_another_one_is_not_told() -> None:
    code = """
        from contextlib import contextmanager
        @contextmanager
        def outer(make):
            yield from make()
        def f(make):
            with outer(make) as thing:
                pass
    """
    assert value_of(code, "thing") == {UNKNOWN}
