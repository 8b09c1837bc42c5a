"""Where pages come from: the templates of this room, escaped, and strict about names they don't know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

__all__ = ["template_of"]


def template_of(name: str, filters: Mapping[str, Callable[..., Any]] = MappingProxyType({})) -> Template:
    """The template of a page, with the page's own filters."""
    pages = Environment(
        loader=PackageLoader("supercargo.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters.update(filters)
    return pages.get_template(name)
