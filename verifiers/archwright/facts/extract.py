"""One file's bytes to its facts: one libcst parse, one code-generation pass, one lowering; then the tree is dropped.

This is the entry point of the only package that reads code with libcst, and it is imported only when a file is not in the store.
"""

from __future__ import annotations

import ast
import re
import sys
import threading
import warnings
from itertools import accumulate

import libcst as cst
import msgspec

from archwright.facts import ir
from archwright.facts.expressions import UnknownSyntaxError
from archwright.facts.statements import lower_module
from archwright.facts.summarise import summarise
from archwright.facts.summary import Summary, unreadable

MAX_BYTES = 8_000_000
"""A larger source file is data in disguise; it becomes a finding."""
MAX_NESTING = 200
"""CPython's own limit on nested brackets; libcst's parser takes quadratic time beyond it."""
_BRACKETS = {ord(c): 1 for c in "([{"} | {ord(c): -1 for c in ")]}"}
_NOT_BRACKETS = bytes(set(range(256)) - set(_BRACKETS))
_QUOTED = re.compile(
    rb"#[^\r\n]*|\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''|\"(?:[^\"\\\r\n]|\\.)*\"|'(?:[^'\\\r\n]|\\.)*'",
    re.DOTALL,
)
_RECURSION = 30_000
_STACK = 256 * 1024 * 1024

_encode = msgspec.msgpack.Encoder().encode
EMPTY = ir.Module((), (), 0)


def extract(data: bytes) -> tuple[bytes, bytes]:
    """The encoded ``Summary`` and ``ir.Module`` of a file. Never raises: what cannot be read is a summary that says so."""
    summary, module = _read(data)
    return _encode(summary), _encode(module)


def extract_batch(batch: list[bytes]) -> list[tuple[bytes, bytes]]:
    """``extract`` for many files, with room for deep recursion in libcst's parser and in the lowering."""
    results: list[tuple[bytes, bytes]] = []

    def work() -> None:
        results.extend(extract(data) for data in batch)

    limit, size = sys.getrecursionlimit(), threading.stack_size(_STACK)
    sys.setrecursionlimit(max(limit, _RECURSION))
    try:
        worker = threading.Thread(target=work, name="archwright-extract")
        # What the interpreter would remark on odd escapes is for the code's author.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            worker.start()
            worker.join()
    finally:
        threading.stack_size(size)
        sys.setrecursionlimit(limit)
    return results


def _read(data: bytes) -> tuple[Summary, ir.Module]:
    lines = data.count(b"\n") + (not data.endswith(b"\n") and bool(data))
    if len(data) > MAX_BYTES:
        return unreadable(f"larger than {MAX_BYTES // 1_000_000} MB", lines=lines), EMPTY
    if _nesting(data) > MAX_NESTING and _nesting(_QUOTED.sub(b"", data)) > MAX_NESTING:
        return unreadable(f"brackets nested deeper than {MAX_NESTING}", lines=lines), EMPTY
    try:
        tree = cst.parse_module(data)
        if b"\n\t" in data and b"\n " in data and (mixed := _rejected_at(data, TabError)) is not None:
            return unreadable("indented by tabs and spaces inconsistently", *mixed, lines), EMPTY
        module = lower_module(tree)
        text = data.decode(tree.encoding)
        return summarise(module, text), module
    except cst.ParserSyntaxError as error:
        line, column = _rejected_at(data, SyntaxError) or (error.raw_line, error.raw_column + 1)
        return unreadable("not valid Python", line, column, lines), EMPTY
    except UnknownSyntaxError as error:
        return unreadable(f"syntax this version does not know: {error}", lines=lines), EMPTY
    except (UnicodeDecodeError, LookupError, SyntaxError) as error:
        line = data.count(b"\n", 0, getattr(error, "start", 0)) + 1
        return unreadable(f"cannot be decoded: {error}", line, 1, lines), EMPTY
    except RecursionError:
        return unreadable("nested too deeply", lines=lines), EMPTY
    except (
        Exception
    ) as error:  # a defect of the extractor must surface as a finding about the file, not end the run
        return unreadable(f"cannot be analysed ({type(error).__name__}: {error})", lines=lines), EMPTY


def _rejected_at(data: bytes, kind: type[SyntaxError]) -> tuple[int, int] | None:
    """Line and column at which this interpreter rejects a file; None when it does not, or for another reason.

    libcst's own places are often a line off, and it lets any mixture of tabs and spaces pass.
    """
    try:
        ast.parse(data)
    except SyntaxError as error:
        if isinstance(error, kind) and error.lineno:
            return error.lineno, max(error.offset or 1, 1)
    except (ValueError, RecursionError, MemoryError):
        return None
    return None


def _nesting(data: bytes) -> int:
    """How deep brackets nest, counted without looking at what they enclose."""
    return max(accumulate(map(_BRACKETS.__getitem__, data.translate(None, _NOT_BRACKETS))), default=0)
