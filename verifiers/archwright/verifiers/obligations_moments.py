"""At which steps a call is made, and at which it is over: not the same where it makes a coroutine or a generator."""

from __future__ import annotations

from dataclasses import dataclass

from archwright.facts import ir
from archwright.facts.walk import walk, walk_own
from archwright.project.calls import Site
from archwright.project.cfg import Node
from archwright.project.code import Scope
from archwright.project.flow import Flow
from archwright.project.inference import Inference


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
    if any(isinstance(node, ir.Yield) for node in walk_own(callee.body)):
        leaves = flow.nodes_of(lambda node: node.kind == "leave" and node.expr is site.node)
        return Moments(tuple(leaves or nodes), surely=bool(leaves), piecemeal=True)
    if not callee.is_async or all(node.awaited for node in nodes):
        return Moments(tuple(nodes))
    ends = flow.ends_of(site.node)
    return Moments(tuple(ends or nodes), surely=bool(ends))


def is_deferred(call: ir.Call, scope: Scope) -> bool:
    """Whether a call stands in a lambda or a generator expression."""
    return any(
        (isinstance(node, ir.Lambda) or (isinstance(node, ir.Comp) and node.kind == "generator"))
        and contains(node, call)
        for node in walk_own(scope.body)
    )


def contains(expr: object, wanted: object) -> bool:
    """Whether *wanted* is a part of *expr*."""
    return any(node is wanted for node in walk(expr))
