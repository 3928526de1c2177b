"""Articles -> examples: a question, a window of text, and the words there that answer it, or none.

Several kinds of examples have no answer, each teaching another contrast: the file's own
unanswerable questions; a question over another window of its article that shares its words; one
over its own paragraph without the sentence that answers; a question or a text with one thing
changed (`contrast.py`); a question over an unrelated article. Some are read as the product reads a
sentence again: by itself, under its title. Questions are sometimes misspelled, cut down to
keywords or put in other words, as people type them. Claims with the sentence that settles them
become questions to be answered by yes or no: that sentence answers.
"""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from articles import Article, Asked, Paragraph
from contrast import Opposites, contradicted, opposed, other_kind, roles_swapped, swapped
from example import Example
from synonyms import reworded

from assistant.splitting import sentence_spans
from assistant.words import STOP_WORDS, content_stems

WINDOW_WORDS = (40, 125)  # of a window cut from a paragraph
WHOLE_WORDS = 160  # a paragraph of at most so many is sometimes read whole
KEPT_WHOLE = 0.65
OTHER_WINDOW = 0.35  # of the answered questions, asked over another window of the article too
SWAPPED = 0.15  # … with a name, number or year of theirs swapped
OTHER_KIND = 0.08  # … after another kind of thing
OPPOSED = 0.3  # … with a word turned to its opposite, in the question or in the text, where one has
ROLES = 0.2  # … over a text where the answer has changed places, where it can
WITHOUT_SENTENCE = 0.06  # … over their own paragraph without the sentence that answers
ALONE = 0.15  # … over the sentence that answers by itself; as many over another sentence
UNRELATED = 0.04  # … over an unrelated article
TYPING_ERRORS = 0.06
KEYWORDS = 0.07
REWORDED = 0.2
TITLED = 0.8  # windows that are read with the title of their article, where it has one
MOST_WINDOWS = 60  # of an article that one question is compared with

# Words before a number that say how exact it is: without them the answer says more than the text.
_HEDGE = re.compile(
    r"\b(?:about|almost|nearly|around|roughly|approximately|some|over|under|at least|at most|up to"
    r"|more than|less than|fewer than|just over|just under|an estimated|as many as|as few as)\s$",
    re.IGNORECASE,
)
_LEADING_VERB = re.compile(r" (?:is|was|are|were|has|can|will|did|does|do) ")


@dataclass(frozen=True)
class Words:
    """What is known of the questions' words: those of like meaning, and those of the opposite."""

    near: Mapping[str, Sequence[str]] = field(default_factory=dict)
    opposites: Opposites = field(default_factory=dict)


def examples(
    articles: Sequence[Article],
    chance: random.Random,
    *,
    per_paragraph: int = 12,
    known: Words | None = None,
    sure: bool = True,
) -> Iterator[Example]:
    """Yield one pass over the articles' questions, at most so many of a paragraph, unordered.

    With words `known`, some questions are put in other words, and some are turned around.
    """
    known = known or Words()
    for article in articles:
        windows = _Windows(article, chance)
        for paragraph in article.paragraphs:
            asked = paragraph.asked
            if len(asked) > per_paragraph:
                asked = chance.sample(asked, per_paragraph)
            for question in asked:
                for example in _of_question(question, paragraph, windows, known, chance):
                    found = _titled(replace(example, sure=sure), article, chance)
                    yield _as_typed(found, chance, known.near)
                if question.answers and chance.random() < UNRELATED:
                    other = chance.choice(articles)
                    if other is not article:
                        text = chance.choice(other.paragraphs).text
                        window = _window(text, _sentences(text), None, chance)
                        lone = Example(question.text, "", text[slice(*window)], None)
                        yield _as_typed(_titled(lone, other, chance), chance, known.near)


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
    asked: Asked, paragraph: Paragraph, windows: _Windows, known: Words, chance: random.Random
) -> Iterator[Example]:
    sentences = windows.sentences(paragraph)
    text = paragraph.text
    if not asked.answers:
        start, end = _window(text, sentences, None, chance)
        yield Example(asked.text, "", text[start:end], None)
        if chance.random() < ALONE:
            start, end = _likest(asked.text, text, sentences)
            yield Example(asked.text, "", text[start:end], None)
        return
    place = _with_hedge(text, _commonest(asked))
    start, end = _window(text, sentences, place, chance)
    here = Example(asked.text, "", text[start:end], (place[0] - start, place[1] - start))
    yield here
    answer = text[slice(*place)]
    if chance.random() < OTHER_WINDOW:
        other = windows.like(asked.text, paragraph, answer, chance)
        if other:
            yield Example(asked.text, "", other, None)
    if chance.random() < WITHOUT_SENTENCE:
        rest = _without(text, sentences, place)
        if rest and answer.lower() not in rest.lower():
            yield Example(asked.text, "", rest, None)
    own = next((s for s in sentences if s[0] <= place[0] and place[1] <= s[1]), None)
    if own is not None:
        yield from _alone(asked.text, text, sentences, own, place, chance)
    yield from _changed(here, windows, known, chance)


def _alone(
    question: str,
    text: str,
    sentences: Sequence[tuple[int, int]],
    own: tuple[int, int],
    place: tuple[int, int],
    chance: random.Random,
) -> Iterator[Example]:
    """Yield the sentence that answers by itself, and the likest of the others, which does not."""
    if chance.random() < ALONE:
        start, end = own
        yield Example(question, "", text[start:end], (place[0] - start, place[1] - start))
    others = [s for s in sentences if s != own and text[slice(*place)] not in text[slice(*s)]]
    if others and chance.random() < ALONE:
        yield Example(question, "", text[slice(*_likest(question, text, others))], None)


def _changed(
    here: Example, windows: _Windows, known: Words, chance: random.Random
) -> Iterator[Example]:
    """Yield the example with one thing changed that takes its answer away."""
    question, text, place = here.question, here.text, here.span
    assert place is not None
    if chance.random() < SWAPPED:
        other = swapped(question, text, windows.text, chance)
        if other:
            yield replace(here, question=other, span=None)
    if chance.random() < OTHER_KIND:
        other = other_kind(question, text, windows.questions, chance)
        if other:
            yield replace(here, question=other, span=None)
    sentence = next((s for s in _sentences(text) if s[0] <= place[0] and place[1] <= s[1]), None)
    if chance.random() < OPPOSED:
        if sentence is None or chance.random() < 0.5:
            other = opposed(question, text, known.opposites, chance)
            if other:
                yield replace(here, question=other, span=None)
        else:
            other = contradicted(text, sentence, question, place, known.opposites, chance)
            if other:
                yield replace(here, text=other, span=None)
    if sentence is not None and chance.random() < ROLES:
        other = roles_swapped(text, sentence, question, place)
        if other:
            yield replace(here, text=other, span=None)


def _likest(question: str, text: str, sentences: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return the sentence that shares the most words with a question."""
    asked = content_stems(question)
    return max(sentences, key=lambda s: len(asked & content_stems(text[slice(*s)])))


def _with_hedge(text: str, place: tuple[int, int]) -> tuple[int, int]:
    """Return the place of an answer with what says how exact its number is."""
    start, end = place
    hedge = _HEDGE.search(text[max(0, start - 20) : start]) if text[start].isdigit() else None
    return (start - len(hedge.group()), end) if hedge else place


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
        self.questions = [asked.text for p in self._paragraphs for asked in p.asked]

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
