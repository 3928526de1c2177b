"""The words of the best sentence that answer, so that they can stand alone."""

from __future__ import annotations

import re
from itertools import takewhile

from assistant.reading import structure
from assistant.reading.candidates import Candidate
from assistant.reading.entities import decoded
from assistant.reading.tables import cell_of
from assistant.splitting.punkt import titles
from assistant.values import Span
from assistant.words import STOP_WORDS, content_stems, stem, words

MOST_WORDS = 12
LONGEST_NAME = 6  # words of a heading that answers as a whole
MOST_OF_SENTENCE = 0.8  # of its characters: words that are nearly all of it are no short answer

_TAG_AROUND = re.compile(r"^(?:<[^<>]*>\s*)+|(?:\s*<[^<>]*>)+$")  # of HTML
_EMPHASIS = re.compile(r"(?<!\w)[*_]{1,3}(?=\w)|(?<=\w)[*_]{1,3}(?!\w)")  # Markdown's marks
_INITIALS = re.compile(r"\b[A-Za-z](?:\.[A-Za-z])+$")
_CURRENCY = (  # signs, and the codes that prose uses
    r"(?:(?:US|CA|AU|NZ|HK)?[$£€¥₹]|(?:USD|EUR|GBP|CHF|NOK|SEK|DKK|ISK|PLN|CZK|JPY|CNY|RMB|INR|AUD|CAD|"
    r"NZD|SGD|HKD|KRW|ZAR|BRL|MXN|TRY|RUB)\b)"
)
_AMOUNT = re.compile(
    rf"(?:{_CURRENCY} ?)?\d|(?:half|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|"
    r"twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds|thousands|millions|dozens|"
    r"a (?:third|quarter|hundred|thousand|million|dozen))\b",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:(?:just|only|well|far|slightly) )?"
    r"(?:nearly|almost|about|around|roughly|approximately|some|close to|an estimated|over|under|"
    r"up to|(?:more|less|fewer) than|at (?:least|most)|as (?:many|much|few|little) as|barely|"
    r"hardly|exactly)\s+$",
    re.IGNORECASE,
)
_NEGATED = re.compile(r"\b(?:no|not|never|neither|nor|without)\s+$", re.IGNORECASE)
_CLOSES = {"(": ")", "[": "]", "“": "”", "«": "»", '"': '"', "`": "`"}
_ADDRESS = re.compile(  # of mail or of the web
    r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+|(?:\bhttps?://|\bwww\.)\S{1,500}\w/?"
)
_WORD_WITH_DOT = re.compile(r"(?<!\w)([A-Z][a-z]+)\. $")  # "Capt. "
_HOW_MANY = re.compile(r"\bhow many\b|\bnumber of\b", re.IGNORECASE)
# "Is it safe?" "Yes, …": also after a label, as in "**A:** No."
_ASKS_YES_OR_NO = re.compile(
    r"\W*(?:is|are|was|were|do|does|did|can|could|may|must|should|will|would|has|have|had)\b",
    re.IGNORECASE,
)
_SAYS_YES_OR_NO = re.compile(r"(?:[\W_]*A[\W_]*:)?[\W_]*(Yes|No)\b[.,;:!]", re.IGNORECASE)


def short_answer(question: str, best: Candidate) -> str | None:
    """Return the words that answer; None where they are long or all but the whole sentence.

    An amount keeps what qualifies it: "barely 7 litres" are not 7 litres. What is quoted or stands
    in brackets is not cut through, nor is an address; a name keeps its title. A number goes on to
    what is counted, where that is asked for: "over 40 ships". Of a row the whole cell answers.
    """
    passage = best.passage
    inside = best.place == best.span
    if cell := cell_of(passage, best.number, best.answer[0]):
        parts = structure.seen(passage, best.number, cell)
        seen = "".join(map(passage.words_at, parts)).strip()
        return decoded(_without_emphasis(seen, "")) or None
    if asks_yes_or_no(question):
        if said := _SAYS_YES_OR_NO.match(best.text):
            return said[1]
        if structure.block_of(passage, best.number).kind == "item":
            return None  # "keep a dog" may be what is forbidden
    # A sentence is looked at in its passage, what it stands under alone.
    first, last = best.place
    whole, place = (
        (passage.text, passage.start) if inside else (passage.words_at(best.place), first)
    )
    if (
        not inside
        and len(words(whole)) <= LONGEST_NAME
        and not content_stems(question) & (content_stems(whole))
    ):
        return whole  # a name by itself: "2.4.0 (2021-03-04)"
    start, end = best.answer[0] - place, best.answer[1] - place
    start, end = _widened(whole, start, end, (first - place, last - place))
    text = whole[start:end].strip()
    if text and text[-1].isdigit() and _HOW_MANY.search(question):
        text += _counted(whole[end:], content_stems(question))
    # A heading, or a bare value, may be all that stands there.
    value = not inside or structure.is_structured(passage)
    if len(words(text)) > MOST_WORDS:
        return None
    if not value and len(text) > MOST_OF_SENTENCE * (last - first):
        return None
    text = _with_dot(text, whole[end:], passage.words_at(best.place))
    if text.count("`") == (2 if text.startswith("`") and text.endswith("`") else 1):
        text = text.strip("` ")  # code by itself, or cut through
    text = _unbracketed(_TAG_AROUND.sub("", _without_emphasis(text, whole[end:])))
    says = [word for word in words(text) if word not in STOP_WORDS or word in ("yes", "no")]
    return decoded(text) if says else None


def asks_yes_or_no(question: str) -> bool:
    return _ASKS_YES_OR_NO.match(question) is not None


def _widened(text: str, start: int, end: int, sentence: Span) -> Span:
    """Return a span with what its words would be wrong or broken without, within the sentence."""
    if _AMOUNT.match(text, start):
        hedge = _HEDGE.search(text, sentence[0], start)
        start = hedge.start() if hedge else start
    if negated := _NEGATED.search(text, sentence[0], start):
        start = negated.start()  # "more than two" is not what "no more than two" says
    title = _WORD_WITH_DOT.search(text, sentence[0], start)
    if title and title[1].lower() in titles():
        start = title.start()
    for address in _ADDRESS.finditer(text, *sentence):
        if address.start() < end and start < address.end():
            start, end = min(start, address.start()), max(end, address.end())
    return _with_halves(text, (start, end), sentence)


def _with_halves(text: str, span: Span, sentence: Span) -> Span:
    """Return a span with the other halves of the quotations and brackets that it cuts through.

    Not of those that are long: there the lone mark is left off.
    """
    start, end = span
    for opened, closed in _pairs(text, sentence):
        longer = min(start, opened), max(end, closed + 1)
        cut = (opened < start <= closed < end) or (start <= opened < end <= closed)
        if cut and len(words(text[slice(*longer)])) <= MOST_WORDS:
            start, end = longer
    return start, end


def _pairs(text: str, sentence: Span) -> list[Span]:
    """Return where quotations and brackets open and close, those within others first."""
    found: list[Span] = []
    still_open: list[tuple[str, int]] = []  # the mark that is waited for, where it was opened
    for place in range(*sentence):
        mark = text[place]
        waiting = next((n for n, (close, _) in enumerate(still_open) if close == mark), None)
        if waiting is not None:
            found.append((still_open[waiting][1], place))
            del still_open[waiting:]
        elif mark in _CLOSES:
            still_open.append((_CLOSES[mark], place))
    return found


def _counted(after: str, asked: set[str]) -> str:
    """Return what is counted, the words right after a number, if the last of them is asked for.

    They end before a mark, a number or a word such as "in". Of "25 apple and pear trees",
    "25 apple" would be wrong.
    """
    run = re.match(r"(?:\s+[^\W\d][\w’'\-]*)*", after)
    found = list(
        takewhile(
            lambda word: word.group().lower() not in STOP_WORDS - {"and", "or"},
            re.finditer(r"\S+", run.group() if run else ""),
        )
    )
    is_asked = bool(found) and stem(found[-1].group().lower()) in asked
    return after[: found[-1].end()] if is_asked else ""


def _without_emphasis(text: str, after: str) -> str:
    """Return the words without marks of emphasis around them; one opened among them is closed."""
    closing = re.match(r"[*_]{1,3}(?!\w)", after)
    if closing and text.count(closing[0]) % 2 == 1:
        text += closing[0]
    marks = [mark.span() for mark in _EMPHASIS.finditer(text)]
    first = marks[0][1] if marks and marks[0][0] == 0 and len(marks) <= 2 else 0
    last = marks[-1][0] if marks and marks[-1][1] == len(text) and len(marks) <= 2 else len(text)
    alone = len(marks) == 2 and (first == 0 or last == len(text))  # emphasis within the words
    return text if alone else text[first:last]


def _with_dot(text: str, after: str, sentence: str) -> str:
    """Return the words with the dot of an abbreviation at their end: "10 a.m.", "Holt Inc."."""
    inside = after.startswith(".") and not sentence.endswith(f"{text}.")
    return f"{text}." if inside or (after[:1] == "." and _INITIALS.search(text)) else text


def _unbracketed(text: str) -> str:
    """Return the words without a bracket at either end whose other half is not among them."""
    for opening, closing in ("()", "[]", "“”", "«»"):
        if text.endswith(closing) and text.count(closing) > text.count(opening):
            text = text[: -len(closing)]
        if text.startswith(opening) and text.count(opening) > text.count(closing):
            text = text[len(opening) :]
    return text.strip()
