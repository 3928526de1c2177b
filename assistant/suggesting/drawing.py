"""One sentence -> questions that it answers, by the forms that English gives to facts.

No parser is at hand: each form is a pattern that leaves alone what it is not sure to turn well, and
what is drawn is only offered after the Assistant has answered it (`choosing.py`). The way from a
statement to a question (take the answer out, move the auxiliary before the subject) is that of
Heilman and Smith, "Good Question! Statistical Ranking for Question Generation" (2010).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from assistant.suggesting.clauses import (
    ADVERB,
    ASIDE,
    AUX,
    CAP,
    COUNT,
    END,
    IMPERSONAL,
    MONTH,
    MORE,
    NAME,
    PERSON,
    REPORTED,
    SHARE,
    THINGS,
    UNFIT,
    WHEN,
    YEAR,
    Clause,
    clause_of,
    spaced,
)
from assistant.suggesting.objects import agreeing, is_finite, object_asked
from assistant.suggesting.verbs import base, forms, is_participle

SHORTEST, LONGEST = 12, 120  # characters of a question that is taken in at a glance
LONGEST_SENTENCE = 600  # characters; a longer one is a list or a table, or hard to ask for

_OF_ANOTHER = re.compile(r"\b(?:it|they|them|this|these|those|he|she|him|her)\b", re.IGNORECASE)
_ASKS = re.compile("(?:What|How|When|Where|Which|Who|Whom|Whose|Why|Can|Do|Does|Is|Are|May) ")


@dataclass(frozen=True)
class Question:
    """A question drawn from a sentence, and what it asks for: a "number", a "time" …"""

    text: str
    kind: str


def draw(sentence: str, surroundings: str) -> list[Question]:
    """Return questions that `sentence` answers: those that ask for a number first.

    `surroundings`, the text that it stands in, tells names from words that only begin a sentence.
    Empty where no form fits, as in other languages than English. A sentence that asks is the
    document's own question, answered by what follows it.

    "The swifts have nested under more than 60 roofs." ->
    "Under how many roofs have the swifts nested?"
    """
    sentence = " ".join(sentence.split())
    if len(sentence) > LONGEST_SENTENCE:
        return []
    if sentence.endswith("?"):
        return [Question(sentence, "own")] if _ASKS.match(sentence) and _fit(sentence) else []
    clause = clause_of(sentence, surroundings)
    asked = ((form(clause), kind) for kind, forms in _FORMS.items() for form in forms)
    return [Question(text, kind) for text, kind in asked if text and _fit(text)]


def _fit(question: str) -> bool:
    """Whether a question can be read by itself, at a glance."""
    paired = all(question.count(one) == question.count(two) for one, two in ("()", "“”", "[]"))
    whole = paired and '"' not in question and not _OF_ANOTHER.search(question)
    return whole and SHORTEST <= len(question) <= LONGEST


def _question(*parts: str | None) -> str:
    return f"{spaced(*parts)}?"


# The forms: each takes a clause and returns a question, or None where it does not fit.


def _in_how_many(clause: Clause) -> str | None:
    """Moss has grown on over 60 roofs. -> On how many roofs has moss grown?"""
    match = clause.match(
        rf"(?P<s>.+?) (?P<aux>{AUX}) (?P<verb>[\w’' -]+?) "
        rf"(?P<prep>in|to|from|for|by|at|across|among|with|on|under) {COUNT} {THINGS}"
        r"(?=[,.;]| in | of |$)"
    )
    if not match or re.search(r"\d", match["s"]) or UNFIT.search(match["verb"]):
        return None
    subject, rest = clause.subject(match["s"]), clause.rest(match.end())
    if subject is None or rest is None:
        return None
    asked = f"{match['prep'].capitalize()} how many {match['things']}"
    return _question(asked, match["aux"], subject, match["verb"], rest)


def _how_many(clause: Clause) -> str | None:
    """About 30 pears were left on the tree. -> How many pears were left on the tree?"""
    match = clause.match(rf"{REPORTED}(?i:{COUNT}) {THINGS} (?P<verb>[a-z]+) ")
    rest = clause.rest(match.end()) if match else None
    if not match or rest is None or UNFIT.search(match["things"]):
        return None
    if not is_finite(match["verb"], rest):
        return None
    return _question("How many", match["things"], match["verb"], rest)


def _how_many_of_object(clause: Clause) -> str | None:
    """Goya painted six portraits in Cadiz. -> How many portraits did Goya paint in Cadiz?"""
    match = clause.match(
        rf"(?P<s>.+?){ASIDE}(?: (?P<aux>has|have|had|can|will))?{ADVERB} (?P<verb>\w+) {COUNT} "
        rf"{THINGS}(?=[,.;]| (?:in|of|to|from|for|by|at|since|on|across)\b|$)"
    )
    if not match or UNFIT.search(match["things"]):
        return None
    subject, rest = clause.subject(match["s"]), clause.rest(match.end())
    if subject is None or rest is None:
        return None
    things, aux = f"How many {match['things']}", match["aux"]
    if aux:
        is_whole = aux in ("can", "will") or is_participle(match["verb"])
        return _question(things, aux, subject, match["verb"], rest) if is_whole else None
    form = agreeing(match["verb"], subject)
    return _question(things, form.auxiliary, subject, form.base, rest) if form else None


def _percentage(clause: Clause) -> str | None:
    """Tests found 15 percent of eels carry the worm. -> What percentage of eels carry the worm?"""
    for count in range(1, 6):  # words before the verb
        match = clause.match(
            rf"(?:[^;]+ )?(?i:{SHARE}) (?P<of>(?:[\w’'-]+ ){{{count}}})(?P<verb>[a-z]+) "
        )
        rest = clause.rest(match.end()) if match else None
        if not match or rest is None or UNFIT.search(match["of"]) or re.search(r"\d ?%", rest):
            continue
        several = match["of"].rstrip().endswith("s") and agreeing(match["verb"], "things")
        if several or is_finite(match["verb"], rest):
            return _question("What percentage of", match["of"], match["verb"], rest)
    return None


def _percentage_of_object(clause: Clause) -> str | None:
    """Salt covers 60 percent of the flats. -> What percentage of the flats does salt cover?"""
    match = clause.match(
        rf"(?P<s>.+?){ASIDE}{ADVERB} (?P<verb>[a-z]+) {SHARE} (?P<of>[\w’' -]+?){END}"
    )
    subject = clause.subject(match["s"]) if match else None
    if not match or subject is None or UNFIT.search(match["of"]) or " and " in match["of"]:
        return None
    form = agreeing(match["verb"], subject)
    if form is None or _percentage(clause):
        return None
    return _question(f"What percentage of {match['of']}", form.auxiliary, subject, form.base)


def _when_done(clause: Clause) -> str | None:
    """The bridge was opened by the mayor in 1932. -> When was the bridge opened by the mayor?"""
    match = clause.match(
        rf"(?P<s>.+?){ASIDE} (?P<aux>was|were)(?: \w+ly)? (?P<verb>(?:first )?[a-z]+)"
        rf"{MORE} {WHEN}(?=[,.; ]|$)"
    )
    subject = clause.subject(match["s"]) if match and not clause.intro else None
    if not match or subject is None or UNFIT.search(match["more"]):
        return None
    if not is_participle(match["verb"].split()[-1]):
        return None
    return _question("When", match["aux"], subject, match["verb"], match["more"])


def _when_did(clause: Clause) -> str | None:
    """The museum burned in 1950. -> When did the museum burn?"""
    match = clause.match(
        rf"(?P<s>(?:The )?{NAME}|The [\w-]+) (?P<verb>[a-z]+){MORE} {WHEN}(?=[,.;]| and |$)"
    )
    if not match or clause.intro or UNFIT.search(match["more"]):
        return None
    subject, verb = clause.subject(match["s"]), base(match["verb"])
    if subject is None or verb is None or re.search(rf"\b{AUX}\b", match["more"]):
        return None
    if subject.islower() and not subject.startswith("the "):
        return None  # "First shown in 1973, …": no name
    return _question("When did", subject, verb, match["more"])


def _when_named(clause: Clause) -> str | None:
    """Under the Harbour Act (HA), passed in 1911, … -> When was the Harbour Act passed?"""
    match = re.search(
        rf"(?P<the>\b[Tt]he )?(?P<s>{NAME})(?: \([A-Z]+\))?, (?P<verb>[a-z]+) {WHEN}[,.]",
        clause.body,
    )
    if not match or match["verb"] == "based" or " and " in match["s"]:
        return None
    if not is_participle(match["verb"]):
        return None
    return _question("When was", match["the"] and "the", match["s"], match["verb"])


def _who_did(clause: Clause) -> str | None:
    """The tower was designed by Ada Holt. -> Who designed the tower?"""
    match = clause.match(
        rf"(?P<s>.+?){ASIDE} (?:was|were)(?: \w+ly)? (?P<verb>[a-z]+){MORE} by (?:the )?"
        rf"(?!{MONTH}|{YEAR}){NAME}(?=[,.; ]|$)"
    )
    subject = clause.subject(match["s"]) if match else None
    if not match or subject is None or UNFIT.search(match["more"]) or " by" in match["more"]:
        return None
    if not is_participle(match["verb"]):
        return None
    return _question("Who", match["verb"], subject, match["more"])


def _where(clause: Clause) -> str | None:
    """The company is based in Turin. -> Where is the company based?"""
    match = clause.match(
        rf"(?P<s>.+?){ASIDE} (?P<aux>is|are|was|were) (?P<verb>born|based|located|situated|"
        rf"headquartered|held|buried|found) (?:in|at|on|near) (?:the )?(?!{MONTH}){CAP}"
    )
    subject = clause.subject(match["s"]) if match else None
    return _question("Where", match["aux"], subject, match["verb"]) if match and subject else None


def _what_is(clause: Clause) -> str | None:
    """Sawa was a fisherman's wife. -> Who was Sawa?"""
    match = clause.match(
        rf"(?P<the>The )?(?P<s>{NAME})(?: \([^)]{{2,40}}\))? (?P<aux>is|are|was|were) "
        r"(?P<what>(?:an?|the) (?!only|same|most|main)[\w’'-]+(?: [\w’'-]+){0,5})"
    )
    subject = clause.subject(match["s"]) if match and not clause.intro else None
    if not match or subject is None:
        return None
    if subject.islower() and not (match["aux"] == "is" and match["what"].startswith("a")):
        return None  # "Notable are the mills": no name
    return _name_asked(clause, subject, match)


