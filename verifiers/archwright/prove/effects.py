"""Counterexamples of effect contracts: code that has the effect, by another name, in a helper two calls down, on other lines."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archwright.contracts.language import Selector
from archwright.project.effects.facts import EFFECTS
from archwright.prove.bench import Bench, counterexample
from archwright.prove.counterexample import Changes, Counterexample
from archwright.prove.spread import spread
from archwright.verifiers.effects.effects import (
    BlockingContract,
    EffectsContract,
    ForbidEffectsContract,
    OnlyEffectsContract,
)

_SITES = 8
_TABLE = "zzz_probe"


class Snippet(msgspec.Struct, frozen=True):
    """Code with one effect: an import, and what is done with it."""

    effect: str
    name: str
    imports: str
    body: str
    parameters: str = ""
    is_async: bool = False
    blocking: bool = False


_SESSION = "from sqlalchemy.ext.asyncio import AsyncSession as Db"
_SQL = "from sqlalchemy import text as sql\nfrom sqlalchemy.ext.asyncio import AsyncSession as Db"


def _on_session(effect: str, name: str, body: str) -> Snippet:
    return Snippet(effect, name, _SESSION, body, "database: Db", True)


def _on_text(effect: str, name: str, statement: str) -> Snippet:
    return Snippet(effect, name, _SQL, f"await database.execute(sql({statement!r}))", "database: Db", True)


def _snippets(table: str) -> tuple[Snippet, ...]:
    return (
        _on_text("db.read", "a query", f"SELECT id FROM {table}"),
        _on_text("db.write", "an update", f"UPDATE {table} SET id = 1"),
        Snippet(
            "db.write",
            "a deletion",
            f"from sqlalchemy import text as sql\nfrom sqlalchemy.orm import Session as Db\n\nSQL = 'DELETE ' + 'FROM {table}'",
            "run = database.execute\nrun(sql(SQL))",
            "database: Db",
        ),
        _on_text("db.lock", "a row lock", f"SELECT id FROM {table} FOR UPDATE"),
        _on_session("db.flush", "a flush", "await database.flush()"),
        _on_session("db.transaction.begin", "a transaction", "async with database.begin():\n    pass"),
        _on_session("db.transaction.commit", "a commit", "await database.commit()"),
        _on_session(
            "db.transaction.commit", "a commit as a value", "finish = database.commit\nawait finish()"
        ),
        _on_session("db.transaction.rollback", "a rollback", "await database.rollback()"),
        _on_session(
            "db.transaction.savepoint", "a savepoint", "async with database.begin_nested():\n    pass"
        ),
        Snippet("clock", "the clock", "from datetime import datetime as moment", "moment.now()"),
        Snippet("clock", "the time", "import time as t", "read = t.time\nread()"),
        Snippet("random", "a random id", "from uuid import uuid4 as new", "new()"),
        Snippet("random", "a random number", "import random as dice", "getattr(dice, 'random')()"),
        Snippet("sleep", "a wait", "import time as t", "t.sleep(1)", blocking=True),
        Snippet(
            "sleep", "a wait of a task", "from asyncio import sleep as rest", "await rest(1)", is_async=True
        ),
        Snippet(
            "network",
            "a request",
            "from urllib.request import urlopen as fetch",
            "fetch('http://localhost')",
            blocking=True,
        ),
        Snippet(
            "network",
            "a connection",
            "import socket as s",
            "s.create_connection(('localhost', 80))",
            blocking=True,
        ),
        Snippet(
            "filesystem.read", "a file read", "from pathlib import Path as P", "(P('a') / 'b').read_text()"
        ),
        Snippet(
            "filesystem.write",
            "a file written",
            "from pathlib import Path as P",
            "P('a').joinpath('b').write_text('c')",
        ),
        Snippet("filesystem.write", "a file removed", "from os import remove as forget", "forget('a')"),
        Snippet("env", "the environment", "from os import environ as settings", "settings['A']"),
        Snippet("env", "a variable", "import os as system", "system.getenv('A')"),
        Snippet(
            "process", "a process", "from subprocess import run as start", "start(['true'])", blocking=True
        ),
    )


def derive_forbid_effects(contract: ForbidEffectsContract, bench: Bench) -> Iterator[Counterexample]:
    """Functions of the units have each forbidden effect: themselves, two helpers down, and in a module of nobody's."""
    snippets = _wanted(contract.forbid, contract)
    places = _places(contract.units, contract.except_in, bench)
    for turn, module in enumerate(spread(places, _SITES)):
        for snippet in snippets[turn % 2 :: 2] or snippets:
            yield from _in_module(contract, bench, module, snippet)
            if contract.transitive == "always":
                yield from _elsewhere(contract, bench, module, snippet)
    for module, name in spread(_named_functions(contract, bench), _SITES):
        for snippet in snippets:
            yield from _in_function(contract, bench, module, name, snippet)


def derive_only_effects(contract: OnlyEffectsContract, bench: Bench) -> Iterator[Counterexample]:
    """Code outside of what is allowed has each effect."""
    snippets = _wanted(contract.effects, contract)
    for turn, module in enumerate(spread(_places(contract.within, contract.only_in, bench), _SITES)):
        for snippet in snippets[turn % 2 :: 2] or snippets:
            yield from _in_module(contract, bench, module, snippet)


