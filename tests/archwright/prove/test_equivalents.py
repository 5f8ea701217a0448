"""Transformations leave alone what other modules rely on."""

from __future__ import annotations

import pytest
from corpus_harness import Case
from corpus_trees import Tree


@pytest.mark.parametrize("name", ["invalid-attribute-of-reexporting-module", "invalid-reexport-through-two"])
def test_a_name_taken_as_an_attribute_of_a_module_stays(name: str) -> None:
    tree = Tree(Case("IMP-5", name))
    changed = tree.transformations.equivalent(("imports under other names",)).changes
    assert "sql_text_aliased" not in str(changed.get("src/app/hoc/spine/registry.py"))
    assert "CostEngine_aliased" in str(changed["src/app/hoc/spine/registry.py"])
