"""The forms of English verbs, by a lexicon: which words are one, and what questions make of them.

LemmInflect carries the words of the SPECIALIST Lexicon of the U.S. National Library of Medicine.
The verbs of general English are among them, so that none need be chosen here.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from assistant.dictionary import parts_of_speech
from assistant.words import STOP_WORDS


class Form(NamedTuple):
    """A form of a verb, and what a question with it is made of: "melts" -> does, melt."""

    auxiliary: str
    base: str


_AUXILIARIES = {"VBZ": "does", "VBD": "did", "VB": "do"}  # by Penn Treebank's tags

# Verbs that take a preposition which stays with them in a question: "What does it consist of?" They
# are those with which five questions or more end, of those that begin with "What" and an auxiliary,
# among the 25,765 of SQuAD's development sets, SquadShifts' new Wikipedia articles and a sample of
# SQuAD's training set.
PREPOSITIONS = {
    "consist": "of",
    "depend": "on",
    "focus": "on",
    "lead": "to",
    "refer": "to",
    "result": "in",
    "stand": "for",
}

# As grammars list them: no object follows a verb that says what something is, and what follows a
# light one without an article is mostly no object but part of an expression: "takes place".
LINKING = frozenset(
    "appear be become feel keep lie look remain seem smell sound stay taste".split()  # noqa: SIM905
)
LIGHT = frozenset({"do", "give", "have", "make", "take"})


@lru_cache(maxsize=20_000)
def forms(word: str) -> tuple[Form, ...]:
    """Return what a word is as a finite verb: "put" -> (do, put), (did, put). Empty for no verb.

    Of bases with the same form, the shorter comes first: the longer is an older spelling of it.
    """
    found = (
        Form(auxiliary, bare)
        for bare in sorted(parts_of_speech(word).get("VERB", ()), key=len)
        for tag, auxiliary in _AUXILIARIES.items()
        if word in _inflected(bare, tag)
    )
    return tuple(dict.fromkeys(found))


def base(past: str) -> str | None:
    """Return the base of a past form; None where a word is none: "wrote" -> "write".

    None for "was" too, and for others that need no "did".
    """
    if past in STOP_WORDS:
        return None
    return next((form.base for form in forms(past) if form.auxiliary == "did"), None)


def is_participle(word: str) -> bool:
    """Whether it is a past participle: "written", "opened"."""
    return any(
        word in (_inflected(bare, "VBN") or _inflected(bare, "VBD"))
        for bare in parts_of_speech(word).get("VERB", ())
    )


def only_verb(word: str) -> bool:
    """Whether a word can be nothing but a verb: "melts", but not "plans"."""
    return set(parts_of_speech(word)) == {"VERB"}


@lru_cache(maxsize=20_000)
def _inflected(bare: str, tag: str) -> tuple[str, ...]:
    from lemminflect import getAllInflections

    return tuple(getAllInflections(bare, "VERB").get(tag, ()))
