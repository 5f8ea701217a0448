"""The layers of a topology as a picture: bands from top to bottom, imports between them as curves at the sides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from typing import Protocol

from archwright.contracts.language import Topology
from archwright.docs.page import MARK

_BAND_WIDTH, _BAND_HEIGHT, _GAP = 560, 54, 18
_BEND = 14
_LEFT = 240
"""Room for the curves of imports that go down; upward ones are drawn on the right."""
_STYLE = """
  svg { background: #fff; font: 14px system-ui, sans-serif }
  .band { fill: #eef3fb; stroke: #9db4d6 } .name { fill: #17324d; font-weight: 600 } .says { fill: #4a6076; font-size: 12px }
  .edge { fill: none; stroke: #6b86a8 } .bad { stroke: #c62828 } .count { fill: #4a6076; font-size: 11px }
  @media (prefers-color-scheme: dark) {
    svg { background: #0d1117 } .band { fill: #16222f; stroke: #3b556f } .name { fill: #e6edf3 } .says, .count { fill: #9fb3c8 }
    .edge { stroke: #6f8fb3 } .bad { stroke: #ff6b6b }
  }
"""


class Edge(Protocol):
    """Imports between two layers."""

    @property
    def source(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def count(self) -> int: ...
    @property
    def violations(self) -> int: ...


def draw(topology: Topology, edges: Sequence[Edge]) -> str:
    """An SVG of the layers that have a row of the matrix; imports a contract reports are red."""
    layers = [layer for layer in topology.layers if layer.expect != "none"]
    rows = {str(layer.id): number for number, layer in enumerate(layers)}
    height = len(layers) * (_BAND_HEIGHT + _GAP) + _GAP
    width = _LEFT + _BAND_WIDTH + _LEFT
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"><!-- {MARK} -->',
        f"<title>Layers of {escape(topology.id)}</title>",
        f"<style>{_STYLE}</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="context-stroke"/></marker></defs>',
    ]
    for layer in layers:
        top = _top(rows[str(layer.id)])
        lines += [
            f'<rect class="band" x="{_LEFT}" y="{top}" width="{_BAND_WIDTH}" height="{_BAND_HEIGHT}" rx="8"/>',
            f'<text class="name" x="{_LEFT + 16}" y="{top + 23}">{escape(f"{layer.id} — {layer.name}")}</text>',
            f'<text class="says" x="{_LEFT + 16}" y="{top + 42}">{escape(_short(layer.contract))}</text>',
        ]
    lines += _curves([e for e in edges if e.source in rows and e.target in rows], rows)
    return "\n".join([*lines, "</svg>", ""])


def _curves(edges: Sequence[Edge], rows: dict[str, int]) -> Iterator[str]:
    """Down on the left, up on the right; the longer the way, the further out, so that no two share a line."""
    for down in (True, False):
        side = [e for e in edges if (rows[e.source] < rows[e.target]) is down]
        side.sort(key=lambda e: (abs(rows[e.target] - rows[e.source]), rows[e.source], rows[e.target]))
        starts = Counter(edge.source for edge in side)
        ends = Counter(edge.target for edge in side)
        begun: Counter[str] = Counter()
        ended: Counter[str] = Counter()
        for number, edge in enumerate(side, 1):
            begun[edge.source] += 1
            ended[edge.target] += 1
            leaves = _middle(rows[edge.source]) + _share(begun[edge.source], starts[edge.source])
            arrives = _middle(rows[edge.target]) - _share(ended[edge.target], ends[edge.target])
            yield from _curve(edge, down, number / (len(side) + 1), leaves, arrives)


def _curve(edge: Edge, down: bool, reach: float, leaves: float, arrives: float) -> Iterator[str]:
    side = _LEFT if down else _LEFT + _BAND_WIDTH
    away = -1 if down else 1
    out = side + away * (30 + reach * (_LEFT - 60))
    corner = out - away * _BEND
    kind = "edge bad" if edge.violations else "edge"
    bend = _BEND if arrives > leaves else -_BEND
    yield (
        f'<path class="{kind}" marker-end="url(#tip)" d="M{side} {leaves:g} H{corner:g} '
        f"Q{out:g} {leaves:g} {out:g} {leaves + bend:g} V{arrives - bend:g} "
        f'Q{out:g} {arrives:g} {corner:g} {arrives:g} H{side}">'
        f"<title>{escape(edge.source)} imports {escape(edge.target)}: {edge.count}"
        f"{f', {edge.violations} reported' if edge.violations else ''}</title></path>"
    )


def _share(number: int, count: int) -> float:
    """How far from the middle of a band the n-th of *count* curves begins or ends: they share half of its side."""
    return (_BAND_HEIGHT / 2 - 3) * number / (count + 1)


def _middle(row: int) -> float:
    return _top(row) + _BAND_HEIGHT / 2


def _top(row: int) -> int:
    return _GAP + row * (_BAND_HEIGHT + _GAP)


def _short(text: str) -> str:
    return text if len(text) <= 84 else text[:83].rstrip() + "…"
