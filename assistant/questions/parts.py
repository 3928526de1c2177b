"""A question of several parts -> the questions it is made of.

"When was it built, and who paid for it?" asks for two things, which a reader of spans, that looks
for one, finds best one by one.
"""

from __future__ import annotations

import re

MOST_PARTS = 3

_ASKING = r"(?:how|what|when|where|which|who|whom|whose|why)"
_BEFORE = r"(?:(?:at|by|for|from|in|of|on|to|under|with) )?"
# Where another question word follows a conjunction or a question mark, another question begins.
_AND = re.compile(
    rf"(?:(?:,\s*|;\s*|\s+)(?:and|or)\s+|\?\s+)(?={_BEFORE}{_ASKING}\b)", re.IGNORECASE
)
_LONE = re.compile(rf"{_BEFORE}{_ASKING}(?: (?:many|much|long|often|far|old))?\b", re.IGNORECASE)
# "why it happened" does not ask, "why did it happen" does; "who paid" and "which ship sank" do.
_VERB = (
    r"(?:am|are|can|could|did|do|does|had|has|have|is|may|might|must|shall|should|was|were|will"
    r"|would)\b"
)
_DIRECT = re.compile(
    rf"{_BEFORE}(?:(?:who|whom|what)\s+\S+|(?:which|whose|what|how)\s+\S+\s+\S+"
    rf"|(?:when|where|why|how)\s+{_VERB})",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"\b(?:he|she|it|they|him|her|them|his|hers|its|their|this|that|these|those|there|one)\b",
    re.IGNORECASE,
)


def parts(question: str) -> list[str]:
    """Return the questions that it joins by "and" or "or"; the question alone where it is one.

    Only what begins with a question word is split, and only before another one that asks itself
    ("… and why did it burn", not "… and why it burned"). Of two that share their rest ("Where and
    when was it built?", "Who built it, and when?"), each gets it.
    """
    cut = [part.strip(" ,;?") for part in _AND.split(question.strip().rstrip(" ?"))]
    if not 1 < len(cut) <= MOST_PARTS or not all(_LONE.match(part) for part in cut):
        return [question]
    rests = [_rest(part) for part in cut]
    shared = next((rest for rest in rests if rest), "")
    if not shared:
        return [question]
    whole = [part if own else f"{part} {shared}" for part, own in zip(cut, rests, strict=True)]
    if not all(_DIRECT.match(part) for part, own in zip(whole, rests, strict=True) if own):
        return [question]
    return [f"{part[0].upper()}{part[1:]}?" for part in whole]


def points_back(part: str) -> bool:
    """Whether a part speaks of something that another part names: "who paid for it?"."""
    return _POINTING.search(part) is not None


def _rest(part: str) -> str:
    """Return what follows the question word; empty where that is all there is."""
    lone = _LONE.match(part)
    return part[lone.end() :].strip() if lone else ""
