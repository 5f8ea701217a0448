"""The names that patterns of a match statement bind."""

from __future__ import annotations

from typing import Any

import libcst as cst


def pattern_names(node: Any, into: list[str]) -> None:
    """Adds the names that the pattern *node* binds to *into*."""
    if isinstance(node, cst.MatchAs | cst.MatchStar) and node.name is not None:
        into.append(node.name.value)
    if isinstance(node, cst.MatchMapping) and node.rest is not None:
        into.append(node.rest.value)
    for child in node.children:
        if isinstance(child, _PATTERN_PARTS):
            pattern_names(child, into)


_PATTERN_PARTS = (
    cst.MatchPattern,
    cst.MatchSequenceElement,
    cst.MatchMappingElement,
    cst.MatchKeywordElement,
    cst.MatchOrElement,
    cst.MatchStar,
)
