"""Who really calls a module: the call graph of the whole project, turned round."""

from __future__ import annotations

from archwright.project.analysis import Analysis
from archwright.project.effects import Key


class Callers:
    """The calls of a project by callee. Made once; reads every body."""

    def __init__(self, analysis: Analysis) -> None:
        self._of: dict[Key, set[Key]] = {}
        self._modules: dict[str, set[str]] = {}
        for module in analysis.project.modules:
            if analysis.project.summary(module).error:
                continue
            for scope in analysis.inference.index(module).executed():
                caller = (module, scope.qualname)
                for edge in analysis.effects.of(caller).edges:
                    if not edge.certain:
                        continue  # a method of that name that may be meant is no caller anybody can look up
                    self._of.setdefault(edge.target, set()).add(caller)
                    if edge.module != module:
                        self._modules.setdefault(edge.module, set()).add(module)

    def of_function(self, key: Key) -> tuple[Key, ...]:
        """The bodies that call the function at *key*, sorted."""
        return tuple(sorted(self._of.get(key, ())))

    def of_module(self, module: str) -> tuple[str, ...]:
        """The other modules that call a function of *module*, sorted."""
        return tuple(sorted(self._modules.get(module, ())))
