"""Modules that code names in texts: what ``import_module``, ``exec`` and their like are told to load."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from archwright.facts import ir
from archwright.facts.frames import Frames

LOADERS = {
    "importlib.import_module": "import_module",
    "importlib.__import__": "__import__",
    "__import__": "__import__",
    "builtins.__import__": "__import__",
    "__builtins__.__import__": "__import__",
    "runpy.run_module": "run_module",
    "pkgutil.resolve_name": "resolve_name",
    "pydoc.locate": "locate",
    "django.utils.module_loading.import_string": "import_string",
    "werkzeug.utils.import_string": "import_string",
}
"""Functions that load the module their first argument names."""
_BY_PATH = {
    "runpy.run_path": "run_path",
    "imp.load_source": "load_source",
    "imp.load_module": "load_module",
    "importlib.machinery.SourceFileLoader": "SourceFileLoader",
    "importlib.machinery.ExtensionFileLoader": "ExtensionFileLoader",
    "zipimport.zipimporter": "zipimporter",
}
"""Functions that load a file: which module that is, no name tells."""
_RUNNERS = {f"{module}{word}": word for module in ("", "builtins.") for word in ("eval", "exec")}
_LAST_WORDS = frozenset(name.rpartition(".")[2] for name in LOADERS)


class Named(NamedTuple):
    """A module that a text names."""

    how: str
    target: str | None
    """The name; None when it is not constant."""
    package: str | None = ""
    """What a relative name starts from; empty when there is none, None when it is not constant."""


def has_loaders(source: str) -> bool:
    """Whether the word of a loader occurs in *source* at all."""
    return any(word in source for word in _LAST_WORDS)


def named_modules(call: ir.Call, frames: Frames) -> Iterator[Named]:
    """What *call* loads, where it is a call that loads modules."""
    for callee in dict.fromkeys(_may_be(call.func, frames)):
        if callee in LOADERS and call.args:
            yield _loaded(callee, call.args, frames)
        elif callee == "functools.partial" and call.args:
            loader = loader_at(call.args[0].value, frames)
            if loader is not None:
                yield _loaded(loader, call.args[1:], frames)
        elif callee == "sys.modules.get" and call.args:
            yield Named("sys.modules", frames.text(call.args[0].value))
        elif callee in _BY_PATH:
            yield Named(_BY_PATH[callee], None)
        elif callee in _RUNNERS and call.args:
            yield from _named_in(_RUNNERS[callee], call.args[0].value, frames)
    if isinstance(call.func, ir.Attr) and call.func.name == "exec_module":
        yield Named("exec_module", None)


def loader_at(expr: ir.Expr, frames: Frames) -> str | None:
    """The function an expression stands for that loads modules by name, if it does."""
    return next((name for name in _may_be(expr, frames) if name in LOADERS), None)


def _may_be(expr: ir.Expr, frames: Frames) -> Iterator[str]:
    """Names of other packages that an expression may stand for."""
    name = ir.dotted(expr)
    if name is not None:
        yield from frames.all_absolute(name)
    elif isinstance(expr, ir.Call) and ir.dotted(expr.func) == "getattr" and len(expr.args) > 1:
        last = frames.text(expr.args[1].value)
        yield from (f"{base}.{last}" for base in _may_be(expr.args[0].value, frames))
    elif isinstance(expr, ir.Subscript):
        base, last = ir.dotted(expr.value), frames.text(expr.index[0])
        if base in ("__builtins__", "__builtins__.__dict__"):
            yield f"__builtins__.{last}"
    elif isinstance(expr, ir.IfExp):
        yield from _may_be(expr.body, frames)
        yield from _may_be(expr.orelse, frames)


def _loaded(loader: str, args: Sequence[ir.Arg], frames: Frames) -> Named:
    given = {arg.keyword or index: arg.value for index, arg in enumerate(args)}
    package = given.get(1, given.get("package"))
    if package is None or loader != "importlib.import_module":
        return Named(LOADERS[loader], frames.text(given.get(0, given.get("name"))))
    return Named(LOADERS[loader], frames.text(given.get(0, given.get("name"))), frames.text(package))


def _named_in(how: str, code: ir.Expr, frames: Frames) -> Iterator[Named]:
    """What code in a text imports when it runs; the text is parsed, nothing of it is run."""
    if isinstance(code, ir.Call) and ir.dotted(code.func) == "compile" and code.args:
        code = code.args[0].value
    text = frames.text(code)
    if text is None:
        yield Named(how, None)
        return
    try:
        tree = ast.parse(text.strip())
    except SyntaxError:
        return  # it raises, whatever it names
    except (ValueError, RecursionError, MemoryError):
        yield Named(how, None)
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Named(how, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            yield from (
                Named(how, None if node.level else base if alias.name == "*" else f"{base}.{alias.name}")
                for alias in node.names
            )
        elif isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in _LAST_WORDS:
            first = node.args[0] if node.args else None
            is_text = isinstance(first, ast.Constant) and isinstance(first.value, str)
            yield Named(how, str(first.value) if is_text and isinstance(first, ast.Constant) else None)
