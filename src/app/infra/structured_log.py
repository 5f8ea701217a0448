"""Logs for programs: one JSON object per line, with the fields a log call passes as ``extra``."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

from app.infra.request_id import current_request_id

# What every record has anyway, and uvicorn's copy of the message for terminals; the rest came with the call.
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class JsonFormatter(logging.Formatter):
    """``time`` (UTC), ``level``, ``logger``, ``message``, ``request_id`` while a request is served, the extra
    fields, and ``exception`` with its traceback. A line break in any of them is escaped.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := current_request_id():
            line["request_id"] = request_id
        line.update((name, value) for name, value in vars(record).items() if name not in _STANDARD)
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def configure_logging(*, as_json: bool, level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send everything logged in this process to ``stream`` (standard error), in one format."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        JsonFormatter() if as_json else logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
