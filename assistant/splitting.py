"""Document -> Passage: sections are cut first, then paragraphs, then sentences.

A heading, a list item or a table row therefore never runs into a sentence. Markdown headings and
blocks are markdown-it's; those of plain text are found from form alone. What a file holds is
`sources.py`'s to say: nothing here changes a character of the text.
"""

from __future__ import annotations

import functools
import importlib.util
import math
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby, islice, pairwise
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from assistant.errors import BadSettings, ModelMissing
from assistant.values import Document, Passage, Span

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token
    from nltk.tokenize.punkt import PunktSentenceTokenizer

CountTokens = Callable[[Sequence[str]], list[int]]  # n texts -> n counts, special tokens left out

MARKDOWN_SUFFIXES = {".md", ".markdown"}
HEADING_LIMIT_CHARS = 300

# Sizes count tokens: 80 to 160 are about 60 to 120 English words, and they also fit scripts that
# put no spaces between words.
SHORTEST = 80  # from here on a passage ends where a paragraph does
LONGEST = 160
LONGEST_REPEATED = 40  # a sentence that two neighbours may share
SHORTEST_TAIL = 40  # the end of a section that is smaller than this joins the passage before it
SPECIAL_TOKENS = 2  # what an encoder puts around a text
SMALLEST_ROOM = 16
CHARS_PER_TOKEN = 8  # a text counts as at least one token for so many characters (see `_sizes`)
EMBEDDED_HEADING_PARTS = 28  # title and section each; together about a quarter of 256 tokens


@dataclass(frozen=True)
class Section:
    """A stretch of a document under one heading.

    `text[start:end]` is the body, up to the next heading of any level; it may be blank.
    `text[heading_start:heading_end]` is the heading as it stands, empty where there is none.
    """

    title: str | None  # None: under the document's title only, or above the first heading
    level: int  # 1 is the highest; 0 where the title is None
    start: int
    end: int
    heading_start: int
    heading_end: int


@dataclass(frozen=True)
class Heading:
    """A heading as it stands in a text: `end` is after an underline, where there is one."""

    title: str  # without Markdown marks
    level: int
    start: int
    end: int


@dataclass(frozen=True)
class _Unit:
    """A paragraph, list item, table row or code block; sentences do not reach across it."""

    start: int
    end: int
    prose: bool = True  # table rows and code are kept whole


@dataclass(frozen=True)
class _Piece:
    """What passages are made of: a sentence, or a part of one that is too long."""

    start: int
    end: int
    unit: int
    size: int = 0
    gap: int = 0  # size of what stands between the piece before and this one


# ---------------------------------------------------------------------------------------------
# The whole


def split(
    document: Document, *, count_tokens: CountTokens, token_limit: int = 256
) -> list[Passage]:
    """Return the passages of `document`, in its order, each of consecutive sentences of a section.

    A passage has about 80 to 160 tokens and ends with a paragraph where it can. Where a paragraph
    is cut, the next passage repeats the last sentence if that is short. A sentence that does not
    fit is cut at white space or, with none, between characters.

    `count_tokens` is called a few times, with many texts each. The tokens of `embedded_text`, with
    the special ones, never exceed `token_limit`.

    Raises:
        BadSettings: `token_limit` leaves no room beside title and section.
        ModelMissing: the data that sentences are found with is not there.
    """
    structure = [(section, _section_pieces(document, section)) for section in sections(document)]
    structure = [(section, pieces) for section, pieces in structure if pieces]
    if not structure:
        return []
    allowed = token_limit - SPECIAL_TOKENS
    room = allowed - _largest_heading(document, structure, count_tokens)
    while True:
        passages = _passages(document, structure, count_tokens, room)
        over = max(count_tokens([embedded_text(passage) for passage in passages])) - allowed
        if over <= 0:
            return passages
        room -= over  # a tokenizer whose parts do not add up to the whole


def embedded_text(passage: Passage) -> str:
    """Return what is embedded for `passage`: title, section and text, a line each.

    Over-long titles and sections are shortened by words, so that they leave room for the text.
    """
    heads = (_shorten(passage.title), _shorten(passage.section or ""))
    return "\n".join([head for head in heads if head] + [passage.text])


