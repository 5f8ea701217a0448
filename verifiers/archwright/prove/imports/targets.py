"""What import contracts speak of, as something that code can import."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archwright.contracts.language import Selector, Subject
from archwright.prove.bench import Bench
from archwright.verifiers.ends import external_subject, is_stdlib


class Target(msgspec.Struct, frozen=True):
    """Something to import: a module, or a name in one."""

    module: str
    name: str = ""
    internal: bool = True

    @property
    def shown(self) -> str:
        """Its qualified name."""
        return f"{self.module}.{self.name}" if self.name else self.module


def meant(selectors: tuple[Selector, ...], own: Subject, bench: Bench) -> list[Target]:
    """Things of this code base and packages that *selectors* mean, seen from *own*; from every selector some."""
    found: dict[Target, None] = {}
    for selector in selectors:
        mine = [
            *(Target(m) for m in bench.matching(None) if selector.matches(bench.subject(m), own)),
            *(Target(name, internal=False) for name in _packages(selector)),
        ]
        mine = [t for t in mine if matches(selector, t, own, bench)]
        if not mine:
            mine = list(_symbols(selector, own, bench))
        found.update(dict.fromkeys(mine))
    return list(found)


def _packages(selector: Selector) -> Iterator[str]:
    for pattern in selector.package:
        if pattern.head and "<" not in pattern.head:
            yield pattern.head
    for part in (*selector.any_of, *selector.all_of):
        yield from _packages(part)


def _symbols(selector: Selector, own: Subject, bench: Bench) -> Iterator[Target]:
    for module in bench.modules:
        unit = bench.project.unit(module)
        for definition in bench.project.summary(module).definitions:
            if "." in definition.qualname:
                continue
            name = f"{module}.{definition.qualname}"
            is_class = definition.kind == "class"
            subject = Subject(
                module=module,
                unit=unit,
                symbol=name,
                class_=name if is_class else None,
                function=None if is_class else name,
                bases=bench.analysis.inference.classes.lineage(name) if is_class else (),
            )
            if selector.matches(subject, own):
                yield Target(module, definition.qualname)


def matches(selector: Selector, target: Target, own: Subject, bench: Bench) -> bool:
    """Whether *selector*, seen from *own*, means *target*."""
    if target.internal:
        return selector.matches(bench.subject(target.module), own)
    group = "<stdlib>" if is_stdlib(target.module) else "<third-party>"
    return selector.matches(external_subject(target.module), own) or selector.matches(
        Subject(package=f"{group}.{target.module}", symbol=target.module), own
    )


def is_around(module: str, inner: str) -> bool:
    """Whether *inner* is *module*, or in it."""
    return inner == module or inner.startswith(f"{module}.")
