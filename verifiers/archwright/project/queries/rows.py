"""Where rows of a query end up: whether a function gives them on one after the other."""

from __future__ import annotations

from archwright.project.execution.heap import Heap
from archwright.project.execution.reach import reachable
from archwright.project.execution.values import GROUPED, Alternative, Literal, Made, Operation, Ref, Value

_SINGLE = frozenset(
    {
        "count",
        "fetchone",
        "fetchval",
        "first",
        "one",
        "one_or_none",
        "scalar",
        "scalar_one",
        "scalar_one_or_none",
    }
)
_FIRST = frozenset({"fetchone", "fetchval", "first", "scalar"})
"""What takes one row and leaves the others."""
_SAME = frozenset(
    {
        "all",
        "fetchall",
        "fetchmany",
        "mappings",
        "partitions",
        "scalars",
        "tuples",
        "unique",
        "yield_per",
        "columns",
    }
)
_KNOWN = ("builtins.", "sqlalchemy.", "sqlmodel.")
"""What is known not to give on in their order what it is given, if it is called by name."""
_IN_ANY_ORDER = frozenset({"collections.Counter", "math.fsum", "statistics.mean", "statistics.median"})


def is_listed(values: Value, result: Made, store: Heap) -> bool:
    """Whether *values* has the rows of *result* in their order."""
    if result.last in _SINGLE:
        return False  # what is listed then is something of the one row
    for atom in reachable(values, store, _looks_into):
        cell = store.get(atom.loc) if isinstance(atom, Ref) else None
        if cell is not None and cell.kind not in ("set", "dict", "instance"):
            if any(isinstance(source, Made) and _comes_from(source, result) for source in cell.order_of):
                return True
        elif isinstance(atom, Made) and _is_whole(atom, result):
            return True
    return False


def told_apart_by(values: Value, result: Made, store: Heap) -> tuple[frozenset[str], bool]:
    """Attributes that are the same for all rows of *result* whose order in *values* is that of *result*; and whether that is all.

    Rows are told apart by code when it puts them into groups, or sorts them.
    """
    found: list[set[str]] = []
    complete = True
    for atom in reachable(values, store, _looks_into):
        cell = store.get(atom.loc) if isinstance(atom, Ref) else None
        if cell is not None and cell.kind not in ("set", "dict", "instance"):
            for source in cell.order_of:
                if isinstance(source, Made) and _comes_from(source, result):
                    names, told = _attributes(source, store)
                    found.append(names)
                    complete = complete and told
        elif isinstance(atom, Made) and _is_whole(atom, result):
            return frozenset(), True
    return frozenset(set.intersection(*found)) if found else frozenset(), complete


def _attributes(source: Made, store: Heap) -> tuple[set[str], bool]:
    """The attributes of rows by which *source* tells them apart, and whether it does so by nothing else."""
    if source.name != GROUPED or source.given is None:
        return set(), True
    names: set[str] = set()
    told = True
    parts = [source.given.get(0)]
    for atom in source.given.get(0):
        cell = store.get(atom.loc) if isinstance(atom, Ref) else None
        if cell is not None and cell.kind == "tuple" and cell.exact:
            parts = [entry.value for entry in cell.entries.values()]
    for part in parts:
        # Which of several queries the row is of does not matter, as long as it is the same attribute.
        read = {_attribute_of_row(atom) for atom in part}
        if len(read) == 1 and "" not in read:
            names |= read
        else:
            told = told and all(isinstance(atom, Literal) for atom in part)
    return names, told


def _attribute_of_row(atom: Alternative) -> str:
    """The attribute of a row that a value is; empty when it is something else."""
    if not isinstance(atom, Made) or atom.called or not atom.receiver:
        return ""
    rows = all(isinstance(row, Made) and _is_row(row) for row in atom.receiver)
    return (atom.field or atom.last) if rows else ""


def is_first(values: Value, result: Made, store: Heap) -> bool:
    """Whether *values* has something of the first row of *result*, whichever that is; ``one()`` accepts no second."""
    return any(
        isinstance(atom, Made) and _picks(atom) and _comes_through(atom, result)
        for atom in reachable(values, store)
    )


def _picks(made: Made) -> bool:
    # Query.scalar() is Query.one(), and refuses a second row.
    of_query = "query" in made.name.split(".")[:-1]
    return made.called and made.last in (_FIRST - {"scalar"} if of_query else _FIRST)


def _comes_through(made: Made, result: Made) -> bool:
    """Whether a value was asked of the rows of *result*, all of them, or is *result* itself."""
    current: Alternative = made
    while isinstance(current, Made) and current is not result:
        if (current is not made and current.last not in _SAME) or len(current.receiver) != 1:
            return False
        current = current.receiver[0]
    return current is result


def _looks_into(atom: Alternative) -> bool:
    """Whether what is inside an alternative is given on with it, in its order."""
    return not isinstance(atom, Operation) and (not isinstance(atom, Made) or _is_handed(atom))


def _is_handed(made: Made) -> bool:
    """Whether what a call is given may be in what it gives: a function of another package, or a method of a row."""
    if not made.called or made.given is None or made.name in _IN_ANY_ORDER:
        return False
    if any(isinstance(atom, Made) and _is_row(atom) for atom in made.receiver):
        return True
    return not made.name.startswith(("?", *_KNOWN))


def _is_row(made: Made) -> bool:
    """Whether a value is one row of what a statement gave."""
    return made.called and made.last in ("__iter__", "__getitem__", *_SINGLE) and bool(made.receiver)


def _is_whole(made: Made, result: Made) -> bool:
    """Whether a value is the rows themselves, not one of them."""
    current: Alternative = made
    while isinstance(current, Made) and current is not result:
        if current.last not in _SAME or len(current.receiver) != 1:
            return False
        current = current.receiver[0]
    return current is result and result.last not in _SINGLE


def _comes_from(made: Made, result: Made) -> bool:
    pending: list[Alternative] = [made]
    seen: set[int] = set()
    while pending:
        current = pending.pop()
        if id(current) in seen or not isinstance(current, Made):
            continue
        seen.add(id(current))
        if current is result:
            return True
        if current.called and current.last in _SINGLE:
            continue
        pending.extend(current.receiver)
        if current.given is not None and not current.name.startswith("sqlalchemy."):
            pending.extend(atom for value in current.given.all() for atom in value)
    return False


def only_asks_whether(values: Value, result: Made, store: Heap) -> bool:
    """Whether all that *values* says about the rows of *result* is whether there are any."""
    asked = False
    for atom in reachable(values, store, lambda atom: not _asks(atom)):
        if isinstance(atom, Made) and atom is result:
            return False
        asked = asked or (_asks(atom) and any(a is result for a in reachable((atom,), store)))
    return asked


def _asks(atom: Alternative) -> bool:
    if isinstance(atom, Operation):
        return atom.op in ("is", "is not", "not") and any(
            isinstance(a, Literal) and a.value is None for operand in atom.operands[1:] for a in operand
        )
    return isinstance(atom, Made) and atom.name == "builtins.bool"


def is_whole_row(made: Made, result: Made) -> bool:
    """Whether a value is a row of *result* as it came, or all of them."""
    current: Alternative = made
    while isinstance(current, Made) and current is not result:
        if current.last not in _SAME | _SINGLE | {"__iter__", "__getitem__"} or len(current.receiver) != 1:
            return False
        current = current.receiver[0]
    return current is result
