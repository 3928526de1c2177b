"""What a sentence says, as far as patterns can tell: its subject, and what it can do without."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.dictionary import parts_of_speech
from assistant.splitting import written_small
from assistant.words import STOP_WORDS

MOST_IN_SUBJECT = 7  # words

CAP = r"(?:(?:[A-Z]\.)+(?= [A-Z])|[A-Z](?:\.[A-Z])+\.?|[A-ZÀ-ÖØ-Þ][\w’'&-]*)"
MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
NAME = (  # words in a row, capitalised, and no word that only begins a sentence
    rf"(?<![\d-] )(?!(?i:{'|'.join(STOP_WORDS)})\b|{MONTH}){CAP}"
    rf"(?: (?:(?:of|for|and|de|von|van|du)(?: the)? )?{CAP})*"
)
AUX = r"(?:is|are|was|were|has|have|had|can|could|will|would|may|might|must|should)"
YEAR = r"(?:1\d|20)\d\d"
WHEN = (
    rf"(?:in (?:(?:early|mid|late) )?(?:{MONTH} )?{YEAR}"
    rf"|on (?:\d\d? {MONTH}|{MONTH} \d\d?,?)(?: {YEAR})?)"
)
_ABOUT = (
    r"(?:(?:over|nearly|about|almost|around|more than|less than|fewer than|at least|at most|up to|"
    r"some|just|only|approximately|roughly) )*"
)
_NUMBER = rf"{_ABOUT}(?!{YEAR}\b)\d+(?:[.,]\d+)*(?: (?:million|billion|thousand))?"
_NUMBER_WORDS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    "seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)
_DETERMINERS = {"the", "a", "an", *_NUMBER_WORDS.split("|")}
COUNT = rf"(?:{_NUMBER}|{_ABOUT}(?:{_NUMBER_WORDS})(?: hundred| thousand| million)?)"
SHARE = rf"{_NUMBER} ?(?:percent|per cent|%) of"
THINGS = (
    r"(?P<things>(?!(?:and|or|of|in|to|at|on|by|for|percent|per)\b)"
    r"(?:[a-z][\w’'-]+ (?:and )?){0,3}?(?:[a-z][\w’'-]+s|people|men|women|children))"
)
REPORTED = r"(?:.* that )?"  # who says so
ASIDE = r"(?:, [^,;:()]{3,90},)?"  # between commas, and left out of the question
ADVERB = r"(?: (?:\w+ly|also|often|still|now|always))?"
MORE = r"(?P<more>(?: (?!and )[\w’'&-]+){0,7}?)"
END = r"(?=[,.;]|$)"
IMPERSONAL = r"(?!(?:the|an?|it|they|we|he|she|this|these|that|there|his|her|its|their)\b)"
PERSON = re.compile(
    r"\w{2,}(?:ers?|ors?|ists?|ians?)|(?:wo)?m[ae]n|king|queen|prince|princess|monk|saint|pope|nurse|"
    r"judge|president|poet|chef|actress|priest|wife|figure"
)

# Words that point to what another sentence names, or show that a clause was not understood.
UNFIT = re.compile(
    r"\b(?:he|she|it|they|them|his|her|him|we|us|our|i|me|my|this|that|these|those|such|here|there|"
    r"former|latter|above|below|following|same|others?|another|also|both|who|whom|which|whose|where|"
    r"when|while|if|as|than|because|although|though|throughout|sa(?:id|ys?)|not|never|so|then|thus|"
    r"but|or|whereas|however|therefore|instead|each|ones?|today|now|currently|recently|earlier|later|ago)\b",
    re.IGNORECASE,
)
_TO_ITSELF = re.compile(r"\b(?:its|their)\b", re.IGNORECASE)  # the question names what it is
_NO_SUBJECT = re.compile(
    r"(?:an?|in|on|at|for|of|few|some|many|several|most|all|no|any|much|[\w-]+ing)\b|\d"
    r"|(?:the|the most|examples|results|reasons|terms?)$|.*\b(?:the|an?|of|in|for|and|or|on|from)$"
    r"|.*(?:[][,;:()“”—–]| - |\w an? |\w+ed (?:the|several|his|her|its|that)\b)"
    r"|.*\b(?:believes?|believed|thinks?|thought|argued?|argues|claimed|suggested|estimated)\b"
    r"|.*(?<!\bof)(?<!\bin)(?<!\bat)(?<!\bon)(?<!\bfor)(?<!\bfrom)(?<!\band) the "
    rf"|.*\b(?:{AUX}|do|does|did|only|to|by|with|under|after|before|during|since|until|without|within|between)\b",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"(?:(?:however|moreover|furthermore|in addition|in contrast|additionally|for example|"
    r"for instance|thus|therefore|meanwhile|in fact|indeed|finally|similarly|overall|"
    r"according to [^,]+), |(?:and|but|yet|so) )",
    re.IGNORECASE,
)
_INTRO = re.compile(
    r"(?P<intro>(?:in|on|by|during|since|after|before|under|between|at|among|within|until|from|"
    r"beyond|despite|across|throughout) [^,;:()]{2,50}), (?=\S)",
    re.IGNORECASE,
)
_CLAUSE_ENDS = re.compile(
    r"[,;:()—–“”]| - |\b(?:and|but) (?:\w+ )?(?:is|are|was|were|has|have|had|can|will|\w+ed)\b"
)
# After a comma, what a question can do without; anything else may be the next of a list.
_CAN_GO = re.compile(
    r", (?:which|who|whom|whose|where|when|while|but|although|though|because|since|as|according|"
    r"with|without|including|after|before|despite|so|\w+ing|and (?:the|it|they|this|these)|"
    rf"and (?:\w+ ){{1,2}}{AUX})\b"
)


@dataclass(frozen=True)
class Clause:
    """What a sentence says, without what it opens with."""

    body: str
    intro: str  # "in 2010"; empty where there is none
    surroundings: str

    def match(self, pattern: str) -> re.Match[str] | None:
        return re.match(pattern, self.body)

    def subject(self, words: str) -> str | None:
        """Return the subject as it is written within a sentence; None where it is doubtful."""
        doubtful = _NO_SUBJECT.match(words) or UNFIT.search(words) or _TO_ITSELF.search(words)
        if doubtful or len(words.split()) > MOST_IN_SUBJECT:
            return None
        return _within(words, self.surroundings)

    def rest(self, start: int) -> str | None:
        """Return what follows in the body up to where another clause begins, with the intro.

        None where it goes on in a way that a question cannot leave out, or points elsewhere.
        """
        text = self.body[start:].rstrip(".!")
        cut = _CLAUSE_ENDS.search(text)
        if cut and cut.group() == "," and not _CAN_GO.match(text, cut.start()):
            return None
        kept = text[: cut.start()].strip() if cut else text.strip()
        return None if UNFIT.search(kept) else spaced(kept, self.intro)


def clause_of(sentence: str, surroundings: str) -> Clause:
    """Return the clause of a sentence on one line, apart from what opens it."""
    opening = _OPENING.match(sentence)
    body = sentence[opening.end() :] if opening else sentence
    intro = _INTRO.match(body)
    return Clause(
        body=body[intro.end() :] if intro else body,
        intro=_within(intro["intro"], surroundings) if intro else "",
        surroundings=surroundings,
    )


def _within(words: str, surroundings: str) -> str:
    """Return the words with a small first letter unless a name begins there."""
    first = re.split(r"[\s,]", words)[0]
    small = words[0].lower() + words[1:]
    if first.lower() in _DETERMINERS or _INTRO.match(f"{words}, …"):
        return small
    in_mid_sentence = rf"[^.!?:\s“\"] {re.escape(first)}\b"
    if words[len(first) + 1 :][:1].isupper() or re.search(in_mid_sentence, surroundings):
        return words
    is_common = parts_of_speech(first.lower()) and words[len(first) + 1 :][:1].islower()
    is_elsewhere = re.search(rf"\b{re.escape(first.lower())}\b", surroundings)
    return small if is_common or is_elsewhere or written_small(first.lower()) else words


def spaced(*parts: str | None) -> str:
    return " ".join(filter(None, ((part or "").strip() for part in parts)))
