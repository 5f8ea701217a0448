from pathlib import Path

import pytest

from app.infra.settings import Settings, SettingsError


def test_defaults_are_the_embedded_database_below_var() -> None:
    settings = Settings.from_env({})
    assert settings == Settings(data_dir=Path("var"), database_url=None, pool_size=10, max_overflow=20)


def test_empty_variables_count_as_absent() -> None:
    names = ("HOC_DATA_DIR", "DATABASE_URL", "DB_POOL_SIZE", "DB_MAX_OVERFLOW")
    assert Settings.from_env(dict.fromkeys(names, "")) == Settings.from_env({})


def test_values_are_read() -> None:
    settings = Settings.from_env(
        {
            "HOC_DATA_DIR": "/data",
            "DATABASE_URL": "postgresql://x/y",
            "DB_POOL_SIZE": "3",
            "DB_MAX_OVERFLOW": "0",
        }
    )
    assert settings == Settings(Path("/data"), "postgresql://x/y", 3, 0)


def test_all_malformed_variables_are_reported_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({"DB_POOL_SIZE": "0", "DB_MAX_OVERFLOW": "many"})
    assert "DB_POOL_SIZE is '0'" in str(caught.value)
    assert "DB_MAX_OVERFLOW is 'many'" in str(caught.value)
