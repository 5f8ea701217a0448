"""Migrations: their graph, and the schema they leave behind when they are replayed without being run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from archwright.model import Location
from archwright.project.inference import Inference
from archwright.project.storage.ddl import apply_sql, begins_harmless
from archwright.project.storage.evaluate import DEPTH, Evaluator
from archwright.project.storage.execute import Executor
from archwright.project.storage.inspection import inspected
from archwright.project.storage.literals import Class, Function, Made, Method, Outside, Unknown
from archwright.project.storage.operations import IGNORED, Operations
from archwright.project.storage.schema import Column, Schema
from archwright.project.storage.wording import spoken

_FIRST = frozenset({"add_column", "alter_column", "drop_column"})
"""Batch operations whose unbatched form has the table first; the others have it second."""
_EXECUTES = frozenset(
    {".exec_driver_sql", ".execute", ".executemany", ".executescript", ".scalar", ".scalars"}
)
_METADATA = frozenset({"create_all", "drop_all"})
_PARTS = {
    "columns": "column",
    "checks": "check",
    "uniques": "unique constraint",
    "indexes": "index",
    "foreign_keys": "foreign key",
    "triggers": "trigger",
}


class Revision(msgspec.Struct, frozen=True):
    """One migration file."""

    module: str
    id: str | None
    """None where it is not a constant."""
    parents: tuple[str, ...] | None
    """Ids of the revisions it follows; None where they are not constant."""
    at: Location
    """Where the revision is named."""
    parents_at: Location


_SAME_TEXT = frozenset({".bindparams", ".params", ".execution_options", ".columns"})
"""What a text is given before it is run."""
_OF_DATABASES = frozenset(
    {
        "alembic",
        "sqlalchemy",
        "execute",
        "exec_driver_sql",
        "executescript",
        "create_all",
        "drop_all",
    }
)
"""Words without one of which a module has no way to a database."""


class Replay(msgspec.Struct, frozen=True):
    """What became of one revision on one dialect."""

    revision: Revision
    conflicts: tuple[Any, ...] = ()
    """Operations of its upgrade that the database would refuse."""
    doubt: Any = None
    """The first thing in its upgrade that could not be followed."""
    back: str = "inverse"
    """What its downgrade does: ``inverse``, ``differs``, ``refuses``, ``raises``, ``missing``, ``empty`` or ``undecided``."""
    detail: str = ""
    back_at: Location | None = None


class History:
    """All migrations of a project, in order, with the schema they leave behind on one dialect."""

    def __init__(self, revisions: Sequence[Revision], inference: Inference, dialect: str, impl: Any) -> None:
        self.dialect = dialect
        self.schema = Schema()
        self.replays: list[Replay] = []
        for revision in ordered(revisions):
            self.replays.append(self._replay(revision, inference, impl))

    def _replay(self, revision: Revision, inference: Inference, impl: Any) -> Replay:
        before, conflicts = self.schema.copy(), len(self.schema.conflicts)
        doubts = dict(before.doubts)
        runner = Replayer(inference, self.dialect, self.schema, impl)
        outcome = runner.run(revision.module, "upgrade")
        self.schema = runner.state
        if outcome == "missing":
            self.schema.doubt("it has no upgrade()", revision.at)
        refused = tuple(self.schema.conflicts[conflicts:])
        fresh = [d for name, d in self.schema.doubts.items() if doubts.get(name) != d]
        back, detail, place = self._back(revision, inference, impl, before)
        return Replay(revision, refused, fresh[0] if fresh else None, back, detail, place)

    def _back(
        self, revision: Revision, inference: Inference, impl: Any, before: Schema
    ) -> tuple[str, str, Location | None]:
        state = self.schema.copy()
        state.conflicts = []
        if state.doubts:
            # A table made in doubt may be taken back surely, but what the doubt hides cannot be compared.
            known = state.doubts
            fresh = {n for n in known if before.doubts.get(n) != known[n]}
        else:
            fresh = set()
        unchanged = self.schema.same(before)
        runner = Replayer(inference, self.dialect, state, impl)
        outcome = runner.run(revision.module, "downgrade")
        after = runner.state
        place = _function_at(inference, revision, "downgrade") or revision.at
        if outcome == "missing":
            return "missing", "", place
        if outcome == "raises":
            return "raises", "", place
        if after.conflicts:
            return "refuses", after.conflicts[0].message, after.conflicts[0].at
        lingering = {n: d for n, d in after.doubts.items() if before.doubts.get(n) != d}
        if fresh or lingering:
            doubt = next(iter(lingering.values()), None) or self.schema.doubts[sorted(fresh)[0]]
            return "undecided", doubt.reason, doubt.at
        differing = after.differing(before)
        gone = set(before.functions) - set(after.functions)
        left = set(after.functions) - set(before.functions)
        if not differing and not gone and not left:
            return "inverse", "", place
        if unchanged:
            return "differs", "its upgrade changes nothing, its downgrade does", place
        if differing:
            return "differs", _difference(after, before, differing[0]), place
        names = ", ".join(f"`{n}`" for n in sorted(left or gone))
        return "differs", f"function {names} {'stays behind' if left else 'is lost'}", place


class Replayer(Executor[Schema]):
    """Runs ``upgrade`` and ``downgrade`` on a schema."""

    def __init__(self, inference: Inference, dialect: str, schema: Schema, impl: Any) -> None:
        super().__init__(inference, dialect, schema)
        self._impl = impl
        self._gone: dict[Location | None, set[str]] = {}
        """By batch, the indexes that went with a column."""
        self._knowing: dict[str, bool] = self._reads.table(None)
        """Whether the code of a module has a word for a database."""

    def run(self, module: str, name: str) -> str:
        """Runs a function of a migration: ``done``, ``raises`` or ``missing``."""
        function = self.module_value(module, name)
        if not isinstance(function, Function):
            return "missing"
        at = self.project.at(module, function.scope.node.at) if function.scope.node is not None else None
        self.raised = False
        self.call_function(function, Made(name, at=at), DEPTH)
        return "raises" if self.raised else "done"

    def apply(
        self,
        callee: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        at: Location,
        complete: bool,
        depth: int,
    ) -> Any:
        away = isinstance(callee, Unknown) and callee.away
        if (
            isinstance(callee, Unknown)
            and self._knows_databases()
            and (not away or any(map(_leads_on, (*args, *kwargs.values()))))
        ):
            self.state.doubt("a call that cannot be followed", at)
        value = super().apply(callee, args, kwargs, at, complete, depth)
        unfollowed = isinstance(callee, Function) and isinstance(value, Unknown) and value.at == at
        if unfollowed and self._knows_databases():
            self.state.doubt(value.reason, at)
        return value

    def _knows_databases(self) -> bool:
        """Whether the code that runs now is of a module that could change a schema: others have no word for it."""
        if not self.running:
            return True
        module = self.running[-1].module
        if not any(map(self.project.summary(module).mentions, _OF_DATABASES)):
            return False
        if module in self._knowing:
            return self._knowing[module]
        body = self.inference.index(module).root.body
        return self._reads.made(
            self._knowing, module, lambda: any(word in _OF_DATABASES for word in spoken(body))
        )

    def outside_call(self, made: Made) -> Any:
        at = made.at
        if at is None:
            return made
        answer = inspected(made, self.state, self.dialect)
        if answer is not None:
            return answer
        if made.name.startswith("alembic.op."):
            return self._operation(made.last, made, at)
        if _batch(made.receiver) is not None and made.name.startswith("."):
            return self._batched(made, at)
        if made.name in _EXECUTES and made.args:
            self._execute(made.args[0], at)
        elif made.last in _METADATA:
            self.state.doubt("whatever the models say is created or dropped", at)
        elif made.name in (".create", ".drop") and not _is_type(made.receiver):
            self.state.doubt("a table is created or dropped by a call that is not followed", at)
        elif any(
            isinstance(a, Outside) and a.name == "alembic.op" for a in (*made.args, *made.kwargs.values())
        ):
            self.state.doubt(f"`{made.name}` is given `op` and is not followed", at)
        elif (
            isinstance(made.receiver, Made)
            and isinstance(made.receiver.receiver, Class)
            and made.name[0] == "."
            and self._knows_databases()
        ):
            self.state.doubt(f"`{made.name[1:]}` of an object is not followed", at)
        return made

    def _operation(self, name: str, made: Made, at: Location) -> Any:
        if name == "f" and made.args:
            return made.args[0]
        if name == "execute":
            self._execute(made.argument(0, "sqltext"), at)
        elif name not in IGNORED and name != "batch_alter_table":
            Operations(self.state, self.dialect, self._impl).apply(name, made, at)
        return made

    def _batched(self, made: Made, at: Location) -> Any:
        batch, name = _batch(made.receiver), made.name[1:]
        if batch is None or name == "f":
            return made.args[0] if made.args else made
        table = batch.argument(0, "table_name")
        args = (table, *made.args) if name in _FIRST else (*made.args[:1], table, *made.args[1:])
        kwargs = dict(made.kwargs)
        if "schema" in batch.kwargs:
            kwargs["schema"] = batch.kwargs["schema"]
        if name not in _FIRST and not made.args:
            # The name was given by keyword: the table still stands second.
            args = (None, table)
        gone = self._gone.setdefault(batch.at, set())
        dropped = made.argument(0, "index_name") if name == "drop_index" else None
        if isinstance(dropped, str) and dropped in gone:
            return made
        before = self._indexes(table)
        value = self._operation(name, Made(f"alembic.op.{name}", args, kwargs, at, None, made.complete), at)
        if name == "drop_column" and self.dialect == "sqlite":
            # Until the batch ends and the table is made anew, the indexes of the old one are known by name.
            gone |= before - self._indexes(table)
        return value

    def _indexes(self, table: Any) -> set[str]:
        found = self.state.tables.get(table) if isinstance(table, str) else None
        return set(found.indexes) if found is not None else set()

    def _execute(self, value: Any, at: Location) -> None:
        while isinstance(value, Made) and (value.last in ("text", "DDL") or value.name in _SAME_TEXT):
            value = value.receiver if value.name.startswith(".") else value.argument(0, "text", "statement")
        operations = Operations(self.state, self.dialect, self._impl)
        if isinstance(value, str):
            apply_sql(value, operations, at)
        elif not _is_query(value) and not (isinstance(value, Unknown) and begins_harmless(value.beginning)):
            self.state.doubt("a statement that cannot be told", at)


def find_revisions(modules: Iterable[str], inference: Inference) -> list[Revision]:
    """The migrations among *modules*: those that name a revision at top level, annotated or not."""
    found: list[Revision] = []
    for module in modules:
        bindings = {b.name: b.line for b in inference.project.summary(module).bindings}
        if "revision" not in bindings or "down_revision" not in bindings:
            continue
        evaluator = Evaluator(inference, "postgresql")
        own, before = (
            evaluator.module_value(module, "revision"),
            evaluator.module_value(module, "down_revision"),
        )
        path = inference.project.file(module).path
        found.append(
            Revision(
                module,
                own if isinstance(own, str) else None,
                _parents(before),
                Location(path, bindings["revision"]),
                Location(path, bindings["down_revision"]),
            )
        )
    return found


def ordered(revisions: Sequence[Revision]) -> list[Revision]:
    """Parents before children, otherwise by id; what hangs on nothing known comes last, in the same way."""
    pending = sorted((r for r in revisions if r.id is not None), key=lambda r: r.id or "")
    known = {r.id for r in pending}
    placed: list[Revision] = []
    seen: set[str | None] = set()
    while pending:
        ready = [r for r in pending if all(p in seen or p not in known for p in r.parents or ())]
        if not ready:
            break  # a cycle: reported by the graph, not replayed
        placed += ready
        seen.update(r.id for r in ready)
        pending = [r for r in pending if r not in ready]
    return placed


def _parents(value: Any) -> tuple[str, ...] | None:
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list | tuple) and all(isinstance(v, str) for v in value):
        return tuple(value)
    return None


def _function_at(inference: Inference, revision: Revision, name: str) -> Location | None:
    scope = inference.index(revision.module).scopes.get(name)
    return inference.project.at(revision.module, scope.node.at) if scope is not None and scope.node else None


def _difference(after: Schema, before: Schema, name: str) -> str:
    left, right = after.tables.get(name), before.tables.get(name)
    if right is None:
        return f"table `{name}` stays behind"
    if left is None:
        return f"table `{name}` is lost"
    for kind, noun in _PARTS.items():
        now, then = getattr(left, kind), getattr(right, kind)
        extra, missing = sorted(set(now) - set(then)), sorted(set(then) - set(now))
        if extra:
            return f"{noun} `{name}.{extra[0]}` stays behind"
        if missing:
            return f"{noun} `{name}.{missing[0]}` is lost"
        changed = [part for part in now if _plain(now[part]) != _plain(then[part])]
        if changed:
            return f"{noun} `{name}.{changed[0]}` is not what it was"
    return f"the primary key of `{name}` is not what it was"


def _plain(part: Any) -> object:
    """A part of a table without the place it was written at."""
    return (part.type, part.nullable, part.default) if isinstance(part, Column) else part


def _batch(value: Any) -> Made | None:
    return value if isinstance(value, Made) and value.name == "alembic.op.batch_alter_table" else None


def _leads_on(value: Any) -> bool:
    """Whether what is handed to a call may be a way to a database, or to more code."""
    return isinstance(value, Made | Method | Outside | Function | Class)


def _is_type(value: Any) -> bool:
    return isinstance(value, Made) and value.last in ("Enum", "ENUM", "DOMAIN", "Sequence")


def _is_query(value: Any) -> bool:
    """Whether a statement is built from Core constructs that change no table's shape."""
    while isinstance(value, Made | Method):
        if isinstance(value, Made) and value.last in ("delete", "insert", "select", "update"):
            return True
        value = value.receiver
    return False
