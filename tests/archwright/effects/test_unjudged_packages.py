"""Calls into packages that nobody has judged are never silent, whichever way they are made; what is only looked at is no call."""

from __future__ import annotations

import pytest
from effect_projects import analysis_of, effects_of, sites_of

from archwright.project.effects import packages
from archwright.project.effects.catalogue import CALLS, unjudged_package

USED = {
    "a function": ("def f(): lib.do()", "lib.do"),
    "by another name": ("from lib import do as act\ndef f(): act()", "lib.do"),
    "a class": ("def f(): lib.Client()", "lib.Client"),
    "a method of what a class makes": ("def f():\n    c = lib.Client()\n    c.go()", "lib.Client.go"),
    "a method of what is declared": ("def f(c: lib.Client): c.go()", "lib.Client.go"),
    "a method of what a function gives": ("def f(): lib.connect().go()", "lib.connect.go"),
    "an attribute": (
        "class C:\n    def __init__(self): self.c = lib.Client()\n    def f(self): self.c.go()",
        "lib.Client.go",
    ),
    "inherited": ("class X(lib.Base):\n    def f(self): self.go()", "lib.Base.go"),
    "by super": ("class X(lib.Base):\n    def f(self): super().go()", "lib.Base.go"),
    "a class that inherits": ("class X(lib.Base): ...\ndef f(): X()", "lib.Base"),
    "a class that inherits further up": (
        "class X(lib.Base): ...\nclass Y(X): ...\ndef f(): Y()",
        "lib.Base",
    ),
    "a class made": ("def f():\n    class X(lib.Base): ...", "lib.Base"),
    "a decorator": ("@lib.retry\ndef f(): ...", "lib.retry"),
    "a decorator that is made": ("@lib.retry(3)\ndef f(): ...", "lib.retry"),
    "a decorator applied": ("def f():\n    @lib.retry\n    def g(): ...", "lib.retry"),
    "a decorator of a class": ("def f():\n    @lib.define\n    class X: ...", "lib.define"),
    "a callback": ("def f(xs): run(lib.do)", "lib.do"),
    "a callback by keyword": ("def f(xs): sorted(xs, key=lib.rank)", "lib.rank"),
    "a method as a callback": ("def f(c: lib.Client): map(c.go, [])", "lib.Client.go"),
    "a partial": ("import functools\ndef f(): functools.partial(lib.do, 1)()", "lib.do"),
    "a default": ("def f(act=lib.do): act()", "lib.do"),
    "awaited": ("async def f(): await lib.do()", "lib.do"),
    "an awaited object": ("async def f(t: lib.Task): await t", "lib.Task.__await__"),
    "a context manager": ("def f():\n    with lib.open_it(): ...", "lib.open_it"),
    "an entered object": ("def f(c: lib.Client):\n    with c: ...", "lib.Client.__enter__"),
    "an item": ("def f(c: lib.Table): return c['x']", "lib.Table.__getitem__"),
    "an item of a module's object": ("def f(): return lib.registry['x']", "lib.registry.__getitem__"),
    "a loop": ("def f(c: lib.Rows):\n    for row in c: ...", "lib.Rows.__iter__"),
    "a lambda": ("def f(): return lambda: lib.do()", "lib.do"),
    "by a text": ("def f(): getattr(lib, 'do')()", "lib.do"),
}
NOT_USED = {
    "an attribute": "def f(): return lib.VERSION",
    "a constant handed on": "def f(run): run(lib.VERSION)",
    "a class asked for": "def f(x): return isinstance(x, lib.Client)",
    "an error caught": "def f():\n    try: ...\n    except lib.Error: ...",
    "an annotation": "def f(c: lib.Client) -> lib.Page[int]: ...",
    "a type with arguments": "def f():\n    Page = lib.Page[int]",
    "a function returned": "def f(): return lib.do",
    "a judged package": "import pydantic\ndef f(): pydantic.TypeAdapter(int).validate_python(1)",
    "a class below one of a judged package": (
        "import pydantic\nclass M(pydantic.BaseModel): ...\ndef f(): M().model_dump()"
    ),
    "the standard library": "import json\ndef f(): json.loads('1').go()",
    "its own code": "def g(): ...\ndef f(): g()",
    "a name nobody knows": "def f(x): x.do(); nothing()",
    "what the catalogue names": "import boto3\ndef f(): boto3.client('s3').put_object()",
}


def _used(code: str) -> list[str]:
    (name,) = (n for n in analysis_of({"app": code}).inference.index("app").scopes if n.split(".")[-1] == "f")
    return [site.what for site in sites_of(code, name) if site.package]


@pytest.mark.parametrize("way", USED)
def test_used(way: str) -> None:
    code, name = USED[way]
    assert name in _used(f"import lib\n{code}")


@pytest.mark.parametrize("what", NOT_USED)
def test_not_used(what: str) -> None:
    assert _used(f"import lib\n{NOT_USED[what]}") == []


@pytest.mark.parametrize(
    ("code", "blocking"),
    [
        ("async def f(): await lib.do()", False),
        ("async def f():\n    async with lib.open_it(): ...", False),
        ("async def f():\n    async for row in lib.rows(): ...", False),
        ("import asyncio\nasync def f(): await asyncio.to_thread(lambda: lib.do())", False),
        ("async def f(): lib.do()", True),
        ("async def f():\n    with lib.open_it(): ...", True),
    ],
)
def test_what_is_awaited_or_on_another_thread_holds_up_nobody(code: str, blocking: bool) -> None:
    assert [site.blocking for site in sites_of(f"import lib\n{code}") if site.package] == [blocking]


@pytest.mark.parametrize(
    ("code", "effects"),
    [
        (
            "from pydantic_settings import BaseSettings\nclass S(BaseSettings): ...\ndef f(): S()",
            ["env"],
        ),
        (
            "import socketserver\nclass S(socketserver.TCPServer):\n"
            "    def __init__(self): super().__init__(('', 0), None)\ndef f(): S()",
            [],
        ),
        (
            "import socketserver\nclass S(socketserver.TCPServer):\n    def f(self): super().__init__(('', 0), None)",
            ["network"],
        ),
        ("import uvicorn\ndef f(app): uvicorn.run(app)", ["network"]),
        ("from fastapi.responses import FileResponse\ndef f(): FileResponse('x')", ["filesystem.read"]),
        ("import click\ndef f(): click.launch('x')", ["process"]),
        ("import numpy as np\ndef f(): np.random.poisson(3)", ["random"]),
        (
            "from sqlalchemy import inspect\ndef f(engine): inspect(engine).get_table_names()",
            ["db.read"],
        ),
    ],
)
def test_effects_of_packages(code: str, effects: list[str]) -> None:
    name = "S.f" if "def f(self)" in code else "f"
    assert effects_of(code, name) == effects


def test_every_listed_package_and_call_is_judged() -> None:
    assert not [name for name in CALLS if unjudged_package(name)]
    assert not [name for name in packages.JUDGED if unjudged_package(f"{name}.anything")]
