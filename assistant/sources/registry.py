"""Which reader understands a file, by the ending of its name.

A reader takes a text and says what it consists of; nothing after it looks at the ending again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from assistant.sources.delimited import read_delimited
from assistant.sources.found import Found
from assistant.sources.markdown import clean_markdown, read_markdown
from assistant.sources.plain import read_plain
from assistant.sources.titles import clean


@dataclass(frozen=True)
class SourceKind:
    """A kind of files, and how they are understood."""

    suffixes: tuple[str, ...]
    read: Callable[[str], Found]
    clean: Callable[[str], str] = clean  # a title as it is shown
    has_front_matter: bool = True
    has_emphasis: bool = False  # marks of it that are not shown
    is_prose: bool = True  # so that words may be broken at the end of a line
    has_code: bool = False  # with marks around it, or indented


KINDS = (
    SourceKind((".txt", ".text"), read_plain),
    SourceKind(
        (".md", ".markdown"), read_markdown, clean_markdown, has_emphasis=True, has_code=True
    ),
    SourceKind((".csv", ".tsv"), read_delimited, has_front_matter=False, is_prose=False),
)
SUFFIXES = tuple(suffix for kind in KINDS for suffix in kind.suffixes)
WANTED = ".txt, .md, .csv or .tsv files"  # as who has none is told: of each kind the usual endings
_BY_SUFFIX = {suffix: kind for kind in KINDS for suffix in kind.suffixes}


def kind_of(path: str) -> SourceKind:
    """Return the kind of the file at `path`, plain text where its ending is no known one."""
    return _BY_SUFFIX.get(PurePosixPath(path).suffix.lower(), KINDS[0])
