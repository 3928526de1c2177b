"""Articles -> examples: a question, a window of text, and the words there that answer it, or none.

Four kinds of examples have no answer, each teaching another contrast: the file's own unanswerable
questions; a question over another window of its article that shares its words; a question whose
name, number or year is swapped for another of its kind; a question over an unrelated article.
Questions are sometimes misspelled or cut down to keywords, as people type them. Claims with the
sentence that settles them become questions to be answered by yes or no: that sentence answers.
"""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from articles import Article, Asked, Paragraph
from synonyms import reworded

from assistant.splitting import sentence_spans
from assistant.words import STOP_WORDS, content_stems, stem, words

WINDOW_WORDS = (40, 125)  # of a window cut from a paragraph
WHOLE_WORDS = 160  # a paragraph of at most so many is sometimes read whole
KEPT_WHOLE = 0.65
OTHER_WINDOW = 0.35  # of the answered questions, asked over another window of the article too
SWAPPED = 0.18  # … with a name, number or year of theirs swapped
WITHOUT_SENTENCE = 0.06  # … over their own paragraph without the sentence that answers
UNRELATED = 0.04  # … over an unrelated article
TYPING_ERRORS = 0.07
KEYWORDS = 0.05
REWORDED = 0.1
TITLED = 0.8  # windows that are read with the title of their article, where it has one
MOST_WINDOWS = 60  # of an article that one question is compared with

_YEAR = re.compile(r"\b(?:1[0-9]|20)\d\d\b")
_NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b|\b(?:two|three|four|five|six|seven|eight|nine|ten)\b")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w’'-]+(?: (?:of |the |de )?[A-Z][\w’'-]+)*")
_LEADING_VERB = re.compile(r" (?:is|was|are|were|has|can|will|did|does|do) ")
_SMALL_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True)
class Example:
    question: str
    title: str  # what is read before the text; often empty
    text: str
    span: tuple[int, int] | None  # the answer in `text`, end exclusive
    sure: bool = True  # whether a person marked the answer there


def examples(
    articles: Sequence[Article],
    chance: random.Random,
    *,
    per_paragraph: int = 12,
    near: Mapping[str, Sequence[str]] | None = None,
    sure: bool = True,
) -> Iterator[Example]:
    """Yield one pass over the articles' questions, at most so many of a paragraph, unordered.

    With `near`, words of like meaning (`synonyms.py`), some questions are put in other words.
    """
    typed = partial(_as_typed, chance=chance, near=near or {})
    for article in articles:
        windows = _Windows(article, chance)
        for paragraph in article.paragraphs:
            asked = paragraph.asked
            if len(asked) > per_paragraph:
                asked = chance.sample(asked, per_paragraph)
            for question in asked:
                for example in _of_question(question, paragraph, windows, chance):
                    yield typed(_titled(replace(example, sure=sure), article, chance))
                if question.answers and chance.random() < UNRELATED:
                    other = chance.choice(articles)
                    if other is not article:
                        text = chance.choice(other.paragraphs).text
                        window = _window(text, _sentences(text), None, chance)
                        lone = Example(question.text, "", text[slice(*window)], None)
                        yield typed(_titled(lone, other, chance))


def yes_no(claims: Sequence[tuple[str, str]], chance: random.Random) -> Iterator[Example]:
    """Yield a yes-or-no question for each claim (claim, evidence) with a verb that can lead one.

    Its evidence must be one sentence; it stands among sentences about other claims, or, in one
    example of five, is missing.
    """
    sentences = [evidence.strip() for _, evidence in claims if len(_sentences(evidence)) == 1]
    for claim, evidence in claims:
        question, evidence = _as_question(claim), evidence.strip()
        if question is None or len(_sentences(evidence)) != 1:
            continue
        around = chance.sample(sentences, chance.randint(1, 3))
        missing = chance.random() < 0.2
        shown = [s for s in around if s != evidence] + ([] if missing else [evidence])
        chance.shuffle(shown)
        text = " ".join(shown)
        start = text.find(evidence)
        span = None if missing or not shown else (start, start + len(evidence))
        if text:
            yield _as_typed(Example(question, "", text, span), chance, {})


