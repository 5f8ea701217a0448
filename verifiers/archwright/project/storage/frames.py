"""Where code that is evaluated stands: the scope it belongs to, and the names a running body has bound."""

from __future__ import annotations

from typing import Any

from archwright.facts import ir
from archwright.project.code import Scope


class Frame:
    """The names a running body has bound, and the scope it belongs to."""

    def __init__(
        self,
        scope: Scope,
        names: dict[str, Any] | None = None,
        outer: Frame | None = None,
        *,
        since: tuple[int, int] | None = None,
    ) -> None:
        """*since*: where the statement stands that runs, if that is once, while its module is imported."""
        self.scope = scope
        self.names: dict[str, Any] = names if names is not None else {}
        self.outer = outer
        self.since: tuple[int, int] | None = (
            outer.since if since is None and outer is not None and outer.scope is scope else since
        )

    def find(self, name: str) -> tuple[bool, Any]:
        """Whether *name* is bound here or in an enclosing call, and to what."""
        current: Frame | None = self
        while current is not None:
            if name in current.names:
                return True, current.names[name]
            current = current.outer
        return False, None


def assign(target: ir.Expr, value: Any, frame: Frame, part: Any) -> bool:
    """Binds *value* to *target*; False when the target cannot be followed: its names are then *part*."""
    if isinstance(target, ir.Name):
        frame.names[target.id] = value
        return True
    if isinstance(target, ir.Seq):
        if isinstance(value, list | tuple) and len(value) == len(target.items):
            followed = [assign(t, v, frame, part) for t, v in zip(target.items, value, strict=True)]
            return all(followed)
        for item in target.items:
            assign(item, part, frame, part)
    return False
