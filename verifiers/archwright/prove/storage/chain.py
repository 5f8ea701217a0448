"""Counterexamples of migration chains: second heads, lost parents, taken ids, and downgrades that undo nothing, or not all."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from archwright.prove.bench import Bench, counterexample
from archwright.prove.counterexample import Counterexample
from archwright.prove.migrations import Migrations, assigned
from archwright.prove.spread import spread
from archwright.prove.text import Edit, SourceText
from archwright.verifiers.storage.chain import ChainContract

_SITES = 8
_DROPS_TABLE = re.compile(r"(?i)drop[_ ]table(?: if exists)?\W+(\w+)")
_DROPS_INDEX = re.compile(r"(?i)drop[_ ]index")
_WORD = re.compile(r"\w+")
_FORK = """
revision = "zzz_fork"
down_revision = {parent}


def upgrade():
    pass


def downgrade():
    pass
"""


def derive_chain(contract: ChainContract, bench: Bench) -> Iterator[Counterexample]:
    """A second head, a lost parent, an id that is taken, and downgrades that undo nothing, or not all."""
    migrations = Migrations(contract, bench)
    head = migrations.head
    if head is not None and head.parents:
        module = bench.spare(bench.package_of(head.module), "zzz_fork")
        code = _FORK.format(parent=repr(head.parents[0]))
        yield counterexample(
            contract, "second head", f"{module} revises {head.parents[0]}, too", bench.create(module, code)
        )
    for turn, revision in enumerate(spread(migrations.revisions, _SITES)):
        text = bench.text(revision.module)
        parent, name = assigned(text, "down_revision"), assigned(text, "revision")
        if parent is not None and revision.parents:
            yield counterexample(
                contract,
                "lost parent",
                f"{revision.id} revises what is not there",
                bench.edit(revision.module, text.replacing(parent, "'zzz_gone'")),
            )
        others = [r for r in migrations.revisions if r.id != revision.id and r.id is not None]
        if name is not None and others:
            taken = others[turn % len(others)].id
            yield counterexample(
                contract,
                "taken id",
                f"{revision.id} calls itself {taken}",
                bench.edit(revision.module, text.replacing(name, repr(taken))),
            )
        upgrade = migrations.function(revision, "upgrade")
        if upgrade is not None:
            refused = "from alembic import op\n\nop.drop_column('zzz_nowhere', 'zzz')"
            yield counterexample(
                contract,
                "refused operation",
                f"{revision.id} drops a column of a table that does not exist",
                bench.edit(revision.module, text.after(upgrade.body[-1], refused)),
            )
        downgrade = migrations.function(revision, "downgrade")
        if (
            not contract.reversible
            or any(p.match(revision.id or "") is not None for p in contract.irreversible)
            or downgrade is None
        ):
            continue
        own = [s for s in downgrade.body if isinstance(s, ast.Expr) and isinstance(s.value, ast.Call)]
        if not own:
            continue
        start, end = text.range(downgrade.body[0])[0], text.range(downgrade.body[-1])[1]
        yield counterexample(
            contract,
            "empty downgrade",
            f"the downgrade of {revision.id} does nothing",
            bench.edit(revision.module, Edit(start, end, "pass")),
        )
        telling = _left_behind(own, text)
        yield counterexample(
            contract,
            "incomplete downgrade",
            f"the downgrade of {revision.id} leaves something behind",
            bench.edit(revision.module, text.dropping(telling[turn % len(telling)])),
        )


def _left_behind(statements: list[ast.Expr], text: SourceText) -> list[ast.Expr]:
    """The statements of a downgrade without which something stays: not those about parts of a table that goes anyway."""
    written = {id(statement): text.segment(statement) for statement in statements}
    dropping = [s for s in statements if _DROPS_TABLE.search(written[id(s)])]
    gone = {name for s in dropping for name in _DROPS_TABLE.findall(written[id(s)])}
    return [
        s
        for s in statements
        if s in dropping
        or not gone
        or not (_DROPS_INDEX.search(written[id(s)]) or gone & set(_WORD.findall(written[id(s)])))
    ]
