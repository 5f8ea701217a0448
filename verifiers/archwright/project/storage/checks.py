"""Check conditions compared by what they say: first as text, then, where texts differ, as parsed expressions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from archwright.project.storage.parsing import parse_sql


def same_checks(left: Counter[str], right: Counter[str], dialect: str) -> tuple[Counter[str], Counter[str]]:
    """What only *left* and what only *right* says."""
    only_left, only_right = left - right, right - left
    if not only_left or not only_right:
        return only_left, only_right
    # Only now is the parser worth loading.
    meanings = {text: canonical(text, dialect) for text in (*only_left, *only_right)}
    there = {meanings[text] for text in only_right}
    here = {meanings[text] for text in only_left}
    return (
        Counter({t: n for t, n in only_left.items() if meanings[t] not in there}),
        Counter({t: n for t, n in only_right.items() if meanings[t] not in here}),
    )


def unique_among(where: str, columns: Iterable[str], dialect: str) -> str:
    """The condition of a partial unique index over *columns* in one spelling; empty when it leaves out nothing.

    Rows with a NULL in one of *columns* may be many in any unique index: to leave them out makes no difference.
    """
    if where in ("", "?"):
        return where
    from sqlglot import exp

    parsed = parse_sql(f"SELECT 1 WHERE {where}", dialect)
    if not parsed or parsed[0].args.get("where") is None:
        return where
    tree = parsed[0].args["where"].this.unnest()
    parts = [part.sql() for part in (tree.flatten() if isinstance(tree, exp.And) else (tree,))]
    idle = {canonical(f"{column} IS NOT NULL", dialect) for column in columns if column.isidentifier()}
    return " AND ".join(sorted({canonical(part, dialect) for part in parts} - idle))


def canonical(text: str, dialect: str) -> str:
    """An expression in one spelling: white space, letter case of keywords and redundant parentheses do not matter."""
    from sqlglot import exp

    parsed = parse_sql(f"SELECT ({text})", dialect)
    if parsed is None or len(parsed) != 1:
        return text
    expression = parsed[0].expressions[0]
    for node in list(expression.find_all(exp.Paren)):
        if isinstance(node.this, exp.Column | exp.Literal | exp.Paren) and node is not expression:
            node.replace(node.this)
    return str(expression.unnest().sql(normalize=True, comments=False))
