"""Counterexamples of registry contracts: operations registered twice, keys that do not arrive, routes without an operation."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from archwright.project.code import Scope
from archwright.project.execution.values import Ref
from archwright.project.operations.registry import Dispatch
from archwright.project.operations.serving import Server
from archwright.project.types.values import ClassValue
from archwright.prove.bench import Bench, counterexample
from archwright.prove.counterexample import Counterexample
from archwright.prove.spread import spread
from archwright.prove.text import SourceText
from archwright.verifiers.bodies import SelectedBodies, is_meant
from archwright.verifiers.registry.arguments import ArgumentsContract
from archwright.verifiers.registry.dispatched import DispatchedContract
from archwright.verifiers.registry.registered import RegisteredContract
from archwright.verifiers.registry.registry import RegistryContract, operations_of
from archwright.verifiers.registry.routes import RoutesContract
from archwright.verifiers.registry.static import StaticContract
from archwright.verifiers.registry.wired import WiredContract

_MODULES = 4
_COMPUTED = {
    "getattr": "    return getattr(target, name)()",
    "getattr by another name": "    chosen = getattr(target, name)\n    return chosen()",
    "methodcaller": "    import operator\n\n    return operator.methodcaller(name)(target)",
    "import by name": "    import importlib\n\n    return importlib.import_module(name).run(target)",
    "table of globals": "    return globals()[name](target)",
    "eval": "    return eval(name)",
    "handed on": "    return list(map(getattr(target, name), ()))",
    "named by the interpreter": "    import sys\n\n    return sys.modules[name].run(target)",
}
_ORPHANS = {
    "function": 'def spare_function() -> None:\n    """Spare."""',
    "class": 'class SpareEngine:\n    """Spare."""\n\n    def run(self) -> None:\n        """Spare."""',
    "two that use each other": "def spare_first() -> None:\n    spare_second()\n\n\n"
    "def spare_second() -> None:\n    spare_first()",
}


def derive_registered(contract: RegisteredContract, bench: Bench) -> Iterator[Counterexample]:
    """Registrations repeated, given classes, renamed methods, and a freeze that is missing or too early."""
    operations = operations_of(contract, bench.analysis)
    for one in operations.registrations():
        text, call = _found(bench, one.scope.module, one.way.hit.call.at)
        if call is None or not isinstance(statement := text.statement_of(call), ast.Expr):
            continue
        module, again = one.scope.module, text.after(statement, text.segment(statement))
        yield counterexample(
            contract, "registered again", f"{module} registers twice", bench.edit(module, again)
        )
        handler = call.args[1] if len(call.args) > 1 else None
        if isinstance(handler, ast.Call) and _makes_instance(bench, one.scope, handler):
            edit = text.replacing(handler, text.segment(handler.func))
            yield counterexample(
                contract, "class for instance", f"{module} registers a class", bench.edit(module, edit)
            )
    yield from _freezing(contract, bench)


def _makes_instance(bench: Bench, scope: Scope, call: ast.Call) -> bool:
    """Whether a call makes an instance of a class of the code base; it may call a function that makes one."""
    callee = bench.project.expression(ast.unparse(call.func))
    return any(isinstance(value, ClassValue) for value in bench.analysis.inference.evaluate(callee, scope))


def _freezing(contract: RegisteredContract, bench: Bench) -> Iterator[Counterexample]:
    if contract.bootstrap is None or contract.registry.freeze is None:
        return
    word = contract.registry.freeze.call[0].text.rpartition(".")[2]
    for module, qualname in SelectedBodies(contract.bootstrap, bench.analysis).all():
        text = bench.text(module)
        function = text.function(qualname)
        calls = [s for s in function.body if isinstance(s, ast.Expr)] if function is not None else []
        frozen = next((s for s in calls if _last(s.value) == word), None)
        first = next((s for s in calls if s is not frozen and _last(s.value)), None)
        if frozen is None:
            continue
        change = bench.edit(module, text.dropping(frozen))
        yield counterexample(contract, "freeze dropped", f"{qualname} does not freeze", change)
        conditional = bench.edit(module, text.around(frozen, "if not __debug__:"))
        yield counterexample(contract, "freeze conditional", f"{qualname} may not freeze", conditional)
        if first is not None:
            early = bench.edit(module, text.before(first, text.segment(frozen)))
            yield counterexample(contract, "freeze first", f"{qualname} freezes before it registers", early)


def derive_dispatched(contract: DispatchedContract, bench: Bench) -> Iterator[Counterexample]:
    """Dispatches of operations that do not exist, or that belong to somebody else."""
    operations = operations_of(contract, bench.analysis)
    known = sorted(operations.handlers())
    for dispatch in _meant(contract, bench):
        text, call = _found(bench, dispatch.scope.module, dispatch.way.hit.call.at)
        if call is None or not dispatch.operations:
            continue
        name = next((a for a in (*call.args, *(k.value for k in call.keywords)) if _is_text(a)), None)
        if name is None:
            continue
        module, own = dispatch.scope.module, dispatch.operations[0]
        for operator, new in _names_of(own, known, contract):
            change = bench.edit(module, text.replacing(name, new))
            yield counterexample(
                contract, operator, f"{dispatch.way.root.qualified} dispatches {new}", change
            )


def _names_of(own: str, known: list[str], contract: DispatchedContract) -> Iterator[tuple[str, str]]:
    yield "misspelt", f'"{own}s"'
    yield "misspelt in two parts", f'"{own}" + "_"'
    if contract.domain == "same":
        foreign = [k for k in known if k.partition(".")[0] != own.partition(".")[0]]
        if foreign:
            yield "another domain's", f'"{foreign[0]}"'
            yield "another domain's, formatted", f'f"{foreign[-1]}"'


def derive_arguments(contract: ArgumentsContract, bench: Bench) -> Iterator[Counterexample]:
    """Keys renamed or added where they are sent, parameters renamed where they are taken."""
    operations = operations_of(contract, bench.analysis)
    server = Server(operations, contract.registry.success)
    handlers = operations.handlers()
    for dispatch in _meant(contract, bench):
        root = dispatch.way.root
        text = bench.text(root.module)
        function = text.function(root.qualname)
        sent = _sent(dispatch, server)
        for table in ast.walk(function) if function is not None else ():
            if isinstance(table, ast.Dict) and any(
                isinstance(k, ast.Constant) and k.value in sent for k in table.keys
            ):
                yield from _keys_broken(contract, bench, root.module, text, table, sent)
        for operation in dispatch.operations:
            for registration in handlers.get(operation, ()):
                for service in server.serve(dispatch, registration):
                    if service.scope is not None:
                        yield from _parameters_broken(
                            contract, bench, service.scope.module, service.functions, sent
                        )


def _keys_broken(
    contract: ArgumentsContract, bench: Bench, module: str, text: SourceText, table: ast.Dict, sent: set[str]
) -> Iterator[Counterexample]:
    for key in table.keys:
        if isinstance(key, ast.Constant) and key.value in sent:
            change = bench.edit(module, text.replacing(key, f'"{key.value}_"'))
            yield counterexample(
                contract, "key renamed", f"{module} sends {key.value}_ for {key.value}", change
            )
    start, _ = text.range(table)
    added = text.replacing(table, "{" + '"spare_key": 1, ' + text.text[start + 1 : text.range(table)[1]])
    yield counterexample(contract, "key added", f"{module} sends spare_key", bench.edit(module, added))


def _parameters_broken(
    contract: ArgumentsContract,
    bench: Bench,
    home: str,
    functions: tuple[tuple[str, str], ...],
    sent: set[str],
) -> Iterator[Counterexample]:
    for module, qualname in functions:
        if module != home or "#" in qualname:
            continue
        text = bench.text(module)
        function = text.function(qualname)
        for parameter in function.args.kwonlyargs if function is not None else ():
            if parameter.arg in sent:
                new = text.segment(parameter).replace(parameter.arg, f"{parameter.arg}_", 1)
                change = bench.edit(module, text.replacing(parameter, new))
                what = f"{qualname} takes {parameter.arg}_ for {parameter.arg}"
                yield counterexample(contract, "parameter renamed", what, change)


def derive_routes(contract: RoutesContract, bench: Bench) -> Iterator[Counterexample]:
    """Routes that answer by themselves, routes that exist twice, routers nobody includes."""
    if contract.only or contract.never:
        return
    meant = SelectedBodies(contract.within, bench.analysis)
    routes = [r for r in bench.analysis.routes.routes() if contract.within is None or r.endpoint in meant]
    for route in routes:
        module, qualname = route.endpoint
        text = bench.text(module)
        function = text.function(qualname)
        decorator = function.decorator_list[0] if function is not None and function.decorator_list else None
        if (
            function is None
            or not isinstance(decorator, ast.Call)
            or not isinstance(decorator.func, ast.Attribute)
        ):
            continue
        router = text.segment(decorator.func.value)
        if f"{route.method} {route.path}" not in contract.without_operation:
            emptied = bench.edit(module, text.emptied(function))
            yield counterexample(contract, "endpoint emptied", f"{qualname} dispatches nothing", emptied)
        again = f"@{text.segment(decorator)}\nasync def spare_second() -> None:\n    return None"
        yield counterexample(
            contract, "same path twice", f"{module} serves a path again", bench.append(module, again)
        )
        alone = f'@{router}.get("/spare-route")\nasync def spare_route() -> None:\n    return None'
        yield counterexample(
            contract, "route of its own", f"{module} answers by itself", bench.append(module, alone)
        )
    for module in bench.matching(None):
        if bench.project.summary(module).mentions("include_router"):
            text = bench.text(module)
            for call in text.nodes(ast.Call):
                if _last(call) == "include_router" and isinstance(text.statement_of(call), ast.Expr):
                    change = bench.edit(module, text.dropping(text.statement_of(call)))
                    yield counterexample(
                        contract, "router not included", f"{module} includes one less", change
                    )


def derive_wired(contract: WiredContract, bench: Bench) -> Iterator[Counterexample]:
    """Public functions and classes that nothing runs."""
    for module in spread(bench.matching(contract.units), _MODULES * 2):
        for operator, code in _ORPHANS.items():
            yield counterexample(
                contract, operator, f"nobody runs it in {module}", bench.append(module, code)
            )


def derive_static(contract: StaticContract, bench: Bench) -> Iterator[Counterexample]:
    """Calls by names that are computed."""
    # A module with a ``getattr`` of its own means something else by it.
    units = [
        m for m in bench.matching(contract.units) if bench.project.names.resolve_in(m, "getattr") is None
    ]
    for module in spread(units, _MODULES):
        for operator, body in _COMPUTED.items():
            code = f"def spare_call(target, name):\n{body}"
            yield counterexample(
                contract, operator, f"{module} calls what it is told", bench.append(module, code)
            )


# --- what they share --------------------------------------------------------------------------------------------


def _meant(contract: RegistryContract, bench: Bench) -> list[Dispatch]:
    """One dispatch for every place that is meant and is executed from its own function."""
    found: dict[object, Dispatch] = {}
    for one in operations_of(contract, bench.analysis).dispatches():
        if one.way.root is one.scope and is_meant(contract.within, one.scope, bench.analysis):
            found.setdefault(one.at, one)
    return list(found.values())


def _sent(dispatch: Dispatch, server: Server) -> set[str]:
    keys: set[str] = set()
    for one in dispatch.params:
        if isinstance(one, Ref):
            keys.update(
                k for k in server.machine.object(one, dispatch.way.hit.state).entries if isinstance(k, str)
            )
    return keys


def _found(bench: Bench, module: str, at: tuple[int, int, int, int]) -> tuple[SourceText, ast.Call | None]:
    text = bench.text(module)
    return text, text.call_at(at)


def _is_text(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _last(node: ast.AST) -> str:
    func = node.func if isinstance(node, ast.Call) else None
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
