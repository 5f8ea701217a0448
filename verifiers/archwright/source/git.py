"""What git knows about a project: the content of its index and of revisions, and which files a change touches."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from archwright.contracts.errors import ContractError, ContractErrors

_READ = (".py", ".yaml", ".yml")
_SYMLINK = b"120000"
_OF_HOOKS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR")
"""Set by git for hooks, perhaps relative to where git was called."""


class Repository:
    """The git repository a project is in. All methods raise ``ContractErrors`` where git refuses."""

    def __init__(self, project_dir: str | os.PathLike[str]) -> None:
        self._project = os.fspath(project_dir)
        self._environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
        for name in _OF_HOOKS:
            if value := os.environ.get(name):
                self._environment[name] = os.path.abspath(value)
        if shutil.which("git") is None:
            raise _error("git is not installed", "install it, or check without --staged and --since")
        inside = self._run("rev-parse", "--is-inside-work-tree")
        if inside.returncode or inside.stdout.strip() != b"true":
            raise _error("is not in a git working tree", "check without --staged and --since")
        self._prefix = os.fsdecode(self._git("rev-parse", "--show-prefix")).removesuffix("\n")

    def revision(self, name: str) -> str:
        """The id of the commit *name*."""
        found = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        if found.returncode:
            raise _error(f'no revision "{name}"', "name a branch, a tag or a commit; in CI, fetch it first")
        return found.stdout.decode().strip()

    def has_commits(self) -> bool:
        """Whether there is a HEAD to compare with."""
        return not self._run("rev-parse", "--verify", "--quiet", "HEAD").returncode

    def fork_point(self, name: str) -> str:
        """The commit where HEAD and *name* parted."""
        commit = self.revision(name)
        if not self.has_commits():
            raise _error("HEAD has no commit yet", "commit first, or use --staged")
        found = self._run("merge-base", commit, "HEAD")
        if found.returncode:
            raise _error(f'"{name}" and HEAD have no common commit', "in CI, fetch more history")
        return found.stdout.decode().strip()

    def staged(self) -> frozenset[str]:
        """Paths, relative to the project, whose content in the index is not that of HEAD."""
        return self._changed("--cached")

    def changed_since(self, commit: str) -> frozenset[str]:
        """Paths whose content in the working tree is not that of *commit*, new files included."""
        new = self._git("ls-files", "-z", "--others", "--exclude-standard")
        return self._changed(commit) | frozenset(_paths(new))

    @contextmanager
    def index(self, contract_dir: str) -> Iterator[Path]:
        """A directory with the project as it is in the index."""
        unmerged = sorted(set(_paths(self._git("diff", "--name-only", "-z", "--diff-filter=U"))))
        if unmerged:
            raise _error(
                f"the index has unmerged files: {', '.join(unmerged)}", "resolve the conflicts first"
            )
        with self._checked_out(contract_dir, {}) as directory:
            if not (directory / contract_dir).is_dir() and os.path.isdir(
                os.path.join(self._project, contract_dir)
            ):
                hint = f"git add {contract_dir}"
                raise ContractErrors([ContractError("is not in git's index", contract_dir, hint=hint)])
            yield directory

    @contextmanager
    def commit(self, commit: str, contract_dir: str) -> Iterator[Path]:
        """A directory with the project as it is in *commit*."""
        with tempfile.TemporaryDirectory(prefix="archwright-") as scratch:
            index = {"GIT_INDEX_FILE": os.path.join(scratch, "index")}
            self._git("read-tree", commit, more=index)
            with self._checked_out(contract_dir, index) as directory:
                yield directory

    @contextmanager
    def _checked_out(self, contract_dir: str, index: Mapping[str, str]) -> Iterator[Path]:
        """Only what is read: code, contracts, and links, which may lead to either."""
        listed = self._git("ls-files", "-z", "--stage", more=index)
        wanted: list[bytes] = []
        for entry in filter(None, listed.split(b"\0")):
            described, _, path = entry.partition(b"\t")
            name = os.fsdecode(path)
            ours = name.startswith(f"{contract_dir}/")
            if described.startswith(_SYMLINK) or name.endswith(_READ) or ours:
                wanted.append(path)
        with tempfile.TemporaryDirectory(prefix="archwright-") as scratch:
            target = Path(scratch, self._prefix)
            target.mkdir(parents=True, exist_ok=True)
            command = ("checkout-index", "-z", "--stdin", "--force", "--quiet", f"--prefix={scratch}/")
            self._git(*command, more=index, data=b"".join(path + b"\0" for path in wanted))
            yield target

    def _changed(self, *against: str) -> frozenset[str]:
        # A rename is its old and its new name.
        return frozenset(
            _paths(self._git("diff", "--name-only", "--no-renames", "--relative", "-z", *against, "--"))
        )

    def _git(self, *arguments: str, more: Mapping[str, str] | None = None, data: bytes = b"") -> bytes:
        done = self._run(*arguments, more=more, data=data)
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().partition("\n")[0] or "no reason given"
            raise _error(f"git {arguments[0]} failed: {said}", "see what git says in the project")
        return done.stdout

    def _run(
        self, *arguments: str, more: Mapping[str, str] | None = None, data: bytes = b""
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(  # noqa: S603 - no shell, and revisions come after --end-of-options or as ids
            ["git", "-C", self._project, *arguments],  # noqa: S607 - the user's git
            input=data,
            capture_output=True,
            check=False,
            env={**self._environment, **(more or {})},
        )


def _paths(listed: bytes) -> list[str]:
    return [os.fsdecode(path) for path in listed.split(b"\0") if path]


def _error(message: str, hint: str) -> ContractErrors:
    return ContractErrors([ContractError(message, ".", hint=hint)])
