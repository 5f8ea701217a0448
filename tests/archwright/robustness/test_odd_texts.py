"""Texts in code that are read as something else – headers, SQL, annotations, code – may be of any shape and length."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from odd_projects import judged, unreadable

SQL: Mapping[str, Callable[[int], str]] = {
    "parentheses": lambda n: f"SELECT {'(' * n}a{')' * n}",
    "open_parentheses": lambda n: f"SELECT {'(' * n}",
    "columns": lambda n: f"SELECT {', '.join(f'a{i}' for i in range(n))} FROM t",
    "alternatives": lambda n: f"SELECT a FROM t WHERE {' OR '.join(f'a={i}' for i in range(n))}",
    "sum": lambda n: f"SELECT {' + '.join(f'a{i}' for i in range(n))} FROM t",
    "unions": lambda n: " UNION ALL ".join(["SELECT a FROM t"] * n),
    "nested": lambda n: f"{'SELECT a FROM (' * n}SELECT a FROM t{') x' * n}",
    "cases": lambda n: f"SELECT {'CASE WHEN a THEN ' * n}1{' END' * n} FROM t",
    "not": lambda n: f"SELECT a FROM t WHERE {'NOT ' * n} a",
    "list": lambda n: f"SELECT a FROM t WHERE a IN ({', '.join(map(str, range(n)))})",
    "table": lambda n: f"CREATE TABLE t ({', '.join(f'a{i} INTEGER' for i in range(n))})",
    "statements": lambda n: "SELECT a FROM t; " * n,
    "quotes": lambda n: 'SELECT "$$' + "$$;--/*" * n,
    "joins": lambda n: f"SELECT a FROM t {' '.join(f'JOIN t t{i} ON t{i}.a = t.a' for i in range(n))}",
    "surrogate": lambda n: "SELECT '\ud800' FROM t" + "\0" * n,
}
RUNNING = """\
from alembic import op
from sqlalchemy import text
from sqlalchemy.orm import Session

revision = "{name}"
down_revision = None


def find(session: Session):
    session.execute(text({sql!r}))


def upgrade():
    op.execute({sql!r})


def downgrade(): ...
"""


def test_sql_of_any_shape(tmp_path: Path) -> None:
    files = {
        f"{name}_{n}": RUNNING.format(name=name, sql=make(n)) for name, make in SQL.items() for n in (20, 250)
    }
    assert unreadable(judged(tmp_path, files)) == []


TEXTS: Mapping[str, Callable[[int], str]] = {
    "header_of_spaces": lambda n: f"# Layer:{' ' * n}x\n# Role {' ' * n}\nx = 1\n",
    "header_of_names": lambda n: (
        f"# Callers: {'a.b, ' * n}\n# Allowed Imports: {'L6, ' * n}\n# Reads: {'t(a), ' * n}\nx = 1\n"
    ),
    "header_of_brackets": lambda n: f"# Callers: {'(' * n}\n# Reads: {'(' * n}\n# Layer: {'— ' * n}\nx = 1\n",
    "header_of_lines": lambda n: "# Callers: a\n" * n + "x = 1\n",
    "header_of_a_key": lambda n: f"# {'a' * n}: b\n# {'a ' * n}: b\nx = 1\n",
    "docstrings": lambda n: f'"""{"Deprecated: " * n}"""\ndef f():\n    """{"a " * n}"""\n',
    "annotation": lambda n: f"def f(a: '{'list[' * (n // 50)}int{']' * (n // 50)}'): a.write(1)\n",
    "annotation_of_many": lambda n: f"def f(a: '{' | '.join(['int'] * (n // 50))}'): a.write(1)\n",
    "code": lambda n: f"exec('{'import a; ' * (n // 20)}')\nexec('{'(' * n}')\neval('{'a+' * n}a')\n",
    "percent": lambda n: f"x = '{'%s' * n}' % ({'a, ' * n})\nsend({{x: x}})\n",
    "format": lambda n: f"""x = '{"{}" * n}'.format({"'a', " * n})\nimport_module(x)\n""",
    "name": lambda n: f"{'a' * n} = 1\n{'a' * n}.write({'b' * n})\n",
}


def test_texts_of_any_length(tmp_path: Path) -> None:
    assert unreadable(judged(tmp_path, {name: make(5_000) for name, make in TEXTS.items()})) == []
