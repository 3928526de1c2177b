"""Talk: who says what, by a name before it, or above it, that comes again as others' do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from assistant.sources.forms.form import Form
from assistant.sources.lines import LIST_MARK, Line, ends_with_stop, has_heading_form
from assistant.sources.spans import has_words
from assistant.sources.titles import clean
from assistant.values import Block

_TIME = r"[\[(]?\d{1,2}:\d\d(?::\d\d)?[\])]?"
_NAME = r"(?P<name>[^\W\d_](?:[^\W_]|[ .’'\-]){0,39}?)"
_SAID = re.compile(rf"(?P<time>{_TIME}[ \t]+)?{_NAME}:[ \t]+(?=\S)")  # "[10:32] Ana: Here."
_NAMED = re.compile(rf"{_NAME}[ \t]+{_TIME}")  # "Joel Stam  00:00:20", above what he says
_MOST_NAME_WORDS = 5
_LEAST_TURNS = 4

_Speakers = dict[int, tuple[str, int]]  # a line -> who speaks, and where in it the words begin


def talk(lines: Sequence[Line]) -> Iterator[Form]:
    speakers = _named_before(lines) or _named_above(lines)
    if speakers:
        yield _turns(lines, speakers)


def _named_before(lines: Sequence[Line]) -> _Speakers:
    said = ((number, _SAID.match(line.text)) for number, line in enumerate(lines))
    found = {number: x for number, x in said if x and _may_be_name(x["name"])}
    names = Counter(x["name"] for x in found.values())
    repeated = [count for count in names.values() if count > 1]
    spoken = sum(
        bool(x["time"]) or ends_with_stop(lines[n].text) or _goes_on(lines, n, n + 1 in found)
        for n, x in found.items()
    )
    if (
        len(found) < _LEAST_TURNS
        or len(repeated) < 2
        or 4 * sum(repeated) < 3 * len(found)
        or 2 * spoken <= len(found)
    ):
        return {}
    return {n: (clean(x["name"]), x.end()) for n, x in found.items()}


def _goes_on(lines: Sequence[Line], number: int, is_last: bool) -> bool:
    """Whether what is said goes on in the next line, at the margin: further in, a field's value."""
    if is_last or number + 1 == len(lines) or lines[number + 1].opens:
        return False
    return lines[number + 1].indent <= lines[number].indent


def _named_above(lines: Sequence[Line]) -> _Speakers:
    """Find names by themselves on a line: with a time, or of words that all have capitals."""
    timed = {n: x["name"] for n, line in enumerate(lines) if (x := _NAMED.fullmatch(line.text))}
    named = timed or _repeated({n: x.text for n, x in enumerate(lines) if _is_name(x.text)})
    silent = any(
        n + 1 >= len(lines) or n + 1 in named or LIST_MARK.match(lines[n + 1].text) for n in named
    )
    enough = len(named) >= _LEAST_TURNS and len(set(named.values())) > 1
    if not enough or silent or not (timed or 3 * len(named) >= len(lines)):
        return {}
    return {n: (clean(name), len(lines[n].text)) for n, name in named.items()}


def _repeated(named: dict[int, str]) -> dict[int, str]:
    counts = Counter(named.values())
    return {number: name for number, name in named.items() if counts[name] > 1}


def _may_be_name(name: str) -> bool:
    return name[0].isupper() and len(name.split()) <= _MOST_NAME_WORDS


def _is_name(line: str) -> bool:
    parts = line.split()
    return (
        1 < len(parts) <= 4
        and all(part[0].isupper() for part in parts)
        and all(part.replace(".", "").replace("-", "").isalpha() for part in parts)
        and has_heading_form(line)
    )


def _turns(lines: Sequence[Line], speakers: _Speakers) -> Form:
    first, last = min(speakers), max(speakers)
    form = Form(first, first)
    speaker = ""
    new = True
    for number in range(first, len(lines)):
        line = lines[number]
        if number > last + 1 and line.opens:
            break
        start = line.start
        if number in speakers:
            speaker, offset = speakers[number]
            start, new = line.start + offset, True
        elif line.opens:
            new = True
        if start < line.end and has_words(line.text):
            if new:
                form.add(Block("turn", start, line.end, speaker=speaker))
            else:
                form.extend(line.end)
            new = False
        form.after = number + 1
    return form
