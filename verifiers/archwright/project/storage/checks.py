"""Check conditions compared by what they say: first as text, then, where texts differ, as parsed expressions."""

from __future__ import annotations

from collections import Counter

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
