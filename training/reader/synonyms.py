"""Words -> words of like meaning, to ask a question in other words than its passage uses.

Readers rarely know the words of the documents; questions written with the passage in view mostly
repeat them. The base model's own embeddings of single words tell which are near. Some of what is
near is not the same ("dialect", "accent"): people are as loose, and the words around still tell.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from assistant.embedding import DEFAULT_MODEL, SentenceTransformerEmbedder
from assistant.words import STOP_WORDS, stem

LEAST_COSINE = 0.66
MOST_NEAR = 3  # of a word
LEAST_COUNT = 5  # of a word, in all questions
LEAST_LETTERS = 4
MOST_CHANGED = 3  # words of a question

_ALPHABETIC = re.compile(r"[A-Za-z]+")
# Near each other, and never the same.
_COUNTING = frozenset(
    _ALPHABETIC.findall(
        """
    four five seven eight nine eleven twelve thirteen fourteen fifteen sixteen twenty thirty forty
    fifty sixty hundred thousand million billion first second third fourth fifth sixth seventh
    eighth ninth tenth last monday tuesday wednesday thursday friday saturday sunday january
    february march april june july august september october november december north south east
    west northern southern eastern western left right more less most least before after many much
    year month week day hour name form
    """
    )
)


def synonyms(questions: Iterable[str]) -> dict[str, list[str]]:
    """Return for each common word of the questions the words nearest in meaning, nearest first.

    Names (words that are mostly capitalised), numbers and forms of the same word are left out.
    """
    small: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for question in questions:
        for word in _ALPHABETIC.findall(question)[1:]:
            (small if word.islower() else capital)[word.lower()] += 1
    known = sorted(
        word
        for word, count in small.items()
        if count >= LEAST_COUNT
        and len(word) >= LEAST_LETTERS
        and capital[word] < count
        and word not in STOP_WORDS
        and word not in _COUNTING
    )
    if not known:
        return {}
    embedder = SentenceTransformerEmbedder(DEFAULT_MODEL, Path())
    vectors = np.asarray(embedder.embed_passages(known))
    stems = [stem(word) for word in known]
    found = {}
    for number, cosines in enumerate(vectors @ vectors.T):
        nearest = np.argsort(-cosines, kind="stable")[: 4 * MOST_NEAR]
        near = [
            known[n] for n in nearest if cosines[n] >= LEAST_COSINE and stems[n] != stems[number]
        ][:MOST_NEAR]
        if near:
            found[known[number]] = near
    return found


def reworded(question: str, near: Mapping[str, Sequence[str]], chance: random.Random) -> str:
    """Return the question with one to three of its words put in others, where some are known."""
    places = [match for match in _ALPHABETIC.finditer(question) if match.group() in near]
    changed = chance.sample(places, min(len(places), chance.randint(1, MOST_CHANGED)))
    for match in sorted(changed, key=lambda match: -match.start()):
        other = chance.choice(near[match.group()])
        question = question[: match.start()] + other + question[match.end() :]
    return question
