"""The configuration is read strictly, from what it is given, and only once."""

import subprocess
from pathlib import Path

import pytest

from app.hoc.cus.analytics.L5_engines import config_engine
from app.hoc.cus.analytics.L5_engines.config_engine import CostSimConfig, get_commit_sha
from app.infra.settings import SettingsError

DATA = Path("/data")


def test_defaults_and_every_variable() -> None:
    default = CostSimConfig.from_env({"GIT_COMMIT_SHA": "abc"}, data_dir=DATA)
    assert default == CostSimConfig(
        artifacts_dir=DATA / "costsim_artifacts",
        provenance_dir=DATA / "costsim_provenance",
        commit_sha="abc",
    )
    config = CostSimConfig.from_env(
        {
            "COSTSIM_CANARY_ENABLED": "False",
            "COSTSIM_DRIFT_THRESHOLD": "0.3",
            "COSTSIM_ARTIFACTS_DIR": "/elsewhere",
            "COSTSIM_GOLDEN_DIR": "/golden",
            "COSTSIM_CANARY_WORKERS": "2",
            "COSTSIM_CANARY_MAX_SECONDS": "7.5",
            "COSTSIM_V2_SANDBOX": "true",
            "COSTSIM_PROVENANCE_ENABLED": "false",
            "COSTSIM_PROVENANCE_COMPRESS": "false",
            "COSTSIM_PROVENANCE_DIR": "/spool",
            "COSTSIM_PROVENANCE_FLUSH_SECONDS": "0.5",
            "COSTSIM_ADAPTER_VERSION": "3.0",
            "COSTSIM_MODEL_VERSION": "3.1-rc1",
            "GIT_COMMIT_SHA": "0123456789abcdef",
        },
        data_dir=DATA,
    )
    assert config == CostSimConfig(
        canary_enabled=False,
        drift_threshold=0.3,
        artifacts_dir=Path("/elsewhere"),
        golden_dir=Path("/golden"),
        canary_workers=2,
        canary_max_seconds=7.5,
        v2_sandbox_enabled=True,
        provenance_enabled=False,
        provenance_compress=False,
        provenance_dir=Path("/spool"),
        provenance_flush_seconds=0.5,
        adapter_version="3.0",
        model_version="3.1-rc1",
        commit_sha="0123456789ab",
    )


def test_all_malformed_variables_are_reported_at_once() -> None:
    with pytest.raises(SettingsError) as raised:
        CostSimConfig.from_env(
            {
                "COSTSIM_CANARY_ENABLED": "yes",
                "COSTSIM_DRIFT_THRESHOLD": "nan",
                "COSTSIM_CANARY_WORKERS": "2.5",
                "COSTSIM_CANARY_MAX_SECONDS": "soon",
                "COSTSIM_MODEL_VERSION": "two words",
            },
            data_dir=DATA,
        )
    for name in (
        "CANARY_ENABLED",
        "DRIFT_THRESHOLD",
        "CANARY_WORKERS",
        "CANARY_MAX_SECONDS",
        "MODEL_VERSION",
    ):
        assert f"COSTSIM_{name}=" in str(raised.value)


def test_the_commit_is_asked_of_git_once_and_only_without_the_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[object] = []

    def run(*args: object, **_options: object) -> subprocess.CompletedProcess[str]:
        calls.append(args)
        return subprocess.CompletedProcess([], 0, stdout="f" * 40 + "\n")

    monkeypatch.setattr(config_engine.subprocess, "run", run)
    config_engine._checkout_commit.cache_clear()
    try:
        assert get_commit_sha({"GIT_COMMIT_SHA": "from-env"}) == "from-env"
        assert calls == []
        assert [get_commit_sha({}) for _ in range(3)] == ["f" * 12] * 3
        assert len(calls) == 1
    finally:
        config_engine._checkout_commit.cache_clear()


def test_without_a_checkout_the_commit_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config_engine.shutil, "which", lambda _name: None)
    config_engine._checkout_commit.cache_clear()
    try:
        assert get_commit_sha({}) == "unknown"
    finally:
        config_engine._checkout_commit.cache_clear()
