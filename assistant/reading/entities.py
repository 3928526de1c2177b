"""Characters that are written as entities of HTML, such as "&ndash;", read as themselves."""

from __future__ import annotations

import re
from html import unescape

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z]\w{1,30});")
_NOTHING = "\u200b"  # what a tokenizer takes out, so that it parts no word


def decoded(text: str) -> str:
    """Return the words with characters for entities: "8:00&ndash;16:00" -> "8:00–16:00"."""
    return _ENTITY.sub(lambda entity: unescape(entity[0]), text)


def aligned(text: str) -> str:
    """Return the same as long as `text`, so that each place in it stays where it was."""
    return _ENTITY.sub(lambda entity: unescape(entity[0]).ljust(len(entity[0]), _NOTHING), text)
