"""Plain text -> its lines, and those that belong together: paragraphs, or lines by themselves."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, starmap

from assistant.values import Span

LIST_MARK = re.compile(r"(?:[-*+•–◦▪‣·]|\d{1,3}[.)]|\(?[a-z0-9]{1,3}\))[ \t]+")
ROW = re.compile(r"\t|\||\S {3,}\S")
_GAP = re.compile(r"\t+|(?<=\S) {3,}(?=\S)")  # within a line
_OPENERS = "\"'“‘„«("
CLOSERS = "\"'”’»)]}」』）"
STOPS = ".!?…:;,。！？、，；：।؟۔"
QUESTION_MARKS = ("?", "？", "؟")
_RULES = "=-~^*_#+\"'`:."  # three or more of one of them
_FENCES = {"```", "~~~"}  # around code
_LOOSE_RULES = "=-"  # those that are drawn at any width
_RULE_SLACK = 3  # characters, where a rule is as wide as its heading
_QUESTION_LINES = 3  # of one that is underlined, at most
_HEADING_WIDTH = 100
_HEADING_WORDS = 14
_WRAPPED_SHARE = 0.2  # of lines that begin in the middle of a sentence


@dataclass(frozen=True, slots=True)  # there may be a million of them
class Line:
    start: int
    end: int
    text: str  # between `start` and `end`, white space around it left out
    opens: bool  # the first of the text, or after a blank line
    indent: int  # characters of white space before it


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines that belong together: a paragraph, or one line that may be a heading."""

    lines: tuple[Line, ...]
    end: int
    underline: str = ""  # the character that it is underlined with
    under_title: bool = False  # the lines right below the title of a wrapped text
    has_form: bool = False  # see `forms`

    @property
    def is_quoted(self) -> bool:
        return self.has_form and self.lines[0].text.startswith(">")

    @property
    def heading_like(self) -> bool:
        if self.underline:
            return True
        if len(self.lines) > 1 or self.under_title or self.has_form:
            return False
        return has_heading_form(self.lines[0].text)


def lines_of(text: str) -> list[Line]:
    """Return the lines that are not blank. A form feed or a Unicode separator ends a line too."""
    lines: list[Line] = []
    position, opens = 0, True
    for whole in text.splitlines(keepends=True):
        stripped = whole.strip()
        if stripped:
            indent = len(whole) - len(whole.lstrip())
            start = position + indent
            lines.append(Line(start, start + len(stripped), stripped, opens, indent))
        opens = not stripped
        position += len(whole)
    return lines


def runs_of(lines: Sequence[Line]) -> Iterator[Span]:
    """Yield the numbers of lines that no blank line parts: the first, and after the last."""
    first = 0
    for number in range(1, len(lines) + 1):
        if number == len(lines) or lines[number].opens:
            yield first, number
            first = number


def stretches_of(lines: list[Line]) -> list[Stretch]:
    """Return the paragraphs: what blank lines part where text is wrapped, else single lines."""
    stretches: list[Stretch] = []
    parted = _between_blanks(lines)
    wrapped = _is_wrapped(parted)
    for stretch in parted:
        whole = wrapped or _is_wrapped([stretch])
        if stretch.underline or (whole and (stretches or not _begins_with_title(stretch.lines))):
            stretches.append(stretch)
        elif whole:
            title, *below = stretch.lines
            stretches.append(Stretch((title,), title.end))
            if below:
                stretches.append(Stretch(tuple(below), stretch.end, under_title=True))
        else:
            stretches.extend(Stretch((line,), line.end) for line in stretch.lines)
    return stretches


def _between_blanks(lines: list[Line]) -> list[Stretch]:
    """Return the lines between blank lines and rules; an underlined line stands by itself."""
    stretches: list[Stretch] = []
    open_lines: list[Line] = []

    def close() -> None:
        if open_lines:
            stretches.append(Stretch(tuple(open_lines), open_lines[-1].end))
            open_lines.clear()

    for number, line in enumerate(lines):
        if line.opens:
            close()
        if not _is_rule(line.text):
            open_lines.append(line)
            continue
        count = 1 if _frames_heading(lines, number) else _count_underlined(open_lines, line)
        kept = len(open_lines) - count
        heading = tuple(open_lines[kept:])
        del open_lines[kept:]
        close()
        if heading:
            stretches.append(Stretch(heading, line.end, underline=line.text[0]))
    close()
    return stretches