def _what_named(clause: Clause) -> str | None:
    """… at Pawiak, a prison in the ghetto, … -> What is Pawiak?"""
    match = re.search(
        rf"(?P<the>\b[Tt]he )?(?P<s>{NAME}), (?P<what>(?:an?|two|three|four) [a-z][\w’'-]+"
        r"(?: [\w’'-]+){1,8})(?P<aux>)[,.]",
        clause.body,
    )
    if not match:
        return None
    several = not re.match("an? ", match["what"])
    return _name_asked(clause, match["s"], match) if several == (" and " in match["s"]) else None


def _name_asked(clause: Clause, name: str, match: re.Match[str]) -> str:
    article = match["the"] and "the"
    head = re.split(" (?:of|in|for|that|who|from|to|at|on) ", match["what"])[0].split()[-1]
    is_person = not article and (PERSON.fullmatch(head) or _spoken_of(name, clause.surroundings))
    aux = match["aux"] or ("are" if " and " in name else "is")
    return _question("Who" if is_person else "What", aux, article, name)


def _spoken_of(name: str, surroundings: str) -> bool:
    """Whether what follows a name of two words or more speaks of it as "he" or "she"."""
    following = rf"{re.escape(name)}\b.{{0,150}}?\b(?:he|she|his|her)\b"
    return " " in name and re.search(following, surroundings) is not None


