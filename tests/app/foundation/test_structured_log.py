"""Logs for programs: one JSON object per line, whatever was logged."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.infra.request_id import enter_request, leave_request
from app.infra.structured_log import JsonFormatter, configure_logging

logger = logging.getLogger("app.test")


@pytest.fixture
def lines() -> Iterator[Any]:
    """Configure logging to a text stream; yields what reads its lines, and restores what was there."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers = []
    stream = io.StringIO()
    configure_logging(as_json=True, stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers = handlers
    root.setLevel(level)


def test_the_copy_that_servers_add_for_terminals_is_left_out(lines: Any) -> None:
    logger.info("Started [%d]", 7, extra={"color_message": "Started [\x1b[36m%d\x1b[0m]"})
    [line] = lines()
    assert line["message"] == "Started [7]"
    assert "color_message" not in line


def test_a_line_has_the_fields_of_the_call_and_of_the_request(lines: Any) -> None:
    token = enter_request("req-123456789abc")
    logger.info("operation=%s", "a.b", extra={"operation": "a.b", "tenant_id": "acme", "duration_ms": 1.5})
    leave_request(token)
    logger.warning("later")
    first, second = lines()
    assert first.pop("time").endswith("+00:00")
    assert first == {
        "level": "INFO",
        "logger": "app.test",
        "message": "operation=a.b",
        "request_id": "req-123456789abc",
        "operation": "a.b",
        "tenant_id": "acme",
        "duration_ms": 1.5,
    }
    assert "request_id" not in second


def test_an_exception_stays_on_its_line(lines: Any) -> None:
    try:
        raise ValueError("first\nsecond")
    except ValueError:
        logger.exception("It failed")
    [line] = lines()
    assert line["message"] == "It failed"
    assert "ValueError: first\nsecond" in line["exception"]
    assert "Traceback" in line["exception"]


@given(
    message=st.text(),
    extra=st.dictionaries(st.sampled_from(["a", "b"]), st.text() | st.integers() | st.none()),
)
def test_any_text_is_one_line_of_json(message: str, extra: dict[str, Any]) -> None:
    record = logger.makeRecord("l", logging.INFO, "f", 1, "%s", (message,), None, extra=extra)
    line = JsonFormatter().format(record)
    assert len(line.splitlines()) == 1
    read = json.loads(line)
    assert read["message"] == message
    assert {name: read[name] for name in extra} == extra


def test_people_may_have_it_plain() -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers = []
    stream = io.StringIO()
    configure_logging(as_json=False, stream=stream)
    logger.info("operation=%s", "a.b", extra={"operation": "a.b"})
    root.handlers = handlers
    root.setLevel(level)
    assert stream.getvalue().rstrip().endswith("INFO app.test: operation=a.b")
