"""At which steps a call is made, and at which it is over: not the same where it makes a coroutine or a generator."""

from __future__ import annotations

from dataclasses import dataclass

from archwright.project.calls.calls import Site
from archwright.project.control_flow.cfg import Node
from archwright.project.flow.flow import Flow
from archwright.project.types.inference import Inference


@dataclass(frozen=True)
class Moments:
    """The steps by which what is called has run."""

    over: tuple[Node, ...]
    surely: bool = True
    """Whether it has run by then: it does not where nobody waits for a coroutine, and a generator runs bit by bit."""
    piecemeal: bool = False
    """Whether it runs bit by bit, between steps of whoever asks for them."""


def made(flow: Flow, site: Site) -> list[Node]:
    """The steps that make the call; none for what only prepares it, and in dead code."""
    return flow.calls(site.node) if site.is_call else []


def over(flow: Flow, site: Site, inference: Inference) -> Moments:
    """The steps by which what is called has run."""
    nodes = made(flow, site)
    callee = inference.scope(site.value) if site.value is not None else None
    if callee is None:
        return Moments(tuple(nodes))
    if flow.engine.yields(callee):
        leaves = flow.engine.places(flow.scope).left_at(site.node)
        return Moments(tuple(leaves or nodes), surely=bool(leaves), piecemeal=True)
    if not callee.is_async or all(node.awaited for node in nodes):
        return Moments(tuple(nodes))
    ends = flow.ends_of(site.node)
    return Moments(tuple(ends or nodes), surely=bool(ends))
