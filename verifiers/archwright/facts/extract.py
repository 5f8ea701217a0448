"""One file's bytes to its facts: one libcst parse, one code-generation pass, one lowering; then the tree is dropped.

This is the entry point of the only package that reads code with libcst, and it is imported only when a file is not in the store.
"""

from __future__ import annotations

import sys
import threading

import libcst as cst
import msgspec

from archwright.facts import ir
from archwright.facts.expressions import UnknownSyntaxError
from archwright.facts.statements import lower_module
from archwright.facts.summarise import summarise
from archwright.facts.summary import Summary, unreadable

MAX_BYTES = 8_000_000
"""A larger source file is data in disguise; it becomes a finding."""
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
    try:
        tree = cst.parse_module(data)
        module = lower_module(tree)
        text = data.decode(tree.encoding)
        return summarise(module, text), module
    except cst.ParserSyntaxError as error:
        column = error.raw_column + 1
        return unreadable("not valid Python", error.raw_line, column, lines), EMPTY
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
