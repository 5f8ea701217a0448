"""Type annotations as sets of types: through Optional, Union, PEP 604, Annotated, strings and aliases."""

from __future__ import annotations

import ast

from archwright.facts import ir

TRANSPARENT = frozenset(
    f"{module}.{name}"
    for module in ("typing", "typing_extensions")
    for name in ("Annotated", "ClassVar", "Final", "NotRequired", "Optional", "ReadOnly", "Required")
)
"""Forms whose first argument is the type."""
UNIONS = frozenset({"typing.Union", "typing_extensions.Union"})
LAST_ARGUMENT = frozenset(
    f"{module}.{name}"
    for module in ("typing", "typing_extensions", "collections.abc")
    for name in ("Awaitable", "Coroutine")
)
"""Forms that come to their last argument once awaited."""
ITERATED = frozenset(
    f"{module}.{name}"
    for module in ("typing", "typing_extensions", "collections.abc")
    for name in (
        "AsyncGenerator",
        "AsyncIterable",
        "AsyncIterator",
        "Generator",
        "Iterable",
        "Iterator",
    )
) | frozenset(
    f"{module}.{name}"
    for module, names in (
        ("contextlib", "AbstractContextManager AbstractAsyncContextManager"),
        ("typing", "ContextManager AsyncContextManager"),
    )
    for name in names.split()
)
"""Forms whose first argument is what a context manager or a loop gets."""
TYPE_VARIABLES = frozenset({"typing.TypeVar", "typing_extensions.TypeVar"})
NEW_TYPES = frozenset({"typing.NewType", "typing_extensions.NewType"})
TUPLES = frozenset({"builtins.tuple", "typing.Tuple"})
"""Forms with an argument for each place, or one and an ellipsis."""


def _named(builtin: str, abstract: str) -> frozenset[str]:
    return frozenset(
        {f"builtins.{name.lower()}" for name in builtin.split()}
        | {f"typing.{name}" for name in (*builtin.split(), *abstract.split())}
        | {f"collections.abc.{name}" for name in abstract.split()}
    )


SEQUENCES = _named(
    "List Set FrozenSet",
    "Collection Sequence MutableSequence AbstractSet MutableSet KeysView ValuesView Reversible Deque",
) | {"collections.deque", "collections.abc.Set"}
"""Forms whose one argument is what each of their elements is."""
HOLDERS = frozenset({"asyncio.Queue", "contextvars.ContextVar", "queue.Queue", "queue.SimpleQueue"})
"""Forms that hand out what they hold, their one argument, by ``get()``."""
CALLABLES = frozenset({"collections.abc.Callable", "typing.Callable"})
"""Forms whose last argument is what calling them gives."""
MAPPINGS = _named("Dict", "Mapping MutableMapping DefaultDict OrderedDict ChainMap") | {
    "collections.ChainMap",
    "collections.OrderedDict",
    "collections.defaultdict",
}
"""Forms whose arguments are what their keys and their values are."""


def parse_annotation(text: str) -> ir.Expr | None:
    """The expression in a string annotation; None when it is not one."""
    try:
        return _convert(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _convert(node: ast.expr) -> ir.Expr | None:
    if isinstance(node, ast.Name):
        return ir.Name(node.id)
    if isinstance(node, ast.Attribute):
        value = _convert(node.value)
        return None if value is None else ir.Attr(value, node.attr)
    if isinstance(node, ast.Subscript):
        value = _convert(node.value)
        items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        index = [_convert(item) or ir.Const("...") for item in items]
        return None if value is None else ir.Subscript(value, tuple(index))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        left, right = _convert(node.left), _convert(node.right)
        return left if right is None else right if left is None else ir.BinOp("|", left, right)
    if isinstance(node, ast.List):  # the parameters of a Callable
        return ir.Seq("list", tuple(_convert(item) or ir.Const("...") for item in node.elts))
    if isinstance(node, ast.Constant):
        if node.value is None:
            return ir.Const("None")
        if isinstance(node.value, str):
            return ir.Str(node.value)
    return None
