"""The effect catalogue: which calls and names of the standard library and of common packages have which effect.

Data only, by full dotted name. Objects are told by what made them: ``create_engine(...)``, an annotation ``Engine`` and
``session.get_bind()`` all give an *engine*, and ``begin`` on an engine begins a transaction whoever holds it.
"""

from __future__ import annotations

from functools import cache

from archwright.project.effects import packages, stdlib
from archwright.project.effects.facts import Effect
from archwright.project.effects.objects import GIVES, MEMBERS, OBJECTS, STATEMENTS
from archwright.project.effects.stdlib import below, table

__all__ = [
    "BUILDERS",
    "CALLS",
    "CALLS_ARGUMENT",
    "DYNAMIC",
    "ENTERS",
    "HAND_OFF",
    "HAND_OFF_MEMBERS",
    "IMPORTING",
    "REFERENCES",
    "STATEMENTS",
    "TELLING",
    "TELLING_STATEMENTS",
    "blocks",
    "called_effect",
    "effects_of_members",
    "is_opaque",
    "member",
    "object_kind",
    "statement_kind",
    "unjudged_package",
]


CALLS: dict[str, str] = {
    **stdlib.CALLS,
    **packages.CALLS,
    **table(
        clock=" ".join(
            [
                "pendulum.now pendulum.today arrow.now arrow.utcnow django.utils.timezone.now",
                below(
                    "sqlalchemy.func",
                    "now current_timestamp clock_timestamp statement_timestamp localtimestamp",
                ),
                below("pandas.Timestamp", "now utcnow today"),
            ]
        ),
        random=" ".join(
            [
                "sqlalchemy.func.random sqlalchemy.func.gen_random_uuid",
            ]
        ),
        sleep="anyio.sleep trio.sleep gevent.sleep tenacity.retry backoff.on_exception backoff.on_predicate",
        network=" ".join(
            [
                below("requests", "request get post put patch delete head options"),
                below("httpx", "request get post put patch delete head options stream"),
                "asyncpg.connect asyncpg.create_pool psycopg.connect psycopg2.connect pymysql.connect websockets.connect",
                "aiohttp.request boto3.client boto3.resource grpc.insecure_channel grpc.secure_channel",
            ]
        ),
        filesystem__read=" ".join(
            [
                "aiosqlite.connect",
                below(
                    "pandas", "read_csv read_json read_parquet read_excel read_pickle read_feather read_hdf"
                ),
                below("numpy", "load loadtxt genfromtxt fromfile memmap"),
            ]
        ),
        filesystem__write=below("numpy", "save savez savez_compressed savetxt"),
        env="dotenv.load_dotenv dotenv.dotenv_values",
    ),
}
"""Functions by full name."""

DYNAMIC = stdlib.RUNS_ANYTHING
"""Calls that run code nobody can see: it may have any effect. Those that import do so where the name is not known."""
IMPORTING = frozenset({"builtins.__import__", "importlib.__import__", "importlib.import_module"})

CALLS_ARGUMENT = frozenset(
    {"builtins.map", "builtins.filter", "collections.defaultdict", "itertools.starmap", "functools.reduce"}
)
"""Functions that call the class or function they are given first."""
ENTERS = frozenset(
    {"contextlib.ExitStack.enter_context", "contextlib.AsyncExitStack.enter_context"}
    | {"contextlib.AsyncExitStack.enter_async_context"}
)
"""Functions that enter their argument as ``with`` does, and leave it later."""

REFERENCES: dict[str, str] = table(env="os.environ os.environb sys.argv sys.orig_argv")
"""Names that are an effect to touch at all, called or not."""

BUILDERS: dict[str, str] = table(
    select=(
        "sqlalchemy.select sqlalchemy.sql.select sqlalchemy.sql.expression.select sqlalchemy.future.select sqlmodel.select"
        " sqlalchemy.Select sqlalchemy.sql.Select sqlalchemy.sql.expression.Select sqlalchemy.union sqlalchemy.union_all"
        " sqlalchemy.CompoundSelect sqlalchemy.exists sqlalchemy.values"
    ),
    insert=(
        "sqlalchemy.insert sqlalchemy.sql.insert sqlalchemy.Insert sqlalchemy.dialects.postgresql.insert"
        " sqlalchemy.dialects.sqlite.insert sqlalchemy.dialects.mysql.insert sqlalchemy.dialects.postgresql.Insert"
        " sqlalchemy.dialects.sqlite.Insert"
    ),
    update="sqlalchemy.update sqlalchemy.sql.update sqlalchemy.Update sqlmodel.update",
    delete="sqlalchemy.delete sqlalchemy.sql.delete sqlalchemy.Delete sqlmodel.delete",
    text="sqlalchemy.text sqlalchemy.sql.text sqlalchemy.sql.expression.text sqlalchemy.TextClause sqlalchemy.DDL",
)
"""What builds SQL statements, and of which kind."""

