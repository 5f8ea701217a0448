"""What changes are made from: the analysed code with its text, and where things of a kind are in it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from archwright.contracts.language import Contract, Selector, Subject, Topologies
from archwright.project.analysis import Analysis
from archwright.prove.counterexample import Changes, Counterexample
from archwright.prove.text import Edit, SourceText
from archwright.source.files import name_file
from archwright.source.overlay import Workspace


class Bench:
    """An analysed project and the text of its files. Deriving changes only reads it."""

    def __init__(self, analysis: Analysis, workspace: Workspace) -> None:
        self.analysis = analysis
        self.project = analysis.project
        self.workspace = workspace
        self._texts: dict[str, SourceText] = {}

    @property
    def topologies(self) -> Topologies:
        """Which module is which unit."""
        return self.project.topologies

    @cached_property
    def modules(self) -> tuple[str, ...]:
        """All modules that can be edited: those that can be read and are UTF-8 text."""
        return tuple(m for m in self.project.modules if self._editable(m))

    def text(self, module: str) -> SourceText:
        """The text of *module*; raises ``UnicodeDecodeError`` for a file that is not UTF-8."""
        path = self.project.file(module).path
        found = self._texts.get(path)
        if found is None:
            found = self._texts[path] = SourceText(path, self.workspace.read(path).decode("utf-8"))
        return found

    def matching(self, selector: Selector | None, modules: Iterable[str] | None = None) -> list[str]:
        """The modules *selector* means by layer, domain, audience or name, packages without code left out; all for None."""
        return [
            m
            for m in (self.modules if modules is None else modules)
            if self.project.summary(m).has_code and (selector is None or selector.matches(self.subject(m)))
        ]

    def subject(self, module: str) -> Subject:
        """*module* as selectors see it."""
        return Subject(module=module, unit=self.project.unit(module))

    def functions(
        self, selector: Selector | None, modules: Iterable[str] | None = None
    ) -> list[tuple[str, str]]:
        """Module and qualified name of the functions *selector* means, by their own names or by their modules."""
        found: list[tuple[str, str]] = []
        for module in self.modules if modules is None else modules:
            unit = self.project.unit(module)
            for definition in self.project.summary(module).definitions:
                name = f"{module}.{definition.qualname}"
                if definition.kind == "function" and (
                    selector is None
                    or selector.matches(Subject(module=module, unit=unit, symbol=name, function=name))
                ):
                    found.append((module, definition.qualname))
        return found

    def edit(self, module: str, *edits: Edit) -> Changes:
        """One file changed in some places."""
        text = self.text(module)
        return {text.path: text.edited(*edits)}

    def append(self, module: str, code: str) -> Changes:
        """*code* at the end of a file."""
        text = self.text(module)
        return {text.path: text.appended(code)}

    def create(self, module: str, code: str) -> Changes:
        """A new file for a module whose package has files already; raises ``ValueError`` when there is no place for it."""
        path = self.path_of(module)
        if path is None or self.project.has(module):
            raise ValueError(f"{module} cannot be added")
        return {path: code}

    def path_of(self, module: str) -> str | None:
        """The path of the file that a new module would be; None when no root has a package around it."""
        package = module
        while package:
            package = package.rpartition(".")[0]
            beside = next((f for f in self.workspace.files if f.module == package and f.is_package), None)
            beside = beside or next(
                (f for f in self.workspace.files if f.module.startswith(f"{package}.")), None
            )
            if beside is not None and package:
                root = "" if beside.root == "." else f"{beside.root}/"
                path = f"{root}{module.replace('.', '/')}.py"
                named = name_file(path, {beside.root})
                return path if named is not None and named.module == module else None
        return None

    def spare(self, package: str, stem: str) -> str:
        """A name for a new module in *package*: *stem*, with a number where it is taken."""
        name, number = f"{package}.{stem}", 1
        while self.project.has(name):
            number += 1
            name = f"{package}.{stem}_{number}"
        return name

    def package_of(self, module: str) -> str:
        """The package *module* is in, or is."""
        return module if self.project.file(module).is_package else module.rpartition(".")[0]

    def _editable(self, module: str) -> bool:
        if self.project.summary(module).error:
            return False
        try:
            self.text(module)
        except UnicodeDecodeError:
            return False
        return True


def counterexample(contract: Contract, operator: str, description: str, *changes: Changes) -> Counterexample:
    """A counterexample made of changes of different files."""
    merged: dict[str, str | None] = {}
    for change in changes:
        for path, text in change.items():
            if path in merged:
                raise ValueError(f"{path} is changed twice")
            merged[path] = text
    return Counterexample(contract.id, operator, description, merged)
