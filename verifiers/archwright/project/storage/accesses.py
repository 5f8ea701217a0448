"""What code does with tables, module by module, attributed to the function it stands in."""

from __future__ import annotations

from collections.abc import Iterator

from archwright.facts import ir
from archwright.project.code import Scope
from archwright.project.storage.access import Access
from archwright.project.storage.bodyaccesses import Body
from archwright.project.storage.evaluate import Evaluator
from archwright.project.storage.models import Models
from archwright.project.storage.targets import Targets
from archwright.project.types.inference import Inference


class AccessReader:
    """Reads the accesses of modules."""

    def __init__(
        self, inference: Inference, models: Models, evaluator: Evaluator, dialects: tuple[str, ...]
    ) -> None:
        self._inference = inference
        self._targets = Targets(inference, models, evaluator)
        self._models = models
        self._evaluator = evaluator
        self._dialects = dialects

    def read(self, module: str) -> tuple[Access, ...]:
        """Everything *module* does with tables, in source order."""
        found: list[Access] = []
        for scope in self._inference.index(module).executed():
            if scope.kind == "class" and self._models.is_base(scope.qualified):
                continue
            for variable, body in _parts(scope):
                reader = Body(
                    self._inference, self._targets, self._evaluator, self._dialects, scope, variable, body
                )
                found += reader.read()
        return tuple(dict.fromkeys(found))


def _parts(scope: Scope) -> Iterator[tuple[str, tuple[ir.Stmt, ...]]]:
    """The body of a scope; at top level statement by statement, with the name each binds."""
    if scope.kind != "module":
        yield "", scope.body
        return
    for statement in scope.body:
        if isinstance(statement, ir.Assign) and isinstance(statement.targets[0], ir.Name):
            yield statement.targets[0].id, (statement,)
        elif isinstance(statement, ir.AnnAssign) and isinstance(statement.target, ir.Name):
            yield statement.target.id, (statement,)
        else:
            yield "", (statement,)
