"""What counterexamples of shape contracts are put together from: examples of types, further parameters, further statements."""

from __future__ import annotations

import ast
import re

import msgspec

from archwright.contracts.language import Selector
from archwright.prove.bench import Bench
from archwright.prove.counterexample import Changes
from archwright.prove.text import Edit, Function, SourceText
from archwright.verifiers.shape.shape import Defined, classes_named

PROBE = "ZzzProbe"


class Example(msgspec.Struct, frozen=True):
    """A class a selector means, and how to get hold of it."""

    module: str
    name: str

    @property
    def import_line(self) -> str:
        """Makes it known under the name counterexamples use."""
        return f"from {self.module} import {self.name} as {PROBE}"


def examples(selector: Selector, bench: Bench) -> list[Example]:
    """Classes *selector* means: of this code base, and of other packages where a pattern is as good as a name."""
    found: list[Example] = []
    for qualified in sorted(classes_named(selector, bench.analysis)):
        module, qualname = bench.analysis.inference.classes.locate(qualified)
        if "." not in qualname:
            found.append(Example(module, qualname))
    for part in (selector, *selector.any_of):
        for pattern in (*part.class_, *part.subclass_of):
            parts = [p.replace("*", "") or "zzz" for p in pattern.text.split(".") if p != "**"]
            outside = parts[0] not in bench.project.names.roots
            if outside and len(parts) > 1 and not any("{" in p for p in parts) and parts[0] != "zzz":
                found.append(Example(".".join(parts[:-1]), parts[-1]))
    return found


def node_of(found: Defined, bench: Bench) -> tuple[SourceText, Function] | None:
    """The text of a function and its node in it; None where it cannot be edited."""
    module = found.scope.module
    if module not in bench.modules:
        return None
    text = bench.text(module)
    node = text.function(found.scope.qualname)
    return None if node is None or "#" in found.scope.qualname else (text, node)


def class_of(found: Defined, bench: Bench) -> tuple[SourceText, ast.ClassDef] | None:
    """The text of a class and its node in it; None where it cannot be edited."""
    module = found.scope.module
    if module not in bench.modules or "#" in found.scope.qualname:
        return None
    text = bench.text(module)
    node = text.definitions.get(found.scope.qualname)
    return (text, node) if isinstance(node, ast.ClassDef) else None


def parameters_of(node: Function) -> list[ast.arg]:
    """All parameters that have a name to be given by."""
    return [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]


def with_parameter(text: SourceText, node: Function, code: str) -> Edit | None:
    """A further parameter that is given by keyword; None where there is no easy place for it."""
    arguments = node.args
    if arguments.kwarg is not None or (arguments.vararg is not None and not arguments.kwonlyargs):
        return None
    star = "" if arguments.kwonlyargs else "*, "
    return _parameter(text, node, f"{star}{code}")


def with_positional(text: SourceText, node: Function, code: str) -> Edit | None:
    """A further parameter behind those that are given by position; None where there is no easy place for it."""
    arguments = node.args
    if arguments.kwarg or arguments.vararg or arguments.kwonlyargs:
        return None
    return _parameter(text, node, code)


def with_annotation(text: SourceText, arg: ast.arg, annotation: str) -> Edit:
    """A parameter declared as something else."""
    return text.replacing(arg, f"{arg.arg}: {annotation}" if annotation else arg.arg)


def at_end(text: SourceText, code: str) -> Edit:
    """*code* at the end of the file, beside other changes."""
    return Edit(len(text.text), len(text.text), f"\n\n{code}\n")


def changed(text: SourceText, *edits: Edit) -> Changes:
    """One file with several changes."""
    return {text.path: text.edited(*edits)}


def in_body(text: SourceText, node: ast.ClassDef, code: str) -> Edit:
    """Statements at the end of a class."""
    return text.after(node.body[-1], code)


def _parameter(text: SourceText, node: Function, code: str) -> Edit:
    arguments = node.args
    nodes: list[ast.expr | ast.arg] = [*parameters_of(node), *arguments.defaults]
    nodes += [default for default in arguments.kw_defaults if default is not None]
    if arguments.vararg is not None:
        nodes.append(arguments.vararg)
    if not nodes:
        opening = re.compile(r"def\s+\w+\s*\(").search(text.text, _start(text, node))
        end = opening.end() if opening else 0
        return Edit(end, end, code)
    end = max(_end(text, part) for part in nodes)
    return Edit(end, end, f", {code}")


def _start(text: SourceText, node: Function) -> int:
    """Where ``def`` stands, below the decorators."""
    if not node.decorator_list:
        return text.range(node)[0]
    return text.range(node.decorator_list[-1])[1]


def _end(text: SourceText, node: ast.expr | ast.arg) -> int:
    """The last character of a default, parentheses around it included."""
    end = text.range(node)[1]
    if isinstance(node, ast.arg):
        return end
    closing = re.compile(r"\s*\)").match(text.text, end)
    opening = re.compile(r"=\s*\($").search(text.text, 0, text.range(node)[0])
    return closing.end() if closing and opening else end
