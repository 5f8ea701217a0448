"""``topology/<domain>/<layer>.md``: every file of a layer, with what it defines, imports, should call and is called by."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from archwright.contracts.language import Layer, Topology
from archwright.docs.described import ModuleDoc
from archwright.docs.page import Page
from archwright.docs.sources import Sources
from archwright.docs.templates import Templates


class WiringDoc(msgspec.Struct, frozen=True):
    """A layer's row of the import matrix, read both ways. Ids of layers with their names."""

    contract: str
    should: tuple[str, ...]
    may: tuple[str, ...]
    must_not: tuple[str, ...]
    called_by: tuple[str, ...]
    """Layers whose rows name this one."""
    same_domain: bool


def topology_pages(sources: Sources, templates: Templates) -> Iterator[Page]:
    """A page for every layer of every domain that holds a file."""
    for topology in sources.topologies():
        for layer in topology.layers:
            wiring = wiring_of(topology, layer)
            for domain, docs in sorted(_by_domain(sources, topology, layer).items()):
                path = page_path(topology, layer, domain)
                text = templates.render(
                    "topology.md.j2",
                    domain=domain,
                    layer=layer,
                    topology=topology,
                    wiring=wiring,
                    files=[_file(sources, doc, path) for doc in docs],
                    matrix_link="../../WIRING_MAP.md",
                )
                yield Page(path, text)


def page_path(topology: Topology, layer: Layer, domain: str) -> str:
    """Where the page of a layer stands."""
    return f"topology/{domain or topology.id}/{layer.id}.md"


def wiring_of(topology: Topology, layer: Layer) -> WiringDoc:
    """The row of *layer*, and the rows that name it."""
    names = {other.id: f"{other.id} ({other.name})" for other in topology.layers}
    row = topology.wiring.get(layer.id)
    called_by = [
        names[other.id]
        for other in topology.layers
        if (theirs := topology.wiring.get(other.id)) is not None
        and other.id != layer.id
        and layer.id in (*theirs.should, *theirs.may)
    ]
    return WiringDoc(
        contract=layer.contract,
        should=tuple(names.get(i, str(i)) for i in row.should) if row else (),
        may=tuple(names.get(i, str(i)) for i in row.may) if row else (),
        must_not=tuple(names.get(i, str(i)) for i in row.must_not) if row else (),
        called_by=tuple(called_by),
        same_domain=row is not None and row.domain == "same",
    )


def _by_domain(sources: Sources, topology: Topology, layer: Layer) -> dict[str, list[ModuleDoc]]:
    found: dict[str, list[ModuleDoc]] = {}
    for doc in sources.modules:
        if doc.layer == layer.id:
            found.setdefault(sources.place(topology, doc), []).append(doc)
    return found


def _file(sources: Sources, doc: ModuleDoc, page: str) -> dict[str, object]:
    """What the template says about one file."""
    callers: dict[str, list[str]] = {}
    for module in sources.callers.of_module(doc.module):
        layer = sources.layer_of(module)
        callers.setdefault(str(layer.id) if layer is not None else "no layer", []).append(module)
    return {
        "doc": doc,
        "link": sources.link(page, doc.path),
        "callers": sorted(callers.items()),
        "findings": sources.findings.get(doc.path, []),
    }
