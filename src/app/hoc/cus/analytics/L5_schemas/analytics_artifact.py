# Layer: L5 — Schemas
# AUDIENCE: CUSTOMER
# Role: Analytics artifacts as values, and the published recipe of the hash of their input window.
# Callers: L6 analytics_artifacts_driver, spine analytics_handler, costsim_datasets_handler
# Allowed Imports: stdlib, L5_schemas, app.infra
# Forbidden Imports: L2, L4, L5_engines, L6, L7, sqlalchemy
"""Analytics artifacts: what has to be known to compute a dataset again.

Recipe of ``input_window_hash`` (version 1): the SHA-256, in 64 lower-case hexadecimal digits, of the canonical
JSON (keys sorted, separators ``,`` and ``:`` without spaces, non-ASCII escaped) of an object with the keys
``tenant_id``, ``dataset_id``, ``window_start``, ``window_end`` and ``filters``. Moments are written in UTC as
``2026-01-31T23:59:59.000000+00:00``, always with microseconds; an open end of the window is null; ``filters``
is an object, empty when nothing was filtered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from app.infra.canonical_json import content_hash

_SHA256 = re.compile(r"[0-9a-f]{64}")
_TEXT_LENGTH = 64


class InvalidArtifactError(ValueError):
    """An artifact cannot be stored; ``problems`` names every reason."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))


class ArtifactConflictError(ValueError):
    """The version of the dataset is recorded with other reproducibility fields; ``differing`` names them."""

    def __init__(self, differing: Sequence[str]) -> None:
        self.differing = tuple(differing)
        super().__init__(f"this version is recorded with another {', '.join(self.differing)}")


class ArtifactOutcome(str, Enum):
    """What saving an artifact did."""

    CREATED = "created"
    UNCHANGED = "unchanged"
    SUPERSEDED = "superseded"


@dataclass(frozen=True)
class ArtifactRecord:
    """One stored version of a dataset. ``revision`` counts its explicit supersedings from 1."""

    id: int
    tenant_id: str
    dataset_id: str
    dataset_version: str
    input_window_hash: str
    as_of: datetime
    compute_code_version: str
    revision: int
    created_at: datetime
    updated_at: datetime | None


@dataclass(frozen=True)
class SavedArtifact:
    """A stored artifact and what saving it did."""

    artifact: ArtifactRecord
    outcome: ArtifactOutcome


@dataclass(frozen=True)
class NewArtifact:
    """An artifact to save; ``as_of`` is brought to UTC. Raises ``InvalidArtifactError`` naming everything
    that cannot be stored.
    """

    tenant_id: str
    dataset_id: str
    dataset_version: str
    input_window_hash: str
    as_of: datetime
    compute_code_version: str

    def __post_init__(self) -> None:
        problems = [
            f"{name} must be text of 1 to {_TEXT_LENGTH} characters"
            for name in ("dataset_id", "dataset_version", "compute_code_version")
            if not isinstance(getattr(self, name), str) or not 1 <= len(getattr(self, name)) <= _TEXT_LENGTH
        ]
        if not isinstance(self.input_window_hash, str) or not _SHA256.fullmatch(self.input_window_hash):
            problems.append("input_window_hash must be a SHA-256, 64 lower-case hexadecimal digits")
        if not isinstance(self.as_of, datetime) or self.as_of.tzinfo is None:
            problems.append("as_of must be a date and time with a time zone")
        if problems:
            raise InvalidArtifactError(problems)
        object.__setattr__(self, "as_of", self.as_of.astimezone(UTC))


def input_window_hash(
    *,
    tenant_id: str,
    dataset_id: str,
    window_start: datetime | None,
    window_end: datetime | None,
    filters: Mapping[str, Any],
) -> str:
    """The hash of an input window by the recipe above. Raises ``ValueError`` for a moment without a time zone
    or filters that JSON cannot say.
    """
    return content_hash(
        {
            "tenant_id": tenant_id,
            "dataset_id": dataset_id,
            "window_start": _moment(window_start),
            "window_end": _moment(window_end),
            "filters": dict(filters),
        }
    )


def _moment(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError(f"the moment {moment.isoformat()} has no time zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
