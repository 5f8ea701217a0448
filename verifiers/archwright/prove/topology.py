"""Counterexamples of topology contracts: files in no layer, false headers, banned names, files that do not do what they are for."""

from __future__ import annotations

from collections.abc import Iterator

from archwright.contracts.language import PathPattern, Pattern, Selector
from archwright.prove.bench import Bench, counterexample
from archwright.prove.counterexample import Counterexample
from archwright.prove.spread import spread
from archwright.verifiers.topology import ConductContract, CoverContract, HeaderContract, NamingContract

_SITES = 12
_CODE = "def decide(value):\n    return value > 1\n"


def derive_cover(contract: CoverContract, bench: Bench) -> Iterator[Counterexample]:
    """Files with code where no layer is, and in layers that must stay empty."""
    packages = sorted({".".join(m.split(".")[:n]) for m in bench.modules for n in range(1, m.count(".") + 1)})
    stray = [bench.spare(p, "helpers") for p in packages]
    stray = [
        m
        for m in stray
        if bench.topologies.covered(m) and not bench.topologies.classify(m) and bench.path_of(m)
    ]
    for module in spread(stray, _SITES):
        yield counterexample(
            contract,
            "file in no layer",
            f"{module} is added, which no layer claims",
            bench.create(module, _CODE),
        )
    for layer in bench.topologies.layers:
        if layer.expect == "none":
            for module in spread(_inhabitants(layer.modules, bench), 3):
                yield counterexample(
                    contract,
                    "file in an abolished layer",
                    f"{module} is added to {layer.id}, which is abolished",
                    bench.create(module, _CODE),
                )


def derive_header(contract: HeaderContract, bench: Bench) -> Iterator[Counterexample]:
    """Headers that claim another layer or audience, and headers that are gone."""
    layers = [str(layer.id) for layer in bench.topologies.layers if layer.expect != "none"]
    modules = bench.matching(contract.units)
    for turn, module in enumerate(spread(modules, _SITES)):
        unit = bench.project.unit(module)
        keys = {h.key.casefold(): h for h in bench.project.summary(module).header}
        text = bench.text(module)
        lines = text.text.splitlines(keepends=True)
        for key in filter(None, (contract.layer_key, contract.audience_key)):
            claim = keys.get(key.casefold())
            if claim is None or unit is None:
                continue
            if key == contract.layer_key:
                others = [name for name in layers if name.partition("_")[0] != unit.layer.partition("_")[0]]
            else:
                others = [
                    written for written, captured in contract.audiences.items() if captured != unit.audience
                ]
                if not unit.audience:
                    continue
            number = claim.line - 1
            if others:
                false = others[turn % len(others)]
                changed = [*lines[:number], f"# {claim.key}: {false}\n", *lines[number + 1 :]]
                yield counterexample(
                    contract, f"false {key}", f"{module} claims {key}: {false}", {text.path: "".join(changed)}
                )
            if contract.required:
                gone = [*lines[:number], *lines[number + 1 :]]
                yield counterexample(
                    contract,
                    f"no {key}",
                    f"the header of {module} loses its {key}",
                    {text.path: "".join(gone)},
                )
                moved = f'{"".join(gone).rstrip()}\n\n\nNOTE = """\n# {claim.key}: {claim.value}\n"""\n'
                yield counterexample(
                    contract,
                    f"{key} in a string",
                    f"{module} says its {key} in a string only",
                    {text.path: moved},
                )


