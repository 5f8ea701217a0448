"""All pages of a project."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from archwright.docs.domain_pages import domain_pages
from archwright.docs.event_page import event_pages
from archwright.docs.operation_pages import operation_pages
from archwright.docs.overview_pages import overview_pages
from archwright.docs.page import Page
from archwright.docs.sources import Sources
from archwright.docs.storage_page import storage_pages
from archwright.docs.templates import Templates
from archwright.docs.topology_pages import topology_pages

PageMaker = Callable[[Sources, Templates], Iterator[Page]]
"""Makes some of the pages."""

MAKERS: tuple[PageMaker, ...] = (
    overview_pages,
    topology_pages,
    domain_pages,
    storage_pages,
    operation_pages,
    event_pages,
)


def build_pages(sources: Sources, templates: Templates) -> tuple[Page, ...]:
    """Every page, sorted by path. Raises ``TemplateError`` for a template that cannot be rendered."""
    return tuple(sorted((page for make in MAKERS for page in make(sources, templates)), key=lambda p: p.path))
