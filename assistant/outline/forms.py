"""Which form a text has, by its path, and its outline by that form."""

from __future__ import annotations

import functools
from pathlib import PurePosixPath

from assistant.outline.blocks import Outline
from assistant.outline.markdown import markdown_outline
from assistant.outline.plain import plain_outline

MARKDOWN_SUFFIXES = {".md", ".markdown"}


def is_markdown(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in MARKDOWN_SUFFIXES


@functools.lru_cache(maxsize=2)  # title, sections and sentences are asked for one after the other
def outline_of(path: str, text: str) -> Outline:
    """Return the outline of the text at `path`: of plain text where it is not Markdown."""
    return markdown_outline(text) if is_markdown(path) else plain_outline(text)
