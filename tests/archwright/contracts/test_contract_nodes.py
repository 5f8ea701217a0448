"""YAML is read with positions, without its traps."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from archwright.contracts import nodes
from archwright.contracts.nodes import MAX_DEPTH, Mapping, Node, Scalar, Sequence, parse


def read(text: str) -> Node:
    root, errors = parse(text.encode(), "x.yaml")
    assert errors == []
    assert root is not None
    return root


def problems(data: str | bytes) -> list[str]:
    raw = data.encode() if isinstance(data, str) else data
    root, errors = parse(raw, "x.yaml")
    assert root is None or not errors
    return [str(error) for error in errors]


def places(node: Node) -> list[tuple[str, int, int]]:
    """Every scalar with its line and column."""
    if isinstance(node, Scalar):
        return [(node.text, node.location.line, node.location.column)]
    if isinstance(node, Sequence):
        return [place for item in node.items for place in places(item)]
    return [p for entry in node.entries.values() for p in (*places(entry.key), *places(entry.value))]


def test_every_key_and_value_knows_its_line_and_column() -> None:
    text = 'a: 1\nb:\n  - x\n  - {c: "d e", é: ff}\n'
    assert places(read(text)) == [
        ("a", 1, 1),
        ("1", 1, 4),
        ("b", 2, 1),
        ("x", 3, 5),
        ("c", 4, 6),
        ("d e", 4, 9),
        ("é", 4, 16),
        ("ff", 4, 19),
    ]


KEYS = st.text(alphabet="abcxyz_", min_size=1, max_size=5).filter(lambda key: key not in {"y", "yes", "no"})
VALUES = st.recursive(
    st.text(alphabet="abc :#'\"{}[]*&!%@`é\u4e2d", max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=10,
)


def plain(node: Node) -> object:
    if isinstance(node, Mapping):
        return {key: plain(entry.value) for key, entry in node.entries.items()}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.text


class Dumper(yaml.SafeDumper):
    """Writes equal values out instead of referring to the first."""

    def ignore_aliases(self, data: object) -> bool:
        return True


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=3), st.booleans())
def test_what_is_dumped_is_read(value: dict[str, object], flow: bool) -> None:
    text = yaml.dump(value, Dumper=Dumper, allow_unicode=True, default_flow_style=flow)
    root = read(text)
    assert plain(root) == value
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nodes, "_LOADER", yaml.SafeLoader)  # where PyYAML was built without libyaml
        without_libyaml = read(text)
    assert plain(without_libyaml) == value
    assert places(without_libyaml) == places(root)


@given(st.text(alphabet="ab:-[]{}\n\t '\"&*|>#?!%@,\x00é", max_size=40) | st.binary(max_size=20))
def test_any_input_is_read_or_has_an_error_at_a_line_that_exists(data: str | bytes) -> None:
    raw = data.encode() if isinstance(data, str) else data
    _, errors = parse(raw, "x.yaml")
    lines = raw.decode("utf-8-sig", errors="replace").splitlines() or [""]
    for error in errors:
        assert error.path == "x.yaml"
        assert 1 <= error.line <= max(len(lines), raw.count(b"\n") + 1)
        assert error.column >= 1
        assert error.hint


@pytest.mark.parametrize(
    ("text", "type"),
    [
        ("yes", "bool"),
        ("on", "bool"),
        ("3", "int"),
        ("1.5", "float"),
        ("2026-06-30", "timestamp"),
        ("~", "null"),
        ("'yes'", "str"),
        ("L5", "str"),
        ("! 3", "str"),
        ("!!str 3", "str"),
    ],
)
def test_a_scalar_knows_what_yaml_takes_it_for(text: str, type: str) -> None:
    node = read(f"a: {text}")
    assert isinstance(node, Mapping)
    value = node.get("a")
    assert isinstance(value, Scalar)
    assert value.type == type


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "a: [1, 2\nb: 3\n",
            "x.yaml:1:4: not valid YAML: while parsing a flow sequence: did not find expected ',' or ']'; "
            "check brackets, quotes and indentation",
        ),
        (
            "a:\n\tb: 1\n",
            "x.yaml:2:1: not valid YAML: while scanning for the next token: "
            "found character that cannot start any token; indent with spaces, not with tabs",
        ),
        ("a: 1\nb: 2\na: 3\n", 'x.yaml:3:1: duplicate key "a"; it is already on line 1'),
        ("a: &x 1\n", 'x.yaml:1:4: anchor "&x" is not supported; write the value out where it is needed'),
        ("a: !!python/name:os.system 1\n", 'tag "tag:yaml.org,2002:python/name:os.system" is not supported'),
        ("a: !thing {b: 1}\n", 'x.yaml:1:4: tag "!thing" is not supported; remove it'),
        ("1: a\n", 'x.yaml:1:1: key 1 is a number, not a string; write "1" in quotes'),
        ("on: a\n", 'x.yaml:1:1: key on is a boolean, not a string; write "on" in quotes'),
        ("? [a]\n: b\n", "x.yaml:1:3: a key must be a string; quote it if it is one"),
        ("a: 1\n---\nb: 2\n", "x.yaml:2:1: a second YAML document begins here; one document per file"),
        (b"a: \xff\n", "x.yaml:1:4: is not UTF-8 text; save the file with UTF-8 encoding"),
        ("a: \x07\n", "x.yaml:1:4: not valid YAML: character U+0007 is not allowed"),
    ],
)
def test_errors(text: str | bytes, expected: str) -> None:
    assert any(expected in problem for problem in problems(text)), problems(text)


def test_aliases_are_rejected_where_they_are_used() -> None:
    assert problems("a: &x {b: 1}\nc: *x\n") == [
        'x.yaml:1:4: anchor "&x" is not supported; write the value out where it is needed',
        'x.yaml:2:4: alias "*x" is not supported; write the value out',
    ]


def test_a_billion_laughs_are_not_laughed() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 40)]
    assert len(problems("\n".join(lines))) == 40 + 39 * 10


def test_nesting_is_bounded() -> None:
    assert isinstance(read("[" * MAX_DEPTH + "]" * MAX_DEPTH), Sequence)
    expected = f"x.yaml:1:{MAX_DEPTH + 1}: nested deeper than {MAX_DEPTH} levels; flatten the contract"
    assert problems("[" * 200_000) == [expected]


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n", "\ufeff"])
def test_an_empty_file_is_no_node(text: str) -> None:
    assert parse(text.encode(), "x.yaml") == (None, [])
