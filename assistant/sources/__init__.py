"""Sources: files -> Document, read, decoded strictly and normalised once, and never touched again.

Each kind of file has a reader that finds its blocks: headings, paragraphs, items of lists, rows of
tables. No reader changes a character of the text, and nothing later looks at its marks.

files.py         which files there are, and their bytes
decoding.py      bytes -> text
detecting.py     bytes that are no UTF-8 -> the encoding that they are in, where it is certain
mending.py       words that printing has broken -> whole ones
front_matter.py  what a text says of itself before it begins
titles.py        titles and headings as they are shown
spans.py         small questions about stretches of a text
found.py         what a reader finds
seen.py          what is seen of a stretch of text
lines.py         plain text -> its lines, and those that belong together
numbering.py     what chapters, sections and points begin with
forms/           runs of lines whose form says what they are: talk, records, clauses
plain.py         plain text -> its blocks, from the form of its lines
rules.py         what keeps markdown-it within bounds of time and memory
html.py          what a reader of the page sees of HTML
stated.py        lines of Markdown that have a form of plain text
markdown.py      Markdown -> its blocks, by markdown-it
inline.py        words in Markdown -> what is seen of them
delimited.py     CSV and TSV -> the rows of a table
registry.py      which reader understands a file
documents.py     all of it together
"""

from assistant.sources.documents import read
from assistant.sources.files import (
    SIZE_LIMIT_BYTES,
    SIZE_LIMIT_MEGABYTES,
    TOO_LARGE,
    check_name,
    digest_of,
    find,
    is_closed,
)
from assistant.sources.registry import SUFFIXES, WANTED, kind_of, see, see_words
from assistant.sources.seen import Run, clipped, spoken

__all__ = [
    "SIZE_LIMIT_BYTES",
    "SIZE_LIMIT_MEGABYTES",
    "SUFFIXES",
    "TOO_LARGE",
    "WANTED",
    "Run",
    "check_name",
    "clipped",
    "digest_of",
    "find",
    "is_closed",
    "kind_of",
    "read",
    "see",
    "see_words",
    "spoken",
]
