"""Things looked up by a text while the program runs: attributes, entries of namespaces, modules.

``getattr(session, "commit")``, ``vars(module)["run"]``, ``operator.attrgetter("commit")(session)``, ``globals()[name]`` and their
kin mean what the plain access means, where the text is known; the parts of an answer for texts that are not known are missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archwright.facts import ir
from archwright.project.code import Scope, enclosing_class
from archwright.project.types.constant_texts import ConstantTexts, Texts, constant
from archwright.project.types.values import (
    ANYTHING,
    NOTHING,
    UNKNOWN,
    ClassValue,
    ExternalInstance,
    ExternalValue,
    FunctionValue,
    InstanceValue,
    ModuleValue,
    Value,
    Values,
    external_names,
)

if TYPE_CHECKING:
    from archwright.project.types.inference import Inference

_DEPTH = 24
_BY_NAME = frozenset({"builtins.getattr", "inspect.getattr_static"})
_IMPORTS = frozenset({"builtins.__import__", "importlib.__import__"})
_LOOKS_UP = frozenset({"__getattribute__", "__getattr__"})
_ENTRIES = frozenset({"get", "pop", "setdefault", "__getitem__"})
_NAMESPACES = frozenset({"vars", "globals", "locals"})
_MAKES_GETTER = ExternalInstance("operator.attrgetter")
_MAKES_CALLER = ExternalValue("operator.methodcaller")


class Reflection:
    """Follows what is looked up by a text."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._texts = ConstantTexts(inference)

    # --- calls ---

    def called(self, call: ir.Call, scope: Scope) -> Values:
        """What ``operator.methodcaller("commit")(session)`` calls; nothing for any other call."""
        made = self._made(call.func, scope)
        if made is None or not made.args or not call.args:
            return NOTHING
        if _MAKES_CALLER not in self._inference.evaluate(made.func, scope):
            return NOTHING
        owner = self._inference.evaluate(call.args[0].value, scope)
        return self._attributes(owner, made.args[0].value, scope, _DEPTH)

    def written_out(self, call: ir.Call, scope: Scope, depth: int) -> Values:
        """What a call gives that looks something up by the way it is written: an entry of a namespace, ``x.__getattribute__``."""
        func = call.func
        if not isinstance(func, ir.Attr) or not call.args:
            return NOTHING
        given = [arg.value for arg in call.args if not arg.keyword and not arg.star]
        if func.name in _ENTRIES and given:
            return self._entry(func.value, given[0], scope, depth)
        if func.name in _LOOKS_UP and len(given) == 1:
            return self._attributes(self._receiver(func.value, scope, depth), given[0], scope, depth)
        if func.name in _LOOKS_UP and len(given) == 2:
            owner = self._inference.evaluate(given[0], scope, depth - 1)
            return self._attributes(owner, given[1], scope, depth)
        if func.name == "__get__":
            functions = self._inference.evaluate(func.value, scope, depth - 1)
            return frozenset(v for v in functions if isinstance(v, FunctionValue))
        return NOTHING

    def looked_up(self, callee: str, call: ir.Call, scope: Scope, depth: int) -> Values:
        """What calling the external *callee* gives where that is to look something up; nothing for any other."""
        given = [arg.value for arg in call.args if not arg.keyword and not arg.star]
        if not given:
            return NOTHING
        if callee in _BY_NAME and len(given) >= 2:
            found = self._attributes(self._receiver(given[0], scope, depth), given[1], scope, depth)
            default = self._inference.evaluate(given[2], scope, depth - 1) if len(given) > 2 else NOTHING
            return found | frozenset(v for v in default if isinstance(v, FunctionValue | ExternalValue))
        if callee == "functools.reduce" and len(given) == 3:
            return self._reduced(given[0], given[1], given[2], scope, depth)
        if callee == "importlib.import_module":
            return self._modules(self._texts.of(given[0], scope, depth - 1), depth)
        if callee in _IMPORTS:  # the call gives the top package of what it names
            names, complete = self._texts.of(given[0], scope, depth - 1)
            return self._modules((frozenset(name.partition(".")[0] for name in names), complete), depth)
        if callee == "pkgutil.resolve_name":
            return self._modules(self._texts.of(given[0], scope, depth - 1), depth)
        return NOTHING

    def got(self, call: ir.Call, scope: Scope, depth: int) -> Values:
        """What ``operator.attrgetter("session.commit")(holder)`` gives; nothing for any other call."""
        made = self._made(call.func, scope)
        if made is None or not call.args or not made.args:
            return NOTHING
        if _MAKES_GETTER not in self._inference.evaluate(made, scope, depth - 1):
            return NOTHING
        owner = self._inference.evaluate(call.args[0].value, scope, depth - 1)
        return frozenset().union(*(self._attributes(owner, a.value, scope, depth) for a in made.args))

    # --- entries of namespaces ---

    def entry(self, expr: ir.Subscript, scope: Scope, depth: int) -> Values:
        """What ``vars(x)["name"]`` and its kin give; nothing for any other subscript."""
        return self._entry(expr.value, expr.index[0], scope, depth)

    def _entry(self, namespace: ir.Expr, key: ir.Expr, scope: Scope, depth: int) -> Values:
        if isinstance(namespace, ir.Name):
            namespace = constant(namespace.id, scope) or namespace
        if isinstance(namespace, ir.Attr) and namespace.name == "__dict__":
            owner = self._inference.evaluate(namespace.value, scope, depth - 1)
            return self._attributes(owner, key, scope, depth)
        if ir.dotted(namespace) is not None:
            if ExternalValue("sys.modules") not in self._inference.evaluate(namespace, scope, depth - 1):
                return NOTHING
            return self._modules(self._texts.of(key, scope, depth - 1), depth)
        if not isinstance(namespace, ir.Call) or not isinstance(namespace.func, ir.Name):
            return NOTHING
        if namespace.func.id not in _NAMESPACES or ExternalValue(
            f"builtins.{namespace.func.id}"
        ) not in self._inference.evaluate(namespace.func, scope, depth - 1):
            return NOTHING
        if namespace.args:
            owner = self._inference.evaluate(namespace.args[0].value, scope, depth - 1)
            return self._attributes(owner, key, scope, depth)
        names, complete = self._texts.of(key, scope, depth - 1)
        where = self._inference.index(scope.module).root if namespace.func.id == "globals" else scope
        found = (self._inference.name(name, where, depth - 1) for name in sorted(names))
        return frozenset().union(NOTHING if complete else ANYTHING, *found)

    def _attributes(self, owner: Values, name: ir.Expr, scope: Scope, depth: int) -> Values:
        names, complete = self._texts.of(name, scope, depth - 1)
        found: Values = NOTHING if complete else ANYTHING
        for text in sorted(names):
            part = owner
            for word in text.split("."):
                part = self._inference.members.of(part, word, depth - 1)
            found |= part
        return found or ANYTHING

    def _reduced(self, function: ir.Expr, names: ir.Expr, start: ir.Expr, scope: Scope, depth: int) -> Values:
        """``functools.reduce(getattr, ["session", "commit"], self)``."""
        if ExternalValue("builtins.getattr") not in self._inference.evaluate(function, scope, depth - 1):
            return NOTHING
        if isinstance(names, ir.Name):
            names = constant(names.id, scope) or names
        owner = self._inference.evaluate(start, scope, depth - 1)
        if isinstance(names, ir.Call) and isinstance(names.func, ir.Attr) and names.func.name == "split":
            text = self._texts.single(names.func.value, scope)
            items: tuple[ir.Expr, ...] = tuple(ir.Str(part) for part in text.split(".")) if text else ()
        else:
            items = names.items if isinstance(names, ir.Seq) else ()
        for item in items:
            owner = self._attributes(owner, item, scope, depth - 1)
        return owner if items else ANYTHING

    def _modules(self, names: Texts, depth: int) -> Values:
        found: Values = NOTHING if names[1] else ANYTHING
        for name in sorted(names[0]):
            found |= (
                ANYTHING
                if name.startswith(".")
                else self._inference.resolved(self._inference.project.names.resolve(name), depth - 1)
            )
        return found or ANYTHING

    def _receiver(self, expr: ir.Expr, scope: Scope, depth: int) -> Values:
        """The object attributes are looked up on; for ``super()`` the bases of the class around."""
        if isinstance(expr, ir.Call) and expr.func == ir.Name("super"):
            cls = enclosing_class(scope)
            bases = self._inference.classes.bases(cls.qualified) if cls is not None else ()
            return frozenset(self._base(base) for base in bases) or ANYTHING
        return self._inference.evaluate(expr, scope, depth - 1)

    def _base(self, qualified: str) -> Value:
        classes = self._inference.classes
        if not classes.known(qualified):
            return ExternalInstance(qualified)
        return InstanceValue(*classes.locate(qualified))

    def _made(self, func: ir.Expr, scope: Scope) -> ir.Call | None:
        """The call that made what is called: ``make("x")(y)``, also where it was given a name first."""
        made: ir.Expr | None = func
        if isinstance(made, ir.Name):
            made = constant(made.id, scope)
        return made if isinstance(made, ir.Call) else None

    # --- texts that are not known ---

    def is_known(self, expr: ir.Expr, scope: Scope) -> bool:
        """Whether all texts *expr* may come to are known."""
        return self._texts.of(expr, scope)[1]

    def names_given(self, call: ir.Call, scope: Scope) -> frozenset[str]:
        """The texts the first argument of *call* may come to."""
        return self._texts.of(call.args[0].value, scope)[0] if call.args else frozenset()

    def read_by_text(self, call: ir.Call, scope: Scope) -> tuple[ir.Expr, frozenset[str]] | None:
        """The object and the attributes of it that ``getattr`` or an ``attrgetter`` reads; None for any other call."""
        given = [arg.value for arg in call.args if not arg.keyword and not arg.star]
        callees = self._inference.evaluate(call.func, scope)
        if len(given) > 1 and external_names(callees) & _BY_NAME:
            return given[0], self._texts.of(given[1], scope)[0]
        made = self._made(call.func, scope) if _MAKES_GETTER in callees else None
        if made is not None and made.args and given:
            return given[0], self._texts.of(made.args[0].value, scope)[0]
        return None

    def picked_from(self, expr: ir.Expr, scope: Scope) -> Values:
        """The functions ``getattr(module, name)`` may give where the name is not constant; empty for anything else."""
        found: set[Value] = set()
        for value in self.open_owners(expr, scope):
            if isinstance(value, ModuleValue) and self._inference.project.has(value.name):
                root = self._inference.index(value.name).root
                for name in root.names.bound:
                    found |= self._inference.members.of((value,), name, _DEPTH)
            elif isinstance(value, ClassValue | InstanceValue):
                cls = value.cls if isinstance(value, InstanceValue) else value
                for name in self._inference.classes.methods(cls.qualified):
                    found |= self._inference.members.of((value,), name, _DEPTH)
        return frozenset(v for v in found if isinstance(v, FunctionValue | ClassValue))

    def open_owners(self, expr: ir.Expr, scope: Scope) -> Values:
        """What something is looked up on by a text that is not known; empty for anything else."""
        if isinstance(expr, ir.Name):
            expr = constant(expr.id, scope) or expr
        owner: ir.Expr
        if isinstance(expr, ir.Subscript):
            namespace, name = expr.value, expr.index[0]
            if isinstance(namespace, ir.Attr) and namespace.name == "__dict__":
                owner = namespace.value
            elif isinstance(namespace, ir.Call) and namespace.func == ir.Name("vars") and namespace.args:
                owner = namespace.args[0].value
            else:
                return NOTHING
        elif isinstance(expr, ir.Call) and len(expr.args) >= 2:
            owner, name = expr.args[0].value, expr.args[1].value
            callee = external_names(self._inference.evaluate(expr.func, scope))
            if not callee & _BY_NAME and not any(c.endswith(".__getattribute__") for c in callee):
                return NOTHING
        elif isinstance(expr, ir.Call) and isinstance(expr.func, ir.Attr) and expr.func.name in _LOOKS_UP:
            if len(expr.args) != 1:
                return NOTHING
            owner, name = expr.func.value, expr.args[0].value
        else:
            return NOTHING
        if self._texts.of(name, scope)[1]:
            return NOTHING
        return self._inference.evaluate(owner, scope) - {UNKNOWN}
