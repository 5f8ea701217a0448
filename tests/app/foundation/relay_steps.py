"""A process with a relay whose consumer writes to a file and then, if told to, kills the process: the events are
published and not marked.

Usage: python relay_steps.py FILE (die|live)
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.hoc.cus.hoc_spine.orchestrator.event_relay import EventRelay
from app.infra.metrics import ServiceMetrics
from app.lifecycle import running


class FileConsumer:
    """Appends events to a file, durably."""

    name = "file"

    def __init__(self, path: Path, *, die: bool) -> None:
        self._path = path
        self._die = die

    async def publish(self, events: Sequence[Mapping[str, Any]]) -> None:
        with self._path.open("a") as file:
            for event in events:
                file.write(json.dumps([event["tenant_id"], event["sequence_no"]]) + "\n")
            file.flush()
            os.fsync(file.fileno())
        if self._die:
            os.kill(os.getpid(), signal.SIGKILL)


async def main(path: str, then: str) -> None:
    async with running():
        relay = EventRelay([FileConsumer(Path(path), die=then == "die")], ServiceMetrics())
        print(await relay.publish_all())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
