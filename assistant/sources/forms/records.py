"""Records: lines of a label and a value, in runs that blank lines divide."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from assistant.sources.forms.form import Form
from assistant.sources.lines import Line, runs_of
from assistant.values import Block

_FIELD = re.compile(  # "Beds: 4"; its label may be marked, as in "**Beds:** 4" and "*Beds*: 4"
    r"(?P<mark>\*{1,2}|_{1,2}|)(?P<label>[^\W\d_](?:\w|[ ,./&’'()\-]){0,38}?)[ \t]*"
    r"(?::(?P=mark)|(?P=mark)[ \t]*:)[ \t]+(?P<value>\S)"
)
_LABEL_WORDS = 5  # at most, of the most labels of a record
_MOST_LABEL_WORDS = 7
_MOST_VALUE_WORDS = 8  # of one that ends like a sentence
_STATED_WORDS = 2  # and of its label: "We met at noon: it rained." is prose
_LEAST_FIELDS = 2


def records(lines: Sequence[Line]) -> Iterator[Form]:
    for first, after in runs_of(lines):
        run = lines[first:after]
        fields = _fields(run)
        if len(fields) >= _LEAST_FIELDS and 2 * sum(map(_has_value, run)) > len(fields):
            yield Form(first, after, fields)


def under_names(text: str, blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks; of records in a row, the fields stand under the first, which names it.

    A record is named by its first field where that of another has the same label: "Hut: …".
    """
    found = list(blocks)
    for is_field, run in groupby(range(len(found)), key=lambda n: found[n].kind == "field"):
        numbers = list(run) if is_field else []
        first = [number for number in numbers if found[number].group == number]
        labels = {number: text[slice(*found[number].cells[0])] for number in first}
        counts = Counter(labels.values())
        names = {number for number, label in labels.items() if counts[label] > 1}
        for number in numbers:
            group = found[number].group
            if group in names and group != number:
                found[number] = replace(found[number], above=group)
    return found


def _fields(run: Sequence[Line]) -> list[Block]:
    """Return the fields of a record, no two with one label; none where a line is none."""
    fields: list[Block] = []
    labels: set[str] = set()
    long = 0
    for line in run:
        found = _FIELD.match(line.text)
        if found and _is_label(found["label"]) and found["label"] not in labels:
            labels.add(found["label"])
            long += len(found["label"].split()) > _LABEL_WORDS
            label = line.start + found.start("label"), line.start + found.end("label")
            value = line.start + found.start("value"), line.end
            fields.append(Block("field", line.start, line.end, group=0, cells=(label, value)))
        elif found is None and fields and line.indent > run[0].indent:
            label, (begins, _) = fields[-1].cells
            fields[-1] = replace(fields[-1], end=line.end, cells=(label, (begins, line.end)))
        else:
            return []
    return fields if 2 * long < len(fields) else []


def _is_label(words: str) -> bool:
    """Whether it begins with a capital, or with a word that holds one: "pH of the pond"."""
    first, *others = words.split()
    return any(map(str.isupper, first)) and len(others) < _MOST_LABEL_WORDS


def _has_value(line: Line) -> bool:
    """Whether it is a field whose value is no sentence, nor the end of one."""
    found = _FIELD.match(line.text)
    if found is None or line.text[-1] in "!?":
        return False
    is_short = len(line.text.split()) <= _MOST_VALUE_WORDS
    return line.text[-1] != "." or (is_short and len(found["label"].split()) <= _STATED_WORDS)
