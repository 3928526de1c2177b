"""Titles and headings as they are shown: on one line, and nothing in it that cannot be seen."""

from __future__ import annotations

import unicodedata

HEADING_LIMIT_CHARS = 300
INVISIBLE = frozenset(
    "\u00ad\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)


def clean(heading: str) -> str:
    """Return `heading` on one line, without control and direction characters, 300 at most."""
    visible = (
        character
        for character in " ".join(heading.split())
        if unicodedata.category(character) not in {"Cc", "Cs"} and character not in INVISIBLE
    )
    return " ".join("".join(visible).split())[:HEADING_LIMIT_CHARS].rstrip()
