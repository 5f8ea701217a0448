"""Runs ``upgrade`` and ``downgrade`` of migrations on a model of a schema, without a database."""

from __future__ import annotations

from typing import Any

from archwright.facts import ir
from archwright.model import Location
from archwright.project.storage.core_statements import harmless_beginning
from archwright.project.storage.ddl import apply_sql, begins_harmless
from archwright.project.storage.evaluate import DEPTH
from archwright.project.storage.execute import Executor
from archwright.project.storage.inspection import inspected
from archwright.project.storage.literals import Class, Function, Made, Method, Outside, Unknown
from archwright.project.storage.operations import IGNORED, Operations
from archwright.project.storage.schema import Schema, Table
from archwright.project.storage.wording import spoken
from archwright.project.types.inference import Inference

_FIRST = frozenset({"add_column", "alter_column", "drop_column"})
"""Batch operations whose unbatched form has the table first; the others have it second."""
_EXECUTES = frozenset(
    {".exec_driver_sql", ".execute", ".executemany", ".executescript", ".scalar", ".scalars"}
)
_DROPS = frozenset({"drop_constraint", "drop_index"})
_IN_PLACE = frozenset({"add_column", "create_index", "drop_index"})
"""Batch operations for which Alembic does not make the table anew on SQLite, and copy its rows."""
_METADATA = frozenset({"create_all", "drop_all"})
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


class Replayer(Executor[Schema]):
    """Runs ``upgrade`` and ``downgrade`` on a schema."""

    def __init__(self, inference: Inference, dialect: str, schema: Schema, impl: Any) -> None:
        super().__init__(inference, dialect, schema)
        self._impl = impl
        self._gone: dict[Location | None, set[str]] = {}
        """By batch, the indexes and constraints that went with a column."""
        self._anew: dict[Location | None, Location] = {}
        """By batch, the first operation for which the table is made anew."""
        self._held: dict[Location | None, Table] = {}
        """By batch, the table as it was before a column went."""
        self._knowing: dict[str, bool] = self.project.reads.table(None)
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
        return self.project.reads.made(
            self._knowing, module, lambda: any(word in _OF_DATABASES for word in spoken(body))
        )

    def _may_change(self, cls: Class, given: tuple[Any, ...]) -> bool:
        """Whether methods of a class may change a schema: it has a word for a database, a base, or is handed a way to one."""
        scope = self.inference.index(cls.module).scopes.get(cls.qualname)
        if scope is None or not isinstance(scope.node, ir.ClassDef) or scope.node.bases:
            return True
        return any(map(_leads_on, given)) or any(word in _OF_DATABASES for word in spoken(scope.body))

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
            and self._may_change(made.receiver.receiver, (*made.receiver.args, *made.args))
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
        if name not in _IN_PLACE:
            self._anew.setdefault(batch.at, at)
        gone = self._gone.setdefault(batch.at, set())
        dropped = made.argument(0, "index_name", "constraint_name") if name in _DROPS else None
        if isinstance(dropped, str) and dropped in gone:
            return made
        held = self.state.tables.get(table) if isinstance(table, str) else None
        before = self._named(table)
        value = self._operation(name, Made(f"alembic.op.{name}", args, kwargs, at, None, made.complete), at)
        if name == "drop_column" and self.dialect == "sqlite":
            # Until the batch ends and the table is made anew, the parts of the old one are known by name.
            gone |= before - self._named(table)
            if held is not None:
                self._held.setdefault(batch.at, held)
        elif name == "add_column" and batch.at in self._held:
            Operations(self.state, self.dialect, self._impl).restore(
                self._held[batch.at], made.argument(0, "column")
            )
        return value

    def leave(self, value: Any) -> None:
        batch = _batch(value)
        at = self._anew.pop(batch.at, None) if batch is not None else None
        if batch is None or at is None or self.dialect != "sqlite" or batch.kwargs.get("recreate") == "never":
            return
        name = batch.argument(0, "table_name")
        table = self.state.tables.get(name) if isinstance(name, str) else None
        held = self._held.get(batch.at)
        for column in table.columns.values() if table is not None else ():
            before = held.columns.get(column.name, column) if held is not None else column
            if column.computed and before is column:
                message = f"SQLite copies no rows into computed column `{name}.{column.name}`: a batch has to drop and add it"
                self.state.refuse(message, table.name if table is not None else "", at)

    def _named(self, table: Any) -> set[str]:
        found = self.state.tables.get(table) if isinstance(table, str) else None
        parts = () if found is None else (found.indexes, found.uniques, found.checks, found.foreign_keys)
        return {name for part in parts for name in part if not name.startswith("?")}

    def _execute(self, value: Any, at: Location) -> None:
        while isinstance(value, Made) and (value.last in ("text", "DDL") or value.name in _SAME_TEXT):
            value = value.receiver if value.name.startswith(".") else value.argument(0, "text", "statement")
        operations = Operations(self.state, self.dialect, self._impl)
        if isinstance(value, str):
            apply_sql(value, operations, at)
        elif not begins_harmless(harmless_beginning(value)):
            self.state.doubt("a statement that cannot be told", at)


def _batch(value: Any) -> Made | None:
    return value if isinstance(value, Made) and value.name == "alembic.op.batch_alter_table" else None


def _leads_on(value: Any) -> bool:
    """Whether what is handed to a call may be a way to a database, or to more code."""
    return isinstance(value, Made | Method | Outside | Function | Class)


def _is_type(value: Any) -> bool:
    return isinstance(value, Made) and value.last in ("Enum", "ENUM", "DOMAIN", "Sequence")
