"""Turn a database URL as people write it into what SQLAlchemy's async drivers take."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

ACCEPTED = "postgresql://…, postgres://…, postgresql+asyncpg://… or sqlite+aiosqlite:///path"
_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


class DatabaseUrlError(ValueError):
    """A database URL cannot be used; the message says why and what to write instead, and never shows a
    password.
    """


@dataclass(frozen=True)
class DatabaseTarget:
    """A URL for an async driver and the arguments that driver's ``connect`` needs besides it."""

    url: URL
    connect_args: dict[str, Any] = field(default_factory=dict)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is an embedded SQLite file."""
        return self.url.get_backend_name() == "sqlite"


def parse_database_url(raw: str) -> DatabaseTarget:
    """Normalise ``raw``.

    PostgreSQL goes to asyncpg. ``sslmode`` becomes asyncpg's ``ssl`` (certificates come from
    ``PGSSLROOTCERT`` and its kin), ``connect_timeout`` (seconds) its ``timeout``; ``application_name``
    becomes a server setting and ``host`` (a socket directory) stays. Both statement caches are off, so that a
    transaction-pooling PgBouncer may sit between.

    Raises:
        DatabaseUrlError: for another scheme or driver, an in-memory SQLite database, or an unknown query
        parameter.
    """
    try:
        url = make_url(raw)
    except (ArgumentError, ValueError):
        # The parser's own message repeats the text, password included.
        raise DatabaseUrlError(f"The database URL is not a URL; write {ACCEPTED}.") from None
    if url.drivername == "sqlite+aiosqlite":
        return _sqlite(url)
    if url.drivername in ("postgresql", "postgres", "postgresql+asyncpg"):
        return _postgresql(url)
    raise DatabaseUrlError(f"The database scheme {url.drivername!r} is not supported; write {ACCEPTED}.")


def _sqlite(url: URL) -> DatabaseTarget:
    if not url.database or url.database == ":memory:" or url.query:
        raise DatabaseUrlError(
            "A SQLite URL must name a file and nothing else (each connection to an in-memory database "
            "would see a database of its own); write sqlite+aiosqlite:///path/to/hoc.db."
        )
    return DatabaseTarget(url)


def _postgresql(url: URL) -> DatabaseTarget:
    query = dict(url.query)
    connect_args: dict[str, Any] = {"statement_cache_size": 0}
    problems: list[str] = []

    def take(name: str) -> str | None:
        value = query.pop(name, None)
        if isinstance(value, tuple):
            problems.append(f"{name} is given more than once")
            return None
        return value

    mode = take("sslmode") or take("ssl")
    if mode is not None:
        if mode in _SSL_MODES:
            connect_args["ssl"] = mode
        else:
            problems.append(f"sslmode is {mode!r}; use one of {', '.join(_SSL_MODES)}")
    timeout = take("connect_timeout")
    if timeout is not None:
        if timeout.isdecimal() and int(timeout) > 0:
            connect_args["timeout"] = float(timeout)
        else:
            problems.append(f"connect_timeout is {timeout!r}; give a whole number of seconds above 0")
    application_name = take("application_name")
    if application_name is not None:
        connect_args["server_settings"] = {"application_name": application_name}
    kept: dict[str, tuple[str, ...] | str] = {n: query.pop(n) for n in ("host", "port") if n in query}
    problems.extend(
        f"the query parameter {name!r} is not supported; sslmode, connect_timeout, application_name, host are"
        for name in sorted(query)
    )
    if not url.database:
        problems.append("it names no database")
    if problems:
        raise DatabaseUrlError(f"The PostgreSQL URL cannot be used: {'; '.join(problems)}.")
    normalised = url.set(drivername="postgresql+asyncpg", query=kept | {"prepared_statement_cache_size": "0"})
    return DatabaseTarget(normalised, connect_args)
