"""What a call on something of unknown type would do, by the names it is written with: possible effects, never certain ones.

Some members say enough on whatever object (``commit``). Others could be anybody's, such as ``flush`` or ``delete``: they count
where the object is called a session or begins a chain of ``query(…).filter(…)``, and, in code with mapped rows, where nothing
else is done with the object that files, containers and clients of HTTP are for.
"""

from __future__ import annotations

from archwright.facts import ir
from archwright.facts.walk import walk, walk_own
from archwright.project.effects.arguments import receiver_of

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


_NOT_OF_SESSIONS = (
    "append clear close discard extend fileno getvalue head issubset items keys options patch pop popleft post put put_nowait"
    " read readline readlines seek setdefault tell truncate union update values write writelines"
)
_OF_OTHERS = frozenset(_NOT_OF_SESSIONS.split())
"""Methods that sessions do not have, or that do not tell: what they are called on is a file, a container or a client."""


class OtherObjects:
    """The objects, by the names they have in one body, that are used as sessions are not."""

    def __init__(self, body: tuple[ir.Stmt, ...]) -> None:
        self._names: set[str] = set()
        for node in walk_own(body):
            used: list[ir.Expr] = []
            if isinstance(node, ir.Subscript) or (isinstance(node, ir.Attr) and node.name in _OF_OTHERS):
                used = [node.value]
            elif isinstance(node, ir.For | ir.Clause):
                used = [node.iter]
            elif isinstance(node, ir.Compare):
                used = [right for op, right in zip(node.ops, node.rights, strict=True) if op.endswith("in")]
            self._names.update(name for name in map(ir.dotted, used) if name)

    def __contains__(self, receiver: object) -> bool:
        return isinstance(receiver, ir.Name | ir.Attr) and ir.dotted(receiver) in self._names


def told_by_session(call: ir.Call, others: OtherObjects | None = None) -> str | None:
    """The effect *call* has if it is made on a session, or the query of one; None when nothing speaks of that.

    With *others* any object may be a session that is none of them; without, only one that is called so.
    """
    receiver, last = receiver_of(call.func)
    if receiver is None:
        return None
    anything = others is not None and isinstance(receiver, ir.Name | ir.Attr) and receiver not in others
    if anything or _is_called_session(receiver):
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
