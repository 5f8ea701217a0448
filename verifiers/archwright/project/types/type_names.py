"""Type variables, new types and aliases: from the name in an annotation to what made it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.facts.binding import Bound
from archwright.project.code import Scope
from archwright.project.types.annotations import TYPE_VARIABLES, parse_annotation
from archwright.project.types.values import ExternalInstance, external_names

if TYPE_CHECKING:
    from archwright.project.types.inference import Inference

TYPE_PARAMETER = ExternalInstance("typing.TypeVar")
"""What the name of a parameter in brackets stands for as a value."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A type variable: a call of ``TypeVar`` or a parameter in brackets."""

    made: ir.Call | ir.TypeParam
    bounds: tuple[ir.Expr, ...]
    """Its bound or its constraints."""
    scope: Scope
    """Where these are read."""


class TypeNames:
    """Finds what the names in annotations were made by."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference

    def variable(self, annotation: ir.Expr | None, scope: Scope) -> Variable | None:
        """The type variable that *annotation* names, by itself or as an alternative to None."""
        if isinstance(annotation, ir.Str):
            annotation = parse_annotation(annotation.value)
        if isinstance(annotation, ir.BinOp) and annotation.op == "|" and annotation.right == ir.Const("None"):
            annotation = annotation.left
        if not isinstance(annotation, ir.Name):
            return None
        parameter = type_parameter(annotation.id, scope)
        if parameter is not None:
            bound, where = parameter[0].bound, parameter[1]
            bounds = bound.items if isinstance(bound, ir.Seq) else () if bound is None else (bound,)
            return Variable(parameter[0], bounds, where)
        made = self.made(annotation, scope)
        if (
            made is None
            or not external_names(self._inference.evaluate(made[0].func, made[1])) & TYPE_VARIABLES
        ):
            return None
        call, where = made
        given = [arg.value for arg in call.args[1:] if arg.keyword in (None, "bound") and not arg.star]
        return Variable(call, tuple(given), where)

    def made(self, annotation: ir.Expr, scope: Scope) -> tuple[ir.Call, Scope] | None:
        """The call whose result *annotation* names, with the scope it stands in."""
        found = self.binding(annotation, scope)
        value = None if found is None else found[0].value
        return (value, found[1]) if found is not None and isinstance(value, ir.Call) else None

    def binding(self, annotation: ir.Expr, scope: Scope) -> tuple[Bound, Scope] | None:
        """The one assignment that gives the name *annotation* its value, with the scope it stands in."""
        dotted = ir.dotted(annotation)
        if dotted is None:
            return None
        name = dotted
        current: Scope | None = scope
        while current is not None and (name not in current.names.bound or current.kind == "class"):
            current = current.parent
        if current is None or (current.kind == "module" and current.names.only(name) is None):
            imported = self._inference.project.names.resolve_in(scope.module, dotted)
            if (
                imported is None
                or imported.kind != "symbol"
                or not self._inference.project.has(imported.module)
            ):
                return None
            current, name = self._inference.index(imported.module).root, imported.symbol
        return (current.names.bound[name][0], current) if current.names.only(name) is not None else None


def type_parameter(name: str, scope: Scope) -> tuple[ir.TypeParam, Scope] | None:
    """The parameter in brackets of a function or class around *scope* that *name* means, with that function or class."""
    current: Scope | None = scope
    while current is not None:
        if name in current.names.bound and current.kind == "function":
            return None
        params = current.node.type_params if current.node is not None else ()
        found = next((param for param in params if param.name == name and not param.star), None)
        if found is not None:
            return found, current
        current = current.parent
    return None