TELLING: dict[str, str] = table(
    db__transaction__begin="begin",
    db__transaction__commit="commit",
    db__transaction__rollback="rollback",
    db__transaction__savepoint="begin_nested",
    db__lock="with_for_update",
    clock="utcnow",
    filesystem__read="read_text read_bytes",
    filesystem__write="write_text write_bytes unlink mkdir rmdir tofile",
)
"""Names that say what they do on whatever object: there, the effect is possible and nothing is decided."""
TELLING_STATEMENTS = frozenset(["execute", "executemany", "exec_driver_sql", "scalars", "stream_scalars"])

HAND_OFF = frozenset(
    [
        "asyncio.to_thread",
        "anyio.to_thread.run_sync",
        "starlette.concurrency.run_in_threadpool",
        "fastapi.concurrency.run_in_threadpool",
        "asgiref.sync.sync_to_async",
    ]
)
"""What runs a function on another thread."""
HAND_OFF_MEMBERS = frozenset({"run_in_executor", "submit"})

_ASYNC_ROOTS = (
    "asyncio.",
    "anyio.",
    "trio.",
    "aiohttp.",
    "aiokafka.",
    "asyncpg.",
    "aiosqlite.",
    "motor.",
    "redis.asyncio.",
    "websockets.",
    "starlette.",
    "fastapi.",
    "uvicorn.Server.serve",
)
_ASYNC_MAKERS = (
    "anthropic.AsyncAnthropic",
    "elasticsearch.AsyncElasticsearch",
    "openai.AsyncOpenAI",
    "sqlalchemy.ext.asyncio.",
    "httpx.AsyncClient",
    "sqlmodel.ext.asyncio.",
    "psycopg.AsyncConnection",
)
_BLOCKS = ("sleep", "network", "process", "db", "filesystem")


def object_kind(name: str) -> str:
    """The kind of object that the external *name* stands for; empty when it is none of ``OBJECTS``."""
    kind, rest = _split(name)
    return "" if rest else kind


def member(name: str) -> str:
    """``kind.member`` for a member of a known object, e.g. ``session.commit``; empty for anything else."""
    owner, _, last = name.rpartition(".")
    kind = object_kind(owner) if owner else ""
    return f"{kind}.{last}" if kind else ""


def effects_of_members(name: str) -> tuple[str, ...]:
    """All effects that members of the object which the external *name* stands for can have, sorted."""
    kind = object_kind(name)
    own = {effect for key, effect in MEMBERS.items() if kind and key.startswith(f"{kind}.")}
    statements = {"db.read", "db.write"} if any(key.startswith(f"{kind}.") for key in STATEMENTS) else set()
    return tuple(sorted(own | (statements if kind else set())))


def called_effect(name: str) -> Effect | None:
    """What calling the external *name* does, arguments aside."""
    effect = MEMBERS.get(member(name)) or CALLS.get(name)
    if effect is None and _split(name)[0] == "remote" and _split(name)[1]:
        effect = "network"  # whatever one asks such a client, it asks somebody else
    if effect is None and name.endswith((".update", ".delete")):
        kind, rest = _split(name.rpartition(".")[0])
        # The query interface of a session: ``session.query(Model).filter(...).delete()``.
        effect = "db.write" if kind == "session" and rest.split(".")[0] == "query" else None
    if effect is None and name.endswith(".__init__"):
        effect = CALLS.get(name.removesuffix(".__init__"))  # of a class, called by one that inherits it
    return Effect(effect) if effect else None


def statement_kind(name: str) -> str:
    """Which kind of SQL statement the external *name* is or is built from; empty when it is none."""
    parts = name.split(".")
    for end in range(len(parts), 1, -1):
        kind = BUILDERS.get(".".join(parts[:end]))
        if kind:
            return kind
    return ""


def is_opaque(name: str) -> bool:
    """Whether the object that the external *name* is taken from is of a type nobody knows: what a foreign function gave."""
    owner = name.rpartition(".")[0]
    last = owner.rpartition(".")[2]
    return (
        bool(owner)
        and not last[:1].isupper()
        and not f"{owner}.".startswith("builtins.")
        and not object_kind(owner)
    )


def unjudged_package(name: str) -> str:
    """The package of the external *name* if nobody has judged what calling it does; empty where the catalogue tells."""
    package = name.partition(".")[0]
    if packages.is_judged(package) or name in CALLS or _split(name)[0] or name in DYNAMIC:
        return ""
    return "" if called_effect(name) else package


def blocks(name: str, effect: str) -> bool:
    """Whether calling the external *name*, which has *effect*, holds up the calling thread."""
    if name.startswith(_ASYNC_ROOTS) or name.startswith(_ASYNC_MAKERS):
        return False
    return effect.partition(".")[0] in _BLOCKS and not name.startswith(("tenacity.", "backoff."))


@cache
def _split(name: str) -> tuple[str, str]:
    """The kind of object at the beginning of *name* and what is left of it after following members."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        kind = OBJECTS.get(".".join(parts[:end]))
        if kind is None:
            continue
        for index in range(end, len(parts)):
            following = GIVES.get(f"{kind}.{parts[index]}")
            if following is None:
                return kind, ".".join(parts[index:])
            kind = following
        return kind, ""
    return "", name
