"""Positions of statements and calls from one cheap pass of libcst's own code generator.

libcst's position providers need its metadata wrapper, which triples the cost of a parse. Here the generator runs once with a
state that notes, for the few node types whose position is kept, where in the list of tokens they begin and end.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from types import TracebackType
from typing import Any

import libcst as cst
from libcst._nodes.internal import CodegenState

from archwright.facts.ir import Span

_POSITIONED: frozenset[type] = frozenset(
    {
        cst.AnnAssign,
        cst.Assert,
        cst.Assign,
        cst.AugAssign,
        cst.Await,
        cst.Break,
        cst.Call,
        cst.ClassDef,
        cst.Continue,
        cst.Del,
        cst.ExceptHandler,
        cst.ExceptStarHandler,
        cst.Expr,
        cst.For,
        cst.FunctionDef,
        cst.If,
        cst.Import,
        cst.ImportAlias,
        cst.ImportFrom,
        cst.Match,
        cst.Raise,
        cst.Return,
        cst.Try,
        cst.TryStar,
        cst.TypeAlias,
        cst.While,
        cst.With,
    }
    # PEP 810; older libcst releases do not know it.
    | {getattr(cst, name) for name in ("LazyImport", "LazyImportFrom") if hasattr(cst, name)}
)
_NEWLINE = re.compile(r"\r\n|\r|\n")


class Positions:
    """Where the positioned nodes of one module are; nodes are looked up by identity."""

    def __init__(self, module: cst.Module) -> None:
        state = _RecordingState(default_indent=module.default_indent, default_newline=module.default_newline)
        state.spans = {}
        module._codegen(state)
        self._spans = state.spans
        self._offsets = list(accumulate(map(len, state.tokens), initial=0))
        # The generator drops the last newline token of a file that has no trailing newline.
        self._offsets.append(self._offsets[-1])
        text = "".join(state.tokens)
        self._line_starts = [0, *(match.end() for match in _NEWLINE.finditer(text))]
        self.lines = len(self._line_starts) - (1 if self._line_starts[-1] == len(text) else 0)

    def span(self, node: cst.CSTNode) -> Span:
        """Position of *node*, which must be of a positioned type."""
        start, end = self._spans[id(node)]
        starts = self._line_starts
        offset, stop = self._offsets[start], self._offsets[end]
        line = bisect_right(starts, offset)
        end_line = bisect_right(starts, stop)
        return (line, offset - starts[line - 1] + 1, end_line, stop - starts[end_line - 1] + 1)


class _RecordingState(CodegenState):
    """Code generation that notes the token range of positioned nodes and costs nothing for the others."""

    __slots__ = ("spans",)
    spans: dict[int, tuple[int, int]]

    # The base class returns a generator-based context manager; for most nodes a shared no-op is both enough and faster.
    def record_syntactic_position(
        self,
        node: cst.CSTNode,
        *,
        start_node: cst.CSTNode | None = None,
        end_node: cst.CSTNode | None = None,
    ) -> Any:
        if type(node) in _POSITIONED:
            return _Recorder(self, node)
        return _NOTHING


class _Recorder:
    __slots__ = ("node", "start", "state")

    def __init__(self, state: _RecordingState, node: cst.CSTNode) -> None:
        self.state = state
        self.node = node

    def __enter__(self) -> None:
        self.start = len(self.state.tokens)

    def __exit__(self, *exc: object) -> None:
        self.state.spans[id(self.node)] = (self.start, len(self.state.tokens))


class _Nothing:
    __slots__ = ()

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


_NOTHING = _Nothing()
