"""The outline: text -> its title, headings and blocks, each where it stands in the text.

Markdown is parsed by markdown-it; plain text is understood from its form alone. Nothing here
changes a character of the text.

blocks.py    what an outline is made of
spans.py     small questions about stretches of a text
titles.py    titles and headings as they are shown
lines.py     plain text -> its lines, and those that belong together
plain.py     plain text -> Outline, from the form of its lines
rules.py     what keeps markdown-it within bounds of time and memory
markdown.py  Markdown -> Outline, by markdown-it
forms.py     which form a text has, and its outline by that form
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
