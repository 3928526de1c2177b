"""The forms of English verbs, as far as questions are drawn with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

Known = Callable[[Sequence[str]], list[bool]]  # lower-case words -> whether each is a common word

# past form, participle, base
_IRREGULAR = """
became become become; began begun begin; bought bought buy; broke broken break; brought brought
bring; built built build; came come come; chose chosen choose; dealt dealt deal; drew drawn draw;
drove driven drive; fell fallen fall; forbade forbidden forbid; fought fought fight; found found
find; flew flown fly; gave given give; got got get; grew grown grow; held held hold; kept kept keep;
knew known know; led led lead; left left leave; lost lost lose; made made make; meant meant mean;
met met meet; paid paid pay; ran run run; rose risen rise; sang sung sing; sank sunk sink; saw seen
see; sent sent send; shot shot shoot; slept slept sleep; sold sold sell; spent spent spend; spoke
spoken speak; stole stolen steal; stood stood stand; struck struck strike; taught taught teach; took
taken take; threw thrown throw; understood understood understand; went gone go; withdrew withdrawn
withdraw; won won win; wore worn wear; wrote written write
"""
_FORMS = [tuple(entry.split()) for entry in _IRREGULAR.split(";")]
_BASES = {past: bare for past, _, bare in _FORMS}
_PASTS = {bare: past for past, _, bare in _FORMS}

PAST = rf"(?:[a-z]{{2,}}ed|{'|'.join(_BASES)})"
PARTICIPLE = rf"(?:[a-z]{{2,}}ed|born|{'|'.join(participle for _, participle, _ in _FORMS)})"

# What is said with these leaves an object that can be asked for by "what".
_TAKING_OBJECTS = """
allow cause combine consist-of contain cover deal-with depend-on emphasize emphasise focus-on forbid
include lead-to mean need offer prevent prioritize prioritise prohibit promise propose protect
provide rely-on require serve-as support use warn-of
""".split()  # noqa: SIM905 - a list of strings would fill a page


class Form(NamedTuple):
    """A form of a verb, and what a question with it is made of: "provides" -> does, provide."""

    auxiliary: str
    base: str


def _forms(verb: str) -> dict[str, Form]:
    doubled = verb + "t" if verb == "forbid" else verb
    past = _PASTS.get(verb) or (f"{verb}d" if verb.endswith("e") else f"{doubled}ed")
    return {verb: Form("do", verb), f"{verb}s": Form("does", verb), past: Form("did", verb)}


OBJECT_VERBS: dict[str, Form] = {}
for _entry in _TAKING_OBJECTS:
    OBJECT_VERBS |= _forms(_entry.split("-")[0])
PARTICLES = {
    form: entry.partition("-")[2]
    for entry in _TAKING_OBJECTS
    for form in _forms(entry.split("-")[0])
}


def base(past: str, known: Known) -> str | None:
    """Return the base of a past form; None where none of those it may have is `known`.

    "wrote" -> "write"; "carried" -> "carry"; "stopped" -> "stop"; "created" -> "create"
    """
    if past in _BASES or not past.endswith("ed"):
        return _BASES.get(past)
    trunk = past[:-2]
    if trunk.endswith("i"):
        tried = [f"{trunk[:-1]}y"]
    elif re.search(r"([b-df-hj-np-tv-z])\1$", trunk):
        tried = [trunk[:-1], trunk]
    elif re.search(r"(?:[aeiou]{2}[b-df-hj-np-tvx]|[^aeiouls]{2}|[wxy]|er|en|it|op)$", trunk):
        tried = [trunk, f"{trunk}e"]
    else:
        tried = [f"{trunk}e", trunk]
    return next(
        (word for word, is_known in zip(tried, known(tried), strict=True) if is_known), None
    )
