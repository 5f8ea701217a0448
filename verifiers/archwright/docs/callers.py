"""Who really calls a module: the call graph of the whole project, turned round."""

from __future__ import annotations

from archwright.project.analysis import Analysis


class Callers:
    """The calls of a project by callee. Made once; reads every body."""

    def __init__(self, analysis: Analysis) -> None:
        self._modules: dict[str, set[str]] = {}
        for module in analysis.project.modules:
            if analysis.project.summary(module).error:
                continue
            for scope in analysis.inference.index(module).executed():
                for edge in analysis.effects.of((module, scope.qualname)).edges:
                    # That a method of that name may be meant is no call anybody can look up.
                    if edge.certain and edge.module != module:
                        self._modules.setdefault(edge.module, set()).add(module)

    def of_module(self, module: str) -> tuple[str, ...]:
        """The other modules that call a function of *module*, sorted."""
        return tuple(sorted(self._modules.get(module, ())))
