"""What one line does, by what it resolves to: a table of snippets and the effects in them."""

from __future__ import annotations

import pytest
from effect_projects import effects_of, sites_of

from archwright.project.effects.facts import EFFECTS

ASYNC = "from sqlalchemy.ext.asyncio import AsyncSession"
SYNC = "from sqlalchemy.orm import Session"
MODEL = """
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy import select, insert, update, delete, text, func
class Base(DeclarativeBase): ...
class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
class Line(Base):
    __tablename__ = "lines"
    id: Mapped[int] = mapped_column(primary_key=True)
"""

NAMED_BY_BASE = """
import re
from sqlalchemy.orm import DeclarativeBase, declared_attr
SNAKE = re.compile(r"(?<!^)(?=[A-Z])")
class Base(DeclarativeBase):
    @declared_attr.directive
    def __tablename__(cls) -> str:
        return SNAKE.sub("_", cls.__name__).lower()
class Run(Base):
    __abstract__ = True
class FlowRun(Run): ...
class Event(Base):
    @declared_attr.directive
    def __tablename__(cls) -> str:
        return "events"
"""
SQLMODEL = """
from sqlmodel import SQLModel
class UserBase(SQLModel):
    password: str
class User(UserBase, table=True):
    __table_args__ = ()
class UserRead(UserBase): ...
"""

