"""Effects that are not written as plain calls: none may pass in silence, and look-alikes have none.

The snippets are in ``snippets``, each under a line ``#= what it is: effect``. That is the effect ``f`` has when it runs; with a
question mark it is found to be possible only, because it cannot be told without running the code, or not yet.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from effect_projects import reached_from

_FOLDER = Path(__file__).parent / "snippets"
_OTHERS = {
    "names": "NAME = 'other'\n",
    "other": """
        import time
        from functools import wraps

        def fn(): time.time()

        def deco(g):
            @wraps(g)
            def w(*a):
                time.time()
                return g(*a)
            return w
    """,
}


def _snippets() -> dict[str, tuple[str, str]]:
    """By name: the effect and the code."""
    found: dict[str, tuple[str, str]] = {}
    for path in sorted(_FOLDER.glob("*.txt")):
        for block in path.read_text(encoding="utf-8").split("#= ")[1:]:
            title, _, code = block.partition("\n")
            name, _, effect = title.rpartition(": ")
            assert name not in found, f"{path.name}: {name} is there twice"
            found[name] = (effect, code)
    return found


SNIPPETS = _snippets()


@pytest.mark.parametrize("name", SNIPPETS)
def test_effect(name: str) -> None:
    effect, code = SNIPPETS[name]
    found = reached_from({"app": code, **_OTHERS})
    assert effect in found if effect != "nothing" else found == []
