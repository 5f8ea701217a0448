"""What a page says about one module: frozen values made from its code, before any of it is text."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archwright.docs.signatures import signature, value
from archwright.facts import ir
from archwright.facts.summary import ImportFact
from archwright.project.analysis import Analysis

_ENUMS = frozenset({"Enum", "StrEnum", "IntEnum", "Flag", "IntFlag", "ReprEnum"})
_RECORDS = frozenset({"Struct", "BaseModel", "NamedTuple", "TypedDict"})
_DATACLASS = "dataclass"


class FunctionDoc(msgspec.Struct, frozen=True):
    """A function at module level, or a method."""

    name: str
    signature: str
    is_async: bool
    docstring: str
    """First paragraph, on one line."""


class ClassDoc(msgspec.Struct, frozen=True):
    """A class at module level."""

    name: str
    kind: str
    """``enum``, ``record`` (a dataclass or its kin), ``protocol``, ``table`` or ``class``."""
    bases: tuple[str, ...]
    methods: tuple[FunctionDoc, ...]
    members: tuple[str, ...]
    """Members of an enumeration, fields of a record."""
    docstring: str


class ImportDoc(msgspec.Struct, frozen=True):
    """What one module imports from another, in one way."""

    module: str
    names: tuple[str, ...]
    relative: bool
    when: str
    """Empty for an import that happens when the module is loaded; else ``lazy``, ``type-only``, ``in load()``, …"""


class ConstantDoc(msgspec.Struct, frozen=True):
    """A name in capitals bound at module level."""

    name: str
    value: str


class ModuleDoc(msgspec.Struct, frozen=True):
    """One file."""

    module: str
    path: str
    layer: str
    """Id of its layer."""
    domain: str
    """What its layer's pattern captured as ``domain``; empty where it captures none."""
    lines: int
    error: str
    """Why nothing more is known; empty when the file could be read."""
    header: tuple[str, ...]
    """The header comment, a line each."""
    docstring: str
    classes: tuple[ClassDoc, ...]
    functions: tuple[FunctionDoc, ...]
    imports: tuple[ImportDoc, ...]
    constants: tuple[ConstantDoc, ...]
    exports: tuple[str, ...] | None

    @property
    def name(self) -> str:
        """File name."""
        return self.path.rpartition("/")[2]


def describe(analysis: Analysis, module: str) -> ModuleDoc:
    """The description of *module*."""
    project = analysis.project
    summary, unit = project.summary(module), project.unit(module)
    code = project.code(module)
    definitions = tuple(_unique(code.body))
    return ModuleDoc(
        module=module,
        path=project.file(module).path,
        layer=str(unit.layer) if unit is not None else "",
        domain=(unit.domain or "") if unit is not None else "",
        lines=summary.lines,
        error=summary.error,
        header=tuple(comment.text for comment in code.header),
        docstring=_docstring(code.body),
        classes=tuple(_class(d) for d in definitions if isinstance(d, ir.ClassDef)),
        functions=tuple(_function(d) for d in definitions if isinstance(d, ir.FunctionDef)),
        imports=tuple(_imports(summary.imports)),
        constants=tuple(_constants(code.body)),
        exports=summary.exports,
    )


def _unique(body: tuple[ir.Stmt, ...]) -> Iterator[ir.ClassDef | ir.FunctionDef]:
    """Functions and classes of a body, those under ``if`` and ``try`` included; of overloads the last."""
    found: dict[str, ir.ClassDef | ir.FunctionDef] = {}
    for statement in _flat(body):
        if isinstance(statement, ir.ClassDef | ir.FunctionDef):
            found[statement.name] = statement
    yield from found.values()


def _flat(body: tuple[ir.Stmt, ...]) -> Iterator[ir.Stmt]:
    for statement in body:
        if isinstance(statement, ir.If):
            yield from _flat(statement.body + statement.orelse)
        elif isinstance(statement, ir.Try):
            for part in (statement.body, *(h.body for h in statement.handlers), statement.orelse):
                yield from _flat(part)
        else:
            yield statement


def _docstring(body: tuple[ir.Stmt, ...]) -> str:
    first = body[0] if body else None
    if not isinstance(first, ir.ExprStmt) or not isinstance(first.value, ir.Str):
        return ""
    return " ".join(first.value.value.strip().partition("\n\n")[0].split())


def _function(definition: ir.FunctionDef) -> FunctionDoc:
    return FunctionDoc(
        definition.name, signature(definition), definition.is_async, _docstring(definition.body)
    )


def _class(definition: ir.ClassDef) -> ClassDoc:
    bases = tuple(
        name
        for arg in definition.bases
        if not arg.keyword and (name := ir.dotted(_unsubscripted(arg.value))) is not None
    )
    kind = _kind(definition, bases)
    methods = tuple(_function(d) for d in _unique(definition.body) if isinstance(d, ir.FunctionDef))
    members = tuple(_members(definition, kind)) if kind in ("enum", "record", "table") else ()
    return ClassDoc(definition.name, kind, bases, methods, members, _docstring(definition.body))


def _kind(definition: ir.ClassDef, bases: tuple[str, ...]) -> str:
    last = {base.rpartition(".")[2] for base in bases}
    decorators = {
        (ir.dotted(d.func if isinstance(d, ir.Call) else d) or "").rpartition(".")[2]
        for d in definition.decorators
    }
    if last & _ENUMS:
        return "enum"
    if "Protocol" in last:
        return "protocol"
    if last & _RECORDS or _DATACLASS in decorators:
        return "record"
    names = {
        t.id for s in definition.body if isinstance(s, ir.Assign) for t in s.targets if isinstance(t, ir.Name)
    }
    return "table" if "__tablename__" in names else "class"


def _members(definition: ir.ClassDef, kind: str) -> Iterator[str]:
    for statement in definition.body:
        if kind == "enum" and isinstance(statement, ir.Assign):
            yield from (
                t.id for t in statement.targets if isinstance(t, ir.Name) and not t.id.startswith("_")
            )
        elif kind != "enum" and isinstance(statement, ir.AnnAssign) and isinstance(statement.target, ir.Name):
            yield statement.target.id


def _unsubscripted(expr: ir.Expr) -> ir.Expr:
    return expr.value if isinstance(expr, ir.Subscript) else expr


def _imports(facts: tuple[ImportFact, ...]) -> Iterator[ImportDoc]:
    names: dict[tuple[str, bool, str], list[str]] = {}
    for fact in facts:
        module = "." * fact.level + fact.module
        key = (module, fact.level > 0, _when(fact))
        # ``import a.b`` is listed with the name it binds, as ``from`` imports are.
        name = fact.name or fact.bound or module
        if fact.name and fact.bound not in ("", fact.name):
            name = f"{fact.name} as {fact.bound}"
        if name not in names.setdefault(key, []):
            names[key].append(name)
    for (module, relative, when), found in names.items():
        yield ImportDoc(module, tuple(found), relative, when)


def _when(fact: ImportFact) -> str:
    if fact.mode == "runtime":
        return ""
    if fact.mode == "local":
        return f"in {fact.scope}()"
    return fact.mode


def _constants(body: tuple[ir.Stmt, ...]) -> Iterator[ConstantDoc]:
    for statement in body:
        if isinstance(statement, ir.Assign):
            targets, bound = statement.targets, statement.value
        elif isinstance(statement, ir.AnnAssign) and statement.value is not None:
            targets, bound = (statement.target,), statement.value
        else:
            continue
        for target in targets:
            if isinstance(target, ir.Name) and target.id.isupper() and not target.id.startswith("__"):
                yield ConstantDoc(target.id, value(bound))