CASES: dict[str, tuple[str, list[str]]] = {
    # transactions
    "commit on a typed session": (
        f"{ASYNC}\nasync def f(s: AsyncSession): await s.commit()",
        ["db.transaction.commit"],
    ),
    "commit through an alias": (
        f"{SYNC}\ndef f(session: Session):\n    s = session\n    s.rollback()",
        ["db.transaction.rollback"],
    ),
    "commit through an attribute": (
        f"{SYNC}\nclass C:\n    def __init__(self, s: Session): self._s = s\n    def f(self): self._s.commit()",
        ["db.transaction.commit"],
    ),
    "savepoint": (
        f"{SYNC}\ndef f(s: Session):\n    with s.begin_nested(): ...",
        ["db.transaction.savepoint"],
    ),
    "begin on an engine": (
        "from sqlalchemy import create_engine\nENGINE = create_engine('x')\ndef f():\n    with ENGINE.begin() as c: ...",
        ["db.transaction.begin", "db.transaction.commit"],
    ),
    "commit of the connection an engine gives": (
        "from sqlalchemy import Engine\ndef f(e: Engine):\n    with e.connect() as c:\n        c.commit()",
        ["db.transaction.commit"],
    ),
    "session of a factory of a factory": (
        "from sqlalchemy.ext.asyncio import async_sessionmaker\ndef make() -> async_sessionmaker: ...\n"
        "async def f():\n    async with make()() as s:\n        await s.commit()",
        ["db.transaction.commit"],
    ),
    "factory.begin": (
        "from sqlalchemy.orm import sessionmaker\nmaker = sessionmaker()\ndef f():\n    with maker.begin() as s: s.commit()",
        ["db.transaction.begin", "db.transaction.commit", "db.transaction.commit"],
    ),
    "run_sync lambda": (
        f"{ASYNC}\nasync def f(s: AsyncSession): await s.run_sync(lambda inner: inner.commit())",
        ["db.transaction.commit"],
    ),
    "getattr with a constant": (
        f"{SYNC}\ndef f(s: Session): getattr(s, 'commit')()",
        ["db.transaction.commit"],
    ),
    "unbound method": (f"{SYNC}\ndef f(s): Session.commit(s)", ["db.transaction.commit"]),
    "commit on anything": ("def f(thing): thing.commit()", ["db.transaction.commit?"]),
    "commit on Any": ("from typing import Any\ndef f(db: Any): db.rollback()", ["db.transaction.rollback?"]),
    "commit on what a foreign function gave": (
        "import lib\ndef f():\n    s = lib.make_session()\n    s.commit()",
        ["db.transaction.commit?"],
    ),
    "commit on a foreign class": ("from git import Repo\ndef f(r: Repo): r.commit()", []),
    "commit of our own class": ("class Basket:\n    def commit(self): ...\ndef f(b: Basket): b.commit()", []),
    "in a comprehension": ("def f(sessions): [s.commit() for s in sessions]", ["db.transaction.commit?"]),
    "in a lambda": ("def f(): return lambda s: s.commit()", ["db.transaction.commit?"]),
    "only in a docstring": (
        'def f():\n    """session.commit()"""\n    # session.commit()\n    return "commit"',
        [],
    ),
    "COMMIT in text": (
        f"{SYNC}\nfrom sqlalchemy import text\ndef f(s: Session): s.execute(text('COMMIT'))",
        ["db.transaction.commit"],
    ),
    "BEGIN in a constant": (
        "from sqlalchemy import Connection\nSQL = 'BEGIN'\ndef f(c: Connection): c.exec_driver_sql(SQL)",
        ["db.transaction.begin"],
    ),
    "SAVEPOINT": (
        "from sqlalchemy import Connection\ndef f(c: Connection): c.exec_driver_sql('SAVEPOINT a')",
        ["db.transaction.savepoint"],
    ),
    "a message to others": (
        "from sqlalchemy import Connection\ndef f(c: Connection): c.exec_driver_sql(\"NOTIFY changes, 'a'\")",
        ["db.write"],
    ),
    "making a trigger": (
        "from sqlalchemy import Connection\nSQL = '''CREATE TRIGGER once BEFORE UPDATE OF slug ON orders BEGIN\n"
        "  SELECT CASE WHEN NEW.slug = 'a' THEN RAISE(ABORT, 'no') END; DELETE FROM lines; END'''\n"
        "def f(c: Connection): c.exec_driver_sql(SQL)",
        ["db.write"],
    ),
    "making a trigger, then ending the transaction": (
        "from sqlalchemy import Connection\n"
        "def f(c: Connection): c.exec_driver_sql('CREATE TRIGGER a AFTER INSERT ON b BEGIN SELECT 1; END; COMMIT')",
        ["db.transaction.commit", "db.write"],
    ),
    "either statement": (
        "from sqlalchemy import Connection\ndef f(c: Connection, x): c.exec_driver_sql('BEGIN' if x else 'SELECT 1')",
        ["db.transaction.begin", "db.read"],
    ),
    "a text nobody knows": (
        f"{SYNC}\nfrom sqlalchemy import text\ndef f(s: Session, sql): s.execute(text(sql))",
        ["db.read or db.write or db.transaction or db.lock"],
    ),
    "numpy generators and files": (
        "import numpy as np\ndef f():\n    np.random.default_rng().normal()\n    np.load('x')",
        ["filesystem.read", "random"],
    ),
    "a seeded numpy generator": ("import numpy as np\ndef f(seed): return np.random.default_rng(seed)", []),
    "a client of another service": (
        "import redis\nclient = redis.Redis()\ndef f(): return client.pipeline().get('x')",
        ["network", "network"],
    ),
    "a client of another service, injected": (
        "from openai import AsyncOpenAI\nasync def f(ai: AsyncOpenAI): await ai.chat.completions.create()",
        ["network"],
    ),
    "where the process runs": (
        "import os, platform\ndef f(): return os.getcwd(), platform.node()",
        ["env", "env"],
    ),
    "a log file": ("import logging\ndef f(): logging.FileHandler('x')", ["filesystem.write"]),
    "code in a text": ("def f(x): return eval(x)", [" or ".join(EFFECTS) + "?"]),
    # statements
    "select of a model": (
        f"{SYNC}{MODEL}\ndef f(s: Session): s.scalars(select(Order).where(Order.id == 1))",
        ["db.read (orders)"],
    ),
    "select of a column": (
        f"{SYNC}{MODEL}\ndef f(s: Session): s.scalar(select(func.max(Order.id)))",
        ["db.read (orders)"],
    ),
    "join": (
        f"{SYNC}{MODEL}\ndef f(s: Session): s.execute(select(Order).join(Line))",
        ["db.read (lines)", "db.read (orders)"],
    ),
    "statement in a variable": (
        f"{SYNC}{MODEL}\n"
        "def f(s: Session, x):\n    q = select(Order)\n    if x:\n        q = q.where(Order.id == x)\n    s.execute(q)",
        ["db.read (orders)"],
    ),
    "statement from a helper": (
        f"{SYNC}{MODEL}\ndef query(): return select(Order)\ndef f(s: Session): s.execute(query())",
        ["db.read (orders)"],
    ),
    "insert": (
        f"{SYNC}{MODEL}\ndef f(s: Session): s.execute(insert(Order).values(id=1))",
        ["db.write (orders)"],
    ),
    "update": (
        f"{SYNC}{MODEL}\ndef f(s: Session): s.execute(update(Order).values(id=1))",
        ["db.write (orders)"],
    ),
    "delete": (f"{SYNC}{MODEL}\ndef f(s: Session): s.execute(delete(Order))", ["db.write (orders)"]),
    "dialect insert": (
        f"{SYNC}{MODEL}\nfrom sqlalchemy.dialects.postgresql import insert as pg\n"
        "def f(s: Session): s.execute(pg(Order).values(id=1).on_conflict_do_nothing())",
        ["db.write (orders)"],
    ),
    "classic table": (
        f"{SYNC}\nfrom sqlalchemy import Table, MetaData, select\nT = Table('things', MetaData())\n"
        "def f(s: Session): s.execute(select(T))",
        ["db.read (things)"],
    ),
    "typed statement": (
        f"{SYNC}\nfrom sqlalchemy import Select\ndef f(s: Session, q: Select): s.execute(q)",
        ["db.read"],
    ),
    "any statement": (f"{SYNC}\ndef f(s: Session, q): s.execute(q)", ["db.read or db.write"]),
    "session.get": (f"{SYNC}{MODEL}\ndef f(s: Session): s.get(Order, 1)", ["db.read (orders)"]),
    "session.add": (f"{SYNC}{MODEL}\ndef f(s: Session): s.add(Order(id=1))", ["db.write (orders)"]),
    "session.add_all": (
        f"{SYNC}{MODEL}\ndef f(s: Session): s.add_all([Order(), Order()])",
        ["db.write (orders)"],
    ),
    "add of a row to anything": (
        f"{MODEL}\ndef f(db):\n    getattr(db, 'add')(Order())",
        ["db.write (orders)?"],
    ),
    "add of a row by getattr": (
        f"{SYNC}{MODEL}\ndef f(s: Session, row: Order): getattr(s, 'add')(row)",
        ["db.write (orders)"],
    ),
    "add of a row to something unknown": (f"{MODEL}\ndef f(db): db.add(Order())", ["db.write (orders)?"]),
    "query of a session nobody declared": (
        f"{MODEL}\ndef f(session): session.query(Order).filter(Order.id == 1).first()",
        ["db.read?"],
    ),
    "flush of a session nobody declared": ("class C:\n    def f(self): self._session.flush()", ["db.flush?"]),
    "rows of any kind added to a session nobody declared": (
        "def f(session, rows):\n    session.add_all(rows)\n    session.delete(rows[0])",
        ["db.write?", "db.write?"],
    ),
    "get of a session nobody declared": ("def f(db, kind): return db.get(kind, 1)", ["db.read?"]),
    "statement given to scalar of a session nobody declared": (
        f"{MODEL}\ndef f(session): return session.scalar(select(Order))",
        ["db.read (orders)?"],
    ),
    "scalar of a result": ("def f(session): return session.result.scalar()", []),
    "delete of a query nobody declared": (
        f"{MODEL}\ndef f(store): store.rows(Order).filter(Order.id == 1).delete()",
        ["db.write?"],
    ),
    "a session of HTTP nobody declared": (
        "def f(session, path):\n    session.get(path)\n    session.delete(f'/x/{path}')\n    session.get('user', 'nobody')",
        [],
    ),
    "flush of a file": ("def f(file):\n    file.flush()\n    file.add(1)\n    file.update({})", []),
    "add to a set": ("def f():\n    seen = set()\n    seen.add(1)", []),
    "changing a row": (f"{MODEL}\ndef f(order: Order): order.id = 2", ["db.write (orders)"]),
    "changing something else": (f"{MODEL}\nclass Plain: ...\ndef f(p: Plain): p.id = 2", []),
    "changing a row whose table a base names": (
        f"{NAMED_BY_BASE}\ndef f(run: FlowRun): run.state = 2",
        ["db.write (flow_run)"],
    ),
    "changing one of two kinds of rows": (
        f"{MODEL}\ndef f(row: Order | Line): row.id = 2",
        ["db.write (lines) or db.write (orders)"],
    ),
    "adding a row whose table a method names": (
        f"{SYNC}\n{NAMED_BY_BASE}\ndef f(s: Session): s.add(Event())",
        ["db.write (events)"],
    ),
    "a base of tables": (f"{NAMED_BY_BASE}\ndef f(row: Base): row.state = 2", []),
    "changing a row of SQLModel": (
        f"{SQLMODEL}\ndef f(user: User): user.password = 'x'",
        ["db.write (user)"],
    ),
    "changing data of SQLModel": (f"{SQLMODEL}\ndef f(user: UserRead): user.password = 'x'", []),
    "exec of a session nobody declared": (
        f"{SQLMODEL}\nfrom sqlmodel import select\ndef f(session): session.exec(select(User))",
        ["db.read (user)?"],
    ),
    "query interface": (
        f"{SYNC}{MODEL}\ndef f(s: Session): s.query(Order).filter(Order.id == 1).delete()",
        ["db.write", "db.read (orders)"],
    ),
    "flush": (f"{SYNC}\ndef f(s: Session): s.flush()", ["db.flush"]),
    "execute of a registry": (
        "class Registry:\n    def execute(self, x): ...\ndef f(r: Registry): r.execute('a')",
        [],
    ),
    "raw insert": (
        f"{SYNC}\nfrom sqlalchemy import text\nSQL = text('INSERT INTO a.orders (x) SELECT x FROM lines')\n"
        "def f(s: Session): s.execute(SQL)",
        ["db.read (lines)", "db.write (orders)"],
    ),
    "f-string with a known verb": (
        "from sqlalchemy import Connection\ndef f(c: Connection, n): c.exec_driver_sql(f'DELETE FROM {n}')",
        ["db.write"],
    ),
    # locks
    "with_for_update": (
        f"{SYNC}{MODEL}\ndef f(s: Session): s.execute(select(Order).with_for_update(skip_locked=True))",
        ["db.read (orders)", "db.lock"],
    ),
    "FOR UPDATE in a triple-quoted text": (
        f'{SYNC}\nfrom sqlalchemy import text\nSQL = text("""\n    SELECT * FROM orders\n    FOR UPDATE SKIP LOCKED\n""")\n'
        "def f(s: Session): s.execute(SQL)",
        ["db.lock", "db.read (orders)"],
    ),
    "get with a lock": (
        f"{SYNC}{MODEL}\ndef f(s: Session): s.get(Order, 1, with_for_update=True)",
        ["db.read (orders)", "db.lock"],
    ),
    "an update is no lock": (
        "from sqlalchemy import Connection\ndef f(c: Connection): c.exec_driver_sql('UPDATE orders SET x = 1')",
        ["db.write (orders)"],
    ),
    # clock, randomness, sleep
    "datetime under another name": (
        "from datetime import datetime as dt\ndef f(): return dt.now()",
        ["clock"],
    ),
    "utcnow": ("import datetime\ndef f(): return datetime.datetime.utcnow()", ["clock"]),
    "time.time": ("import time\ndef f(): return time.time()", ["clock"]),
    "clock as a default factory": (
        "from dataclasses import field\nfrom datetime import datetime\ndef f(): return field(default_factory=datetime.now)",
        ["clock"],
    ),
    "a given datetime": (
        "from datetime import datetime\ndef f(x): return datetime.fromisoformat(x).replace(tzinfo=None)",
        [],
    ),
    "gmtime of a given moment": ("import time\ndef f(x): return time.gmtime(x)", []),
    "gmtime": ("import time\ndef f(): return time.gmtime()", ["clock"]),
    "uuid4": ("from uuid import uuid4\ndef f(): return uuid4()", ["random"]),
    "uuid5": ("from uuid import uuid5, NAMESPACE_URL\ndef f(): return uuid5(NAMESPACE_URL, 'x')", []),
    "a seeded generator": ("import random\ndef f(): return random.Random(7).random()", []),
    "an unseeded generator": ("import random\ndef f(): return random.Random()", ["random"]),
    "random.choice": ("import random\ndef f(x): return random.choice(x)", ["random"]),
    "sleep": ("import asyncio\nasync def f(): await asyncio.sleep(1)", ["sleep"]),
    "yielding": ("import asyncio\nasync def f(): await asyncio.sleep(0)", []),
    "retry decorator": ("from tenacity import retry\n@retry(wait=1)\ndef f(): ...", ["sleep"]),
    # the world outside
    "requests under another name": ("import requests\ng = requests.get\ndef f(u): g(u)", ["network"]),
    "httpx client": (
        "import httpx\nasync def f(u):\n    async with httpx.AsyncClient() as c:\n        await c.get(u)",
        ["network"],
    ),
    "environ under another name": ("from os import environ as e\ndef f(): return e['X']", ["env"]),
    "environ as a value": ("import os\ndef f(): return dict(os.environ)", ["env"]),
    "getenv": ("import os\ndef f(): return os.getenv('X')", ["env"]),
    "a parameter called environ": ("def f(environ): return environ['X']", []),
    "open for reading": ("def f(): return open('x').read()", ["filesystem.read"]),
    "open for writing": ("def f(): return open('x', 'wb')", ["filesystem.write"]),
    "open in an unknown mode": ("def f(m): return open('x', m)", ["filesystem"]),
    "path": (
        "from pathlib import Path\ndef f(d: Path): (d / 'a').with_suffix('.b').write_text('x')",
        ["filesystem.write"],
    ),
    "pure path": ("from pathlib import Path\ndef f(d: Path): return d.name", []),
    "write_text of anything": ("def f(x): x.write_text('y')", ["filesystem.write?"]),
    "subprocess": ("import subprocess\ndef f(): subprocess.run(['x'])", ["process"]),
    "list.append": ("def f(x: list):\n    x.append(1)\n    x.remove(1)", []),
}


