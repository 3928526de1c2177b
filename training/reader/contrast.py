"""Questions and texts with one thing changed, so that what answered answers no longer.

A reader that only looks for what speaks of the same matter finds an answer in each. Changed are a
name, a number or a year (`swapped`), what kind of thing is asked for (`other_kind`), a word for its
opposite in the question or in the sentence that answers (`opposed`, `contradicted`), and who does
what to whom (`roles_swapped`). A few such changes leave the answer right ("married", "near"); most
do not, and a reader learns from most (Kaushik, Hovy and Lipton 2020, "Learning the difference that
makes a difference with counterfactually-augmented data").
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from assistant.words import stem, words

LEAST_COUNT = 3  # of an opposite, in all questions: rarer ones nobody would ask with
MOST_SENSES = 2  # of a word, the commonest first, whose opposites are taken

_YEAR = re.compile(r"\b(?:1[0-9]|20)\d\d\b")
_NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b|\b(?:two|three|four|five|six|seven|eight|nine|ten)\b")
NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w’'-]+(?: (?:of |the |de )?[A-Z][\w’'-]+)*")
_ANY_NAME = re.compile(r"\b[A-Z][\w’'-]+(?: (?:of |the |de )?[A-Z][\w’'-]+)*")
_WORD = re.compile(r"[A-Za-z]+")
_SMALL_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_KIND = re.compile(
    r"\b(?:how many|what|which|what type of|what kind of)"
    r" (?!(?:is|was|are|were|did|does|do|has|had|have|can|could|will|would|other|many|kind|type)\b)"
    r"([a-z]{4,})\b",
    re.IGNORECASE,
)
_BESIDE = re.compile(r"[\s,]*(?:and|or|,)?[\s,]*")

Opposites = Mapping[str, Sequence[str]]


def swapped(question: str, text: str, article: str, chance: random.Random) -> str | None:
    """Return the question about another year, number or name; None where it has none to swap.

    What is swapped must stand in the text, so that the swap is what takes the answer away; what is
    put in its place must not.
    """
    held = {stem(word) for word in words(text)}
    found = []
    for pattern, other in ((_YEAR, _other_year), (_NUMBER, _other_number), (NAME, _other_name)):
        for match in pattern.finditer(question):
            if all(stem(word) in held for word in words(match.group())):
                found.append((match, other))
    chance.shuffle(found)
    for match, other in found:
        put = other(match.group(), article, chance)
        if put and not {stem(word) for word in words(put)} <= held:
            return question[: match.start()] + put + question[match.end() :]
    return None


def other_kind(
    question: str, text: str, others: Sequence[str], chance: random.Random
) -> str | None:
    """Return the question after another kind of thing that questions nearby ask for.

    "How many bridges does it have?" -> "How many islands does it have?", where the text speaks of
    bridges and not of islands.
    """
    asked = _KIND.search(question)
    if asked is None:
        return None
    held = {stem(word) for word in words(text)}
    kinds = sorted({m.group(1).lower() for o in others if (m := _KIND.search(o))})
    fitting = [
        kind
        for kind in kinds
        if stem(kind) not in held and kind.endswith("s") == asked.group(1).endswith("s")
    ]
    if not fitting:
        return None
    return question[: asked.start(1)] + chance.choice(fitting) + question[asked.end(1) :]


def opposed(question: str, text: str, opposites: Opposites, chance: random.Random) -> str | None:
    """Return the question with a word turned to its opposite, which the text does not hold."""
    held = {stem(word) for word in words(text)}
    return _turned(question, held, None, opposites, chance)


def contradicted(
    text: str,
    sentence: tuple[int, int],
    question: str,
    answer: tuple[int, int],
    opposites: Opposites,
    chance: random.Random,
) -> str | None:
    """Return the text with a word of the question, in the sentence that answers, turned around."""
    start, end = sentence
    if any(text[start:end].lower().count(word) for word in (" not ", "n't ", " never ", " no ")):
        return None
    asked = {stem(word) for word in words(question)}
    before = _turned(text[start : answer[0]], set(), asked, opposites, chance)
    if before is not None:
        return text[:start] + before + text[answer[0] :]
    after = _turned(text[answer[1] : end], set(), asked, opposites, chance)
    return None if after is None else text[: answer[1]] + after + text[end:]


def roles_swapped(
    text: str, sentence: tuple[int, int], question: str, answer: tuple[int, int]
) -> str | None:
    """Return the text with the name that answers and one that the question gives changed places.

    "Who beat Ada?" over "Bea beat Ada." -> "Ada beat Bea.". Both must stand in the sentence, and
    not side by side in a list, where their order says nothing.
    """
    own = text[slice(*answer)]
    start, end = sentence
    if not _ANY_NAME.fullmatch(own) or text[start:end].count(own) != 1:
        return None
    for match in _ANY_NAME.finditer(text, start, end):
        name = match.group()
        overlaps = match.start() < answer[1] and answer[0] < match.end()
        if overlaps or name not in question or own in name or name in own:
            continue
        first, second = sorted([answer, match.span()])
        if _BESIDE.fullmatch(text[first[1] : second[0]]) or text[start:end].count(name) != 1:
            continue
        return "".join(
            (
                text[: first[0]],
                text[slice(*second)],
                text[first[1] : second[0]],
                text[slice(*first)],
                text[second[1] :],
            )
        )
    return None


def opposites(folder: Path, questions: Iterable[str]) -> dict[str, list[str]]:
    """Return the opposites of the questions' words, in the same form, by WordNet's files.

    "highest" -> ["lowest"]. Kept are those that are themselves asked with.

    Raises:
        OSError: the folder does not hold WordNet's files.
    """
    counts = Counter(w.lower() for question in questions for w in _WORD.findall(question))
    known = {kind: _antonyms(folder, name) for kind, name in _FILES.items()}
    found = {}
    for word in counts:
        turned = sorted(
            form
            for kind, antonyms in known.items()
            for form in _in_its_form(word, kind, antonyms)
            if counts[form] >= LEAST_COUNT and form != word
        )
        if turned:
            found[word] = list(dict.fromkeys(turned))
    found.setdefault("before", ["after"])  # which WordNet knows as adverbs of no opposite
    found.setdefault("after", ["before"])
    return found


_FILES = {"ADJ": "adj", "ADV": "adv", "VERB": "verb", "NOUN": "noun"}


def _turned(
    words_: str,
    absent: set[str],
    among: set[str] | None,
    opposites_: Opposites,
    chance: random.Random,
) -> str | None:
    """Return the words with one turned to an opposite that is not among the stems `absent`.

    With `among`, only words of these stems are turned.
    """
    places = [
        match
        for match in _WORD.finditer(words_)
        if match.group() in opposites_ and (among is None or stem(match.group()) in among)
    ]
    chance.shuffle(places)
    for match in places:
        fitting = [o for o in opposites_[match.group()] if stem(o) not in absent]
        if fitting:
            return words_[: match.start()] + chance.choice(fitting) + words_[match.end() :]
    return None


def _antonyms(folder: Path, name: str) -> dict[str, list[str]]:
    """Return the opposites of each lemma in its commonest senses, as WordNet's format has them."""
    lines = (folder / f"data.{name}").read_text(encoding="utf-8").splitlines()
    held: dict[str, tuple[list[str], list[tuple[int, str, int]]]] = {}
    for line in lines:
        if line.startswith("  "):  # the licence
            continue
        parts = line.split(" ")
        count = int(parts[3], 16)
        lemmas = [parts[4 + 2 * n].split("(")[0].replace("_", " ").lower() for n in range(count)]
        at = 4 + 2 * count
        pointers = [parts[at + 1 + 4 * n : at + 5 + 4 * n] for n in range(int(parts[at]))]
        turned = [
            (int(places[:2], 16), offset, int(places[2:], 16))
            for mark, offset, _, places in pointers
            if mark == "!"
        ]
        held[parts[0]] = lemmas, turned
    found: dict[str, list[str]] = {}
    for line in (folder / f"index.{name}").read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):
            continue
        parts = line.split()
        lemma, senses = parts[0].replace("_", " "), parts[-int(parts[2]) :]
        for sense in senses[:MOST_SENSES]:
            lemmas, turned = held[sense]
            for own, other, place in turned:
                if lemmas[own - 1] == lemma and other in held:
                    found.setdefault(lemma, []).append(held[other][0][place - 1])
    return found


def _in_its_form(word: str, kind: str, antonyms: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the opposites of a word's lemma, put in the form that the word has."""
    from lemminflect import getInflection

    found = []
    for lemma in _lemmas(word).get(kind, ()):
        for other in antonyms.get(lemma, ()):
            if lemma == word:
                found.append(other)
                continue
            for tag in _TAGS[kind]:
                if word in getInflection(lemma, tag=tag):
                    found += getInflection(other, tag=tag)[:1]
                    break
    return found


_TAGS = {
    "ADJ": ("JJR", "JJS"),
    "ADV": ("RBR", "RBS"),
    "VERB": ("VBD", "VBN", "VBZ", "VBG"),
    "NOUN": ("NNS",),
}


@cache
def _lemmas(word: str) -> Mapping[str, tuple[str, ...]]:
    from lemminflect import getAllLemmas

    lemmas: Mapping[str, tuple[str, ...]] = getAllLemmas(word)
    return lemmas


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
    known = {other for other in NAME.findall(article) if len(other.split()) == len(name.split())}
    asked = {stem(word) for word in words(name)}
    fitting = sorted(o for o in known if not asked & {stem(word) for word in words(o)})
    return chance.choice(fitting) if fitting else None
