"""Records: lines of a label and a value, in runs that blank lines divide."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.sources.forms.form import Form
from assistant.sources.lines import Line, runs_of
from assistant.values import Block

_FIELD = re.compile(r"(?P<label>[^\W\d_](?:\w|[ ./&’'()\-]){0,38}?)[ \t]*:[ \t]+(?P<value>\S)")
_MOST_LABEL_WORDS = 5
_MOST_VALUE_WORDS = 8  # of one that ends like a sentence
_LEAST_FIELDS = 2


def records(lines: Sequence[Line]) -> Iterator[Form]:
    for first, after in runs_of(lines):
        run = lines[first:after]
        fields = _fields(run)
        if len(fields) >= _LEAST_FIELDS and 2 * sum(map(_has_value, run)) > len(fields):
            yield Form(first, after, fields)


def _fields(run: Sequence[Line]) -> list[Block]:
    """Return the fields of a record, no two with one label; none where a line is none."""
    fields: list[Block] = []
    labels: set[str] = set()
    for line in run:
        found = _FIELD.match(line.text)
        if found and _is_label(found["label"]) and found["label"] not in labels:
            labels.add(found["label"])
            label = line.start, line.start + found.end("label")
            value = line.start + found.start("value"), line.end
            fields.append(Block("field", line.start, line.end, group=0, cells=(label, value)))
        elif found is None and fields and line.indent > run[0].indent:
            label, (begins, _) = fields[-1].cells
            fields[-1] = replace(fields[-1], end=line.end, cells=(label, (begins, line.end)))
        else:
            return []
    return fields


def _is_label(words: str) -> bool:
    return words[0].isupper() and len(words.split()) <= _MOST_LABEL_WORDS


def _has_value(line: Line) -> bool:
    """Whether it is a field whose value is no sentence."""
    is_short = line.text[-1] not in ".!?" or len(line.text.split()) <= _MOST_VALUE_WORDS
    return is_short and _FIELD.match(line.text) is not None
