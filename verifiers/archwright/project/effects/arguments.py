"""What the arguments of a call say about its effect."""

from __future__ import annotations

from archwright.facts import ir


def opened_for(call: ir.Call, *, first: int) -> str:
    """Whether a file is opened for reading or for writing; the group when its mode is not constant."""
    mode: ir.Expr | None = next((a.value for a in call.args if a.keyword == "mode"), None)
    positional = [a.value for a in call.args if a.keyword is None]
    if mode is None and len(positional) > first:
        mode = positional[first]
    if mode is None:
        return "filesystem.read"
    if not isinstance(mode, ir.Str):
        return "filesystem"
    return "filesystem.write" if set(mode.value) & set("wax+") else "filesystem.read"


def rows_given(given: ir.Expr) -> tuple[ir.Expr, ...]:
    """The rows in what ``add`` and ``add_all`` are given."""
    if isinstance(given, ir.Seq):
        return given.items
    return (given.elt,) if isinstance(given, ir.Comp) else (given,)


def receiver_of(func: ir.Expr) -> tuple[ir.Expr | None, str]:
    """What a method is called on and its name, ``getattr(x, "name")`` included."""
    if isinstance(func, ir.Attr):
        return func.value, func.name
    if isinstance(func, ir.Call) and func.func == ir.Name("getattr") and len(func.args) > 1:
        name = func.args[1].value
        if isinstance(name, ir.Str):
            return func.args[0].value, name.value
    return None, ""


def gives(call: ir.Call, keyword: str) -> bool:
    """Whether a keyword is given something that is not false."""
    return any(
        a.keyword == keyword and a.value not in (ir.Const("False"), ir.Const("None")) for a in call.args
    )


def is_partial(call: ir.Call) -> bool:
    """Whether a call only binds arguments to a function."""
    last = ir.dotted(call.func) or ""
    return last.rpartition(".")[2] == "partial"