def derive_blocking(contract: BlockingContract, bench: Bench) -> Iterator[Counterexample]:
    """Coroutines wait: themselves, through plain helpers, and through a module of nobody's."""
    snippets = [
        s
        for s in _snippets(_TABLE)
        if s.blocking and any(_is_a(s.effect, wanted) for wanted in contract.blocking)
    ]
    for module in spread(_places(contract.units, contract.except_in, bench), _SITES):
        for snippet in snippets:
            asynchronous = msgspec.structs.replace(snippet, is_async=True)
            yield from _in_module(contract, bench, module, asynchronous, helpers=False)
            yield counterexample(
                contract,
                "blocking helper",
                f"a coroutine of {module} has {snippet.name} in a plain helper two calls down",
                bench.append(
                    module,
                    f"{_function('zzz_far', snippet)}\n\n\ndef zzz_near():\n    return zzz_far()\n\n\n"
                    "async def zzz_start():\n    zzz_near()",
                ),
            )


# --- where ------------------------------------------------------------------------------------------------------


def _places(units: Selector | None, excepted: Selector | None, bench: Bench) -> list[str]:
    return [m for m in bench.matching(units) if excepted is None or not excepted.matches(bench.subject(m))]


def _named_functions(contract: ForbidEffectsContract, bench: Bench) -> list[tuple[str, str]]:
    """Functions the contract means by their own names: their modules are not meant as a whole."""
    whole = set(bench.matching(contract.units))
    return [(m, name) for m, name in bench.functions(contract.units) if m not in whole]


def _in_module(
    contract: EffectsContract | BlockingContract,
    bench: Bench,
    module: str,
    snippet: Snippet,
    *,
    helpers: bool = True,
) -> Iterator[Counterexample]:
    yield counterexample(
        contract,
        f"{snippet.effect}, directly",
        f"a new function of {module} has {snippet.name}",
        bench.append(module, _function("zzz_probe", snippet)),
    )
    if helpers:
        wait = "await " if snippet.is_async else ""
        head = "async def" if snippet.is_async else "def"
        given = snippet.parameters.partition(":")[0]
        middle = f"{head} zzz_near({given}):\n    return {wait}zzz_far({given})"
        outer = (
            f"class ZzzStarter:\n    {head} zzz_start(self, {given}):\n        return {wait}zzz_near({given})"
        )
        yield counterexample(
            contract,
            f"{snippet.effect}, two calls down",
            f"a method of {module} has {snippet.name} in a helper two calls down",
            bench.append(module, f"{_function('zzz_far', snippet)}\n\n\n{middle}\n\n\n{outer}"),
        )


def _elsewhere(
    contract: ForbidEffectsContract, bench: Bench, module: str, snippet: Snippet
) -> Iterator[Counterexample]:
    """The effect stands in a module the contract does not mean, and does not except."""
    neutral = [
        m
        for m in bench.matching(None)
        if not contract.units.matches(bench.subject(m))
        and (contract.except_in is None or not contract.except_in.matches(bench.subject(m)))
        and m.partition(".")[0] == module.partition(".")[0]
    ]
    if not neutral:
        return
    helper = neutral[len(module) % len(neutral)]
    wait = "await " if snippet.is_async else ""
    head = "async def" if snippet.is_async else "def"
    given = snippet.parameters.partition(":")[0]
    caller = (
        f"{head} zzz_ask({given}):\n    from {helper} import zzz_far as ask\n\n    return {wait}ask({given})"
    )
    yield counterexample(
        contract,
        f"{snippet.effect}, in another unit",
        f"a function of {module} has {snippet.name} through {helper}",
        bench.append(helper, _function("zzz_far", snippet)),
        bench.append(module, caller),
    )


def _in_function(
    contract: ForbidEffectsContract, bench: Bench, module: str, name: str, snippet: Snippet
) -> Iterator[Counterexample]:
    text = bench.text(module)
    function = text.function(name)
    if function is None:
        return
    if snippet.parameters or snippet.is_async:
        return  # needs something the function may not have
    code = f"{snippet.imports}\n{snippet.body}"
    changes: Changes = bench.edit(module, text.at_start(function, code))
    yield counterexample(
        contract, f"{snippet.effect}, inside", f"{module}.{name} has {snippet.name}", changes
    )


def _function(name: str, snippet: Snippet) -> str:
    head = "async def" if snippet.is_async else "def"
    body = "\n".join(f"    {line}" for line in snippet.body.split("\n"))
    return f"{snippet.imports}\n\n\n{head} {name}({snippet.parameters}):\n{body}"


# --- what -------------------------------------------------------------------------------------------------------


def _wanted(names: tuple[str, ...], contract: EffectsContract) -> list[Snippet]:
    """Snippets with the effects a contract speaks of, on a table that counts."""
    table = str(contract.tables[0]).replace("*", "zzz") if contract.tables else _TABLE
    return [s for s in _snippets(table) if any(_is_a(s.effect, name) for name in names)]


def _is_a(effect: str, wanted: str) -> bool:
    if effect not in EFFECTS:
        raise ValueError(f"there is no effect {effect}")
    return effect == wanted or effect.startswith(f"{wanted}.")
