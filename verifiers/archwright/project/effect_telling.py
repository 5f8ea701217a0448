"""What a call on something of unknown type would do, by the names it is written with: possible effects, never certain ones.

Some members say enough on whatever object (``commit``). Others only where the object is called a session or begins a chain of
``query(…).filter(…)``: a ``flush`` or a ``delete`` alone could be anybody's.
"""

from __future__ import annotations

from archwright.facts import ir
from archwright.facts.walk import walk
from archwright.project.effect_arguments import receiver_of

STATEMENT = "statement"
"""What ``told_by_session`` says of a call that runs the statement it is given."""
_SESSION_ENDS = ("session", "sess")
_SESSION_WORDS = frozenset({"db"})
_OF_SESSIONS: dict[str, str] = {
    "scalar": STATEMENT,
    "exec": STATEMENT,
    "flush": "db.flush",
    "query": "db.read",
    "refresh": "db.read",
    "get_one": "db.read",
    "get": "db.read",
    "add": "db.write",
    "add_all": "db.write",
    "delete": "db.write",
    "merge": "db.write",
    "bulk_save_objects": "db.write",
    "bulk_insert_mappings": "db.write",
    "bulk_update_mappings": "db.write",
}
_NARROWING = frozenset({"query", "filter", "filter_by", "where"})


def told_by_session(call: ir.Call) -> str | None:
    """The effect *call* has if it is made on the session, or the query of one, that its names speak of; None when they do not."""
    receiver, last = receiver_of(call.func)
    if receiver is None:
        return None
    if _is_called_session(receiver):
        effect = _OF_SESSIONS.get(last)
        return effect if effect is not None and _fits(call, last) else None
    if last in ("update", "delete") and _is_narrowed(receiver):
        return "db.write"
    return None


def _is_called_session(receiver: ir.Expr) -> bool:
    named = receiver.func if isinstance(receiver, ir.Call) else receiver
    word = named.id if isinstance(named, ir.Name) else named.name if isinstance(named, ir.Attr) else ""
    word = word.lower().strip("_")
    return word in _SESSION_WORDS or word.endswith(_SESSION_ENDS)


def _fits(call: ir.Call, last: str) -> bool:
    """Whether the arguments are what a database session takes: one of HTTP gets an address, one of a request a key."""
    if last == "flush":
        return all(arg.keyword in (None, "objects") for arg in call.args) and len(call.args) < 2
    positional = [arg.value for arg in call.args if arg.keyword is None]
    if not positional or isinstance(positional[0], ir.Str | ir.FString):
        return False
    if last in ("get", "get_one"):
        return len(positional) > 1 or any(arg.keyword == "ident" for arg in call.args)
    return last != "delete" or len(call.args) == 1


def _is_narrowed(receiver: ir.Expr) -> bool:
    """Whether *receiver* is made by a call like ``….filter(…)``."""
    return any(
        isinstance(node, ir.Call) and isinstance(node.func, ir.Attr) and node.func.name in _NARROWING
        for node in walk(receiver)
    )
