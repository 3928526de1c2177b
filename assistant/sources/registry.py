"""Which reader understands a file, by the ending of its name.

A reader takes a text and says what it consists of; nothing after it looks at the ending again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from assistant.sources.delimited import is_delimited, read_delimited, see_delimited
from assistant.sources.found import Found
from assistant.sources.markdown import clean_markdown, read_markdown, see_code, see_markdown
from assistant.sources.plain import read_plain
from assistant.sources.seen import Run, See, all_of_it, spoken, without
from assistant.sources.titles import clean
from assistant.values import Block, Document, Span


@dataclass(frozen=True)
class SourceKind:
    """A kind of files, and how they are understood."""

    suffixes: tuple[str, ...]
    read: Callable[[str], Found]
    clean: Callable[[str], str] = clean  # a title as it is shown
    has_front_matter: bool = True
    is_prose: bool = True  # so that words may be broken at the end of a line
    has_code: bool = False  # with marks around it, or indented
    see: See = all_of_it  # what is seen of the words of a block
    see_code: See = all_of_it


def read_text(text: str) -> Found:
    """Return the blocks of a plain text, which may be a table whose file does not say so."""
    return read_delimited(text) if is_delimited(text) else read_plain(text)


KINDS = (
    SourceKind((".txt", ".text"), read_text),
    SourceKind(
        (".md", ".markdown"),
        read_markdown,
        clean_markdown,
        has_code=True,
        see=see_markdown,
        see_code=see_code,
    ),
    SourceKind(
        (".csv", ".tsv"),
        read_delimited,
        has_front_matter=False,
        is_prose=False,
        see=see_delimited,
    ),
)
SUFFIXES = tuple(suffix for kind in KINDS for suffix in kind.suffixes)
WANTED = ".txt, .md, .csv or .tsv files"  # as who has none is told: of each kind the usual endings
_BY_SUFFIX = {suffix: kind for kind in KINDS for suffix in kind.suffixes}


def kind_of(path: str) -> SourceKind:
    """Return the kind of the file at `path`, plain text where its ending is no known one."""
    return _BY_SUFFIX.get(PurePosixPath(path).suffix.lower(), KINDS[0])


def see(document: Document, block: Block, span: Span | None = None) -> list[Run]:
    """Return what a reader sees of a block, or of one of its cells, with the places of it.

    Nothing is seen of what no reader of the page sees: marks, comments, tags, targets of links,
    what the block hides. What is struck out is seen so.
    """
    start, end = span or _words_of(block)
    kind = kind_of(document.path)
    found = (kind.see_code if block.kind == "code" else kind.see)(document.text, start, end)
    return list(without(found, block.hidden)) if block.hidden else found


def see_words(path: str, words: str) -> str:
    """Return on one line what is seen of words of the document at `path`, wherever they stand."""
    return spoken(kind_of(path).see(words, 0, len(words)))


def _words_of(block: Block) -> Span:
    if block.kind == "heading" and block.cells:
        return block.cells[0]
    return block.start, block.end
