from __future__ import annotations

from shop.schemas import ports


def run(decider: ports.Decider) -> int:
    return decider.decide()
