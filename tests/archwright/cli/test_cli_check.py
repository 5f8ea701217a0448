"""``archwright check`` as its users see it: exit codes, formats, streams."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from cli_samples import CODE, DYNAMIC, RULES, SHORTCUT
from click.testing import Result

Run = Callable[..., Result]
Spawn = Callable[..., "subprocess.CompletedProcess[bytes]"]


class TestExitCodes:
    def test_clean_is_0(self, run: Run) -> None:
        result = run("check")
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout.splitlines()[-1] == "PASS · 8 of 8 sites decided · 3 files"

    def test_findings_are_1(self, run: Run) -> None:
        result = run("check", files=SHORTCUT)
        assert result.exit_code == 1
        assert "src/shop/api/shortcut.py:4:37: FAIL layers:" in result.stdout
        assert "4 │     from shop.drivers.orders import find\n" in result.stdout

    def test_a_warning_is_0_and_1_when_strict(self, run: Run) -> None:
        assert run("check", files=DYNAMIC).exit_code == 0
        result = run("check", "--strict")
        assert result.exit_code == 1
        assert "WARN fails (--strict)" in result.stdout

    def test_a_file_that_cannot_be_parsed_is_1_and_everything_else_is_decided(self, run: Run) -> None:
        result = run("check", files={"src/shop/api/broken.py": "def f(:\n", **SHORTCUT})
        assert result.exit_code == 1
        assert (
            "src/shop/api/broken.py:1:7: FAIL parse: `src/shop/api/broken.py` cannot be read" in result.stdout
        )
        assert "src/shop/api/shortcut.py:4:37: FAIL layers:" in result.stdout
        assert result.stdout.splitlines()[-1].endswith("5 files, 1 unreadable")

    @pytest.mark.parametrize(
        ("args", "message"),
        [
            (
                ["check", "--format", "xml"],
                'there is no format "xml"; the formats are text, json, sarif, junit, github, markdown, html',
            ),
            (["check", "--format", "json="], '"json=" names no file'),
            (["check", "--format", "json", "--format", "text"], "only one format can go to stdout"),
            (["check", "--format", "json=/no/such/dir/out.json"], 'cannot write "/no/such/dir/out.json"'),
            (["check", "--project", "/no/such/dir"], "does not exist"),
            (["check", "--jobs", "0"], "0 is not in the range"),
            (["chek"], 'no command "chek"; did you mean "check"?'),
            (["explain", "layer"], 'no contract "layer"; did you mean "layers"?'),
            (
                ["why", "shop.apis", "shop.drivers"],
                'no module "shop.apis" in this code base; did you mean "shop.api"?',
            ),
            (["why", "shop.api", "shop.driver.orders"], 'did you mean "shop.drivers.orders"?'),
            (["why", "shop.api.orders", "shop.api"], 'all of "shop.api.orders" is part of "shop.api"'),
            (["facts", "orders"], 'no module "orders" in this code base; did you mean "shop.api.orders"?'),
            (["facts", "shop.drivers"], '"shop.drivers" is a package without an __init__.py'),
        ],
    )
    def test_wrong_usage_is_2(self, run: Run, args: list[str], message: str) -> None:
        result = run(*args)
        assert result.exit_code == 2
        assert message in result.stderr
        assert result.stdout in ("", run("check").stdout)


class TestConfigurationErrors:
    BROKEN = RULES.replace("rule: wiring", "rule: wirin").replace(
        "kind: topology, rule: cover", "kind: topologie"
    )

    def test_all_are_shown_sorted_with_hints_and_exit_is_2(self, run: Run) -> None:
        result = run("check", files={"contracts/rules.yaml": self.BROKEN})
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr == (
            'contracts/rules.yaml:4:11: contract "layers": unknown rule "wirin"\n'
            '  hint: did you mean "wiring"?\n'
            'contracts/rules.yaml:10:25: contract "covered": unknown kind "topologie"\n'
            '  hint: did you mean "topology"?\n'
            "2 configuration errors; nothing was checked\n"
        )

    def test_what_contracts_mention_must_exist(self, run: Run) -> None:
        rules = RULES.replace(
            "rule: wiring", 'rule: forbid\n    from: {module: "shop.apy.**"}\n    to: {package: os}'
        )
        result = run("check", files={"contracts/rules.yaml": rules})
        assert result.exit_code == 2
        assert result.stderr == (
            'contracts/rules.yaml:5:20: contract "layers": no module matches "shop.apy.**"\n'
            '  hint: did you mean "shop.api.**"?\n'
            "1 configuration error; nothing was checked\n"
        )

    @pytest.mark.parametrize("args", [["--format", "json"], ["--format", "json=out.json"]])
    def test_they_are_data_in_json(self, run: Run, shop: Path, args: list[str]) -> None:
        result = run("check", *args, files={"contracts/rules.yaml": self.BROKEN})
        text = (shop / "out.json").read_text() if "=" in args[1] else result.stdout
        document = json.loads(text)
        assert result.exit_code == 2
        assert document["verdict"] == "ERROR"
        assert [(e["line"], e["hint"]) for e in document["errors"]] == [
            (4, 'did you mean "wiring"?'),
            (10, 'did you mean "topology"?'),
        ]

    def test_no_contracts_anywhere_says_what_to_write(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "empty").mkdir()
        result = run("check", "--format", "json", cwd=tmp_path / "empty")
        assert result.exit_code == 2
        assert json.loads(result.stdout)["errors"][0]["message"] == "no such directory"
        assert "hint: write contracts/topology.yaml with a topology" in result.stderr

    def test_a_tree_without_python(self, run: Run, shop: Path) -> None:
        for path in CODE:
            (shop / path).unlink()
        result = run("check")
        assert result.exit_code == 2
        assert 'contracts/topology.yaml:2:10: root "src" holds no Python file' in result.stderr


class TestOutput:
    def test_the_project_is_found_from_below(self, run: Run, shop: Path) -> None:
        assert run("check", cwd=shop / "src/shop/api").stdout == run("check").stdout

    def test_a_project_and_contracts_elsewhere_can_be_named(
        self, run: Run, shop: Path, tmp_path: Path
    ) -> None:
        (shop / "contracts").rename(tmp_path / "rules")
        for contracts in (str(tmp_path / "rules"), "../rules"):
            result = run("check", "--project", str(shop), "--contracts", contracts, cwd=tmp_path)
            assert result.exit_code == 0, result.output

    def test_formats_go_to_files_beside_text(self, run: Run, shop: Path) -> None:
        result = run("check", "--format", "json=a.json", "--format", "markdown=b.md", files=SHORTCUT)
        assert result.exit_code == 1
        assert "FAIL layers" in result.stdout
        assert json.loads((shop / "a.json").read_text())["verdict"] == "FAIL"
        assert (shop / "b.md").read_text().startswith("## archwright: FAIL\n")

    def test_one_format_takes_the_place_of_text(self, run: Run) -> None:
        assert json.loads(run("check", "--format", "json").stdout)["verdict"] == "PASS"
        assert run("check", "--format", "markdown").stdout.startswith("## archwright: PASS\n")

    def test_quiet_and_clean_is_silent(self, run: Run) -> None:
        assert run("check", "--quiet").stdout == ""

    def test_json_names_no_path_of_this_machine(self, run: Run, tmp_path: Path) -> None:
        text = run("check", "--format", "json", files={**SHORTCUT, **DYNAMIC}).stdout
        assert str(tmp_path) not in text
        assert "/root" not in text

    @pytest.mark.parametrize(
        ("args", "env", "colored"),
        [
            ([], {}, False),
            ([], {"FORCE_COLOR": "1"}, True),
            ([], {"CLICOLOR_FORCE": "1"}, True),
            ([], {"FORCE_COLOR": "0"}, False),
            ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
            (["--color", "always"], {"NO_COLOR": "1"}, True),
            (["--color", "never"], {"FORCE_COLOR": "1"}, False),
        ],
    )
    def test_colour(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, args: list[str], env: dict[str, str], colored: bool
    ) -> None:
        run("check", files=SHORTCUT)
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        assert ("\x1b[" in run("check", *args).stdout) is colored

    def test_what_stdout_cannot_encode_is_escaped(self, spawn: Spawn, run: Run) -> None:
        run("check", files={"src/shop/api/shortcut.py": "import shop.drivers.orders  # größer\n"})
        result = spawn("check", env={"PYTHONIOENCODING": "ascii"})
        assert result.returncode == 1
        assert result.stdout.isascii()
        assert b"1 | import shop.drivers.orders  # gr\\xf6\\xdfer" in result.stdout
        assert result.stderr == b""

    def test_a_closed_pipe_is_no_error(self, shop: Path) -> None:
        reader, writer = os.pipe()
        os.close(reader)
        script = "import sys; from archwright.cli.main import main; sys.exit(main())"
        command = [sys.executable, "-c", script, "check"]
        try:
            result = subprocess.run(command, cwd=shop, stdout=writer, stderr=subprocess.PIPE, timeout=60)
        finally:
            os.close(writer)
        assert (result.returncode, result.stderr) == (141, b"")


class TestCrash:
    """A verifier with a defect: here one that looks for what is not there."""

    @pytest.fixture(autouse=True)
    def broken_verifier(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from archwright.verifiers.catalogue import KINDS
        from archwright.verifiers.topology import CoverContract

        def broken(*_: object) -> None:
            raise KeyError("a defect")

        monkeypatch.setitem(KINDS.rules("topology"), "cover", (CoverContract, broken))

    def test_it_is_a_finding_and_the_rest_is_decided(self, run: Run) -> None:
        result = run("check", files=SHORTCUT)
        assert result.exit_code == 1
        assert "FAIL covered: the verifier crashed (KeyError), so `covered` is not decided" in result.stdout
        assert "FAIL layers: `shop.api.shortcut`" in result.stdout
        assert "Traceback" not in result.output

    def test_debug_shows_the_traceback_on_stderr(self, run: Run, capfd: pytest.CaptureFixture[str]) -> None:
        result = run("check", "--debug")
        assert "while deciding covered:\nTraceback" in result.stderr
        assert "Traceback" not in result.stdout


def test_an_internal_error_is_2_without_a_traceback(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], shop: Path
) -> None:
    from archwright.cli import check, main

    def fail(*_args: object, **_options: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(check, "run", fail)
    assert main.main(["check", "--project", str(shop)]) == 2
    assert capsys.readouterr().err == (
        "internal error: RuntimeError: boom\n  hint: this is a defect of archwright; --debug shows where it happens\n"
    )
    with pytest.raises(RuntimeError):
        main.main(["check", "--project", str(shop), "--debug"])


def test_schema_is_the_published_language(run: Run) -> None:
    schema = msgspec.json.decode(run("schema").stdout)
    kinds = schema["properties"]["contracts"]["items"]["properties"]["kind"]["enum"]
    assert {"topology", "imports", "ordering"} <= set(kinds)


def test_version(run: Run) -> None:
    from importlib.metadata import version

    assert run("--version").stdout == f"archwright {version('archwright')}\n"
