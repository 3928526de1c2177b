"""What somebody or something does to what: the object of a sentence, which "what" can ask for.

Any verb may have one. What tells is the form: an article or the like after a word that can be a
verb, or a noun after one that can be nothing else.
"""

from __future__ import annotations

import re

from assistant.dictionary import parts_of_speech
from assistant.suggesting.clauses import ADVERB, ASIDE, AUX, COUNT, MONTH, Clause
from assistant.suggesting.verbs import (
    LIGHT,
    LINKING,
    PREPOSITIONS,
    Form,
    forms,
    is_participle,
    only_verb,
)
from assistant.words import STOP_WORDS

_DETERMINED = re.compile(r"(?:the|an?|its|their|his|her|your|any|all|every|each|some|no|several) ")
_HOW_LONG = re.compile(  # "lasts the whole summer": no object
    r"(?:\w+ ){1,3}?(?:second|minute|hour|day|night|morning|afternoon|evening|week|weekend|month|"
    r"season|spring|summer|autumn|winter|year|decade|century|centurie|time|way|mile|metre|meter)s?\b"
    r"|(?:a lot|a bit|a little|the same)\b"
)
_DAY = rf"(?:{MONTH}|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b"


def object_asked(clause: Clause) -> tuple[str, str, str] | None:
    """Return the auxiliary, the subject and the verb of a question for the object; None without.

    "Frost damages the buds." -> does, frost, damage
    """
    for word in re.finditer(r"(?<= )[a-z]+(?= )", clause.body):
        before = re.fullmatch(
            rf"(?P<s>.+?){ASIDE}{ADVERB}(?: (?P<aux>can|will|must|should|may))?",
            clause.body[: word.start() - 1],
        )
        if not before or not _names(before["s"]):
            continue
        subject = clause.subject(before["s"])
        form = _form(word.group(), subject, before["aux"]) if subject else None
        if not subject or not form or form.base in LINKING:
            continue
        following = clause.body[word.end() + 1 :]
        particle = PREPOSITIONS.get(form.base)
        if (
            particle
            and following.startswith(f"{particle} ")
            and _is_object(following[len(particle) + 1 :], sure=True, counted=True)
        ):
            return form.auxiliary, subject, f"{form.base} {particle}"
        sure = form.base not in LIGHT and (bool(before["aux"]) or _is_sure(word.group(), subject))
        if _is_object(following, sure):
            return form.auxiliary, subject, form.base
    return None


def agreeing(word: str, subject: str) -> Form | None:
    """Return the form of a verb that goes with a subject of that number; None for no verb.

    "the shop", "sells" -> does, sell; "shops", "sells" -> None, as it may be a noun there
    """
    by_auxiliary = {form.auxiliary: form for form in forms(word) if word not in STOP_WORDS}
    if set(by_auxiliary) == {"did"}:
        return by_auxiliary["did"]
    if _is_plural(subject):
        past, present = by_auxiliary.get("did"), by_auxiliary.get("do")
        first = next(iter(by_auxiliary.values()), None)
        is_past = past and present and first == past and past.base != present.base  # "found"
        return past if is_past else (None if past else present)
    return by_auxiliary.get("does") or by_auxiliary.get("did")


def is_finite(word: str, following: str) -> bool:
    """Whether a word is the verb of its clause, by itself or by what follows it."""
    if re.fullmatch(AUX, word):
        return True
    is_verb = word not in STOP_WORDS and bool(forms(word))
    return is_verb and (only_verb(word) or _DETERMINED.match(following) is not None)


def _form(word: str, subject: str, aux: str | None) -> Form | None:
    if not aux:
        return agreeing(word, subject)
    return next((Form(aux, form.base) for form in forms(word) if form.auxiliary == "do"), None)


def _head(subject: str) -> str:
    return str(re.split(" (?:of|in|for|at|on|from) ", subject)[0].split()[-1])


def _names(subject: str) -> bool:
    """Whether words can be a subject: they end with a name or a noun, and are not "you"."""
    *others, last = subject.split()
    if last.lower() in STOP_WORDS or not last[0].isalpha():
        return False
    return (not last.islower() and bool(others)) or _may_be_noun(last.lower())


def _is_sure(word: str, subject: str) -> bool:
    """Whether a word is the verb, whatever follows: not "spilled" (water), but "the lid keeps"."""
    if is_participle(word):
        return False
    after_noun = subject.startswith("the ") and "ADJ" not in parts_of_speech(subject.split()[-1])
    is_third = {form.auxiliary for form in forms(word)} == {"does"}
    return only_verb(word) or (is_third and after_noun)


def _may_be_noun(word: str) -> bool:
    """Whether the lexicon has a word as a noun, or does not know it, as it knows few names."""
    kinds = parts_of_speech(word)
    return not kinds or not {"NOUN", "PROPN"}.isdisjoint(kinds)


def _is_plural(subject: str) -> bool:
    head = _head(subject)
    if " and " in subject or head in ("people", "men", "women", "children"):
        return True
    return head.islower() and head.endswith("s") and not head.endswith(("ss", "us", "is"))


def _is_object(following: str, sure: bool, counted: bool = False) -> bool:
    """Whether words begin with an object; where the verb is not `sure` to be one, a determined one.

    An adjective alone, or what tells when, is none; a number is one where it may be `counted`.
    """
    if counted and re.match(COUNT, following):
        return True
    if _DETERMINED.match(following):
        return not _HOW_LONG.match(following)
    if not sure or re.match(_DAY, following):
        return False
    first, *more = re.findall(r"[\w’'-]+|[^\w\s]", following)[:2] or [""]
    if first in "“" or first[0].isupper():
        return bool(first)
    kinds = parts_of_speech(first)
    if first in STOP_WORDS or "ADV" in kinds:
        return False
    if "ADJ" in kinds:
        return bool(more) and more[0] not in STOP_WORDS and _may_be_noun(more[0])
    return "NOUN" in kinds
