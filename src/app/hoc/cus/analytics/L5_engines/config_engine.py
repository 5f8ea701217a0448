# Layer: L5 — Engines
# AUDIENCE: CUSTOMER
# Role: The one configuration of cost simulation, parsed strictly from variables the caller hands over.
# Callers: L5_engines, spine canary_coordinator, canary_run_handler, costsim_datasets_handler, costsim_handler
# Allowed Imports: stdlib, app.infra.settings
# Forbidden Imports: L2, L4, L6, L7, sqlalchemy, os.environ
"""`CostSimConfig` and the commit the code runs from.

Engines never read the environment: L4 passes it in, once. Only switches that something obeys exist. Not
carried over from the reference, because the parts they steer (breaker, alerts) are not built:
COSTSIM_V2_AUTO_DISABLE, _DRIFT_WARNING_THRESHOLD, _SCHEMA_ERROR_THRESHOLD, _FAILURE_THRESHOLD, _AUTO_RECOVER,
_DISABLE_TTL_HOURS, ALERTMANAGER_*, INSTANCE_ID. Dropped for good: COSTSIM_DISABLE_FILE and _INCIDENT_DIR
(state belongs in the database), COSTSIM_USE_DB_CB (one breaker only) and the table prefix (nothing ever read
it). Added: COSTSIM_GOLDEN_DIR, COSTSIM_CANARY_WORKERS / _CANARY_MAX_SECONDS, COSTSIM_PROVENANCE_DIR and
_PROVENANCE_FLUSH_SECONDS.
"""

from __future__ import annotations

import functools
import math
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.infra.settings import SettingsError

UNKNOWN_COMMIT = "unknown"
COMMIT_LENGTH = 12
GIT_TIMEOUT_SECONDS = 5
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,31}")


@dataclass(frozen=True)
class CostSimConfig:
    """Settings of cost simulation. ``artifacts_dir`` is the root below which canary artifacts are written,
    ``provenance_dir`` keeps records that the database could not take yet.
    """

    canary_enabled: bool = True
    drift_threshold: float = 0.2
    artifacts_dir: Path = Path("var/costsim_artifacts")
    golden_dir: Path | None = None
    canary_workers: int = 4
    canary_max_seconds: float = 300.0
    v2_sandbox_enabled: bool = False
    provenance_enabled: bool = True
    provenance_compress: bool = True
    provenance_dir: Path = Path("var/costsim_provenance")
    provenance_flush_seconds: float = 5.0
    adapter_version: str = "2.0.0"
    model_version: str = "2.0.0"
    commit_sha: str = UNKNOWN_COMMIT

    @classmethod
    def from_env(cls, environ: Mapping[str, str], *, data_dir: Path) -> CostSimConfig:
        """Read the configuration from ``environ``; an unset or empty variable keeps its default.

        ``data_dir`` is where the application keeps its files; artifacts go below it unless
        COSTSIM_ARTIFACTS_DIR is set.
        Raises ``SettingsError`` naming every malformed variable at once.
        """
        reader = _Reader(environ)
        golden = environ.get("COSTSIM_GOLDEN_DIR")
        config = cls(
            canary_enabled=reader.boolean("COSTSIM_CANARY_ENABLED", cls.canary_enabled),
            drift_threshold=reader.number("COSTSIM_DRIFT_THRESHOLD", cls.drift_threshold, 0.0, 1.0),
            artifacts_dir=Path(environ.get("COSTSIM_ARTIFACTS_DIR") or data_dir / "costsim_artifacts"),
            golden_dir=Path(golden) if golden else None,
            canary_workers=int(
                reader.number("COSTSIM_CANARY_WORKERS", cls.canary_workers, 1, 64, whole=True)
            ),
            canary_max_seconds=reader.number(
                "COSTSIM_CANARY_MAX_SECONDS", cls.canary_max_seconds, 0.1, 86_400
            ),
            v2_sandbox_enabled=reader.boolean("COSTSIM_V2_SANDBOX", cls.v2_sandbox_enabled),
            provenance_enabled=reader.boolean("COSTSIM_PROVENANCE_ENABLED", cls.provenance_enabled),
            provenance_compress=reader.boolean("COSTSIM_PROVENANCE_COMPRESS", cls.provenance_compress),
            provenance_dir=Path(environ.get("COSTSIM_PROVENANCE_DIR") or data_dir / "costsim_provenance"),
            provenance_flush_seconds=reader.number(
                "COSTSIM_PROVENANCE_FLUSH_SECONDS", cls.provenance_flush_seconds, 0.05, 3600
            ),
            adapter_version=reader.version("COSTSIM_ADAPTER_VERSION", cls.adapter_version),
            model_version=reader.version("COSTSIM_MODEL_VERSION", cls.model_version),
            commit_sha=get_commit_sha(environ),
        )
        if reader.problems:
            raise SettingsError("cost simulation configuration: " + "; ".join(reader.problems))
        return config


def get_commit_sha(environ: Mapping[str, str]) -> str:
    """First 12 characters of GIT_COMMIT_SHA if set, else of the checkout's HEAD, else ``unknown``."""
    return environ.get("GIT_COMMIT_SHA", "").strip()[:COMMIT_LENGTH] or _checkout_commit()


@functools.cache
def _checkout_commit() -> str:
    """HEAD of the checkout this file lies in; asked once per process, since running code does not change
    its commit.
    """
    git = shutil.which("git")
    if git is None:
        return UNKNOWN_COMMIT
    try:
        done = subprocess.run(  # noqa: S603 - resolved executable, constant arguments
            [git, "rev-parse", "HEAD"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            timeout=GIT_TIMEOUT_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return UNKNOWN_COMMIT
    return done.stdout.strip()[:COMMIT_LENGTH] or UNKNOWN_COMMIT


class _Reader:
    """Reads variables and collects what is wrong with them, so that one start-up reports everything."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[str] = []

    def boolean(self, name: str, default: bool) -> bool:
        text = self._text(name)
        if not text:
            return default
        if text.lower() not in ("true", "false"):
            self.problems.append(f"{name}={text!r} must be true or false")
        return text.lower() == "true"

    def number(self, name: str, default: float, low: float, high: float, *, whole: bool = False) -> float:
        text = self._text(name)
        if not text:
            return default
        try:
            value = float(int(text)) if whole else float(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            kind = "a whole number" if whole else "a number"
            self.problems.append(f"{name}={text!r} must be {kind} from {low:g} to {high:g}")
            return default
        return value

    def version(self, name: str, default: str) -> str:
        text = self._text(name)
        if text and not _VERSION.fullmatch(text):
            self.problems.append(
                f"{name}={text!r} must be 1 to 32 letters, digits, dots, dashes, plus or underscore"
            )
        return text or default

    def _text(self, name: str) -> str:
        return self._environ.get(name, "").strip()