def sections(document: Document) -> list[Section]:
    """Return the sections of `document` in order: one per heading, and what stands above them.

    The heading that is the document's own title opens the section whose title is None. A document
    of nothing but headings is one section, so that its words can be cited.
    """
    text = document.text
    headings, units = _outline(document.path, text)
    if not units:
        return [Section(None, 0, 0, len(text), 0, 0)] if text.strip() else []
    starts = [heading.start for heading in headings] + [len(text)]
    found: list[Section] = []
    if _has_words(text[: starts[0]]):
        found.append(Section(None, 0, 0, starts[0], 0, 0))
    for heading, end in zip(headings, starts[1:], strict=True):
        is_title = not found and heading.title == document.title
        title, level = (None, 0) if is_title else (heading.title, heading.level)
        found.append(Section(title, level, heading.end, end, heading.start, heading.end))
    return found


def title_of(path: str, text: str) -> str | None:
    """Return the title that `text` gives itself, cleaned, or None.

    In Markdown it is the first heading of level 1; in plain text the first line that is not blank,
    if it has the form of a title.
    """
    headings = _outline(path, text)[0]
    if is_markdown(path):
        return next((heading.title for heading in headings if heading.level == 1), None)
    if headings and not _has_words(text[: headings[0].start]):
        return headings[0].title
    lines = _lines(text)
    if len(lines) == 1 and _has_heading_form(lines[0].text):
        return clean(lines[0].text)
    return None


def clean(heading: str) -> str:
    """Return `heading` on one line, without control and direction characters, 300 at most."""
    visible = (
        character
        for character in " ".join(heading.split())
        if unicodedata.category(character) not in {"Cc", "Cs"} and character not in INVISIBLE
    )
    return " ".join("".join(visible).split())[:HEADING_LIMIT_CHARS].rstrip()


def clean_markdown(heading: str) -> str:
    """Return `heading` as `clean` does, and without the marks of Markdown."""
    tokens: list[Token] = []
    parser = _markdown_parser()
    parser.inline.parse(heading[: 10 * HEADING_LIMIT_CHARS], parser, {}, tokens)
    return clean("".join(_visible(token) for token in tokens)) or clean(heading)


def _visible(token: Token) -> str:
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    return "" if token.type == "html_inline" else token.content


INVISIBLE = frozenset(
    "\u00ad\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)


def is_markdown(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in MARKDOWN_SUFFIXES


@functools.lru_cache(maxsize=2)  # a title and its sections are asked for one after the other
def _outline(path: str, text: str) -> tuple[list[Heading], list[_Unit]]:
    return _markdown_outline(text) if is_markdown(path) else _plain_outline(text)


# ---------------------------------------------------------------------------------------------
# Markdown


@functools.cache
def _markdown_parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # slow to import

    parser = MarkdownIt("commonmark", {"maxNesting": 100}).enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])  # the words inside blocks are not needed
    return parser


