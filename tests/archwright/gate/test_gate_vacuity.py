"""A contract about something that does not exist is a mistake in the contract."""

from __future__ import annotations

from pathlib import Path

import pytest
from gate_samples import TOPOLOGY, contract, decide, shop

from archwright.contracts.language import ContractErrors


def errors(project: Path) -> list[str]:
    with pytest.raises(ContractErrors) as caught:
        decide(project)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("selector", "problem"),
    [
        (
            '{module: "shop.engins.**"}',
            'no module matches "shop.engins.**"; did you mean "shop.engines.**"?',
        ),
        (
            '{module: "shop.{kind}.order.*"}',
            'no module matches "shop.{kind}.order.*"; did you mean "shop.{kind}.orders.*"?',
        ),
        (
            '{module: "shop.src.engines.**"}',
            'no module matches "shop.src.engines.**"; did you mean "shop.engines.**"?',
        ),
        (
            '{module: "shop.warehouse.**"}',
            'no module matches "shop.warehouse.**"; below "shop" there are: api, engines; '
            'say "expect: any" if there may be none',
        ),
        (
            '{module: "other.**"}',
            'no module matches "other.**"; there are: shop; say "expect: any" if there may be none',
        ),
        ("{domain: order}", 'there is no domain "order"; did you mean "orders"?'),
        ("{audience: cus}", 'there is no audience "cus"; there are no audiences'),
        (
            '{function: "shop.engines.orders.pricing.totl"}',
            'no function matches "shop.engines.orders.pricing.totl"; did you mean "shop.engines.orders.pricing.total"?',
        ),
        (
            '{class: "shop.**.Prices"}',
            'no class matches "shop.**.Prices"; did you mean "shop.**.Pricing"?',
        ),
        (
            '{call: "shop.engines.orders.pricing.Pricing.rum"}',
            'no symbol matches "shop.engines.orders.pricing.Pricing.rum"; '
            'did you mean "shop.engines.orders.pricing.Pricing.run"?',
        ),
        (
            '{call: "shop.engines.orders.total"}',
            'no symbol matches "shop.engines.orders.total"; '
            'name it where it is defined: "shop.engines.orders.pricing.total"',
        ),
        (
            '{not: {module: "shop.engine.**"}}',
            'no module matches "shop.engine.**"; did you mean "shop.engines.**"?',
        ),
    ],
)
def test_what_does_not_exist_is_reported_with_what_may_be_meant(
    tmp_path: Path, selector: str, problem: str
) -> None:
    (error,) = errors(shop(tmp_path, contract(functions=selector)))
    place, _, message = error.partition(" ")
    assert message == f'contract "no-json": {problem}'
    path, line, column = place.rstrip(":").split(":")
    text = (tmp_path / path).read_text().splitlines()[int(line) - 1][int(column) - 1 :]
    written = selector.rstrip("}").rpartition(": ")[2]
    assert text.startswith(written)


@pytest.mark.parametrize(
    "selector",
    [
        '{module: "shop.engines"}',
        '{module: "shop.api"}',  # a namespace package
        '{call: "sqlalchemy.select"}',
        '{call: "*.commit"}',
        '{call: "shop.engines.orders.pricing.Pricing"}',
        '{call: "shop.engines.orders.pricing.Pricing.__init__"}',
        '{call: "shop.engines.orders.pricing.Pricing.price"}',  # inherited
        '{call: "shop.engines.orders.pricing.CATALOGUE.find"}',  # of an object made at run time
        '{decorated_with: "shop.engines.orders.pricing.CATALOGUE"}',
        '{subclass_of: "shop.engines.orders.pricing.Base"}',
        '{package: "no_such_package"}',
        '{table: "orders"}',
    ],
)
def test_what_exists_or_belongs_to_others_is_accepted(tmp_path: Path, selector: str) -> None:
    decide(shop(tmp_path, contract(functions=selector)))


@pytest.mark.parametrize("expect", ["any", "none"])
def test_a_contract_that_expects_none_or_any_may_mention_what_is_not_there(
    tmp_path: Path, expect: str
) -> None:
    report = decide(shop(tmp_path, contract(**{"from": '{module: "shop.gone.**"}'}, expect=expect)))
    assert report.findings == ()


def test_everything_is_reported_at_once(tmp_path: Path) -> None:
    topology = TOPOLOGY.replace("shop.api.{domain}", "shop.apis.{domain}").replace(
        'cover: "shop.', 'cover: "shp.'
    )
    shop(
        tmp_path,
        contract("a", **{"from": '{module: "shop.x.**"}'}),
        contract("b", **{"from": "{domain: nowhere}"}),
        topology=topology,
    )
    assert [error.split("; ")[0] for error in errors(tmp_path)] == [
        'contracts/rules.yaml:2:72: contract "a": no module matches "shop.x.**"',
        'contracts/rules.yaml:3:72: contract "b": there is no domain "nowhere"',
        'contracts/topology.yaml:3:10: topology "topology": no module matches "shp.**"',
        'contracts/topology.yaml:5:37: layer "API": no module matches "shop.apis.{domain}.**"',
    ]


def test_an_abolished_layer_may_be_empty_and_a_layer_that_excludes_everything_may_not(tmp_path: Path) -> None:
    topology = TOPOLOGY.replace(
        'modules: "shop.api.{domain}.**"', 'modules: "shop.api.{domain}.**", excluding: "shop.api.**"'
    )
    assert errors(shop(tmp_path, topology=topology)) == [
        'contracts/topology.yaml:5:12: layer "API": "excluding" leaves no module; exclude less, or say "expect: any"'
    ]


def test_a_symbol_may_be_in_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    files = {"src/shop/engines/orders/pricing.py": "def total(:\n"}
    selector = '{call: "shop.engines.orders.pricing.total"}'
    report = decide(shop(tmp_path, contract(functions=selector), files=files))
    assert [f.evidence for f in report.findings if f.contract == "parse"] == ["unreadable-file"]
