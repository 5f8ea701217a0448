import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from app.cli import _COMMANDS_ELSEWHERE, hoc
from app.migrations.runner import head_revision

KEY = re.compile(r"hoc_[0-9a-f]{12}_[A-Za-z0-9_-]{43}")


def call(*arguments: str) -> Result:
    return CliRunner().invoke(hoc, arguments)


def ok(*arguments: str) -> str:
    result = call(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture
def empty_env(empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    monkeypatch.setenv("HOC_DATA_DIR", str(tmp_path / "data"))
    return empty_database_url


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(database_env: str, free_port: int, tmp_path: Path) -> Iterator[str]:
    """A real server process; its base URL."""
    log = tmp_path / "serve.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "serve", "--port", str(free_port)], stdout=output, stderr=output
        )
        try:
            base = f"http://127.0.0.1:{free_port}"
            deadline = time.monotonic() + 30
            while True:
                try:
                    httpx.get(f"{base}/healthz", timeout=1)
                    break
                except httpx.TransportError:
                    assert process.poll() is None, log.read_text()
                    assert time.monotonic() < deadline, log.read_text()
                    time.sleep(0.1)
            yield base
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=15) in (0, -signal.SIGTERM), log.read_text()
        finally:
            process.kill()
            process.wait()


def test_help_lists_all_commands_without_importing_them() -> None:
    code = (
        "import sys\nfrom app.cli import hoc\nhoc(['--help'], standalone_mode=False)\n"
        "heavy = {'sqlalchemy', 'fastapi', 'alembic', 'uvicorn', 'app.demo', 'app.canary_cli'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for name in ("db", "keys", "serve", "canary", "demo"):
        assert re.search(rf"^  {name}\b", done.stdout, re.MULTILINE), done.stdout


@pytest.mark.parametrize("name", sorted(_COMMANDS_ELSEWHERE))
def test_commands_of_other_modules_can_be_found(name: str) -> None:
    assert "Usage:" in ok(name, "--help")


def test_an_unknown_command_is_refused() -> None:
    result = call("destroy")
    assert result.exit_code == 2
    assert "destroy" in result.output


def test_db_commands_move_the_schema(empty_env: str) -> None:
    assert "current: none (empty)" in ok("db", "current")
    assert f"at revision {head_revision()}" in ok("db", "upgrade")
    assert f"current: {head_revision()}" in ok("db", "current")
    assert "at revision 120_tenants_api_keys" in ok("db", "downgrade", "120_tenants_api_keys", "--yes")
    assert "none (empty)" in ok("db", "downgrade", "base", "--yes")
    assert "at revision 120_tenants_api_keys" in ok("db", "upgrade", "120_tenants_api_keys")


def test_a_downgrade_asks_first(empty_env: str) -> None:
    ok("db", "upgrade")
    result = CliRunner().invoke(hoc, ["db", "downgrade", "base"], input="n\n")
    assert result.exit_code == 1
    assert f"current: {head_revision()}" in ok("db", "current")


def test_a_key_is_printed_once_and_can_be_revoked(database_env: str) -> None:
    created = ok(
        "keys", "create", "--tenant", "acme", "--name", "ci", "--scope", "costsim:read", "--expires-days", "2"
    )
    [key] = KEY.findall(created)
    assert created.strip() == key
    prefix, secret = key.split("_", 2)[1:]
    listed = ok("keys", "list")
    assert secret not in listed
    assert re.search(rf"{prefix}  valid +acme  ci  actor=ci  costsim:read", listed)
    assert prefix in ok("keys", "list", "--tenant", "acme")
    assert prefix not in ok("keys", "list", "--tenant", "rival")
    assert "revoked" in ok("keys", "revoke", prefix)
    assert re.search(rf"{prefix}  revoked", ok("keys", "list"))


def test_the_embedded_database_appears_on_first_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("HOC_DATA_DIR", raising=False)
    monkeypatch.chdir(tmp_path)
    ok("keys", "create", "--tenant", "acme", "--name", "ci", "--scope", "costsim:read")
    assert (tmp_path / "var" / "hoc.db").is_file()


@pytest.mark.parametrize(
    ("environment", "arguments", "message"),
    [
        ({"DATABASE_URL": "mysql://u:pw@h/d"}, ["keys", "list"], "scheme 'mysql' is not supported"),
        ({"DB_POOL_SIZE": "lots"}, ["keys", "list"], "DB_POOL_SIZE is 'lots'"),
        ({"DATABASE_URL": "postgresql://u:pw@127.0.0.1:1/d"}, ["db", "current"], "cannot be reached"),
        ({}, ["db", "upgrade", "999_none"], "999_none"),
        ({}, ["keys", "revoke", "nothing"], "no key with the prefix 'nothing'"),
        ({}, ["keys", "create", "--tenant", "a/b", "--name", "n", "--scope", "root"], "'a/b'"),
        ({}, ["serve", "--port", "0"], "--port"),
    ],
)
def test_mistakes_are_messages_and_not_tracebacks(
    environment: dict[str, str],
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("HOC_DATA_DIR", str(tmp_path))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    result = call(*arguments)
    assert result.exit_code in (1, 2)
    assert message in result.output
    assert isinstance(result.exception, SystemExit)
    assert "pw" not in result.output


@pytest.mark.parametrize("empty_database_url", ["postgresql"], indirect=True)
def test_an_empty_server_is_pointed_to_the_upgrade(empty_env: str) -> None:
    for arguments in (["keys", "list"], ["serve"]):
        result = call(*arguments)
        assert result.exit_code == 1
        assert "hoc db upgrade" in result.output


def test_a_database_that_is_none_is_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hoc.db").write_text("This is not a database. " * 100)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("HOC_DATA_DIR", str(tmp_path))
    result = call("keys", "list")
    assert result.exit_code == 1
    assert "database cannot be used" in result.output


@pytest.mark.parametrize("empty_database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("name", "wrong", "message"),
    [("/empty_", "/absent_", "does not exist"), ("postgres:@", "nobody:@", '"nobody" does not exist')],
)
def test_a_server_that_refuses_is_a_message(
    empty_env: str, name: str, wrong: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_env.replace(name, wrong))
    result = call("db", "current")
    assert result.exit_code == 1
    assert message in result.output


def test_a_bug_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.db.database_url", lambda: 1 / 0)
    assert isinstance(call("db", "current").exception, ZeroDivisionError)


def test_a_served_application_answers_a_key_made_by_the_command(server: str, tmp_path: Path) -> None:
    assert httpx.get(f"{server}/healthz").json()["data"] == {"status": "ok"}
    url = f"{server}/api/v1/costsim/canary/reports"
    assert httpx.get(url).status_code == 401
    key = ok("keys", "create", "--tenant", "acme", "--name", "ci", "--scope", "costsim:read").strip()
    response = httpx.get(url, headers={"Authorization": f"Bearer {key}"})
    assert response.status_code == 200
    assert response.json()["data"] == []
    assert response.json()["meta"]["total"] == 0
    log = (tmp_path / "serve.log").read_text()
    assert re.search(
        rf"operation=analytics.canary_reports success=True .*{response.headers['X-Request-ID']}", log
    )
    assert key not in log
    assert "/api/v1/costsim/canary/run" in json.dumps(httpx.get(f"{server}/openapi.json").json()["paths"])


def test_the_module_runs_as_a_command_in_a_process_of_its_own(database_env: str) -> None:
    command = [
        sys.executable,
        "-m",
        "app.cli",
        "keys",
        "create",
        "--tenant",
        "t",
        "--name",
        "n",
        "--scope",
        "x:read",
    ]
    done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ))
    assert done.returncode == 0, done.stderr
    assert KEY.fullmatch(done.stdout.strip())
    assert "shown once" in done.stderr
