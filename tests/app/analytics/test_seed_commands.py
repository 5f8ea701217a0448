"""The verification commands of the canary storage specification, run as written from ``src/``."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SRC = Path(__file__).parents[3] / "src"

COMMANDS = {
    "OK: canary_report_driver imports clean": """
PYTHONPATH=. python3 -c "
from app.hoc.cus.analytics.L6_drivers.canary_report_driver import (
    write_canary_report,
    query_canary_reports,
    get_canary_report_by_run_id,
)
print('OK: canary_report_driver imports clean')
"
""",
    "OK: CanaryReportHandler exists": """
PYTHONPATH=. python3 -c "
from app.hoc.cus.hoc_spine.orchestrator.handlers.analytics_handler import CanaryReportHandler
print('OK: CanaryReportHandler exists')
"
""",
    "OK: Artifact-before-DB invariant guard present": """
PYTHONPATH=. python3 -c "
import inspect
from app.hoc.cus.analytics.L5_engines.canary_engine import CanaryEngine
source = inspect.getsource(CanaryEngine)
assert 'refusing DB write' in source, 'Invariant guard missing'
print('OK: Artifact-before-DB invariant guard present')
"
""",
}


@pytest.mark.parametrize("expected", COMMANDS)
def test_verification_command(expected: str, tmp_path: Path) -> None:
    # The ``python3`` of the commands is the one whose environment runs the tests.
    interpreter = Path(sys.executable).parent
    environment = {"PATH": f"{interpreter}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    done = subprocess.run(
        ["bash", "-c", COMMANDS[expected]],
        cwd=SRC,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, expected, "")


def test_the_driver_has_exactly_the_three_functions() -> None:
    from app.hoc.cus.analytics.L6_drivers import canary_report_driver as driver

    public = {
        name
        for name, value in vars(driver).items()
        if callable(value)
        and not name.startswith("_")
        and getattr(value, "__module__", "") == driver.__name__
    }
    assert public == {"write_canary_report", "query_canary_reports", "get_canary_report_by_run_id"}
