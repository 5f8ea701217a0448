"""``hoc canary run`` and ``hoc demo`` as real processes."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

SRC = Path(__file__).parents[3] / "src"


def hoc(database_url: str, data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        cwd=SRC,
        env=os.environ | {"DATABASE_URL": database_url, "HOC_DATA_DIR": str(data)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_canary_run(database_env: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    synthetic = hoc(database_env, data, "canary", "run", "--tenant", "cli-tenant")
    assert synthetic.returncode == 1
    assert synthetic.stdout.startswith("FAIL")

    samples = [{"id": f"s{n}", "plan": [{"skill": "kv_get"}], "budget_cents": 10} for n in range(3)]
    file = tmp_path / "samples.json"
    file.write_text(json.dumps(samples))
    good = hoc(
        database_env, data, "canary", "run", "--tenant", "cli-tenant", "--samples", str(file), "--json"
    )
    assert good.returncode == 0, good.stderr
    report = json.loads(good.stdout)
    assert (report["status"], report["tenant_id"]) == ("pass", "cli-tenant")
    for path in report["artifact_paths"]:
        assert (data / "costsim_artifacts" / path).is_file()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is no JSON"),
        ("{}", "must hold a list"),
        ('[{"id": "a", "plan": []}]', "budget_cents is missing"),
        ("[]", "the list of samples is empty"),
    ],
)
def test_unusable_sample_files_are_explained(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "samples.json"
    file.write_text(content)
    url = f"sqlite+aiosqlite:///{tmp_path / 'cli.db'}"
    refused = hoc(url, tmp_path, "canary", "run", "--tenant", "t", "--samples", str(file))
    assert refused.returncode != 0
    assert message in refused.stderr
    assert "Traceback" not in refused.stderr


def test_malformed_settings_are_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COSTSIM_DRIFT_THRESHOLD", "much")
    url = f"sqlite+aiosqlite:///{tmp_path / 'cli.db'}"
    refused = hoc(url, tmp_path, "canary", "run", "--tenant", "t")
    assert refused.returncode == 1
    assert "COSTSIM_DRIFT_THRESHOLD='much'" in refused.stderr
    assert "Traceback" not in refused.stderr


async def test_demo_can_be_opened_and_repeated(
    database_env: str, tmp_path: Path, client: httpx.AsyncClient
) -> None:
    first, second = (hoc(database_env, tmp_path / "data", "demo") for _ in range(2))
    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    assert [line.split()[0] for line in first.stdout.splitlines()[1:5]] == ["pass", "fail", "error", "fail"]
    assert "already has 4 canary reports" in second.stdout

    async def listed(output: str) -> httpx.Response:
        line = re.search(r"curl -H 'Authorization: (\S+ \S+)' 'http://[^/]+(/[^']+)'", output)
        assert line is not None
        return await client.get(line[2], headers={"Authorization": line[1]})

    assert (await listed(first.stdout)).status_code == 401  # the key was replaced
    answer = await listed(second.stdout)
    assert answer.json()["meta"]["total"] == 4
    assert {report["status"] for report in answer.json()["data"]} == {"pass", "fail", "error"}