def _as_question(claim: str) -> str | None:
    """ "The Rhine is a river." -> "Is the Rhine a river?"; None for a claim with no such verb."""
    verb = _LEADING_VERB.search(claim)
    if verb is None or len(claim[: verb.start()].split()) > 6:
        return None
    subject = claim[: verb.start()].strip()
    if subject.split()[0] in ("The", "A", "An", "There", "It", "He", "She", "They"):
        subject = subject[0].lower() + subject[1:]
    rest = claim[verb.end() :].strip().rstrip(".")
    return f"{verb.group().strip().capitalize()} {subject} {rest}?" if subject and rest else None


def _of_question(
    asked: Asked, paragraph: Paragraph, windows: _Windows, chance: random.Random
) -> Iterator[Example]:
    sentences = windows.sentences(paragraph)
    text = paragraph.text
    if not asked.answers:
        start, end = _window(text, sentences, None, chance)
        yield Example(asked.text, "", text[start:end], None)
        return
    place = _commonest(asked)
    start, end = _window(text, sentences, place, chance)
    here = Example(asked.text, "", text[start:end], (place[0] - start, place[1] - start))
    yield here
    answer = text[slice(*place)]
    if chance.random() < OTHER_WINDOW:
        other = windows.like(asked.text, paragraph, answer, chance)
        if other:
            yield Example(asked.text, "", other, None)
    if chance.random() < SWAPPED:
        question = swapped(asked.text, here.text, windows.text, chance)
        if question:
            yield replace(here, question=question, span=None)
    if chance.random() < WITHOUT_SENTENCE:
        rest = _without(text, sentences, place)
        if rest and answer.lower() not in rest.lower():
            yield Example(asked.text, "", rest, None)


class _Windows:
    """The paragraphs of an article, to find one that speaks of what a question asks."""

    def __init__(self, article: Article, chance: random.Random) -> None:
        self._paragraphs = article.paragraphs
        if len(self._paragraphs) > MOST_WINDOWS:
            self._paragraphs = chance.sample(self._paragraphs, MOST_WINDOWS)
        self._stems = [content_stems(paragraph.text) for paragraph in self._paragraphs]
        held = Counter(stem for stems in self._stems for stem in stems)
        self._weights = {s: math.log(1 + len(self._stems) / n) for s, n in held.items()}
        self._sentences: dict[int, list[tuple[int, int]]] = {}
        self.text = "\n".join(paragraph.text for paragraph in self._paragraphs)

    def sentences(self, paragraph: Paragraph) -> list[tuple[int, int]]:
        if id(paragraph) not in self._sentences:
            self._sentences[id(paragraph)] = _sentences(paragraph.text)
        return self._sentences[id(paragraph)]

    def like(
        self, question: str, asked_of: Paragraph, answer: str, chance: random.Random
    ) -> str | None:
        """Return one of the five windows nearest by words that lack the answer."""
        asked = content_stems(question)
        scored = [
            (math.fsum(self._weights[s] for s in asked & stems), number)
            for number, stems in enumerate(self._stems)
            if self._paragraphs[number] is not asked_of
        ]
        near = sorted(scored, key=lambda pair: (-pair[0], pair[1]))[:5]
        lacking = [n for _, n in near if answer.lower() not in self._paragraphs[n].text.lower()]
        if not lacking:
            return None
        paragraph = self._paragraphs[chance.choice(lacking)]
        start, end = _window(paragraph.text, self.sentences(paragraph), None, chance)
        return paragraph.text[start:end]


def _sentences(text: str) -> list[tuple[int, int]]:
    return sentence_spans(text) or [(0, len(text))]


def _commonest(asked: Asked) -> tuple[int, int]:
    """Return the place that most people marked; of those, the one with the fewest characters."""
    counts = Counter(asked.answers)
    start, answer = min(counts, key=lambda a: (-counts[a], len(a[1]), a[0]))
    return start, start + len(answer)


