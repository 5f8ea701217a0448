"""What the foundation takes from the environment: read when asked, never at import; all mistakes reported at
once.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEFAULT_DATA_DIR = Path("var")


class SettingsError(ValueError):
    """One or more environment variables are malformed."""


@dataclass(frozen=True)
class Settings:
    """Where data lives and how to reach the database.

    ``data_dir`` holds the embedded database and everything else the service writes to disk; relative paths
    are relative to the working directory. ``database_url`` is None when the embedded database is to be used.
    """

    data_dir: Path
    database_url: str | None
    pool_size: int
    max_overflow: int

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read ``HOC_DATA_DIR``, ``DATABASE_URL``, ``DB_POOL_SIZE`` (10) and ``DB_MAX_OVERFLOW`` (20).

        Empty values count as absent.

        Raises:
            SettingsError: naming every malformed variable.
        """
        env = os.environ if environ is None else environ
        problems: list[str] = []
        pool_size = _integer(env, "DB_POOL_SIZE", default=10, minimum=1, problems=problems)
        max_overflow = _integer(env, "DB_MAX_OVERFLOW", default=20, minimum=0, problems=problems)
        if problems:
            raise SettingsError("; ".join(problems))
        return cls(
            data_dir=Path(env.get("HOC_DATA_DIR") or DEFAULT_DATA_DIR).expanduser(),
            database_url=env.get("DATABASE_URL") or None,
            pool_size=pool_size,
            max_overflow=max_overflow,
        )


def _integer(env: Mapping[str, str], name: str, *, default: int, minimum: int, problems: list[str]) -> int:
    raw = env.get(name)
    if not raw:
        return default
    if not raw.strip().isdecimal() or int(raw) < minimum:
        problems.append(f"{name} is {raw!r}; give a whole number of at least {minimum}")
        return default
    return int(raw)
