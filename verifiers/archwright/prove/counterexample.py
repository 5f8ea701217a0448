"""Changes of code as values: counterexamples, which a contract must notice, and equivalents, which it must not."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

Changes = Mapping[str, str | None]
"""New text by path relative to the project; None for a file that is deleted."""


class Counterexample(msgspec.Struct, frozen=True):
    """A change after which the contract must FAIL."""

    contract: str
    """The id of the contract."""
    operator: str
    """How the code is broken, in two to five words: ``lazy import``. Of each operator some are tried."""
    description: str
    """What was done where, in one sentence, so that a survivor is understood without its diff."""
    changes: Changes


class Equivalent(msgspec.Struct, frozen=True):
    """A change that means nothing: no finding may appear, vanish or change its outcome."""

    name: str
    """The transformation: ``locals renamed``."""
    changes: Changes
