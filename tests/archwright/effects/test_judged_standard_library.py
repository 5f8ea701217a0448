"""The effect catalogue says a word on every module of the standard library; what it names is there."""

from __future__ import annotations

import importlib.util
import sys

import pytest
from effect_projects import effects_of, sites_of

from archwright.project.effects import stdlib

NAMED = frozenset(name.partition(".")[0] for name in (*stdlib.CALLS, *stdlib.RUNS_ANYTHING))
MODULES = sorted(name for name in sys.stdlib_module_names if not name.startswith("_"))


@pytest.mark.parametrize("module", MODULES)
def test_every_module_is_judged(module: str) -> None:
    """A module of a new Python version is to be read, and entered with its effects or among those without."""
    assert module in NAMED | stdlib.WITHOUT_EFFECT | stdlib.ELSEWHERE


def test_no_module_is_judged_twice() -> None:
    assert not NAMED & stdlib.WITHOUT_EFFECT


def test_what_is_named_is_of_a_module_that_was_there() -> None:
    """A misspelt module would go unnoticed; those that later versions have dropped stay."""
    for root in sorted(NAMED | stdlib.WITHOUT_EFFECT):
        assert root in sys.stdlib_module_names or importlib.util.find_spec(root) is None, root


@pytest.mark.parametrize(
    ("line", "effect"),
    [
        ("import shelve\ndef f(): shelve.open('x')", "filesystem.write"),
        ("import dbm.dumb\ndef f(): dbm.dumb.open('x')", "filesystem.write"),
        ("import zipfile\ndef f(): zipfile.ZipFile('x')", "filesystem"),
        ("import configparser\ndef f(): configparser.ConfigParser().read('x.ini')", "filesystem.read"),
        ("import imaplib\ndef f(): imaplib.IMAP4('x')", "network"),
        ("import socketserver\ndef f(h): socketserver.TCPServer(('', 1), h)", "network"),
        ("import locale\ndef f(): locale.getlocale()", "env"),
        ("import pwd\ndef f(): pwd.getpwuid(1)", "env"),
        ("import sys\ndef f(): return sys.argv[1]", "env"),
        ("import zoneinfo\ndef f(): zoneinfo.available_timezones()", "filesystem.read"),
        ("import os\ndef f(d): os.fdopen(d, 'w')", "filesystem.write"),
        ("import signal\ndef f(h): signal.signal(1, h)", "process"),
        ("import webbrowser\ndef f(): webbrowser.open('x')", "process"),
        ("import os\ndef f(): os.chdir('x')", "process"),
        ("import timeit\ndef f(): timeit.default_timer()", "clock"),
        ("from email.utils import make_msgid\ndef f(): make_msgid()", "random"),
        ("import email.utils\ndef f(): email.utils.formatdate()", "clock"),
        ("import time\ndef f(): time.asctime()", "clock"),
        ("def f(): return input()", "env"),
        ("from pathlib import Path\ndef f(): return Path.home()", "env"),
        ("from pathlib import Path\ndef f(): return Path.cwd() / 'x'", "env"),
        ("import pathlib\ndef f(p: pathlib.Path): return p.expanduser()", "env"),
    ],
)
def test_effects(line: str, effect: str) -> None:
    assert effect in effects_of(line)


def test_asking_where_home_is_holds_up_nobody() -> None:
    sites = sites_of("from pathlib import Path\nasync def f(): return Path.home() / 'x', Path.cwd()")
    assert [(str(site.effects[0]), site.blocking) for site in sites] == [("env", False), ("env", False)]


@pytest.mark.parametrize(
    "line",
    [
        "import ctypes\ndef f(): ctypes.CDLL('x')",
        "import pickle\ndef f(data): pickle.loads(data)",
        "import importlib\ndef f(name): importlib.import_module(name)",
        "import runpy\ndef f(): runpy.run_path('x')",
    ],
)
def test_code_nobody_can_see_may_do_anything(line: str) -> None:
    (effects,) = effects_of(line)
    assert effects.startswith("db.read or db.write")
    assert effects.endswith("process?")


@pytest.mark.parametrize(
    "line",
    [
        "import json\ndef f(x): return json.dumps(x)",
        "import importlib\ndef f(): return importlib.import_module('json')",
        "from email.utils import formatdate\ndef f(at): return formatdate(at)",
        "import time\ndef f(at): return time.asctime(at)",
        "import os.path\ndef f(a, b): return os.path.join(a, b)",
        "import logging\ndef f(): logging.getLogger('x').info('y')",
        "def f(): print(1)",
        "import zoneinfo\ndef f(): zoneinfo.ZoneInfo('Europe/Berlin')",
    ],
)
def test_without_effect(line: str) -> None:
    assert effects_of(line) == []
