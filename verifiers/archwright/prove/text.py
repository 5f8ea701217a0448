"""The text of one file with the places of its syntax, so that a change touches nothing but what it means to touch.

Places come from Python's own parser: the IR knows those of statements and calls only, and a change has to hit single arguments.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from functools import cached_property
from typing import Any, TypeVar

import msgspec

from archwright.facts.ir import Span

Node = TypeVar("Node", bound=ast.AST)
Function = ast.FunctionDef | ast.AsyncFunctionDef
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")


class Edit(msgspec.Struct, frozen=True, order=True):
    """New text for the characters from ``start`` up to ``end``, counted from 0."""

    start: int
    end: int
    new: str


class SourceText:
    """One file. Every method that changes something returns the whole new text; the value itself stays as it is."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax; no statements where this interpreter is too old to read it: nothing is changed there."""
        try:
            return ast.parse(self.text)
        except (SyntaxError, ValueError, RecursionError):
            return ast.Module(body=[], type_ignores=[])

    def nodes(self, kind: type[Node]) -> Iterator[Node]:
        """All nodes of one kind, in the order of the source."""
        found = [node for node in ast.walk(self.tree) if isinstance(node, kind)]
        yield from sorted(found, key=lambda n: (getattr(n, "lineno", 0), getattr(n, "col_offset", 0)))

    @cached_property
    def definitions(self) -> dict[str, Function | ast.ClassDef]:
        """Functions and classes by qualified name in the module; of several with one name the first."""
        found: dict[str, Function | ast.ClassDef] = {}
        pending: list[tuple[str, ast.AST]] = [("", self.tree)]
        while pending:
            prefix, node = pending.pop(0)
            for child in ast.iter_child_nodes(node):
                if isinstance(child, Function | ast.ClassDef):
                    name = f"{prefix}{child.name}"
                    found.setdefault(name, child)
                    pending.append((f"{name}.", child))
                elif isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
                    pending.append((prefix, child))
        return found

    def function(self, qualname: str) -> Function | None:
        """The function or method of that qualified name in the module."""
        found = self.definitions.get(qualname)
        return found if isinstance(found, Function) else None

    def call_at(self, span: Span) -> ast.Call | None:
        """The call at a place of the IR."""
        line, column, end_line, end_column = span
        for node in self.nodes(ast.Call):
            if node.lineno == line and self._column(node.lineno, node.col_offset) == column:
                last = (node.end_lineno, self._column(node.end_lineno or 0, node.end_col_offset or 0))
                if last == (end_line, end_column):
                    return node
        return None

    def statement_of(self, node: ast.AST) -> ast.stmt:
        """The innermost statement that contains *node*; raises KeyError when it is not in this file."""
        while not isinstance(node, ast.stmt):
            node = self._parents[node]
        return node

    def parent(self, node: ast.AST) -> ast.AST | None:
        """The node around *node*; None for the module."""
        return self._parents.get(node)

    def segment(self, node: ast.AST) -> str:
        """The text of *node*."""
        start, end = self.range(node)
        return self.text[start:end]

    def range(self, node: ast.AST) -> tuple[int, int]:
        """Where *node* is: offsets of its first character and of the one after its last; decorators included."""
        place: Any = node  # a node without a place has no text either
        decorators = getattr(node, "decorator_list", None)
        first: Any = decorators[0] if decorators else node
        start = self._offset(first.lineno, first.col_offset)
        if decorators:
            start = self.text.rindex("@", 0, start)
        return start, self._offset(place.end_lineno, place.end_col_offset)

    def indentation(self, statement: ast.stmt) -> str:
        """What stands before a statement in its line."""
        start = self.range(statement)[0]
        return self.text[self._line_start(start) : start]

    # --- changes ---

    def edited(self, *edits: Edit) -> str:
        """The text with all *edits*, which must not overlap."""
        parts: list[str] = []
        position = 0
        for edit in sorted(edits):
            parts += [self.text[position : edit.start], edit.new]
            position = edit.end
        return "".join([*parts, self.text[position:]])

    def replacing(self, node: ast.AST, new: str) -> Edit:
        """*new* in place of *node*."""
        return Edit(*self.range(node), new)

    def dropping(self, statement: ast.stmt) -> Edit:
        """``pass`` in place of a statement."""
        return self.replacing(statement, "pass")

    def dropping_item(self, item: ast.AST) -> Edit:
        """One argument, element or keyword taken out of its list, with the comma that belongs to it."""
        start, end = self.range(item)
        after = re.compile(r"\s*,[ \t]*").match(self.text, end)
        around = self.parent(item)
        if isinstance(around, ast.Tuple) and len(around.elts) == 2:
            (other,) = (e for e in around.elts if e is not item)
            return self.replacing(around, f"({self.segment(other)},)")
        if after:
            return Edit(start, after.end(), "")
        before = re.compile(r",\s*$").search(self.text, 0, start)
        return Edit(before.start() if before else start, end, "")

    def before(self, statement: ast.stmt, code: str) -> Edit:
        """Statements inserted above *statement*, at its indentation."""
        start = self.range(statement)[0]
        return Edit(
            start,
            start,
            self._block(code, self.indentation(statement)).lstrip(" \t") + self.indentation(statement),
        )

    def after(self, statement: ast.stmt, code: str) -> Edit:
        """Statements inserted below *statement*, at its indentation."""
        end = self._line_end(self.range(statement)[1])
        lead = "" if self.text[:end].endswith(("\n", "\r")) else "\n"
        return Edit(end, end, lead + self._block(code, self.indentation(statement)))

    def around(self, statement: ast.stmt, head: str, tail: str = "") -> Edit:
        """*statement* one level deeper below *head*, followed by *tail*: ``try:`` and ``except Exception:\\n    pass``."""
        indent = self.indentation(statement)
        body = textwrap.indent(textwrap.dedent(indent + self.segment(statement)), "    ")
        code = "\n".join(part for part in (head, body, tail) if part)
        return self.replacing(statement, self._block(code, indent).strip())

    def at_start(self, function: Function, code: str) -> Edit:
        """Statements inserted as the first ones of a function, below its docstring."""
        body = function.body
        is_documented = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
        if is_documented and len(body) == 1:
            return self.after(body[0], code)
        return self.before(body[is_documented], code)

    def emptied(self, function: Function) -> Edit:
        """A function that does nothing any more."""
        start, end = self.range(function.body[0])[0], self.range(function.body[-1])[1]
        return Edit(start, end, "raise NotImplementedError")

    def appended(self, code: str) -> str:
        """The text with *code* at its end."""
        return f"{self.text.rstrip()}\n\n\n{textwrap.dedent(code).strip()}\n" if self.text.strip() else code

    # --- places ---

    @cached_property
    def _parents(self) -> dict[ast.AST, ast.AST]:
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    @cached_property
    def _starts(self) -> list[int]:
        return [match.start() for match in _LINE.finditer(self.text)]

    def _line(self, number: int) -> str:
        match = _LINE.match(self.text, self._starts[number - 1])
        return match.group() if match else ""

    def _offset(self, line: int, byte: int) -> int:
        return self._starts[line - 1] + len(self._line(line).encode()[:byte].decode())

    def _column(self, line: int, byte: int) -> int:
        """The column as the IR counts it: characters, from 1."""
        return self._offset(line, byte) - self._starts[line - 1] + 1

    def _line_start(self, offset: int) -> int:
        return max(self.text.rfind("\n", 0, offset), self.text.rfind("\r", 0, offset)) + 1

    def _line_end(self, offset: int) -> int:
        found = re.compile(r"\r\n|\r|\n|\Z").search(self.text, offset)
        return found.end() if found else len(self.text)

    @staticmethod
    def _block(code: str, indent: str) -> str:
        return textwrap.indent(textwrap.dedent(code).strip("\n"), indent) + "\n"
