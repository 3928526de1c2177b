"""References: entries of a list of them, two or more in a row, each one statement."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.sources.forms.form import Form
from assistant.sources.lines import Line
from assistant.values import Block

MOST_ENTRY_CHARS = 500  # within which an entry has its year
_ENTRY = re.compile(  # "Holm, B. & Ek, S. (2011).", "Holm, Bea (2011)."
    r"(?:\[\d{1,3}\][ \t]+)?[^\W\d_](?:\w|[’'\- ]){0,60}, "
    r"(?:(?:[^\W\d_]\.[ -]?){1,4}[^()\n]{0,300}|[^\W\d_][^().\n]{1,80})"
    r"\((?:1[5-9]|20)\d\d[a-z]?\)[.,:]?\s"
)
_LEAST_ENTRIES = 2


def entries(lines: Sequence[Line]) -> Iterator[Form]:
    number = 0
    while number < len(lines):
        form = Form(number, number)
        while form.after < len(lines):
            line = lines[form.after]
            if is_entry(line.text):
                form.add(Block("item", line.start, line.end, 1, group=0, whole=True))
            elif form.blocks and not line.opens:
                form.extend(line.end)
            else:
                break
            form.after += 1
        if len(form.blocks) >= _LEAST_ENTRIES:
            yield form
        number = max(form.after, number + 1)


def is_entry(words: str) -> bool:
    """Whether words begin as an entry of references does: "Holm, B. (2011)."."""
    return _ENTRY.match(words) is not None
