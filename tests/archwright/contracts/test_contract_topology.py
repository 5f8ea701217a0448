"""Modules are classified by name alone: no layer, one, or several."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from contract_samples import CONTRACTS
from hypothesis import given
from hypothesis import strategies as st

from archwright.contracts.language import (
    Layer,
    LayerId,
    Pattern,
    PatternError,
    RootPath,
    Topologies,
    Topology,
    Unit,
)
from archwright.contracts.loader import ContractSet


@pytest.fixture
def topologies(load: Callable[..., ContractSet]) -> Topologies:
    return load({"imports.yaml": CONTRACTS}).topologies


@pytest.mark.parametrize(
    ("module", "units"),
    [
        ("app.analytics.engines", [Unit("L5", {"domain": "analytics"})]),
        ("app.analytics.engines.x.y", [Unit("L5", {"domain": "analytics"})]),
        ("app.api.cus.incidents.routes", [Unit("L2", {"audience": "cus", "domain": "incidents"})]),
        ("app.drivers.x", [Unit("L6", {})]),
        ("app.analytics.drivers.legacy.x", []),
        ("app.adapters", [Unit("L3", {})]),
        ("app", []),
        ("apples.analytics.engines", []),
        ("app.drivers.drivers.x", [Unit("L6", {"domain": "drivers"})]),
        (
            "app.api.engines.drivers.x",
            [Unit("L2", {"audience": "engines", "domain": "drivers"}), Unit("L5", {"domain": "api"})],
        ),
    ],
)
def test_units(topologies: Topologies, module: str, units: list[Unit]) -> None:
    assert list(topologies.classify(module)) == units
    assert topologies.covered(module) is (module == "app" or module.startswith("app."))


def test_units_name_what_was_captured_and_can_be_counted() -> None:
    unit = Unit("L2", {"audience": "cus", "domain": "incidents"})
    assert (unit.domain, unit.audience) == ("incidents", "cus")
    assert (Unit("L7").domain, Unit("L7").audience) == (None, None)
    assert len({unit, Unit("L2", {"domain": "incidents", "audience": "cus"}), Unit("L2")}) == 2


def test_a_layer_is_found_by_its_id(topologies: Topologies) -> None:
    layer = topologies.layer("L5")
    assert layer is not None
    assert layer.name == "Engines"
    assert topologies.layer("L9") is None


SEGMENTS = st.sampled_from(["a", "b", "ab", "*", "**", "a*", "{x}", "{y}"])
PATTERNS = st.lists(SEGMENTS, min_size=1, max_size=4).map(".".join)
LAYERS = st.lists(
    st.tuples(st.lists(PATTERNS, min_size=1, max_size=3), st.lists(PATTERNS, max_size=1)),
    min_size=1,
    max_size=4,
)
MODULES = st.lists(st.sampled_from(["a", "b", "ab", "ac"]), min_size=1, max_size=5).map(".".join)


def patterns(texts: list[str]) -> tuple[Pattern, ...]:
    made = []
    for text in texts:
        try:
            made.append(Pattern(text))
        except PatternError:  # an ambiguous capture; see the tests of patterns
            made.append(Pattern("a"))
    return tuple(made)


@given(LAYERS, st.lists(MODULES, max_size=6))
def test_the_index_finds_what_asking_every_layer_finds(
    texts: list[tuple[list[str], list[str]]], modules: list[str]
) -> None:
    layers = tuple(
        Layer(id=LayerId(f"L{n}"), name="x", modules=patterns(m), excluding=patterns(e), contract="x")
        for n, (m, e) in enumerate(texts)
    )
    topology = Topology(roots=(RootPath("."),), cover=(Pattern("**"),), layers=layers, wiring={})
    topologies = Topologies([topology])
    for module in (*modules, *modules):  # the second time from memory
        asked = [(layer.id, layer.match(module)) for layer in layers]
        expected = [Unit(layer_id, captures) for layer_id, captures in asked if captures is not None]
        assert list(topologies.classify(module)) == expected
