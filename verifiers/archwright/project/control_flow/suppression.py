"""Whether a context manager swallows the exceptions of its body."""

from __future__ import annotations

from archwright.facts import ir
from archwright.facts.walk import walk_own
from archwright.project.code import Scope
from archwright.project.types.inference import Inference
from archwright.project.types.values import ExternalInstance, ExternalValue, FunctionValue, InstanceValue

_SUPPRESSORS = frozenset({"contextlib.suppress", "contextlib.suppress.__init__", "pytest.raises"})


def suppresses(item: ir.WithItem, scope: Scope, inference: Inference) -> str:
    """``yes``: exceptions of the types it is called with. ``maybe``: any. ``no``.

    Managers of other packages are taken not to, except for the well-known ones: a session, a file or a lock lets exceptions pass.
    """
    expr = item.expr
    if isinstance(expr, ir.Call):
        for value in inference.callees(expr, scope):
            if isinstance(value, ExternalValue) and value.name in _SUPPRESSORS:
                return "yes"
            if isinstance(value, FunctionValue):
                inner = inference.scope(value)
                if inner is not None and _swallows_around_yield(inner):
                    return "maybe"
    for value in inference.evaluate(expr, scope):
        if isinstance(value, ExternalInstance) and value.name in _SUPPRESSORS:
            return "yes"
        if isinstance(value, InstanceValue) and _exit_may_be_true(value, inference):
            return "maybe"
    return "no"


def _exit_may_be_true(value: InstanceValue, inference: Inference) -> bool:
    """Whether ``__exit__`` or ``__aexit__`` can return something true."""
    for name in ("__exit__", "__aexit__"):
        for method in inference.member(value, name):
            inner = inference.scope(method) if isinstance(method, FunctionValue) else None
            for node in walk_own(inner.body) if inner is not None else ():
                if isinstance(node, ir.Return) and not _is_false(node.value):
                    return True
    return False


def _is_false(expr: ir.Expr | None) -> bool:
    return expr is None or (isinstance(expr, ir.Const) and expr.text in ("None", "False"))


def _swallows_around_yield(scope: Scope) -> bool:
    """A ``@contextmanager`` function with a ``yield`` in a ``try`` one of whose handlers does not always raise."""
    if not (scope.decorated("contextmanager") or scope.decorated("asynccontextmanager")):
        return False
    for node in walk_own(scope.body):
        if isinstance(node, ir.Try) and any(isinstance(n, ir.Yield) for n in walk_own(node.body)):
            for handler in node.handlers:
                last = handler.body[-1] if handler.body else None
                if not isinstance(last, ir.Raise):
                    return True
    return False