@pytest.mark.parametrize("what", CASES)
def test_effects(what: str) -> None:
    code, wanted = CASES[what]
    function = "C.f" if "class C:" in code else "f"
    assert sorted(effects_of(code, function)) == sorted(wanted)


@pytest.mark.parametrize(
    ("code", "blocking"),
    [
        ("import time\ndef f(): time.sleep(1)", True),
        ("import asyncio\nasync def f(): await asyncio.sleep(1)", False),
        ("import requests\ndef f(): requests.get('x')", True),
        ("import httpx\nasync def f(c: httpx.AsyncClient): await c.get('x')", False),
        ("import httpx\ndef f(c: httpx.Client): c.get('x')", True),
        ("import asyncio, time\nasync def f(): await asyncio.to_thread(time.sleep, 1)", False),
        ("import time\nasync def f(loop): await loop.run_in_executor(None, time.sleep, 1)", False),
        ("import asyncio, time\nasync def f(): await asyncio.to_thread(lambda: time.sleep(1))", False),
        ("async def f(path): path.write_text('x')", True),
        ("async def f(path): await path.write_text('x')", False),
        ("async def f(session):\n    async with session.begin(): ...", False),
        ("async def f(session):\n    with session.begin(): ...", True),
    ],
)
def test_what_blocks(code: str, blocking: bool) -> None:
    (site,) = sites_of(code)
    assert site.blocking is blocking


def test_the_name_of_this_host_is_asked_of_nobody() -> None:
    assert effects_of("import socket\ndef f(): return socket.gethostname()") == []
    assert effects_of("import socket\ndef f(): return socket.getfqdn()") == ["network"]