_LIST_OR_QUOTE_MARK = re.compile(r"[\s>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?)?")
_UNSEEN = re.compile(r"\s*<(?:!--|script|style)", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


def _markdown_outline(text: str) -> tuple[list[Heading], list[_Unit]]:
    starts = [0, *(match.end() for match in re.finditer("\n", text)), len(text) + 1]
    headings: list[Heading] = []
    units: list[_Unit] = []
    tokens = _markdown_parser().parse(text)
    for token, following in pairwise([*tokens, None]):
        if token is None or token.map is None:
            continue
        start, end = _trim(text, starts[token.map[0]], min(starts[token.map[1]], len(text)))
        if token.type == "heading_open" and token.level == 0 and following is not None:
            if title := clean_markdown(following.content):
                headings.append(Heading(title, int(token.tag[1:]), start, end))
        elif token.type in {"paragraph_open", "heading_open"}:
            mark = _LIST_OR_QUOTE_MARK.match(text, start, end) if token.level else None
            units.append(_Unit(mark.end() if mark else start, end))
        elif token.type in {"fence", "code_block", "tr_open"}:
            units.append(_Unit(start, end, prose=False))
        elif token.type == "html_block" and not _UNSEEN.match(token.content):
            units.extend(_between_tags(text, start, end))
    return headings, [unit for unit in units if _has_words(text[unit.start : unit.end])]


def _between_tags(text: str, start: int, end: int) -> Iterator[_Unit]:
    """Return what a reader of an HTML block sees of it."""
    for tag in _TAG.finditer(text, start, end):
        yield _Unit(*_trim(text, start, tag.start()))
        start = tag.end()
    yield _Unit(*_trim(text, start, end))


# ---------------------------------------------------------------------------------------------
# Plain text


@dataclass(frozen=True)
class _Line:
    start: int
    end: int
    text: str  # between `start` and `end`, white space around it left out
    opens: bool  # the first of the text, or after a blank line


@dataclass(frozen=True)
class _Stretch:
    """Lines that belong together: a paragraph, or one line that may be a heading."""

    lines: tuple[_Line, ...]
    end: int
    underline: str = ""  # the character that it is underlined with
    under_title: bool = False  # the lines right below the title of a wrapped text

    @property
    def heading_like(self) -> bool:
        if len(self.lines) > 1 or self.under_title:
            return False
        return bool(self.underline) or _has_heading_form(self.lines[0].text)


_LIST_MARK = re.compile(r"(?:[-*+•–◦▪‣·]|\d{1,3}[.)]|\(?[a-z0-9]{1,3}\))[ \t]+")
_ROW = re.compile(r"\t|\||\S {3,}\S")
_RULE = re.compile(r"([=\-~^*_#+\"'`:.])\1{2,}")
_CLOSERS = "\"'”’»)]}」』）"
_STOPS = ".!?…:;,。！？、，；：।؟۔"
_BYLINE = re.compile(r"by\s|.*\b(?:1[5-9]|20)\d\d\b", re.IGNORECASE)
_HEADING_WIDTH = 100
_HEADING_WORDS = 14
_LIST_LENGTH = 3  # so many heading-like lines in a row are a list, a poem or a table
_WRAPPED_SHARE = 0.2  # of lines that begin in the middle of a sentence


def _plain_outline(text: str) -> tuple[list[Heading], list[_Unit]]:
    stretches = _stretches(_lines(text))
    headings: list[Heading] = []
    units: list[_Unit] = []
    for number, (stretch, is_heading) in enumerate(zip(stretches, _marked(stretches), strict=True)):
        if is_heading:
            level = 1 if number == 0 or stretch.underline == "=" else 2
            title = clean(stretch.lines[0].text)
            headings.append(Heading(title, level, stretch.lines[0].start, stretch.end))
        else:
            units.extend(_units(stretch))
    return headings, [unit for unit in units if _has_words(text[unit.start : unit.end])]


def _lines(text: str) -> list[_Line]:
    """Return the lines that are not blank. A form feed or a Unicode separator ends a line too."""
    lines: list[_Line] = []
    position, opens = 0, True
    for whole in text.splitlines(keepends=True):
        stripped = whole.strip()
        if stripped:
            start = position + len(whole) - len(whole.lstrip())
            lines.append(_Line(start, start + len(stripped), stripped, opens))
        opens = not stripped
        position += len(whole)
    return lines


def _stretches(lines: list[_Line]) -> list[_Stretch]:
    """Return the paragraphs: blocks between blank lines where text is wrapped, else lines."""
    blocks = _blocks(lines)
    wrapped = _is_wrapped(blocks)
    stretches: list[_Stretch] = []
    for block in blocks:
        whole = wrapped or _is_wrapped([block])
        if block.underline or (whole and not _is_title_block(block, first=not stretches)):
            stretches.append(block)
        elif whole:
            stretches.append(_Stretch(block.lines[:1], block.lines[0].end))
            if block.lines[1:]:
                stretches.append(_Stretch(block.lines[1:], block.end, under_title=True))
        else:
            stretches.extend(_Stretch((line,), line.end) for line in block.lines)
    return stretches


def _blocks(lines: list[_Line]) -> list[_Stretch]:
    """Return the lines between blank lines and rules; an underlined line stands by itself."""
    blocks: list[_Stretch] = []
    open_lines: list[_Line] = []

    def close() -> None:
        if open_lines:
            blocks.append(_Stretch(tuple(open_lines), open_lines[-1].end))
            open_lines.clear()

    for line in lines:
        if line.opens:
            close()
        rule = _RULE.fullmatch(line.text)
        if rule is None:
            open_lines.append(line)
            continue
        heading = open_lines.pop() if open_lines and _may_be_underlined(open_lines[-1]) else None
        close()
        if heading is not None:
            blocks.append(_Stretch((heading,), line.end, underline=rule[1]))
    close()
    return blocks


def _may_be_underlined(line: _Line) -> bool:
    """Say whether a rule below `line` makes it a heading: not a table's row, not a paragraph."""
    return len(line.text) <= _HEADING_WIDTH and not _ROW.search(line.text)


def _is_wrapped(blocks: Iterable[_Stretch]) -> bool:
    """Say whether lines are cut to a width, so that many begin in the middle of a sentence."""
    pairs = [pair for block in blocks for pair in pairwise(block.lines)]
    return sum(map(_continues, pairs)) > _WRAPPED_SHARE * len(pairs)


def _continues(pair: Sequence[_Line]) -> bool:
    if len(pair) < 2:
        return False
    before, after = pair
    if after.text[0].islower():
        return True
    caseless = unicodedata.category(after.text[0]) == "Lo"
    return caseless and before.text.rstrip(_CLOSERS)[-1:] not in _STOPS


def _is_title_block(block: _Stretch, *, first: bool) -> bool:
    """Say whether a wrapped text begins with a title and a line or two right under it."""
    if not first or len(block.lines) > 3 or not _has_heading_form(block.lines[0].text):
        return False
    return not _continues(block.lines[:2]) and block.lines[-1].text[-1] not in _STOPS


def _marked(stretches: list[_Stretch]) -> list[bool]:
    """Return for each stretch whether it is a heading."""
    marks: list[bool] = []
    for alike, group in groupby(stretches, key=lambda stretch: stretch.heading_like):
        run = list(group)
        short = len(run) < _LIST_LENGTH
        marks.extend(alike and (short or bool(stretch.underline)) for stretch in run)
    if len(stretches) > 1 and stretches[0].heading_like:
        second = stretches[1]
        # A list without a blank line under its first item has no title.
        marks[0] = second.lines[0].opens or not all(x.heading_like for x in stretches)
        marks[1] = marks[1] and bool(second.underline or not _BYLINE.match(second.lines[0].text))
    return _without_last(marks)


def _without_last(marks: list[bool]) -> list[bool]:
    """Unmark what has no text under it: the last lines of a text are not headings."""
    last_text = max((number for number, mark in enumerate(marks) if not mark), default=-1)
    return [mark and number < last_text for number, mark in enumerate(marks)]


def _has_heading_form(line: str) -> bool:
    """Say whether `line` is short, has no closing stop, and is no list item, row or address."""
    width = sum(2 if unicodedata.east_asian_width(x) in "WF" else 1 for x in line[:_HEADING_WIDTH])
    if len(line) > _HEADING_WIDTH or width > _HEADING_WIDTH or len(line.split()) > _HEADING_WORDS:
        return False
    if line[0].islower() or not (line[0].isalnum() or line[0] in "§¿¡"):
        return False
    ending = line.rstrip(_CLOSERS)[-1:]
    if (ending in _STOPS and ending not in "?？؟") or not any(map(str.isalpha, line)):
        return False
    return not (_LIST_MARK.match(line) or _ROW.search(line) or "://" in line or "@" in line)


def _units(stretch: _Stretch) -> Iterator[_Unit]:
    """Return paragraph, list items and table rows of a stretch that is no heading."""
    lines = stretch.lines
    if len(lines) > 1 and 2 * sum(bool(_ROW.search(line.text)) for line in lines) >= len(lines):
        yield from (_Unit(line.start, line.end, prose=False) for line in lines)
        return
    first = 0
    for number in range(1, len(lines) + 1):
        if number == len(lines) or _is_item(lines[number - 1], lines[number], lines[first]):
            mark = _LIST_MARK.match(lines[first].text)
            start = lines[first].start + (mark.end() if mark else 0)
            yield _Unit(start, lines[number - 1].end)
            first = number


def _is_item(before: _Line, line: _Line, first: _Line) -> bool:
    """Say whether `line` begins a list item; a wrapped line may begin with "12." by chance."""
    if not _LIST_MARK.match(line.text):
        return False
    ends = before.text.rstrip(_CLOSERS)[-1:] in _STOPS
    return ends or _LIST_MARK.match(first.text) is not None


# ---------------------------------------------------------------------------------------------
# Sentences


# Abbreviations that go on before a capital letter too, without their closing full stop.
_ABBREVIATIONS = frozenset(
    """
    al apr assoc aug cf comp corp dec dept dr ed eds e.g eq eqs esp etc feb fig figs gen gov hon
    i.e ibid inc incl intl jan jr jul jun lt ltd maj messrs mr mrs ms mt nov oct orig pp prof
    repr sen sep sept sgt sr st supp trans univ viz vol vols vs
    """.split()  # noqa: SIM905 - a list of strings would fill a page
)
# These are also words, or may end a sentence: they go on only before a number.
_BEFORE_NUMBER = re.compile(
    r"\b(?:app|approx|art|arts|ca|cap|ch|chap|circa|col|est|ext|max|min|no|nos|nr|op|p|para|paras|pt|"
    r"sec|sect|tab|tel|v|ver)\.\s+$",
    re.IGNORECASE,
)

# Marks that end a sentence in scripts that punkt's English data does not know.
_OTHER_STOPS = re.compile(r"[。！？｡।॥؟۔።]+[”’」』）》〉)\]\"']*")
_ASCII_STOP = re.compile(r"[.!?]")
_WINDOW_CHARS = 20_000
# What still belongs to the sentence before: closing marks and references such as [1].
_TAIL = re.compile(r"(?:[”’»\"')\]}]|\[[^\]\s]{1,8}\])+(?=\s|$)")


def sentence_spans(text: str) -> list[Span]:
    """Return the spans of the sentences of `text`, in order, white space around each left out.

    Together they hold every character of `text` but white space between sentences.
    "Dr. Smith met the U.S. envoy. It rained." -> [(0, 29), (30, 40)]

    Raises:
        ModelMissing: the data that llama-index-core carries is not there.
    """
    if not text.strip():
        return []
    starts = sorted({*_punkt_starts(text), *(x.end() for x in _OTHER_STOPS.finditer(text))})
    has_case = any(map(str.isupper, text))  # notes without capitals: a small letter says nothing
    kept, read, worded = [0], 0, False  # up to `read`, the last of `kept` has words or has not
    for start in starts:
        start = _after_tail(text, start)
        if start <= read or start >= len(text):
            continue
        worded = worded or _has_words(text[read:start])
        read = start
        if worded and not _joins(text, start, has_case=has_case):
            kept.append(start)
            worded = False
    if len(kept) > 1 and not _has_words(text[kept[-1] :]):
        kept.pop()
    spans = (_trim(text, start, end) for start, end in pairwise([*kept, len(text)]))
    return [span for span in spans if span[0] < span[1]]


def _punkt_starts(text: str) -> Iterator[int]:
    """Return where punkt says that sentences begin, read in windows.

    Its regular expressions give up after some seconds, so that a paragraph of a million characters
    would fail on a slow machine.
    """
    position = 0
    while position < len(text) and _ASCII_STOP.search(text, position):
        end = min(position + _WINDOW_CHARS, len(text))
        starts = [position + start for start, _ in _punkt().span_tokenize(text[position:end])]
        if end == len(text):
            yield from starts[1:]
            return
        # The window's end cuts a word, so that what comes last is looked at again.
        yield from starts[1:-1]
        position = starts[-2] if len(starts) > 2 else _last_space(text, position + 1, end) or end


def _after_tail(text: str, start: int) -> int:
    """Return where the sentence begins once the marks that close the one before are passed."""
    if start == 0 or text[start - 1].isspace():
        return start
    tail = _TAIL.match(text, start)
    return tail.end() if tail else start


def _joins(text: str, start: int, *, has_case: bool) -> bool:
    """Say whether what begins at `start` goes on with the sentence before."""
    following = text[start : start + 100].lstrip()[:1]
    if following.isdigit() and _BEFORE_NUMBER.search(text[max(0, start - 20) : start]):
        return True
    return has_case and following.islower()


@functools.cache
def _punkt() -> PunktSentenceTokenizer:
    """Load punkt with the English data that llama-index-core carries, without importing it."""
    from nltk.tabdata import PunktDecoder  # slow to import
    from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

    folder = _punkt_folder()
    decoder, parameters = PunktDecoder(), PunktParameters()
    try:
        with (folder / "collocations.tab").open(encoding="utf-8") as file:
            parameters.collocations = set(decoder.tab2tups(file))
        with (folder / "sent_starters.txt").open(encoding="utf-8") as file:
            parameters.sent_starters = decoder.txt2set(file)
        with (folder / "abbrev_types.txt").open(encoding="utf-8") as file:
            parameters.abbrev_types = decoder.txt2set(file) | _ABBREVIATIONS
        with (folder / "ortho_context.tab").open(encoding="utf-8") as file:
            parameters.ortho_context = decoder.tab2intdict(file)
    except OSError as error:
        raise ModelMissing(_NO_PUNKT) from error
    return PunktSentenceTokenizer(parameters)


_NO_PUNKT = (
    "The data that sentences are found with is not there; llama-index-core carries it. "
    "Install it again: pip install --force-reinstall llama-index-core"
)


def _punkt_folder() -> Path:
    found = importlib.util.find_spec("llama_index")  # a namespace: finding it runs none of it
    for root in (found.submodule_search_locations or ()) if found else ():
        folder = Path(root, "core/_static/nltk_cache/tokenizers/punkt_tab/english")
        if folder.is_dir():
            return folder
    raise ModelMissing(_NO_PUNKT)


# ---------------------------------------------------------------------------------------------
# Passages


def _section_pieces(document: Document, section: Section) -> list[_Piece]:
    """Return the sentences of `section`, not measured yet."""
    text = document.text
    units = _outline(document.path, text)[1]
    if not units:
        units = [_Unit(*_trim(text, section.start, section.end))]
    first = bisect_left(units, section.start, key=lambda unit: unit.start)
    last = bisect_left(units, section.end, key=lambda unit: unit.start)
    pieces: list[_Piece] = []
    for number, unit in enumerate(units[first:last]):
        spans = sentence_spans(text[unit.start : unit.end]) if unit.prose else [(0, unit.end)]
        for start, end in spans:
            end = min(unit.start + end, unit.end)
            pieces.append(_Piece(unit.start + start, end, number))
    return pieces


def _largest_heading(
    document: Document,
    structure: list[tuple[Section, list[_Piece]]],
    count_tokens: CountTokens,
) -> int:
    """Return the most tokens that title and section take in what is embedded."""
    titles = {section.title for section, _ in structure}
    empty = [_passage(document, title, [], 0) for title in titles]
    return max(count_tokens([embedded_text(passage) for passage in empty]))


def _passages(
    document: Document,
    structure: list[tuple[Section, list[_Piece]]],
    count_tokens: CountTokens,
    room: int,
) -> list[Passage]:
    """Return the passages, none of more than `room` tokens if those of its parts add up."""
    if room < SMALLEST_ROOM:
        raise BadSettings(
            "The token limit leaves no room for text beside title and section: raise it to 128 or "
            "more, or choose a model that reads longer texts."
        )
    passages: list[Passage] = []
    measured = _measure(document.text, [pieces for _, pieces in structure], count_tokens, room)
    for (section, _), pieces in zip(structure, measured, strict=True):
        for first, last in _pack(pieces, document.text, room):
            passages.append(_passage(document, section.title, pieces[first:last], len(passages)))
    return passages


def _passage(
    document: Document, section: str | None, pieces: list[_Piece], position: int
) -> Passage:
    start, end = (pieces[0].start, pieces[-1].end) if pieces else (0, 0)
    return Passage(
        document=document.path,
        start=start,
        end=end,
        text=document.text[start:end],
        section=section,
        page=None,
        position=position,
        title=document.title,
        sentences=tuple((piece.start, piece.end) for piece in pieces),
    )


def _sizes(texts: Sequence[str], count_tokens: CountTokens) -> list[int]:
    """Return the tokens of each text, and at least one for every eight characters.

    A tokenizer may make a single unknown token of a word of any length, and none of white space:
    by tokens alone such a text could be a passage of a million characters.
    """
    counts = count_tokens(texts) if texts else []
    return [
        max(count, math.ceil(len(text) / CHARS_PER_TOKEN))
        for text, count in zip(texts, counts, strict=True)
    ]


def _measure(
    text: str, groups: list[list[_Piece]], count_tokens: CountTokens, room: int
) -> list[list[_Piece]]:
    """Return the pieces of each section with their sizes, those above `room` cut until they fit."""
    target = min(LONGEST, room)
    pending = [(number, piece) for number, pieces in enumerate(groups) for piece in pieces]
    fitting: list[tuple[int, _Piece]] = []
    while pending:
        sizes = _sizes([text[piece.start : piece.end] for _, piece in pending], count_tokens)
        cut: list[tuple[int, _Piece]] = []
        for (number, piece), size in zip(pending, sizes, strict=True):
            if size <= room or piece.end - piece.start == 1:
                fitting.append((number, replace(piece, size=size)))
            else:
                cut.extend((number, part) for part in _cut(text, piece, 1 + size // target))
        pending = cut
    measured: list[list[_Piece]] = [[] for _ in groups]
    for number, piece in sorted(fitting, key=lambda pair: pair[1].start):
        measured[number].append(piece)
    return _with_gaps(text, measured, count_tokens)


def _cut(text: str, piece: _Piece, parts: int) -> list[_Piece]:
    """Return `piece` in about so many even parts, two at least, cut at white space if there is."""
    step = max(1, math.ceil((piece.end - piece.start) / max(2, parts)))
    found: list[_Piece] = []
    start = piece.start
    while start < piece.end:
        end = min(start + step, piece.end)
        if end < piece.end:
            end = _last_space(text, start + step // 2, end) or end
        trimmed = _trim(text, start, end)
        if trimmed[0] < trimmed[1]:
            found.append(replace(piece, start=trimmed[0], end=trimmed[1]))
        start = end
    return found


def _last_space(text: str, start: int, end: int) -> int | None:
    """Return the end of the last white space in `text[start:end]`, or None."""
    if text[end - 1].isspace():
        return end
    words = text[start:end].rsplit(maxsplit=1)
    return end - len(words[1]) if len(words) == 2 else None


def _with_gaps(
    text: str, groups: list[list[_Piece]], count_tokens: CountTokens
) -> list[list[_Piece]]:
    """Return the pieces with the sizes of what stands between them: list marks, rules, comments."""
    gaps = {
        text[before.end : after.start] for pieces in groups for before, after in pairwise(pieces)
    }
    counted = sorted(gap for gap in gaps if gap.strip() or len(gap) > CHARS_PER_TOKEN)
    sizes = dict(zip(counted, _sizes(counted, count_tokens), strict=True))
    return [
        pieces[:1]
        + [
            replace(after, gap=sizes.get(text[before.end : after.start], 0))
            for before, after in pairwise(pieces)
        ]
        for pieces in groups
    ]


def _pack(pieces: list[_Piece], text: str, room: int) -> list[tuple[int, int]]:
    """Return ranges of `pieces`, one for each passage of a section, in order."""
    longest = min(LONGEST, room)
    sums = [0, *accumulate(piece.size + piece.gap for piece in pieces)]

    def size(first: int, last: int) -> int:
        return sums[last] - sums[first] - pieces[first].gap

    ranges: list[tuple[int, int]] = []
    first = fresh = 0  # where the passage begins, and its first piece that is in none before
    for number, piece in enumerate(pieces):
        if number > fresh and size(first, number + 1) > longest:
            ranges.append((first, number))
            repeats = (
                pieces[number - 1].unit == piece.unit
                and pieces[number - 1].size <= LONGEST_REPEATED
                and size(number - 1, number + 1) <= longest
            )
            first, fresh = (number - 1 if repeats else number), number
        paragraph_ends = number + 1 == len(pieces) or pieces[number + 1].unit != piece.unit
        if paragraph_ends and size(first, number + 1) >= SHORTEST and text[piece.end - 1] != ":":
            ranges.append((first, number + 1))
            first = fresh = number + 1
    if fresh < len(pieces):
        if ranges and size(fresh, len(pieces)) < SHORTEST_TAIL:
            joined = ranges[-1][0]
            if size(joined, len(pieces)) <= room:
                ranges[-1] = (joined, len(pieces))
                return ranges
        ranges.append((first, len(pieces)))
    return ranges


# A part of a word that is about a token; characters of other scripts count one each.
_PART = re.compile(r"[A-Za-z0-9]{1,3}|[^\sA-Za-z0-9]")


def _shorten(heading: str) -> str:
    """Return as many words of `heading` as make about 28 tokens; of one word, the beginning."""
    over = next(islice(_PART.finditer(heading), EMBEDDED_HEADING_PARTS, None), None)
    if over is None:
        return heading
    words = heading[: over.start() + 1].rsplit(maxsplit=1)
    return words[0] if len(words) == 2 else heading[: over.start()]


def _trim(text: str, start: int, end: int) -> Span:
    """Return the span without the white space at both its ends."""
    inside = text[start:end]
    return start + len(inside) - len(inside.lstrip()), start + len(inside.rstrip())


def _has_words(text: str) -> bool:
    return any(map(str.isalnum, text))
