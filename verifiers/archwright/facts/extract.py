"""One file's bytes to its facts: one libcst parse, one code-generation pass, one lowering; then the tree is dropped.

This is the entry point of the only package that reads code with libcst, and it is imported only when a file is not in the store.
"""

from __future__ import annotations

import ast
import sys
import threading
import warnings
from importlib.metadata import version

import libcst as cst
import msgspec

from archwright.facts import ir
from archwright.facts.bounds import excess
from archwright.facts.operators import UnknownSyntaxError
from archwright.facts.statements import lower_module
from archwright.facts.summarise import summarise
from archwright.facts.summary import Summary, unreadable

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
    if (too_much := excess(data)) is not None:
        return unreadable(too_much.message, too_much.line, too_much.column, lines), EMPTY
    try:
        tree = cst.parse_module(data)
        if b"\n\t" in data and b"\n " in data and (mixed := _mixed_indentation(data)) is not None:
            return unreadable("indented by tabs and spaces inconsistently", *mixed, lines), EMPTY
        module = lower_module(tree)
        text = data.decode(tree.encoding)
        return summarise(module, text), module
    except cst.ParserSyntaxError as error:
        return unreadable(*_refused(data, error), lines), EMPTY
    except UnknownSyntaxError as error:
        return unreadable(f"syntax this version does not know: {error}", lines=lines), EMPTY
    except (UnicodeError, LookupError, SyntaxError) as error:
        line = data.count(b"\n", 0, getattr(error, "start", 0)) + 1
        return unreadable(f"cannot be decoded: {error}", line, 1, lines), EMPTY
    except RecursionError:
        message = (
            "blocks, or branches of one `if`, nested too deeply; move some into functions, or into a table"
        )
        return unreadable(message, lines=lines), EMPTY
    except (
        Exception
    ) as error:  # a defect of the extractor must surface as a finding about the file, not end the run
        return unreadable(f"cannot be analysed ({type(error).__name__}: {error})", lines=lines), EMPTY


def _refused(data: bytes, error: cst.ParserSyntaxError) -> tuple[str, int, int]:
    """What is wrong with a file that libcst does not parse, and where; its own places are often a line off."""
    if data.find(b"\0") >= 0:
        return "not valid Python: it contains a NUL byte", data.count(b"\n", 0, data.find(b"\0")) + 1, 1
    try:
        ast.parse(data)
    except SyntaxError as rejected:
        if rejected.lineno:
            return "not valid Python", rejected.lineno, max(rejected.offset or 1, 1)
    except (ValueError, RecursionError, MemoryError):
        pass  # what this interpreter cannot parse either, it has no place for
    else:
        message = f"valid Python, but in a form that the parser does not know (libcst {version('libcst')})"
        return message, error.raw_line, error.raw_column + 1
    return "not valid Python", error.raw_line, error.raw_column + 1


def _mixed_indentation(data: bytes) -> tuple[int, int] | None:
    """Line and column at which this interpreter rejects tabs among spaces; libcst lets any mixture of them pass."""
    try:
        ast.parse(data)
    except TabError as error:
        return error.lineno or 1, max(error.offset or 1, 1)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return None
