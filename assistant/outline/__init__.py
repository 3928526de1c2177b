"""The outline: text -> its title, headings and blocks, each where it stands in the text.

Markdown is parsed by markdown-it; plain text is understood from its form alone. Nothing here
changes a character of the text.
"""

from assistant.outline.blocks import Block, Heading, Outline
from assistant.outline.forms import is_markdown, outline_of
from assistant.outline.markdown import clean_markdown
from assistant.outline.titles import INVISIBLE, clean

__all__ = [
    "INVISIBLE",
    "Block",
    "Heading",
    "Outline",
    "clean",
    "clean_markdown",
    "is_markdown",
    "outline_of",
]
