"""Which special methods an operator, a builtin or a function of the standard library calls. Data only."""

from __future__ import annotations

_ITERATION = ("__iter__", "__next__")
TRUTH = ("__bool__", "__len__")
"""What a condition asks."""
TEXT = ("__format__", "__str__", "__repr__")
"""What makes a text of an object in a template."""
HASH = ("__hash__", "__eq__")
ITERATION: dict[bool, tuple[str, str]] = {False: _ITERATION, True: ("__aiter__", "__anext__")}
"""What going through an object calls, by whether that is done asynchronously."""
_BINARY = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "truediv",
    "//": "floordiv",
    "%": "mod",
    "**": "pow",
    "@": "matmul",
    "<<": "lshift",
    ">>": "rshift",
    "&": "and",
    "|": "or",
    "^": "xor",
}
LEFT = {op: (f"__{name}__",) for op, name in _BINARY.items()}
"""What an operator calls on its left operand."""
RIGHT = {op: (f"__r{name}__",) for op, name in _BINARY.items()}
"""… and on its right one."""
_IN_PLACE = {
    "Add": "+",
    "Subtract": "-",
    "Multiply": "*",
    "Divide": "/",
    "FloorDivide": "//",
    "Modulo": "%",
    "Power": "**",
    "MatrixMultiply": "@",
    "LeftShift": "<<",
    "RightShift": ">>",
    "BitAnd": "&",
    "BitOr": "|",
    "BitXor": "^",
}
IN_PLACE = {word: (f"__i{_BINARY[op]}__", f"__{_BINARY[op]}__") for word, op in _IN_PLACE.items()}
UNARY = {"-": ("__neg__",), "+": ("__pos__",), "~": ("__invert__",), "not": TRUTH}
COMPARED = {
    "==": (("__eq__",), ("__eq__",)),
    "!=": (("__ne__", "__eq__"), ("__ne__", "__eq__")),
    "<": (("__lt__",), ("__gt__",)),
    "<=": (("__le__",), ("__ge__",)),
    ">": (("__gt__",), ("__lt__",)),
    ">=": (("__ge__",), ("__le__",)),
    "in": (("__eq__", "__hash__"), ("__contains__", *_ITERATION)),
    "not in": (("__eq__", "__hash__"), ("__contains__", *_ITERATION)),
}
"""What a comparison calls on what stands left and right of it."""


def _rows(**rows: str) -> dict[str, tuple[str, ...]]:
    """``methods="name name"`` rows, the methods joined by ``_and_``, as name -> methods with their underscores."""
    return {
        f"builtins.{name}": tuple(f"__{method}__" for method in key.split("_and_"))
        for key, names in rows.items()
        for name in names.split()
    }


ARGUMENTS: dict[str, tuple[str, ...]] = _rows(
    len="len",
    bool_and_len="bool",
    str_and_repr="str print",
    format_and_str_and_repr="format",
    repr="repr ascii",
    hash="hash",
    int_and_index_and_trunc="int",
    float_and_index="float complex",
    index="range hex bin oct chr slice",
    abs="abs",
    round="round",
    bytes_and_iter_and_next="bytes bytearray",
    divmod_and_rdivmod="divmod",
    pow_and_rpow="pow",
    reversed_and_len_and_getitem="reversed",
    next="next",
    anext="anext",
    aiter_and_anext="aiter",
    dir="dir",
    iter_and_next="iter list tuple sum any all enumerate zip map filter sorted min max dict",
    iter_and_next_and_hash="set frozenset",
    instancecheck="isinstance",
    subclasscheck="issubclass",
    fspath="open",
) | {
    "os.fspath": ("__fspath__",),
    "pathlib.Path": ("__fspath__",),
    "math.floor": ("__floor__", "__float__"),
    "math.ceil": ("__ceil__", "__float__"),
    "math.trunc": ("__trunc__",),
    "copy.copy": ("__copy__", "__reduce_ex__", "__reduce__", "__getstate__"),
    "copy.deepcopy": ("__deepcopy__", "__reduce_ex__", "__reduce__", "__getstate__"),
    "copy.replace": ("__replace__",),
    "pickle.dumps": ("__reduce_ex__", "__reduce__", "__getstate__"),
    "pickle.dump": ("__reduce_ex__", "__reduce__", "__getstate__"),
    "collections.deque": _ITERATION,
    "itertools.chain": _ITERATION,
    "itertools.islice": _ITERATION,
    "functools.reduce": _ITERATION,
    "asyncio.gather": ("__await__",),
    "asyncio.wait_for": ("__await__",),
    "asyncio.ensure_future": ("__await__",),
    "contextlib.closing": ("close",),
    "contextlib.aclosing": ("aclose",),
    "contextlib.ExitStack.enter_context": ("__enter__", "__exit__"),
    "contextlib.ExitStack.push": ("__exit__",),
    "contextlib.AsyncExitStack.enter_context": ("__enter__", "__exit__"),
    "contextlib.AsyncExitStack.enter_async_context": ("__aenter__", "__aexit__"),
    "contextlib.AsyncExitStack.push_async_exit": ("__aexit__",),
    "contextlib.AsyncExitStack.push": ("__exit__",),
    "builtins.str.format": TEXT,
    "builtins.str.join": _ITERATION,
}
"""What a function calls on its arguments."""
ELEMENTS: dict[str, tuple[str, ...]] = {
    "builtins.sorted": ("__lt__", "__gt__"),
    "builtins.min": ("__lt__", "__gt__"),
    "builtins.max": ("__lt__", "__gt__"),
    "builtins.sum": ("__add__", "__radd__"),
    "builtins.any": TRUTH,
    "builtins.all": TRUTH,
    "builtins.set": HASH,
    "builtins.frozenset": HASH,
    "heapq.heapify": ("__lt__",),
    "heapq.heappush": ("__lt__",),
    "bisect.insort": ("__lt__",),
    "bisect.bisect": ("__lt__",),
}
"""What a function calls on the elements of its arguments."""
ELEMENTS_OF_RECEIVER: dict[str, tuple[str, ...]] = {
    "sort": ("__lt__", "__gt__"),
    "index": ("__eq__",),
    "count": ("__eq__",),
    "remove": ("__eq__",),
}
"""What a method of a list calls on its elements."""
STARTED: dict[str, str] = {
    "threading.Thread.start": "run",
    "threading.Timer.start": "run",
    "multiprocessing.Process.start": "run",
    "json.JSONEncoder.encode": "default",
    "html.parser.HTMLParser.feed": "handle_starttag",
    "ast.NodeVisitor.visit": "generic_visit",
}
"""Methods of the standard library that call a method subclasses define."""
