"""Queries written as text, read with sqlglot into the same levels as those that are built by calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from archwright.project.execution.arguments import Arguments
from archwright.project.execution.values import NONE, Column, Literal, Made, Unknown, Value
from archwright.project.queries.selects import Comparing, Level
from archwright.project.storage.parsing import parse_sql, table_name

_OPERATORS = {
    "LT": "<",
    "LTE": "<=",
    "GT": ">",
    "GTE": ">=",
    "EQ": "==",
    "NEQ": "!=",
    "Is": "is",
    "NullSafeEQ": "==",
}
_CLOCKS = frozenset(
    {
        "CurrentDate",
        "CurrentDatetime",
        "CurrentTime",
        "CurrentTimestamp",
        "CurrentTimestampLTZ",
        "Localtime",
        "Localtimestamp",
        "UtcTimestamp",
    }
)
_CLOCK_NAMES = frozenset(
    {"clock_timestamp", "statement_timestamp", "transaction_timestamp", "now", "localtimestamp"}
)


def read_text(
    text: str, given: Mapping[str, Value], positional: Sequence[Value]
) -> tuple[Level | None, str, Level | None]:
    """The outermost level of *text*, its verb, and what a change is about; no level when it is no SQL, or no query.

    *given* and *positional* are the parameters it is run with, as far as they are known.
    """
    statements = None
    for dialect in ("postgresql", "sqlite"):
        statements = parse_sql(text, dialect)
        if statements and not any(type(s).__name__ == "Command" for s in statements):
            break
        statements = None
    if not statements:
        return None, "select", None
    return _Text(given, positional).statement(statements[-1])


class _Text:
    def __init__(self, given: Mapping[str, Value], positional: Sequence[Value]) -> None:
        self._given = given
        self._positional = list(positional)
        self._ctes: set[str] = set()
        self._numbers: dict[int, int] = {}
        self._asking: set[int] = set()
        """What has the text 'now' in it, which asks for the time."""

    def statement(self, tree: Any) -> tuple[Level | None, str, Level | None]:
        from sqlglot import exp

        self._ctes = {cte.alias for cte in tree.find_all(exp.CTE)}
        # Anonymous parameters are counted in the order of the text.
        self._numbers = {
            id(node): number
            for number, node in enumerate(n for n in tree.find_all(exp.Placeholder, bfs=False) if not n.this)
        }
        for literal in tree.find_all(exp.Literal):
            above = literal if literal.is_string and literal.name.lower() == "now" else None
            while above is not None and id(above) not in self._asking:
                self._asking.add(id(above))
                above = above.parent
        if isinstance(tree, exp.Select):
            return self._level(tree), "select", None
        if isinstance(tree, exp.SetOperation):
            parts = [self._level(s) for s in (tree.left, tree.right) if isinstance(s, exp.Select)]
            order = self._order(tree, {})
            level = Level((), (), order, nested=tuple(parts), limited=tree.args.get("limit") is not None)
            return level, "select", None
        change = None
        if isinstance(tree, exp.Update | exp.Delete):
            change = self._level(tree)
        elif isinstance(tree, exp.Insert):
            selects = [s for s in tree.find_all(exp.Select) if s.find_ancestor(exp.Select) is None]
            change = Level((), nested=tuple(self._level(s) for s in selects))
        return None, type(tree).__name__.lower(), change

    def _level(self, node: Any) -> Level:
        from sqlglot import exp

        sources: dict[str, str] = {}
        nested: list[Level] = []
        for table in node.find_all(exp.Table):
            if _owner(table) is node and table_name(table) not in self._ctes:
                sources[table.alias_or_name] = table_name(table)
        for inner in node.find_all(exp.Select):
            if inner is not node and _owner(inner) is node:
                nested.append(self._level(inner))
        conditions = [
            comparing
            for part in (node.args.get("where"), node.args.get("having"), *(node.args.get("joins") or ()))
            if part is not None
            for comparing in self._conditions(part, node, sources)
        ]
        group = node.args.get("group")
        groups = tuple(self._value(item, sources) for item in group.expressions) if group is not None else ()
        outputs: Value = ()
        for item in node.expressions if isinstance(node, exp.Select) else ():
            inner_item = item.this if isinstance(item, exp.Alias) else item
            if isinstance(inner_item, exp.Star):
                outputs += tuple(Column(name, "*") for name in sources.values())
            else:
                value = self._value(inner_item, sources)
                label = item.alias if isinstance(item, exp.Alias) else ""
                outputs += (
                    (Made("sql.label", value, Arguments([(Literal(label, "str"),)])),) if label else value
                )
        limited = node.args.get("limit") is not None or node.args.get("offset") is not None
        return Level(
            tuple(dict.fromkeys(sources.values())),
            tuple(conditions),
            self._order(node, sources),
            groups,
            outputs,
            tuple(nested),
            limited,
            node.args.get("distinct") is not None,
        )

    def _order(self, node: Any, sources: Mapping[str, str]) -> tuple[Value, ...]:
        order = node.args.get("order")
        if order is None:
            return ()
        return tuple(self._value(item.this, sources) for item in order.expressions)

    def _conditions(self, part: Any, node: Any, sources: Mapping[str, str]) -> list[Comparing]:
        from sqlglot import exp

        found: list[Comparing] = []
        for item in part.find_all(exp.Binary, exp.Between, exp.In):
            if _owner(item) is not node:
                continue
            sure = item.find_ancestor(exp.Or) is None
            negated = isinstance(item, exp.Is) and isinstance(item.parent, exp.Not)
            above = item.parent if negated else item
            always = sure and above.find_ancestor(exp.Not, exp.Case) is None
            if isinstance(item, exp.Between):
                left = self._value(item.this, sources)
                for bound, op in (("low", ">="), ("high", "<=")):
                    found.append(
                        Comparing(op, left, self._value(item.args[bound], sources), sure, (), always)
                    )
            elif isinstance(item, exp.In):
                left = self._value(item.this, sources)
                for value in item.expressions:
                    found.append(Comparing("in", left, self._value(value, sources), sure, (), always))
                query = item.args.get("query")
                select = query.this if isinstance(query, exp.Subquery) else query
                if isinstance(select, exp.Select):
                    inner = (self._level(select),)
                    found.append(Comparing("in", left, (Made("sqlalchemy.select"),), sure, inner, always))
            elif type(item).__name__ in _OPERATORS:
                op = "is not" if negated or item.args.get("negate") else _OPERATORS[type(item).__name__]
                left, right = self._value(item.this, sources), self._value(item.expression, sources)
                found.append(Comparing(op, left, right, sure, (), always))
        of = _chosen(part, sources) if isinstance(part, exp.Join) else None
        return found if of is None else [msgspec.structs.replace(c, of=of) for c in found]

    def _value(self, node: Any, sources: Mapping[str, str]) -> Value:
        from sqlglot import exp

        kind = type(node).__name__
        if isinstance(node, exp.Column):
            table = sources.get(node.table) or (next(iter(sources.values())) if len(sources) == 1 else "")
            return (Column(table or node.table, node.name),)
        if isinstance(node, exp.Placeholder | exp.Parameter):
            return self._parameter(node)
        if isinstance(node, exp.Null):
            return NONE
        if isinstance(node, exp.Literal):
            return (Literal(node.this, "str" if node.is_string else "number"),)
        if kind in _CLOCKS or (isinstance(node, exp.Anonymous) and node.name.lower() in _CLOCK_NAMES):
            return (Made("sqlalchemy.func.now"),)
        if isinstance(node, exp.Paren | exp.Cast | exp.Ordered):
            return self._value(node.this, sources)
        if isinstance(node, exp.Subquery | exp.Select):
            return (Made("sqlalchemy.select"),)
        if id(node) in self._asking:
            return (Made("sqlalchemy.func.now"),)
        below = [child for child in node.iter_expressions() if not isinstance(child, exp.DataType)]
        parts = tuple(self._value(child, sources) for child in below)
        return (Made(f"sql.{node.key}", (), Arguments(list(parts))),)

    def _parameter(self, node: Any) -> Value:
        name = node.this.name if hasattr(node.this, "name") else node.this
        if name and not str(name).isdigit():
            known = self._given.get(str(name))
            if known is not None:
                return known
            return (Unknown(f"parameter `:{name}`"),)
        position = int(name) - 1 if name else self._numbers.get(id(node), -1)
        if 0 <= position < len(self._positional):
            return self._positional[position]
        return (Unknown("a parameter"),)


def _chosen(join: Any, sources: Mapping[str, str]) -> frozenset[str] | None:
    """The tables whose rows the condition of an outer join chooses; None for any other join, which chooses of all."""
    joined = {sources.get(join.this.alias_or_name, join.this.alias_or_name)}
    if join.side == "LEFT":
        return frozenset(joined)
    if join.side == "RIGHT":
        return frozenset(set(sources.values()) - joined)
    return frozenset() if join.side == "FULL" else None


def _owner(node: Any) -> Any:
    """The SELECT, UPDATE or DELETE that a part of a statement is of itself."""
    from sqlglot import exp

    return node.find_ancestor(exp.Select, exp.Update, exp.Delete)
