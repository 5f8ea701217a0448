# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: Writes the files of a canary run so that they are whole or absent, and checks that they are.
# Callers: L5 canary_engine, provenance_spool, spine canary_run_handler
# Allowed Imports: stdlib, L5_engines, L5_schemas
# Forbidden Imports: L2, L4, L6, L7, sqlalchemy
"""Artifacts of a canary run: ``<root>/canary/<tenant>/<run id>/``.

Every file is written under a temporary name, synced and renamed; ``manifest.json`` with the SHA-256 of all
others comes last. A directory without a manifest is a run that died and must be ignored. Paths handed out
are relative to the root, so that they stay true when it moves and tell a client nothing about the server.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from app.hoc.cus.analytics.L5_engines.canary_evaluation import SampleOutcome
from app.hoc.cus.analytics.L5_schemas.canary_report import CanaryReport

REPORT_FILE = "canary_report.json"
COMPARISONS_FILE = "canary_comparisons.jsonl"
DIFFS_FILE = "canary_diffs.jsonl"
MANIFEST_FILE = "manifest.json"
_RUN_ID = re.compile(r"[A-Za-z0-9-]{1,64}")


class ArtifactError(RuntimeError):
    """The artifacts of a run could not be written."""


def run_directory(tenant_id: str, run_id: str) -> str:
    """The directory of a run relative to the artifacts root, with ``/``; a tenant id cannot lead out of it.

    Raises ``ValueError`` for an empty tenant or a run id other than 1 to 64 letters, digits and dashes.
    """
    if not tenant_id:
        raise ValueError("artifacts need a tenant id")
    if not _RUN_ID.fullmatch(run_id):
        raise ValueError(f"run id {run_id!r} must be 1 to 64 letters, digits or dashes")
    return f"canary/{quote(tenant_id, safe='').replace('.', '%2E')}/{run_id}"


def artifact_paths(tenant_id: str, run_id: str, outcomes: Sequence[SampleOutcome]) -> tuple[str, ...]:
    """The files this run will have, in the order they are written, relative to the artifacts root."""
    names = [COMPARISONS_FILE]
    if any(outcome.diff is not None for outcome in outcomes):
        names.append(DIFFS_FILE)
    names += [REPORT_FILE, MANIFEST_FILE]
    directory = run_directory(tenant_id, run_id)
    return tuple(f"{directory}/{name}" for name in names)


def write_artifacts(
    root: Path, report: CanaryReport, outcomes: Sequence[SampleOutcome], settings: Mapping[str, Any]
) -> dict[str, str]:
    """Write all files of a run, the manifest last; returns the SHA-256 of each by its path relative to
    ``root``.

    ``report`` already names its ``artifact_paths``. Raises ``ArtifactError`` when the run's directory
    exists or a file cannot be written.
    """
    directory = root / run_directory(report.tenant_id, report.run_id)
    try:
        _make_durable_directory(root, directory)
        checksums: dict[str, str] = {}
        for path in report.artifact_paths[:-1]:
            content = _content(Path(path).name, report, outcomes, settings)
            write_atomically(root / path, content)
            checksums[path] = hashlib.sha256(content).hexdigest()
        manifest = _json(
            {
                "run_id": report.run_id,
                "tenant_id": report.tenant_id,
                "sha256": {Path(path).name: digest for path, digest in checksums.items()},
            }
        )
        write_atomically(root / report.artifact_paths[-1], manifest)
    except OSError as error:
        raise ArtifactError(
            f"canary artifacts of run {report.run_id} cannot be written below {root}: {error}; "
            "make the directory writable or set COSTSIM_ARTIFACTS_DIR"
        ) from error
    return checksums | {report.artifact_paths[-1]: hashlib.sha256(manifest).hexdigest()}


def artifact_problems(root: Path, report: CanaryReport) -> list[str]:
    """What keeps the declared artifacts from being complete: each must exist with its checksum, report
    and manifest among them.
    """
    directory = run_directory(report.tenant_id, report.run_id)
    declared = set(report.artifact_paths)
    problems = [
        f"{name} is not declared"
        for name in (COMPARISONS_FILE, REPORT_FILE, MANIFEST_FILE)
        if f"{directory}/{name}" not in declared
    ]
    for path in sorted(declared | set(report.artifact_manifest)):
        expected = report.artifact_manifest.get(path)
        if path not in declared:
            problems.append(f"{path} has a checksum but is not declared")
        elif expected is None:
            problems.append(f"{path} has no checksum")
        elif path != f"{directory}/{Path(path).name}":
            problems.append(f"{path} lies outside the run's directory")
        elif not (root / path).is_file():
            problems.append(f"{path} does not exist")
        elif hashlib.sha256((root / path).read_bytes()).hexdigest() != expected:
            problems.append(f"{path} does not match its checksum")
    return problems


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that after a crash at any moment it is whole under its name or not there; raises
    ``OSError``.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
    _sync_directory(path.parent)


def _make_durable_directory(root: Path, directory: Path) -> None:
    directory.parent.mkdir(parents=True, exist_ok=True)
    directory.mkdir()
    # New names must survive a crash as well: sync every directory that may have received one.
    for parent in directory.parents:
        _sync_directory(parent)
        if parent == root:
            break


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _content(
    name: str, report: CanaryReport, outcomes: Sequence[SampleOutcome], settings: Mapping[str, Any]
) -> bytes:
    if name == COMPARISONS_FILE:
        return _json_lines(_comparison_record(outcome) for outcome in outcomes)
    if name == DIFFS_FILE:
        return _json_lines(
            {"sample_id": outcome.sample_id, **outcome.diff.to_dict()}
            for outcome in outcomes
            if outcome.diff is not None
        )
    body = report.to_dict()
    # Its own checksum cannot stand in the file; all checksums are in the manifest and the index.
    del body["artifact_manifest"]
    body |= {"evaluated_samples": report.evaluated_samples, "errored_samples": report.errored_samples}
    return _json({"report": body, "settings": dict(settings)})


def _comparison_record(outcome: SampleOutcome) -> dict[str, Any]:
    compared = outcome.compared
    return {
        "sample_id": outcome.sample_id,
        "input_hash": outcome.input_hash,
        "v1_output_hash": None if compared is None else compared.v1.compute_output_hash(),
        "v2_output_hash": None if compared is None else compared.v2.compute_output_hash(),
        "comparison": None if compared is None else compared.comparison.to_dict(),
        "missed_expectations": list(outcome.missed_expectations),
        "error": outcome.error,
        "timed_out": outcome.timed_out,
    }


def _json(data: Any) -> bytes:
    return (json.dumps(data, indent=2, sort_keys=True, allow_nan=False) + "\n").encode("ascii")


def _json_lines(records: Any) -> bytes:
    return "".join(json.dumps(record, sort_keys=True, allow_nan=False) + "\n" for record in records).encode(
        "ascii"
    )
