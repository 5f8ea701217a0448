"""Tasks that a group waits for where its ``async with`` is left."""

from __future__ import annotations

from functools import cached_property

from archwright.facts import ir
from archwright.facts.walk import walk_own
from archwright.project.code import Scope
from archwright.project.control_flow.cfg import Graph, Node
from archwright.project.flow.handed_on import begun_by
from archwright.project.types.inference import Inference
from archwright.project.types.values import external_names

_GROUPS = frozenset(
    {
        "asyncio.TaskGroup",
        "asyncio.taskgroups.TaskGroup",
        "anyio.create_task_group",
        "trio.open_nursery",
    }
)
_BEGINS = frozenset({"create_task", "start_soon", "start"})


class TaskGroups:
    """The groups of tasks in one function."""

    def __init__(self, scope: Scope, graph: Graph, inference: Inference) -> None:
        self._scope = scope
        self._graph = graph
        self._inference = inference
        self._ended: dict[int, tuple[ir.Call, ...]] = {}

    def ended(self, leave: Node) -> tuple[ir.Call, ...]:
        """The calls whose coroutines have surely run once a group is left at *leave*."""
        name = self._names.get(id(leave.expr))
        if name is None:
            return ()
        known = self._ended.get(id(leave))
        if known is None:
            begun = [node for node in self._graph.nodes if _begins(node, name) and self._surely(node, leave)]
            known = tuple(
                call for node in begun if isinstance(node.expr, ir.Call) for call in begun_by(node.expr)
            )
            self._ended[id(leave)] = known
        return known

    @cached_property
    def _names(self) -> dict[int, str]:
        """By the expression that makes a group: the variable it is given to."""
        return {
            id(item.expr): item.target.id
            for node in walk_own(self._scope.body)
            if isinstance(node, ir.With) and node.is_async
            for item in node.items
            if isinstance(item.target, ir.Name)
            and isinstance(item.expr, ir.Call)
            and self._is_group(item.expr)
        }

    def _is_group(self, made: ir.Call) -> bool:
        names = external_names(self._inference.callees(made, self._scope))
        return bool(names) and names <= _GROUPS

    def _surely(self, begin: Node, leave: Node) -> bool:
        """Whether *leave* is only come to, from where its group is entered, by way of *begin*."""
        seen = {node for node in self._graph.nodes if node.kind == "enter" and node.expr is leave.expr}
        pending = list(seen)
        while pending:
            node = pending.pop()
            for edge in node.out:
                if edge.to not in seen and not (node is begin and edge.label != "error"):
                    seen.add(edge.to)
                    pending.append(edge.to)
        return leave not in seen


def _begins(node: Node, name: str) -> bool:
    call = node.expr
    return (
        node.kind == "call"
        and isinstance(call, ir.Call)
        and isinstance(call.func, ir.Attr)
        and call.func.name in _BEGINS
        and isinstance(call.func.value, ir.Name)
        and call.func.value.id == name
    )
