"""Values -> HTML: pure functions, nothing else.

Whatever comes from a document or from a reader is text, never markup: `text` puts it
between tags and `attribute` into one, and nothing in this package puts it anywhere by another way.
HTML is `Markup`, made by `html` from what stands in the program: a `str` that is put into it is
escaped, and mypy tells where one is returned as HTML.

text.py       text -> HTML text, the one way in
blocks.py     headings, lists, tables, code, quotations, and what is seen of words
documents.py  a document, with what is cited marked
answers.py    an answer, or the want of one, with its footnotes
thumbs.py     what a reader says of an answer
actions.py    what can be done with a turn
turns.py      questions and answers
listing.py    the list of documents
"""

from assistant.web.render.actions import follow_ups, suggestions, unreadable
from assistant.web.render.answers import confidence, nearest
from assistant.web.render.documents import passage, spoken_date
from assistant.web.render.listing import Entry, contents
from assistant.web.render.text import attribute, counted, html, preview, printable, text
from assistant.web.render.thumbs import thumbs
from assistant.web.render.turns import (
    announcement,
    answered,
    empty,
    failed,
    report_notice,
    unanswered,
    working,
)

__all__ = [
    "Entry",
    "announcement",
    "answered",
    "attribute",
    "confidence",
    "contents",
    "counted",
    "empty",
    "failed",
    "follow_ups",
    "html",
    "nearest",
    "passage",
    "preview",
    "printable",
    "report_notice",
    "spoken_date",
    "suggestions",
    "text",
    "thumbs",
    "unanswered",
    "unreadable",
    "working",
]
