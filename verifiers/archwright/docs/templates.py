"""The Jinja2 templates of the pages; a project may put its own beside them under the same names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from archwright.docs.page import MARK

_CELL = str.maketrans({"|": "\\|", "\n": " "})


class TemplateError(Exception):
    """A template that cannot be rendered."""

    def __init__(self, path: str, line: int, problem: str) -> None:
        """*line* 0: unknown."""
        super().__init__(f"{path}:{line}: {problem}")
        self.path, self.line, self.problem = path, line, problem


class Templates:
    """Renders templates by name. *own* is a directory with the project's own, which win over the built-in ones."""

    def __init__(self, own: Path | None = None) -> None:
        from jinja2 import Environment, FileSystemLoader, PackageLoader, StrictUndefined
        from jinja2.loaders import ChoiceLoader

        loaders: list[Any] = [FileSystemLoader(own)] if own is not None else []
        self._own = own
        self._environment = Environment(
            loader=ChoiceLoader([*loaders, PackageLoader("archwright.docs", "templates")]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            autoescape=False,  # noqa: S701 - Markdown, not HTML; cells and code are escaped by filters
        )
        self._environment.filters.update(cell=cell, code=code, title=title)
        self._environment.tests["private"] = is_private
        self._environment.globals["mark"] = MARK

    def render(self, name: str, **values: Any) -> str:
        """The text of template *name*; raises ``TemplateError`` when it cannot be rendered."""
        from jinja2 import TemplateError as JinjaError

        try:
            return self._environment.get_template(name).render(**values)
        except JinjaError as error:
            own = self._own is not None and (self._own / name).exists()
            path = str(self._own / name) if own and self._own is not None else name
            problem = error.message or type(error).__name__
            raise TemplateError(path, _line(error, name), problem) from error


def _line(error: Exception, name: str) -> int:
    """The line of the template at which rendering stopped; Jinja2 puts templates into the traceback."""
    found = int(getattr(error, "lineno", 0) or 0)
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.replace("\\", "/").endswith(f"/{name}"):
            found = trace.tb_lineno
        trace = trace.tb_next
    return found


def cell(text: str) -> str:
    """*text* in a cell of a table."""
    return text.translate(_CELL)


def code(text: str) -> str:
    """*text* as code, whatever backticks it holds; bars are escaped, so that it fits into a table."""
    fence = "`" * (1 + max(map(len, re.findall(r"`+", text)), default=0))
    shown = cell(text)
    return f"{fence} {shown} {fence}" if len(fence) > 1 else f"{fence}{shown}{fence}"


def is_private(name: str) -> bool:
    """Whether a name begins with an underscore."""
    return name.startswith("_")


def title(text: str) -> str:
    """``cost_insights`` as ``Cost Insights``."""
    return " ".join(word[:1].upper() + word[1:] for word in text.replace("_", " ").split())
