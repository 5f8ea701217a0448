"""How often each contract noticed that the code was broken: recorded by ``archwright prove --record``, shown on pages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

FILE_NAME = "proofs.json"
"""In the directory of the pages."""


class Score(msgspec.Struct, frozen=True):
    """One contract."""

    killed: int
    tried: int


class _Record(msgspec.Struct, frozen=True):
    contracts: dict[str, Score]
    schema_version: int = 1


def render_scores(scores: Mapping[str, Score]) -> str:
    """The text of a record: the same for the same scores."""
    record = _Record(dict(sorted(scores.items())))
    return msgspec.json.format(msgspec.json.encode(record), indent=1).decode() + "\n"


def read_scores(directory: Path) -> dict[str, Score]:
    """The scores recorded beside the pages in *directory*; none where there is no record that can be read."""
    try:
        return msgspec.json.decode((directory / FILE_NAME).read_bytes(), type=_Record).contracts
    except (OSError, msgspec.MsgspecError):
        return {}
