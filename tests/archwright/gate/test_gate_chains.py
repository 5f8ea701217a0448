"""The shortest chain is as short as there is, every hop of it exists, and it says what rules it runs into."""

from __future__ import annotations

import tempfile
from itertools import pairwise
from pathlib import Path

from gate_samples import KINDS, check, contract, shop, write
from hypothesis import given, settings
from hypothesis import strategies as st

from archwright.gate.chains import judged, shortest_chain
from archwright.gate.codebase import CodeBase, open_code_base
from archwright.gate.run import judge

MODULES = "abcdef"
edges = st.sets(st.tuples(st.sampled_from(MODULES), st.sampled_from(MODULES)), max_size=14)

TOPOLOGY = """\
topology:
  roots: src
  cover: "m.**"
  layers: [{id: All, name: All, modules: "m.**", contract: "all"}]
  wiring: {All: {}}
"""


def opened(project: Path, imports: set[tuple[str, str]]) -> CodeBase:
    code = {
        f"src/m/{name}.py": "".join(f"import m.{to}\n" for source, to in sorted(imports) if source == name)
        for name in MODULES
    }
    rule = "contracts:\n" + contract(**{"from": '{module: "m.**"}'})
    write(project, {"contracts/t.yaml": TOPOLOGY, "contracts/r.yaml": rule, **code})
    return open_code_base(project, kinds=KINDS)


@settings(max_examples=40, deadline=None)
@given(edges, st.sampled_from(MODULES), st.sampled_from(MODULES))
def test_no_shorter_chain_exists(imports: set[tuple[str, str]], source: str, target: str) -> None:
    reached, distance = {source}, 0
    while target not in reached and distance <= len(MODULES):
        reached |= {to for start, to in imports if start in reached}
        distance += 1
    with tempfile.TemporaryDirectory() as directory:
        analysis = opened(Path(directory), imports).analysis
        chain = shortest_chain(analysis, [f"m.{source}"], lambda name: name == f"m.{target}")
    if source == target:
        return
    if distance > len(MODULES):
        assert chain is None
        return
    assert chain is not None
    assert len(chain) == distance
    assert chain[0].source == f"m.{source}"
    assert chain[-1].target == f"m.{target}"
    assert all(one.target == next_one.source for one, next_one in pairwise(chain))
    assert all((edge.source[2:], edge.target[2:]) in imports for edge in chain)


def test_a_hop_knows_its_row_of_the_matrix_and_who_objects(tmp_path: Path) -> None:
    files = {"src/shop/engines/orders/pricing.py": "import shop.api.orders.routes\n"}
    shop(tmp_path, contract(name="shop"), files=files)
    code_base = open_code_base(tmp_path, kinds=KINDS)
    chain = shortest_chain(
        code_base.analysis, ["shop.engines.orders.pricing"], lambda name: name.startswith("shop.api")
    )
    assert chain is not None
    (hop,) = judged(chain, code_base.analysis, judge(code_base, check=check))
    assert hop.rule == "Engines must not import API"
    assert [contract for contract, _ in hop.judged_by] == ["no-json"]