def derive_naming(contract: NamingContract, bench: Bench) -> Iterator[Counterexample]:
    """New files under banned names, under names no pattern allows, and under names that are taken."""
    modules = bench.matching(contract.units)
    for place in spread(_packages_of(modules, bench), 4):
        for pattern in contract.forbidden:
            module = f"{place}.{_instance(pattern)}"
            if _is_new(module, contract.units, bench):
                yield counterexample(
                    contract,
                    f"banned name {pattern}",
                    f"{module} is added, which is named like {pattern}",
                    bench.create(module, _CODE),
                )
        stray = bench.spare(place, "zzz_unnamed")
        if contract.files and all(p.match(f"{stray.rpartition('.')[2]}.py") is None for p in contract.files):
            yield counterexample(
                contract,
                "no allowed name",
                f"{stray} is added, which has no allowed name",
                bench.create(stray, _CODE),
            )
    if contract.unique:
        for turn, module in enumerate(spread(modules, _SITES)):
            package, _, stem = module.rpartition(".")
            places = [f"{p}.{stem}" for p in _packages_of(modules, bench) if p != package] + [
                f"{package}.again.{stem}"
            ]
            copies = [m for m in places if _is_new(m, contract.units, bench)]
            if copies and stem != "__init__" and not bench.project.file(module).is_package:
                copy = copies[turn % len(copies)]
                yield counterexample(
                    contract, "name taken", f"{copy} is added, named like {module}", bench.create(copy, _CODE)
                )


def derive_conduct(contract: ConductContract, bench: Bench) -> Iterator[Counterexample]:
    """New files that only say in comments and strings what they are for, and files that do what they must not."""
    modules = bench.matching(contract.units)
    if contract.contains:
        words = " ".join(str(p) for s in contract.contains for p in _words(s))
        for place in spread(_packages_of(modules, bench), 4):
            module = bench.spare(place, "zzz_other")
            if not _is_new(module, contract.units, bench):
                continue
            for operator, code in (
                ("only other code", _CODE),
                ("said in a comment", f"# {words}\n{_CODE}"),
                ("said in a string", f'ROLE = """{words}"""\n\n\n{_CODE}'),
                ("said in a docstring", f'"""{words}"""\n\n\n{_CODE}'),
            ):
                yield counterexample(
                    contract,
                    operator,
                    f"{module} is added, which does nothing of what it is for",
                    bench.create(module, code),
                )
    for selector in contract.lacks:
        for package in (str(p.head) for p in selector.package):
            for module in spread(modules, _SITES):
                yield counterexample(
                    contract,
                    "what it must not contain",
                    f"{module} imports {package}",
                    bench.append(module, f"import {package}"),
                )


# --- names ------------------------------------------------------------------------------------------------------


def _inhabitants(patterns: tuple[Pattern, ...], bench: Bench) -> list[str]:
    """Modules that a layer's patterns would mean, with what other layers capture filled in."""
    captured: dict[str, set[str]] = {}
    for module in bench.modules:
        unit = bench.project.unit(module)
        for name, value in (unit.captures if unit is not None else {}).items():
            captured.setdefault(name, set()).add(value)
    found: list[str] = []
    for pattern in patterns:
        names = [[]]  # type: list[list[str]]
        for segment in str(pattern).split("."):
            if segment.startswith("{"):
                options = sorted(captured.get(segment[1:-1], ())) or ["any"]
            else:
                options = ["zzz_probe" if segment == "**" else segment.replace("*", "zzz")]
            names = [[*head, option] for head in names for option in options]
        found += [".".join(parts) for parts in names]
    return [m for m in found if not bench.project.has(m) and bench.path_of(m)]


def _packages_of(modules: list[str], bench: Bench) -> list[str]:
    return sorted({bench.package_of(m) for m in modules})


def _instance(pattern: PathPattern) -> str:
    """The stem of a file name that the pattern means."""
    return str(pattern).rpartition("/")[2].removesuffix(".py").replace("*", "zzz")


def _is_new(module: str, units: Selector, bench: Bench) -> bool:
    return (
        not bench.project.has(module)
        and bench.path_of(module) is not None
        and units.matches(bench.subject(module))
    )


def _words(selector: Selector) -> Iterator[object]:
    for name in (
        "layer",
        "module",
        "package",
        "symbol",
        "function",
        "class_",
        "call",
        "decorated_with",
        "subclass_of",
    ):
        yield from getattr(selector, name)
