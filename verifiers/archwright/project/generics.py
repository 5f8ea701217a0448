"""Type variables: what they stand for in a class that names its base's arguments, ``class Orders(Repository[Order])``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.project.annotations import parse_annotation
from archwright.project.code import Scope
from archwright.project.values import NOTHING, ClassValue, ExternalValue, Values, external_names

if TYPE_CHECKING:
    from archwright.project.inference import Inference

_VARIABLES = frozenset(f"{module}.TypeVar" for module in ("typing", "typing_extensions"))
_PARAMETERS = frozenset(
    f"{module}.{form}" for module in ("typing", "typing_extensions") for form in ("Generic", "Protocol")
)


class Generics:
    """Reads type variables of a project."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def instances(self, annotation: ir.Expr | None, scope: Scope, looked_up: str, depth: int) -> Values:
        """What *annotation* admits where it is a type variable and *looked_up* is the class of the object it is seen on.

        The argument a subclass gives, else the bound or constraints of the variable; nothing for any other annotation.
        """
        variable = self._variable(annotation, scope)
        if variable is None or depth <= 0:
            return NOTHING
        call, where = variable
        argument = self._argument(call, looked_up, depth)
        if argument is not None:
            expr, subclass = argument
            found = self.instances(expr, subclass, looked_up, depth - 1)
            return found or self._inference.annotations.of(expr, subclass, depth - 1)
        bounds = [arg.value for arg in call.args[1:] if arg.keyword in (None, "bound") and not arg.star]
        return frozenset().union(*(self._inference.annotations.of(b, where, depth - 1) for b in bounds))

    def _variable(self, annotation: ir.Expr | None, scope: Scope) -> tuple[ir.Call, Scope] | None:
        """The call that made the type variable *annotation* names, with the scope it stands in."""
        if isinstance(annotation, ir.Str):
            annotation = parse_annotation(annotation.value)
        if isinstance(annotation, ir.BinOp) and annotation.op == "|" and annotation.right == ir.Const("None"):
            annotation = annotation.left
        if not isinstance(annotation, ir.Name):
            return None
        current: Scope | None = scope
        while current is not None and (annotation.id not in current.names.bound or current.kind == "class"):
            current = current.parent
        if current is None:
            return None
        made = current.names.only(annotation.id)
        if made is None:
            imported = self._inference.project.names.resolve_in(scope.module, annotation.id)
            if (
                imported is None
                or imported.kind != "symbol"
                or not self._inference.project.has(imported.module)
            ):
                return None
            current = self._inference.index(imported.module).root
            made = current.names.only(imported.symbol)
        if not isinstance(made, ir.Call):
            return None
        callee = self._inference.evaluate(made.func, current)
        return (made, current) if external_names(callee) & _VARIABLES else None

    def _argument(self, variable: ir.Call, looked_up: str, depth: int) -> tuple[ir.Expr, Scope] | None:
        """What the classes from *looked_up* upwards give for *variable*, with the class that does."""
        for name in self._inference.classes.lineage(looked_up):
            body = self._body(name)
            if body is None or not isinstance(body.node, ir.ClassDef):
                continue
            for base in (arg.value for arg in body.node.bases):
                if not isinstance(base, ir.Subscript):
                    continue
                for value in self._inference.evaluate(base.value, body, depth - 1):
                    if not isinstance(value, ClassValue):
                        continue
                    places = self._parameters(value)
                    if variable in places and places.index(variable) < len(base.index):
                        return base.index[places.index(variable)], body
        return None

    def _parameters(self, cls: ClassValue) -> list[ir.Call]:
        """The type variables of a class, in the order of its parameters."""
        body = self._inference.scope(cls)
        if body is None or not isinstance(body.node, ir.ClassDef):
            return []
        generic: list[ir.Call] = []
        other: list[ir.Call] = []
        for base in (arg.value for arg in body.node.bases):
            if isinstance(base, ir.Subscript):
                values = self._inference.evaluate(base.value, body)
                into = generic if _is_form(values) else other
                found = (self._variable(part, body) for part in base.index)
                into += (variable[0] for variable in found if variable is not None)
        return list(dict.fromkeys(generic or other))

    def _body(self, name: str) -> Scope | None:
        if not self._inference.classes.known(name):
            return None
        module, qualname = self._inference.classes.locate(name)
        return self._inference.index(module).scopes.get(qualname)


def _is_form(values: Values) -> bool:
    return any(isinstance(value, ExternalValue) and value.name in _PARAMETERS for value in values)
