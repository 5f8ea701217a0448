"""What code changes in tables: rows that are made, set and deleted, and the columns that are given for them."""

from __future__ import annotations

from collections.abc import Iterator

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.storage.access import Access
from archwright.project.storage.accessrecords import Recorder
from archwright.project.storage.evaluate import Evaluator
from archwright.project.storage.frames import Frame
from archwright.project.storage.keys import Part
from archwright.project.storage.statementnames import DML
from archwright.project.storage.tabletargets import Target
from archwright.project.storage.targets import Targets


class RowChanges:
    """Reads the changes that one scope makes."""

    def __init__(self, targets: Targets, evaluator: Evaluator, scope: Scope, made: Recorder) -> None:
        self._targets = targets
        self._evaluator = evaluator
        self._scope = scope
        self._made = made

    def assignment(self, node: ir.Assign | ir.AugAssign | ir.AnnAssign) -> Iterator[Access]:
        """``row.column = value``."""
        targets = node.targets if isinstance(node, ir.Assign) else (node.target,)
        for target in targets:
            for item in target.items if isinstance(target, ir.Seq) else (target,):
                if not isinstance(item, ir.Attr):
                    continue
                model = self._targets.row(item.value, self._scope)
                if model is not None and item.name in model.attributes:
                    yield self._made.access("update", model, (model.attributes[item.name],), node.at)

    def built(self, verb: str, call: ir.Call) -> Iterator[Access]:
        """``insert(Table)``, ``update(Table)``, ``delete(Table)``."""
        target = self._targets.table(call.args[0].value, self._scope) if call.args else None
        if target is None:
            yield self._made.doubtful(verb, "which table it changes", call.at)
        else:
            yield self._made.access(verb, target, (), call.at)

    def by_method(self, verb: str, call: ir.Call, func: ir.Attr) -> Iterator[Access]:
        """``Table.insert()``, ``query.delete()``, ``session.delete(row)``."""
        target = self._targets.table(func.value, self._scope)
        if target is not None:
            yield self._made.access(verb, target, (), call.at)
            if call.args or verb == "update":
                yield from self.values(call, func, (verb, target))
            return
        root = self._targets.root(func.value, self._scope)
        if root is not None and root[0] == "query" and root[1] is not None:
            yield self._made.access(verb, root[1], (), call.at)
            if verb == "update" and call.args:
                yield from self.filled(("update", root[1]), call.args[0].value, call.at)
        elif verb == "delete" and len(call.args) == 1:
            model = self._targets.row(call.args[0].value, self._scope)
            if model is not None:
                yield self._made.access("delete", model, (), call.at)

    def values(
        self, call: ir.Call, func: ir.Attr, root: tuple[str, Target | None] | None = None
    ) -> Iterator[Access]:
        """``….values(column=…)``."""
        root = root or self._targets.root(func.value, self._scope)
        if root is None or root[0] not in DML:
            return
        named = tuple(a.keyword for a in call.args if a.keyword)
        if named:
            yield from self._named(root, named, call.at)
        for arg in call.args:
            if arg.star or not arg.keyword:
                yield from self.filled(root, arg.value, call.at)

    def on_conflict(self, call: ir.Call, func: ir.Attr) -> Iterator[Access]:
        """``….on_conflict_do_update(set_=…)``."""
        root = self._targets.root(func.value, self._scope)
        if root is None:
            return
        change = ("update", root[1])
        for arg in call.args:
            if arg.keyword == "set_":
                yield from self.filled(change, arg.value, call.at)

    def filled(
        self, root: tuple[str, Target | None] | None, rows: ir.Expr | None, at: ir.Span
    ) -> Iterator[Access]:
        """Columns given as the keys of a dict, or of a list of dicts, or as a list of names."""
        if root is None or root[1] is None:
            return
        yield from self.parts((root[0], root[1]), self._targets.keys(rows, self._scope), at)

    def _named(
        self, root: tuple[str, Target | None], names: tuple[str, ...], at: ir.Span
    ) -> Iterator[Access]:
        if root[1] is not None:
            yield from self.parts((root[0], root[1]), (Part(names),), at)

    def parts(
        self,
        root: tuple[str, Target],
        parts: tuple[Part, ...],
        at: ir.Span,
        doubt: str = "which columns it writes",
    ) -> Iterator[Access]:
        """Columns by name, each with those who hand them on."""
        for part in parts:
            columns = tuple(root[1].attributes.get(n, n) for n in part.names or ())
            unsure = doubt if part.names is None else ""
            yield self._made.access(*root, columns, at, doubt=unsure, handed_by=part.handed_by)

    def constructed(self, model: Target, call: ir.Call) -> Iterator[Access]:
        """A new row that leaves the hands of the code that makes it."""
        names = tuple(a.keyword for a in call.args if a.keyword)
        columns = tuple(model.attributes.get(n, n) for n in names if n not in model.others)
        yield self._made.access("insert", model, columns, call.at)
        for arg in call.args:
            if arg.star:
                parts = self._targets.keys(arg.value, self._scope)
                yield from self.parts(("insert", model), parts, call.at)

    def by_setattr(self, call: ir.Call) -> Iterator[Access]:
        """``setattr(row, name, value)``."""
        if len(call.args) != 3:
            return
        model = self._targets.row(call.args[0].value, self._scope)
        if model is None:
            return
        name = self._evaluator.evaluate(call.args[1].value, Frame(self._scope))
        if isinstance(name, str) and model.mapped and name not in model.attributes:
            return  # an attribute of the object alone, as in ``row.name = value``
        parts = (
            (Part((name,)),)
            if isinstance(name, str)
            else self._targets.loop_names(call.args[1].value, self._scope)
        )
        yield from self.parts(("update", model), parts, call.at, "which column it writes")