def _stands_for(clause: Clause) -> str | None:
    """The Free Trade Area (FTA) … -> What does FTA stand for?"""
    match = re.search(rf"(?P<name>{NAME}) \((?P<short>[A-Z]{{2,8}})s?\)", clause.body)
    if not match:
        return None
    initials = "".join(word[0] for word in re.findall(r"\w+", match["name"]) if word[0].isupper())
    return f"What does {match['short']} stand for?" if initials.endswith(match["short"]) else None


def _what(clause: Clause) -> str | None:
    """In April, frost damages the buds. -> What does frost damage in April?"""
    asked = None if UNFIT.search(clause.intro) else object_asked(clause)
    return _question("What", *asked, clause.intro) if asked else None


def _why(clause: Clause) -> str | None:
    """The lock was closed because the water rose. -> Why was the lock closed?"""
    match = clause.match(rf"(?P<s>.+?) (?P<aux>{AUX}) (?P<rest>[\w’' -]+?),? because (?!of )")
    subject = clause.subject(match["s"]) if match else None
    if not match or subject is None or UNFIT.search(match["rest"]):
        return None
    return _question("Why", match["aux"], subject, match["rest"])


def _how_to(clause: Clause) -> str | None:
    """To reset the meter, hold the button. -> How do I reset the meter?"""
    match = clause.match(
        r"To (?P<do>[a-z]+(?: [\w’'-]+){1,8}?), (?:(?:you|first|simply|please) )?"
        rf"{IMPERSONAL}[a-z]+ (?![^,;]*\b(?:was|were|had|has)\b)"
    )
    if not match or UNFIT.search(match["do"]) or not forms(match["do"].split()[0]):
        return None
    return _question("How do I", _said_by_reader(match["do"]))


def _what_if(clause: Clause) -> str | None:
    """If you lose your key, … -> What happens if I lose my key?"""
    match = clause.match(r"If (?P<if>(?:you|the|an?|your|no) [\w’' -]{5,70}), ")
    if not match or UNFIT.search(match["if"]):
        return None
    if any({form.auxiliary for form in forms(word)} == {"did"} for word in match["if"].split()):
        return None
    return _question("What happens if", _said_by_reader(match["if"]))


def _said_by_reader(words: str) -> str:
    for theirs, mine in (("you are", "I am"), ("your", "my"), ("yourself", "myself"), ("you", "I")):
        words = re.sub(rf"\b{theirs}\b", mine, words)
    return words


_FORMS: dict[str, tuple[Callable[[Clause], str | None], ...]] = {
    "number": (
        _in_how_many,
        _how_many,
        _percentage_of_object,
        _percentage,
        _how_many_of_object,
    ),
    "object": (_what,),
    "time": (_when_done, _when_named, _when_did),
    "reason": (_why, _how_to, _what_if),
    "name": (_who_did, _where, _what_is, _what_named, _stands_for),
}
