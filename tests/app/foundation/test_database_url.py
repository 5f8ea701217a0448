import pytest

from app.infra.database_url import DatabaseUrlError, parse_database_url


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
def test_postgresql_goes_to_asyncpg_without_statement_caches(scheme: str) -> None:
    target = parse_database_url(f"{scheme}://user:pw@db.example:5433/hoc")
    assert target.url.drivername == "postgresql+asyncpg"
    assert (target.url.username, target.url.password) == ("user", "pw")
    assert (target.url.host, target.url.port, target.url.database) == ("db.example", 5433, "hoc")
    assert target.connect_args == {"statement_cache_size": 0}
    assert dict(target.url.query) == {"prepared_statement_cache_size": "0"}
    assert not target.is_sqlite


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"])
def test_sslmode_becomes_the_drivers_ssl(mode: str) -> None:
    target = parse_database_url(f"postgresql://h/d?sslmode={mode}&connect_timeout=7&application_name=hoc")
    assert target.connect_args == {
        "statement_cache_size": 0,
        "ssl": mode,
        "timeout": 7.0,
        "server_settings": {"application_name": "hoc"},
    }
    assert "sslmode" not in target.url.query


def test_a_socket_directory_stays() -> None:
    assert parse_database_url("postgresql://u@/d?host=/run/pg").url.query["host"] == "/run/pg"


def test_all_problems_of_a_postgresql_url_are_reported_at_once() -> None:
    with pytest.raises(DatabaseUrlError) as caught:
        parse_database_url("postgresql://u:secret@h?sslmode=sometimes&connect_timeout=soon&sslcert=x")
    text = str(caught.value)
    for part in ("'sometimes'", "'soon'", "'sslcert'", "names no database"):
        assert part in text
    assert "secret" not in text


@pytest.mark.parametrize(
    "raw",
    [
        "mysql://u:secret@h/d",
        "postgresql+psycopg2://u:secret@h/d",
        "sqlite:///secret.db",
        "sqlite+aiosqlite://",
        "sqlite+aiosqlite:///:memory:",
        "sqlite+aiosqlite:///x.db?mode=ro&secret=1",
        "postgresql://u:secret@h:port/d",
        "not a url, secret",
        "",
    ],
)
def test_other_urls_are_refused_with_a_remedy_and_without_the_password(raw: str) -> None:
    with pytest.raises(DatabaseUrlError) as caught:
        parse_database_url(raw)
    assert "write " in str(caught.value)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_sqlite_names_a_file() -> None:
    target = parse_database_url("sqlite+aiosqlite:////data/hoc.db")
    assert target.is_sqlite
    assert target.url.database == "/data/hoc.db"
    assert target.connect_args == {}
