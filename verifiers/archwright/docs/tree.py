"""A directory tree with lines of code, drawn as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

Node = dict[str, "Node | int"]


def tree(files: Iterable[tuple[str, int]]) -> str:
    """The tree of *files* (path, lines), with sizes in a column and the total below."""
    root: Node = {}
    total = 0
    for path, lines in files:
        *directories, name = path.split("/")
        node = root
        for directory in directories:
            below = node.setdefault(f"{directory}/", {})
            if not isinstance(below, dict):
                raise ValueError(f'"{path}": "{directory}" is a file')
            node = below
        node[name] = lines
        total += lines
    head, node = _joined("", root)
    drawn = [(head, None), *_draw(node, "")] if head else list(_draw(node, ""))
    width = max(len(text) for text, _ in drawn) + 2
    rows = [text if lines is None else f"{text:<{width}}{_size(lines):>12}" for text, lines in drawn]
    return "\n".join([*rows, f"{'Total':<{width}}{_size(total):>12}"])


def _joined(head: str, node: Node) -> tuple[str, Node]:
    """Directories that hold nothing but one directory are shown as one."""
    while len(node) == 1:
        ((name, below),) = node.items()
        if not isinstance(below, dict):
            break
        head, node = head + name, below
    return head, node


def _draw(node: Node, indent: str) -> Iterator[tuple[str, int | None]]:
    entries = sorted(node.items(), key=lambda entry: (isinstance(entry[1], dict), entry[0]))
    for number, (name, below) in enumerate(entries, 1):
        last = number == len(entries)
        branch = "└── " if last else "├── "
        if isinstance(below, dict):
            shown, inner = _joined(name, below)
            yield f"{indent}{branch}{shown}", None
            yield from _draw(inner, indent + ("    " if last else "│   "))
        else:
            yield f"{indent}{branch}{name}", below


def _size(lines: int) -> str:
    return f"({lines:,} LOC)"