def _is_rule(line: str) -> bool:
    return len(line) > 2 and line[0] in _RULES and line == line[0] * len(line)


def _frames_heading(lines: Sequence[Line], number: int) -> bool:
    """Say whether a rule and the one above it make a heading of the line between, gap or not.

    A blank line follows, and no row: under the header of a table there would be one.
    """
    if number < 2 or number + 1 == len(lines) or not _is_rule(lines[number - 2].text):
        return False
    line, rule, following = lines[number - 1 : number + 2]
    return (
        not (line.opens or rule.opens)
        and following.opens
        and ROW.search(following.text) is None
        and rule.text not in _FENCES
        and len(line.text) <= _HEADING_WIDTH
        and _GAP.search(line.text) is not None
        and "|" not in line.text
        and not ends_statement(line.text)
    )


def _count_underlined(lines: Sequence[Line], rule: Line) -> int:
    """Return how many of the last of `lines` the rule below makes a heading.

    One where it is as wide, or where a rule of the usual kind is below a single line that is no
    sentence; all of a question in a few lines; none of a table's row or a paragraph.
    """
    if not lines or len(lines[-1].text) > _HEADING_WIDTH or ROW.search(lines[-1].text):
        return 0
    line = lines[-1]
    if rule.text in _FENCES:
        return 0
    widest = max(len(line.text) for line in lines[-_QUESTION_LINES:])
    if (
        len(lines) <= _QUESTION_LINES
        and line.text.endswith(QUESTION_MARKS)
        and abs(widest - len(rule.text)) <= _RULE_SLACK
    ):
        return len(lines)
    if abs(len(line.text) - len(rule.text)) <= _RULE_SLACK:
        return 1
    single = len(lines) == 1 and rule.text[0] in _LOOSE_RULES and not ends_statement(line.text)
    return int(single)


def _is_wrapped(stretches: Iterable[Stretch]) -> bool:
    """Say whether lines are cut to a width, so that many begin in the middle of a sentence."""
    pairs = within = 0
    for stretch in stretches:
        pairs += len(stretch.lines) - 1
        within += sum(starmap(continues, pairwise(stretch.lines)))
    return within > _WRAPPED_SHARE * pairs


def continues(before: Line, after: Line) -> bool:
    """Say whether `after` goes on with the sentence that `before` leaves open."""
    if after.text[0].islower():
        return True
    caseless = unicodedata.category(after.text[0]) == "Lo"
    return caseless and not ends_with_stop(before.text)


def goes_on_small(line: Line) -> bool:
    """Say whether `line` begins in a small letter, whatever opens before it."""
    return line.text.lstrip(_OPENERS)[:1].islower()


def _begins_with_title(lines: tuple[Line, ...]) -> bool:
    """Say whether the first lines of a wrapped text are a title and a line or two under it."""
    if len(lines) > 3 or not has_heading_form(lines[0].text):
        return False
    return lines[-1].text[-1] not in STOPS and not any(starmap(continues, pairwise(lines[:2])))


def has_heading_form(line: str) -> bool:
    """Say whether `line` is short, has no closing stop, and is no list item, row or address."""
    width = sum(2 if unicodedata.east_asian_width(x) in "WF" else 1 for x in line[:_HEADING_WIDTH])
    if len(line) > _HEADING_WIDTH or width > _HEADING_WIDTH or len(line.split()) > _HEADING_WORDS:
        return False
    if line[0].islower() or not (line[0].isalnum() or line[0] in "§¿¡"):
        return False
    if ends_statement(line) or not any(map(str.isalpha, line)):
        return False
    return not (LIST_MARK.match(line) or ROW.search(line) or "://" in line or "@" in line)


def ends_with_stop(line: str) -> bool:
    """Say whether `line` ends with a stop, whatever closes after it, or with what closes alone."""
    return line.rstrip(CLOSERS)[-1:] in STOPS


def ends_statement(line: str) -> bool:
    """Say whether `line` ends with a stop that is no question mark: headings may ask."""
    return ends_with_stop(line) and line.rstrip(CLOSERS)[-1:] not in QUESTION_MARKS
