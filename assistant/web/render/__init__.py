"""Values -> HTML: pure functions, nothing else.

Whatever comes from a document or from a reader is text, never markup: `text` writes it between
tags and `attribute` into one, and nothing in this package puts it anywhere by another way.
"""

from assistant.web.render.actions import unreadable
from assistant.web.render.documents import paragraphs, passage, spoken_date
from assistant.web.render.shelf import Entry, contents
from assistant.web.render.text import attribute, counted, preview, text
from assistant.web.render.turns import (
    announcement,
    answered,
    confidence,
    empty,
    failed,
    nearest,
    report_notice,
    thumbs,
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
    "nearest",
    "paragraphs",
    "passage",
    "preview",
    "report_notice",
    "spoken_date",
    "text",
    "thumbs",
    "unanswered",
    "unreadable",
    "working",
]
