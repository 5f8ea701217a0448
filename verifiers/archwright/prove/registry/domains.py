"""Counterexamples of registry contracts about domains: handlers that let themselves into a domain that is not theirs."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from archwright.prove.bench import Bench, counterexample
from archwright.prove.counterexample import Counterexample
from archwright.prove.spread import spread
from archwright.verifiers.registry.domains import DomainsContract, Handled, handled_by_module
from archwright.verifiers.registry.registry import operations_of

_HANDLERS = 8
_IMPORTS = {
    "import": "import {module}",
    "import in a function": "def spare_call():\n    from {package} import {name} as spare\n\n    return spare",
    "import by name": 'def spare_call():\n    import importlib\n\n    return importlib.import_module("{module}")',
    "import that may fail": "try:\n    import {module} as spare\nexcept ImportError:\n    spare = None",
}


def derive_domains(contract: DomainsContract, bench: Bench) -> Iterator[Counterexample]:
    """Foreign modules imported in different ways, directly and through a new helper, and an operation more than is served."""
    served = handled_by_module(contract, operations_of(contract, bench.analysis), bench.analysis)
    editable = frozenset(bench.modules)
    handlers = [m for m, handled in served.items() if m in editable and not handled.untold]
    for turn, module in enumerate(spread(handlers, _HANDLERS)):
        foreign = _foreign(contract, module, served[module], bench)
        if not foreign:
            continue
        target = foreign[turn % len(foreign)]
        package, _, name = target.rpartition(".")
        for operator, template in _IMPORTS.items():
            code = template.format(module=target, package=package, name=name)
            yield counterexample(contract, operator, f"{module} imports {target}", bench.append(module, code))
        yield from _through_a_handler(contract, bench, module, target)
        yield from _registering(contract, bench, module, served[module], target)


def _foreign(contract: DomainsContract, module: str, handled: Handled, bench: Bench) -> list[str]:
    """The modules of domains *module* has no business with."""
    excused = {d for m, domains in contract.exceptions.items() if m == module for d in domains}
    found: list[str] = []
    for other in bench.matching(contract.owned):
        unit = bench.project.unit(other)
        if unit is not None and unit.domain and unit.domain not in handled.domains | excused:
            found.append(other)
    return found


def _through_a_handler(
    contract: DomainsContract, bench: Bench, module: str, target: str
) -> Iterator[Counterexample]:
    """A new module beside the handler, which it imports, imports the foreign one."""
    package, _, name = target.rpartition(".")
    helper = bench.spare(bench.package_of(module), "spare_helper")
    if bench.path_of(helper) is None or not contract.handlers.matches(bench.subject(helper)):
        return
    made = bench.create(helper, f"from {package} import {name} as passed_on\n\n__all__ = ['passed_on']\n")
    home, _, last = helper.rpartition(".")
    used = bench.append(
        module, f"def spare_call():\n    from {home} import {last}\n\n    return {last}.passed_on"
    )
    yield counterexample(contract, "through a helper", f"{module} gets {target} by {helper}", made, used)


def _registering(
    contract: DomainsContract, bench: Bench, module: str, handled: Handled, target: str
) -> Iterator[Counterexample]:
    """A registration repeated under a name of the foreign domain."""
    text = bench.text(module)
    unit = bench.project.unit(target)
    for one in handled.registrations:
        call = text.call_at(one.way.hit.call.at) if one.scope.module == module else None
        if call is None or not call.args or unit is None or not unit.domain:
            continue
        statement = text.statement_of(call)
        if not isinstance(statement, ast.Expr) or not isinstance(call.args[0], ast.Constant):
            continue
        written, name = text.segment(statement), text.segment(call.args[0])
        again = text.after(statement, written.replace(name, f'"{unit.domain}.spare"', 1))
        what = f"{module} registers {unit.domain}.spare"
        yield counterexample(contract, "foreign registration", what, bench.edit(module, again))
        return
