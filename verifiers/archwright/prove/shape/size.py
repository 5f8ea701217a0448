"""Counterexamples of shape contracts about classes, constants, concerns, names, contents and budgets."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from archwright.contracts.language import Selector, SymbolPattern
from archwright.prove.bench import Bench, counterexample
from archwright.prove.counterexample import Counterexample
from archwright.prove.shape.parts import at_end, changed, class_of, in_body, node_of, with_parameter
from archwright.prove.spread import spread
from archwright.verifiers.shape.budgets import BudgetsContract
from archwright.verifiers.shape.classes import ClassesContract
from archwright.verifiers.shape.concern import ConcernContract
from archwright.verifiers.shape.constants import ConstantContract
from archwright.verifiers.shape.contents import ContentsContract
from archwright.verifiers.shape.names import NamesContract
from archwright.verifiers.shape.shape import Defined, classes, classes_named, functions

_SITES = 8
_PARTS = {
    "functions": "def zzz_probe(value):\n    return value",
    "classes": "class ZzzProbe:\n    pass",
    "calls": "ZZZ_PROBE = print('zzz')",
    "statements": "for zzz_probe in ():\n    pass",
    "methods": "class ZzzProbe:\n    def zzz(self):\n        return 1",
    "constants": "ZZZ_PROBE = 1",
}
_OTHER_CASE = {"snake": "ZzzProbe", "pascal": "zzz_probe", "upper": "zzz_probe"}
_NAMED = {
    "class": "class {}:\n    pass",
    "function": "def {}():\n    return 1",
    "constant": "{} = 1",
    "method": "class ZzzHolder:\n    def {}(self):\n        return 1",
    "parameter": "def zzz_holder({}):\n    return 1",
    "field": "class ZzzHolder:\n    {}: int = 1",
    "member": "import enum as zzz_enum\n\n\nclass ZzzHolder(zzz_enum.Enum):\n    {} = 1",
}


def derive_classes(contract: ClassesContract, bench: Bench) -> Iterator[Counterexample]:
    """Classes thawed, changed by force, given fields that change, and without what they must have."""
    found = list(classes(contract, bench.analysis))
    if contract.frozen:
        yield from _thawed(contract, found, bench)
    for cls in spread(found, _SITES):
        place = class_of(cls, bench)
        if place is None:
            continue
        text, node = place
        if contract.frozen:
            code = (
                f"def zzz_thaw(value: {cls.scope.qualname}) -> None:\n    object.__setattr__(value, 'zzz', 1)"
            )
            if "." not in cls.scope.qualname:
                description = f"a {cls.name} is changed by force"
                yield counterexample(
                    contract, "changed by force", description, changed(text, at_end(text, code))
                )
        if contract.immutable_fields:
            description = f"{cls.name} gets a field that is a list"
            edit = in_body(text, node, "zzz_probe: list[int]")
            yield counterexample(contract, "mutable field", description, changed(text, edit))
        for method in node.body:
            if (
                isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef)
                and _demanded(method.name, contract, bench)
                and not _inherits(cls.name, method.name, bench)
            ):
                edit = text.replacing(
                    method, text.segment(method).replace(f"def {method.name}", "def zzz_probe", 1)
                )
                description = f"{cls.name}.{method.name} is called otherwise"
                yield counterexample(contract, "renamed method", description, changed(text, edit))
        if contract.subclass is not None and node.bases:
            edits = [text.replacing(base, f"__import__('zzz').Zzz{n}") for n, base in enumerate(node.bases)]
            description = f"{cls.name} has other bases"
            yield counterexample(contract, "other bases", description, changed(text, *edits))
        for decorator in node.decorator_list if contract.decorated is not None else ():
            description = f"{cls.name} is decorated with something else"
            yield counterexample(
                contract, "other decorator", description, changed(text, text.replacing(decorator, "zzz"))
            )


def derive_constant(contract: ConstantContract, bench: Bench) -> Iterator[Counterexample]:
    """Instances made with another value, or changed to one."""
    names = sorted(classes_named(contract.of, bench.analysis))
    field, other = str(contract.field), "None" if contract.value != "None" else "0"
    patterns = tuple(SymbolPattern(name) for name in names)
    for site in spread(bench.analysis.calls.selected(Selector(call=patterns)) if names else [], _SITES):
        module = site.scope.module
        if not site.is_call or module not in bench.matching(contract.units):
            continue
        text = bench.text(module)
        call = text.call_at(site.node.at)
        given = next((k for k in call.keywords if k.arg == field), None) if call is not None else None
        if given is not None:
            description = f"{site.scope.qualified} makes `{field}` {other}"
            edit = text.replacing(given.value, other)
            yield counterexample(contract, "other constant", description, changed(text, edit))
    modules = bench.matching(contract.units)
    for turn, name in enumerate(names):
        module, cls = bench.analysis.inference.classes.locate(name)
        if "." in cls:
            continue
        importing = f"from {module} import {cls} as ZzzProbe"
        for number, (operator, body) in enumerate(_overrides(field, other)):
            where = spread(modules, _SITES)[(turn + number) % min(_SITES, len(modules))]
            code = f"{importing}\n\n\n{body}"
            description = f"{where} makes `{field}` of a {cls} {other}: {operator}"
            yield counterexample(contract, operator, description, bench.append(where, code))


def derive_concern(contract: ConcernContract, bench: Bench) -> Iterator[Counterexample]:
    """Statements about the tables of another concern, in modules that have one."""
    storage = bench.analysis.storage
    tables = sorted({str(m.table.name) for m in storage.models("postgresql").declared})
    by_group = {
        g.name: [t for t in tables if any(p.match(t) is not None for p in g.tables)] for g in contract.groups
    }
    touching = frozenset(storage.touching)
    modules = [m for m in bench.matching(contract.units) if m in touching]
    for turn, module in enumerate(spread(modules, _SITES * 2)):
        own = {
            a.table for a in storage.accesses(module) if a.table and (contract.accesses == "all" or a.writes)
        }
        foreign = [names[0] for names in by_group.values() if names and own and not own & set(names)]
        for table in foreign[turn % max(1, len(foreign)) :][:1]:
            verb, sql = (
                ("update", f"UPDATE {table} SET id = 1"),
                ("insert", f"INSERT INTO {table} (id) VALUES (1)"),
                ("deletion", f"DELETE FROM {table}"),
            )[turn % 3]
            half = len(sql) // 2
            code = (
                "from sqlalchemy import text as zzz_text\n\n\n"
                f"def zzz_probe(session):\n    session.execute(zzz_text({sql[:half]!r} + {sql[half:]!r}))"
            )
            description = f"{module} has the statement {sql}"
            yield counterexample(contract, f"foreign {verb}", description, bench.append(module, code))


def derive_names(contract: NamesContract, bench: Bench) -> Iterator[Counterexample]:
    """Definitions called otherwise."""
    wrong = _OTHER_CASE.get(contract.case or "", "Zzz_Probe9__x")
    if "class" in contract.what:
        for cls in spread(classes(contract, bench.analysis), _SITES):
            place = class_of(cls, bench)
            if place is not None and "." not in cls.scope.qualname:
                text, _ = place
                edit = at_end(text, f"class {wrong}({cls.scope.qualname}):\n    pass")
                description = f"a subclass of {cls.name} is called {wrong}"
                yield counterexample(contract, "subclass of another name", description, changed(text, edit))
    for turn, module in enumerate(spread(bench.matching(contract.units), _SITES)):
        kind = contract.what[turn % len(contract.what)]
        description = f"{module} has a {kind} called {wrong}"
        yield counterexample(
            contract, "other case", description, bench.append(module, _NAMED[kind].format(wrong))
        )


def derive_contents(contract: ContentsContract, bench: Bench) -> Iterator[Counterexample]:
    """Modules with what they must not hold."""
    denied = [part for part in _PARTS if part not in contract.allow]
    for turn, module in enumerate(spread(bench.matching(contract.units), _SITES)):
        if denied:
            part = denied[turn % len(denied)]
            description = f"{module} holds one of the {part}"
            yield counterexample(contract, part, description, bench.append(module, _PARTS[part]))


def derive_budgets(contract: BudgetsContract, bench: Bench) -> Iterator[Counterexample]:
    """Modules, classes and functions that grow beyond what is allowed."""
    if contract.module_lines is not None or contract.module_functions is not None:
        for module in spread(bench.matching(contract.units), _SITES):
            yield from _grown_module(contract, module, bench)
    if contract.methods is not None or contract.fields is not None:
        for cls in spread(classes(contract, bench.analysis), _SITES):
            yield from _grown_class(contract, cls, bench)
    if (
        contract.parameters is not None
        or contract.branches is not None
        or contract.function_lines is not None
    ):
        for function in spread(functions(contract, bench.analysis), _SITES):
            yield from _grown_function(contract, function, bench)


def _thawed(contract: ClassesContract, found: list[Defined], bench: Bench) -> Iterator[Counterexample]:
    """Every way a class says that it is frozen, saying the opposite."""
    places = [(cls, place) for cls in found if (place := class_of(cls, bench)) is not None]
    saying: list[tuple[Defined, ast.keyword]] = []
    for cls, (_, node) in places:
        calls = [d for d in node.decorator_list if isinstance(d, ast.Call)]
        keywords = [k for call in calls for k in call.keywords] + node.keywords
        saying += [(cls, k) for k in keywords if k.arg == "frozen"]
    for cls, keyword in spread(saying, _SITES):
        text = bench.text(cls.scope.module)
        edit = text.replacing(keyword.value, "False")
        yield counterexample(contract, "thawed", f"{cls.name} says frozen=False", changed(text, edit))


def _inherits(cls: str, method: str, bench: Bench) -> bool:
    """Whether the class has the method without defining it."""
    hierarchy = bench.analysis.inference.classes
    return any(hierarchy.defines(base, method) for base in hierarchy.lineage(cls)[1:])


def _demanded(name: str, contract: ClassesContract, bench: Bench) -> bool:
    hierarchy = bench.analysis.inference.classes
    resolved = [bench.project.names.resolve(protocol).qualified for protocol in contract.conforms]
    return name in contract.methods or any(
        name in hierarchy.methods(p) and not name.startswith("_") for p in resolved
    )


def _overrides(field: str, other: str) -> tuple[tuple[str, str], ...]:
    return (
        ("construction", f"def zzz_probe() -> object:\n    return ZzzProbe({field}={other})"),
        ("attribute", f"def zzz_probe(value: ZzzProbe) -> None:\n    value.{field} = {other}"),
        ("setattr", f"def zzz_probe(value: ZzzProbe) -> None:\n    setattr(value, {field!r}, {other})"),
        (
            "force",
            f"def zzz_probe(value: ZzzProbe) -> None:\n    object.__setattr__(value, {field!r}, {other})",
        ),
        (
            "copy",
            f"import dataclasses as d\n\n\ndef zzz_probe(value: ZzzProbe) -> object:\n    return d.replace(value, {field}={other})",
        ),
        ("subclass", f"class ZzzBinding(ZzzProbe):\n    {field}: object = {other}"),
    )


def _grown_module(contract: BudgetsContract, module: str, bench: Bench) -> Iterator[Counterexample]:
    summary = bench.project.summary(module)
    most = max([a.limit for a in contract.allowances if a.symbol == module], default=0)
    if contract.module_lines is not None:
        more = max(contract.module_lines, most) - summary.lines + 5
        if more > 0:
            description = f"{module} gets {more} more lines"
            yield counterexample(
                contract, "long module", description, bench.append(module, "ZZZ = 1\n" * more)
            )
    if contract.module_functions is not None:
        more = max(contract.module_functions, most) + 1
        code = "\n\n".join(f"def zzz_{number}():\n    return {number}" for number in range(more))
        yield counterexample(
            contract, "many functions", f"{module} gets {more} functions", bench.append(module, code)
        )


def _grown_class(contract: BudgetsContract, cls: Defined, bench: Bench) -> Iterator[Counterexample]:
    place = class_of(cls, bench)
    if place is None or any(a.symbol == cls.name for a in contract.allowances):
        return
    text, node = place
    if contract.methods is not None:
        code = "\n".join(f"def zzz_{number}(self): ..." for number in range(contract.methods + 1))
        edit = in_body(text, node, code)
        yield counterexample(
            contract, "many methods", f"{cls.name} gets {contract.methods + 1} methods", changed(text, edit)
        )
    if contract.fields is not None:
        code = "\n".join(f"zzz_{number}: int" for number in range(contract.fields + 1))
        edit = in_body(text, node, code)
        yield counterexample(
            contract, "many fields", f"{cls.name} gets {contract.fields + 1} fields", changed(text, edit)
        )


def _grown_function(contract: BudgetsContract, function: Defined, bench: Bench) -> Iterator[Counterexample]:
    place = node_of(function, bench)
    if place is None or any(a.symbol == function.name for a in contract.allowances):
        return
    text, node = place
    if contract.parameters is not None:
        more = ", ".join(f"zzz_{number}=None" for number in range(contract.parameters + 1))
        edit = with_parameter(text, node, more)
        if edit is not None:
            yield counterexample(
                contract, "many parameters", f"{function.name} takes more", changed(text, edit)
            )
    if contract.branches is not None:
        code = "\n".join("if print:\n    print()" for _ in range(contract.branches + 1))
        edit = text.at_start(node, code)
        yield counterexample(contract, "many branches", f"{function.name} branches more", changed(text, edit))
    if contract.function_lines is not None:
        edit = text.at_start(node, "\n".join("print()" for _ in range(contract.function_lines + 1)))
        yield counterexample(contract, "long function", f"{function.name} gets longer", changed(text, edit))
