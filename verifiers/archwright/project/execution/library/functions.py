"""Functions that call, carry or declare what they are given: partials, threads, tasks, sessions that run a function."""

from __future__ import annotations

from archwright.project.effects import catalogue
from archwright.project.execution.arguments import Arguments
from archwright.project.execution.attributes import attribute, set_attribute
from archwright.project.execution.heap import Object, sequence
from archwright.project.execution.instances import class_of
from archwright.project.execution.items import Items, extended
from archwright.project.execution.library import models
from archwright.project.execution.library.invocation import Invocation, Model
from archwright.project.execution.truth import class_names, is_instance
from archwright.project.execution.values import (
    NONE,
    NOT_TOLD,
    Class,
    External,
    Function,
    LambdaFunction,
    Made,
    Partial,
    Ref,
    Unknown,
    Value,
    constant,
    is_none,
    only_text,
    union,
)
from archwright.project.execution.values import texts as texts_of

_SYNC_SESSION: Value = (Unknown("", "", "sqlalchemy.orm.Session"),)
_PASSES_ON = frozenset(
    {
        "asyncio.create_task",
        "asyncio.ensure_future",
        "asyncio.shield",
        "asyncio.wait_for",
        "inspect.unwrap",
        "builtins.iter",
        "builtins.aiter",
        "contextlib.aclosing",
        "contextlib.closing",
    }
)
"""Functions that give their first argument, or something as good as it."""
DECLARES = frozenset(
    {
        "attr.ib",
        "attrs.field",
        "dataclasses.field",
        "pydantic.Field",
        "sqlalchemy.Column",
        "sqlalchemy.orm.mapped_column",
        "sqlalchemy.orm.relationship",
        "sqlmodel.Field",
    }
)
"""What declares a field: its default is called for a new object, not by those who read the field."""
_CALLABLE = Function | LambdaFunction | Class | Partial


def member(one: Invocation, callee: Made) -> Value | None:
    """What a member of something external gives that calls what it is handed; None for any other."""
    args = one.args
    if one.last == "run_sync" and args.positional:
        return one.call(args.positional[0], args.after(1).behind(_SYNC_SESSION))
    if one.last == "run_in_executor" and len(args.positional) > 1:
        return one.call(args.positional[1], args.after(2))
    if one.last in ("submit", "create_task", "start_soon") and args.positional:
        if any(isinstance(given, Function | LambdaFunction | Partial) for given in args.positional[0]):
            return one.call(args.positional[0], args.after(1))
        return args.positional[0]
    if len(callee.receiver) == 1:
        return models.method(one, callee.receiver[0])
    return None


def _hand_off(one: Invocation) -> Value | None:
    return one.call(one.first(), one.args.after(1)) if one.args.positional else None


def _pass_on(one: Invocation) -> Value | None:
    return one.first() or None


def _partial(one: Invocation) -> Value | None:
    functions: Value = tuple(f for f in one.first() if isinstance(f, _CALLABLE | External))
    if one.machine.policy.terms:
        functions = one.first()
    return (Partial(functions, one.args.after(1)),) if functions else NOT_TOLD


def _map(one: Invocation) -> Value:
    columns = [one.items(value) for value in one.args.positional[1:]]
    function = one.first()
    known = [column.known for column in columns]
    if columns and all(column is not None for column in known):
        rows = zip(*(column for column in known if column is not None), strict=False)
        return one.new(sequence("list", [one.call(function, Arguments(list(row))) for row in rows]))
    element = one.call(function, Arguments([column.element for column in columns]))
    order = union(*(column.order_of for column in columns))
    return one.new(sequence("list", (), element or NOT_TOLD, order))


def _filter(one: Invocation) -> Value:
    items = one.items(one.args.get(1))
    if not all(is_none(function) for function in one.first()):
        one.call(one.first(), Arguments([items.element]))
    return one.new(sequence("list", (), items.element or NOT_TOLD, items.order_of))


def _gather(one: Invocation) -> Value:
    return one.new(sequence("list", one.args.positional, one.args.star))


def _getattr(one: Invocation) -> Value:
    names = texts_of(one.args.get(1)) if one.args.get(1) else None
    if names is None:
        return (Unknown("`getattr` with a name that cannot be told"),)
    found = union(*(attribute(one.machine, one.first(), name, one.state, one.frame) for name in names))
    return union(found, one.args.get(2)) if one.machine.policy.terms else found


def _setattr(one: Invocation) -> Value:
    name = only_text(one.args.get(1))
    if name is not None:
        set_attribute(one.machine, one.first(), name, one.args.get(2), one.state)
    return NONE


def _isinstance(one: Invocation) -> Value:
    names = class_names(one.machine, one.args.get(1), one.state)
    if names:
        answers = {is_instance(one.machine, given, names, one.state) for given in one.first()}
        answer = answers.pop() if len(answers) == 1 else None
        if answer is not None:
            return constant(answer)
    return one.made(kind="builtins.bool")


def _callable(one: Invocation) -> Value:
    if one.first() and all(isinstance(given, _CALLABLE) for given in one.first()):
        return constant(True)
    return one.made(kind="builtins.bool")


def _type(one: Invocation) -> Value:
    found: list[Value] = []
    for given in one.first():
        made = one.object(given) if isinstance(given, Ref) else None
        cls = class_of(one.machine, made.cls) if made is not None and made.cls else None
        found.append((cls,) if cls is not None else (Unknown("a type", "", "builtins.type"),))
    return union(*found)


def _cast(one: Invocation) -> Value:
    return one.args.get(1) or NOT_TOLD


def _same(one: Invocation) -> Value:
    """``sqlmodel.col`` and the like: they tell type checkers something and give what they are given."""
    return one.first() or NOT_TOLD


def _next(one: Invocation) -> Value | None:
    if not one.machine.policy.terms:
        return None
    return union(one.items(one.first()).element, one.args.get(1))


def _chain(one: Invocation) -> Value:
    parts = [one.items(value) for value in (*one.args.positional, one.args.star) if value]
    return _chained(one, parts)


def _chain_from(one: Invocation) -> Value:
    outer = one.items(one.first())
    known = outer.known
    return _chained(one, [one.items(value) for value in (known if known is not None else [outer.element])])


def _chained(one: Invocation, parts: list[Items]) -> Value:
    made = Object("list")
    for part in parts:
        made = extended(made, part)
    return one.new(made)


MODELS: dict[str, Model] = {
    **dict.fromkeys(_PASSES_ON, _pass_on),
    **dict.fromkeys(catalogue.HAND_OFF, _hand_off),
    "asyncio.gather": _gather,
    "builtins.callable": _callable,
    "builtins.filter": _filter,
    "builtins.getattr": _getattr,
    "builtins.isinstance": _isinstance,
    "builtins.map": _map,
    "builtins.next": _next,
    "builtins.setattr": _setattr,
    "builtins.type": _type,
    "functools.partial": _partial,
    "functools.partialmethod": _partial,
    "itertools.chain": _chain,
    "itertools.chain.from_iterable": _chain_from,
    "sqlmodel.col": _same,
    "sqlmodel.sql.expression.col": _same,
    "typing.cast": _cast,
    "typing_extensions.cast": _cast,
}
