"""Calls of other packages whose result holds what they are given, and how expressions that hold things look."""

from __future__ import annotations

from archwright.facts import ir
from archwright.facts.walk import walk_own
from archwright.project.code import Scope, own_nodes
from archwright.project.shapes.arguments import all_arguments

GIVES_ITS_ARGUMENTS = frozenset(
    {
        *("builtins.dict", "builtins.enumerate", "builtins.filter", "builtins.frozenset"),
        *("builtins.iter", "builtins.list", "builtins.max", "builtins.min", "builtins.next"),
        *("builtins.reversed", "builtins.set", "builtins.sorted", "builtins.tuple", "builtins.zip"),
        *("builtins.anext", "builtins.aiter", "copy.copy"),
        *("copy.deepcopy", "asyncio.gather", "asyncio.wait_for", "asyncio.shield"),
        *("asyncio.create_task", "itertools.chain", "itertools.islice", "itertools.groupby"),
        *("collections.deque", "collections.OrderedDict", "types.MappingProxyType"),
        *("types.SimpleNamespace", "dataclasses.replace", "msgspec.structs.replace"),
    }
)
"""Functions whose result holds what they are given."""
APPLIES = frozenset({"builtins.map", "asyncio.to_thread", "anyio.to_thread.run_sync"})
"""Functions whose result is what another function makes of their arguments."""
RUNS = frozenset(
    {
        *(
            "exec",
            "execute",
            "from_statement",
            "get",
            "get_one",
            "merge",
            "query",
            "scalar",
            "scalars",
            "stream",
        ),
        "stream_scalars",
    }
)
"""Methods of sessions whose result holds rows of the class or statement they are given."""
ADDS = frozenset({"add_columns", "returning", "union", "union_all", "with_only_columns"})
"""Methods of statements that make them ask for what they are given."""
HANDS_ON = frozenset(
    {
        *("all", "fetchall", "fetchmany", "fetchone", "first", "freeze", "mappings", "one"),
        *("one_or_none", "partitions", "scalar_one", "scalar_one_or_none", "tuples", "unique"),
        *("yield_per", "where", "filter", "filter_by", "order_by", "limit", "offset", "join"),
        *("outerjoin", "options", "with_for_update", "distinct", "group_by", "having"),
        *("execution_options", "select_from", "values", "returning", "join_from", "add_columns"),
        *("union", "union_all", "from_statement", "populate_existing", "copy", "items", "pop"),
        *("popitem", "get", "setdefault", "keys", "popleft", "__iter__", "__aiter__", "__next__"),
        *("__anext__", "result", "on_conflict_do_nothing", "on_conflict_do_update", "prefix_with"),
        *("correlate", "slice", "execute", "scalars", "scalar", "with_hint", "enter_async_context"),
        "enter_context",
    }
)
"""Methods of results, statements and containers whose result holds what they hold."""
FILLS = frozenset(
    {
        *("add", "append", "appendleft", "extend", "insert", "setdefault", "update", "put"),
        "put_nowait",
    }
)
DATABASE = ("sqlalchemy", "sqlmodel")


def chained(expr: ir.Expr) -> ir.Expr | None:
    """What *expr* calls a method on that leaves the columns of a statement or a result as they are; None for anything else."""
    if not isinstance(expr, ir.Call) or not isinstance(expr.func, ir.Attr):
        return None
    name = expr.func.name
    keeps = name in HANDS_ON and name not in (
        *ADDS,
        "execute",
        "scalar",
        "scalars",
        "items",
        "get",
        "values",
    )
    return expr.func.value if keeps else None


def put_into(scope: Scope) -> dict[str, list[ir.Expr]]:
    """What the code of *scope* puts into containers, by their names: ``name.append(x)``, ``name[key] = x``."""
    found: dict[str, list[ir.Expr]] = {}
    for node in own_nodes(scope.body):
        if isinstance(node, ir.Call) and isinstance(node.func, ir.Attr) and node.func.name in FILLS:
            holder: ir.Expr = node.func.value
            if isinstance(holder, ir.Call) and isinstance(holder.func, ir.Attr):
                holder = holder.func.value  # groups.setdefault(key, []).append(row)
            if isinstance(holder, ir.Subscript):
                holder = holder.value
            if isinstance(holder, ir.Name):
                found.setdefault(holder.id, []).extend(all_arguments(node))
        elif isinstance(node, ir.Assign):
            holders = [t.value for t in node.targets if isinstance(t, ir.Subscript | ir.Attr)]
            for name in dict.fromkeys(h.id for h in holders if isinstance(h, ir.Name)):
                found.setdefault(name, []).append(node.value)
    return found


def stored_parameters(init: Scope) -> set[str]:
    """The parameters whose value an ``__init__`` puts into an attribute, or hands to one above."""
    stored: set[str] = set()
    for node in walk_own(init.body):
        targets: tuple[ir.Expr, ...] = ()
        if isinstance(node, ir.Assign):
            targets = node.targets
        elif isinstance(node, ir.AnnAssign):
            targets = (node.target,)
        if any(isinstance(target, ir.Attr) for target in targets):
            stored |= _whole_names(node.value)
        elif (
            isinstance(node, ir.Call)
            and isinstance(node.func, ir.Attr)
            and node.func.name in ("__init__", "__setattr__")
        ):
            stored |= {a.value.id for a in node.args if isinstance(a.value, ir.Name)}
    return stored


def _whole_names(value: ir.Expr | None) -> set[str]:
    """The names whose very value an expression gives or wraps: ``x``, ``x or []``, ``list(x)``, ``[x]``."""
    if isinstance(value, ir.Name):
        return {value.id}
    if isinstance(value, ir.BoolOp):
        return _whole_names(value.left) | _whole_names(value.right)
    if isinstance(value, ir.IfExp):
        return _whole_names(value.body) | _whole_names(value.orelse)
    if isinstance(value, ir.Seq):
        return set().union(*(_whole_names(item) for item in value.items))
    if (
        isinstance(value, ir.Call)
        and isinstance(value.func, ir.Name)
        and f"builtins.{value.func.id}" in GIVES_ITS_ARGUMENTS
    ):
        return set().union(*(_whole_names(argument) for argument in all_arguments(value)))
    return set()