def _window(
    text: str,
    sentences: Sequence[tuple[int, int]],
    place: tuple[int, int] | None,
    chance: random.Random,
) -> tuple[int, int]:
    """Return a stretch of whole sentences, around `place` if one is given; often all of them."""
    lengths = [len(text[slice(*sentence)].split()) for sentence in sentences]
    if sum(lengths) <= WHOLE_WORDS and chance.random() < KEPT_WHOLE:
        return 0, len(text)
    if place is None:
        first = last = chance.randrange(len(sentences))
    else:
        first = max(n for n, s in enumerate(sentences) if s[0] <= place[0] or n == 0)
        last = min(n for n, s in enumerate(sentences) if s[1] >= place[1] or s is sentences[-1])
        last = max(first, last)
    most = chance.randint(*WINDOW_WORDS)
    total = sum(lengths[first : last + 1])
    while True:
        sides = []
        if first > 0 and total + lengths[first - 1] <= most:
            sides.append(-1)
        if last + 1 < len(sentences) and total + lengths[last + 1] <= most:
            sides.append(1)
        if not sides:
            break
        if chance.choice(sides) < 0:
            first -= 1
            total += lengths[first]
        else:
            last += 1
            total += lengths[last]
    start, end = sentences[first][0], sentences[last][1]
    return (min(start, place[0]), max(end, place[1])) if place else (start, end)


def _without(text: str, sentences: Sequence[tuple[int, int]], place: tuple[int, int]) -> str | None:
    kept = [text[s:e] for s, e in sentences if e <= place[0] or s >= place[1]]
    return " ".join(kept) if len(kept) >= 2 else None


def swapped(question: str, text: str, article: str, chance: random.Random) -> str | None:
    """Return the question about another year, number or name; None where it has none to swap.

    What is swapped must stand in the text, so that the swap is what takes the answer away; what is
    put in its place must not.
    """
    held = {stem(word) for word in words(text)}
    found = []
    for pattern, other in ((_YEAR, _other_year), (_NUMBER, _other_number), (_NAME, _other_name)):
        for match in pattern.finditer(question):
            if all(stem(word) in held for word in words(match.group())):
                found.append((match, other))
    chance.shuffle(found)
    for match, other in found:
        put = other(match.group(), article, chance)
        if put and not {stem(word) for word in words(put)} <= held:
            return question[: match.start()] + put + question[match.end() :]
    return None


def _other_year(year: str, article: str, chance: random.Random) -> str:
    known = [str(other) for other in set(_YEAR.findall(article)) if other != year]
    if known and chance.random() < 0.5:
        return chance.choice(sorted(known))
    return str(int(year) + chance.choice([-20, -11, -10, -5, -3, -2, -1, 1, 2, 3, 5, 10, 13]))


def _other_number(number: str, article: str, chance: random.Random) -> str | None:
    if number in _SMALL_NUMBERS:
        return chance.choice([other for other in _SMALL_NUMBERS if other != number])
    digits = number.replace(",", "")
    if not digits.isdigit() or _YEAR.fullmatch(number):
        return None
    value = int(digits)
    other = value + max(1, round(value * chance.uniform(0.1, 0.9))) * chance.choice([-1, 1])
    return f"{max(other, 1):,}" if "," in number else str(max(other, 1))


def _other_name(name: str, article: str, chance: random.Random) -> str | None:
    known = {other for other in _NAME.findall(article) if len(other.split()) == len(name.split())}
    asked = {stem(word) for word in words(name)}
    fitting = sorted(o for o in known if not asked & {stem(word) for word in words(o)})
    return chance.choice(fitting) if fitting else None


def _titled(example: Example, article: Article, chance: random.Random) -> Example:
    return replace(example, title=article.title if chance.random() < TITLED else "")


def _as_typed(
    example: Example, chance: random.Random, near: Mapping[str, Sequence[str]]
) -> Example:
    """Return the example with its question misspelled, in keywords or in other words, at times."""
    if near and chance.random() < REWORDED:
        example = replace(example, question=reworded(example.question, near, chance))
    drawn = chance.random()
    if drawn < TYPING_ERRORS:
        return replace(example, question=misspelled(example.question, chance))
    if drawn < TYPING_ERRORS + KEYWORDS:
        kept = [w for w in example.question.rstrip("?").split() if w.lower() not in STOP_WORDS]
        if len(kept) >= 3:
            return replace(example, question=" ".join(kept))
    if drawn > 0.97:
        return replace(example, question=example.question.rstrip(" ?"))
    return example


def misspelled(question: str, chance: random.Random) -> str:
    """Return the question with one or two letters of its longer words swapped, lost or doubled."""
    letters = question.split(" ")
    long = [n for n, word in enumerate(letters) if len(word) > 4 and word.isalpha()]
    for number in chance.sample(long, min(len(long), chance.choice([1, 1, 2]))):
        word = letters[number]
        at = chance.randrange(1, len(word) - 1)
        letters[number] = chance.choice(
            [
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
            ]
        )
    return " ".join(letters)
