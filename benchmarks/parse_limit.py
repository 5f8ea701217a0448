"""The limit: nothing but reading and parsing every file with libcst, in as many processes as archwright uses.

``python parse_limit.py DIRECTORY PROCESSES``. Trees are dropped at once, garbage collection is off and the batches are of similar
size, all as archwright does it: what is left between the two is what facts cost.
"""

from __future__ import annotations

import gc
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path


def parse(sources: list[bytes]) -> tuple[int, int]:
    """How many of *sources* could be parsed, and how many could not."""
    import libcst

    parsed = 0
    for source in sources:
        try:
            libcst.parse_module(source)
            parsed += 1
        except (libcst.ParserSyntaxError, UnicodeDecodeError, LookupError):
            continue
    return parsed, len(sources) - parsed


def main() -> None:
    """Parse every Python file below the directory and say how many there were."""
    directory, processes = sys.argv[1], int(sys.argv[2])
    sources = sorted(
        (
            Path(base, name).read_bytes()
            for base, _, names in os.walk(directory)
            for name in names
            if name.endswith(".py")
        ),
        key=len,
        reverse=True,
    )
    count = max(1, len(sources) // 16)
    batches = [sources[start::count] for start in range(count)]
    if processes == 1:
        gc.disable()
        results = [parse(batch) for batch in batches]
    else:
        with ProcessPoolExecutor(processes, initializer=gc.disable) as pool:
            results = list(pool.map(parse, batches))
    print(*map(sum, zip(*results, strict=True)))


if __name__ == "__main__":
    main()
