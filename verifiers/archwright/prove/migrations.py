"""Changes of migrations: what counterexamples of storage contracts have in common."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from archwright.project.storage.revisions import Revision
from archwright.project.storage.schema import Schema
from archwright.prove.bench import Bench
from archwright.prove.counterexample import Changes
from archwright.prove.text import Function, SourceText
from archwright.verifiers.storage.storage import StorageContract, selected_modules


class Migrations:
    """The migrations of a contract, and ways to change what they leave behind."""

    def __init__(self, contract: StorageContract, bench: Bench) -> None:
        self._bench = bench
        self.modules = list(selected_modules(contract.migrations, bench.analysis))
        self.revisions: tuple[Revision, ...] = tuple(
            r for r in bench.analysis.storage.revisions(self.modules) if r.module in bench.modules
        )
        self.schema: Schema = bench.analysis.storage.history(self.modules, contract.dialects[0]).schema

    @property
    def head(self) -> Revision | None:
        """The revision nobody revises; None without exactly one."""
        parents = {parent for r in self.revisions for parent in r.parents or ()}
        heads = [r for r in self.revisions if r.id not in parents]
        return heads[0] if len(heads) == 1 else None

    def function(self, revision: Revision, name: str) -> Function | None:
        """``upgrade`` or ``downgrade`` of a revision."""
        return self._bench.text(revision.module).function(name)

    def then(self, operation: str) -> Changes | None:
        """*operation*, written with ``op`` and ``sa``, as the last thing the head's upgrade does, wherever it ends."""
        head = self.head
        upgrade = self.function(head, "upgrade") if head is not None else None
        if head is None or upgrade is None:
            return None
        text = self._bench.text(head.module)
        code = f"import sqlalchemy as sa\nfrom alembic import op\n\n{operation}"
        returns = [
            n for n in ast.walk(upgrade) if isinstance(n, ast.Return) and _returns_from(n, upgrade, text)
        ]
        last = upgrade.body[-1]
        edits = [text.before(statement, code) for statement in returns]
        if not isinstance(last, ast.Return):
            edits.append(text.after(last, code))
        return self._bench.edit(head.module, *edits)

    def dropping_column(self, table: str, column: str) -> Changes | None:
        """A column dropped by the head."""
        return self.then(f"op.drop_column({table!r}, {str(column)!r})")

    def dropping_trigger(self, table: str, name: str) -> Changes | None:
        """A trigger dropped by the head, on whatever database."""
        return self.then(
            "if op.get_bind().dialect.name == 'postgresql':\n"
            f"    op.execute('DROP TRIGGER {name} ON {table}')\n"
            "else:\n"
            f"    op.execute('DROP TRIGGER {name}')"
        )

    def creation(self, table: str) -> tuple[str, ast.Call] | None:
        """The module and the call that create a table."""
        for revision in self.revisions:
            text = self._bench.text(revision.module)
            for call in text.nodes(ast.Call):
                named = isinstance(call.func, ast.Attribute) and call.func.attr == "create_table"
                if named and call.args and constant(call.args[0], text) == table:
                    return revision.module, call
        return None

    def without_column(self, table: str, column: str) -> Changes | None:
        """The column left out where the table is created."""
        return self._without(
            table, lambda call, text: _called(call) == "Column" and first(call, text) == column
        )

    def without_named(self, table: str, name: str) -> Changes | None:
        """A constraint left out where the table is created."""
        return self._without(table, lambda call, text: any(_is_name(k, name, text) for k in call.keywords))

    def _without(self, table: str, meant: Callable[[ast.Call, SourceText], bool]) -> Changes | None:
        found = self.creation(table)
        if found is None:
            return None
        module, creation = found
        text = self._bench.text(module)
        for argument in creation.args:
            if isinstance(argument, ast.Call) and meant(argument, text):
                return self._bench.edit(module, text.dropping_item(argument))
        return None

    def statements_about(self, table: str) -> Iterator[tuple[str, ast.stmt]]:
        """Calls in upgrades that speak of a table without being operations: helpers of the code base."""
        for revision in self.revisions:
            upgrade = self.function(revision, "upgrade")
            text = self._bench.text(revision.module)
            for statement in upgrade.body if upgrade is not None else ():
                call = statement.value if isinstance(statement, ast.Expr) else None
                if (
                    isinstance(call, ast.Call)
                    and isinstance(call.func, ast.Name)
                    and any(constant(a, text) == table for a in call.args)
                ):
                    yield revision.module, statement


def _returns_from(statement: ast.Return, function: Function, text: SourceText) -> bool:
    """Whether *statement* ends *function* itself, not one inside it."""
    around: ast.AST | None = text.parent(statement)
    while around is not None and not isinstance(around, Function):
        around = text.parent(around)
    return around is function


def module_of(name: str, bench: Bench) -> str:
    """The module of what is called *name*."""
    module = name
    while module and not bench.project.has(module):
        module = module.rpartition(".")[0]
    return module


def constant(node: ast.expr, text: SourceText) -> object:
    """The value of a literal, or of a name that the module gives one; None for anything else."""
    if isinstance(node, ast.Constant):
        return node.value
    value = assigned(text, node.id) if isinstance(node, ast.Name) else None
    return value.value if isinstance(value, ast.Constant) else None


def assigned(text: SourceText, name: str) -> ast.expr | None:
    """The value a module gives a name at its top level, in the last of several assignments: that one counts."""
    for statement in reversed(text.tree.body):
        if isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            if statement.value is not None and any(isinstance(t, ast.Name) and t.id == name for t in targets):
                return statement.value
    return None


def first(call: ast.Call, text: SourceText) -> object:
    """The constant a call is given first."""
    return constant(call.args[0], text) if call.args else None


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _is_name(keyword: ast.keyword, name: str, text: SourceText) -> bool:
    value = keyword.value
    if isinstance(value, ast.Call) and value.args:  # op.f("...")
        value = value.args[0]
    return keyword.arg == "name" and constant(value, text) == name
