"""evals/facts.jsonl and evals/conversations.jsonl -> Case, each checked against its document.

A fact is one line:

    {"id": "f001", "split": "dev", "kind": "direct", "question": "…",
     "answers": [["over 100 countries", "more than 100 countries"]], "short": ["over 100"],
     "document": "news.txt", "evidence": [{"quote": "…", "start": 120, "end": 163}],
     "absent": false}

`answers` holds one list of acceptable wordings for each part that a right answer must have. A fact
that the documents do not answer is absent: no answers, no document, no evidence. A conversation is
a line of `id`, `split` and `turns`, each of which is such a fact without id, split and kind, and
with `standalone`: the same question as it would be asked without what was said before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assistant.errors import BadFacts
from assistant.evaluation.metrics import folded
from assistant.finding_again import finder

FACTS = "facts.jsonl"
CONVERSATIONS = "conversations.jsonl"
SPLITS = ("dev", "test")
PRESENT_KINDS = (
    "direct",
    "paraphrase",
    "numeric",
    "list",
    "contrast",
    "quotation",
    "who_said_what",
    "typo",
    "keyword",
)
ABSENT_KINDS = ("near_miss", "false_premise", "other_topic")
KINDS = (*PRESENT_KINDS, *ABSENT_KINDS)
# Of the turns of a conversation: its first, a later one, and a later one asked whole.
OPENING, FOLLOW_UP, WHOLE = "opening", "follow_up", "asked_whole"

TextOf = Callable[[str], str | None]  # a document's path -> its text; None if there is no such one

_EXPECTED = {
    "question": str,
    "answers": list,
    "short": list,
    "document": (str, type(None)),
    "evidence": list,
    "absent": bool,
}
_FACT = {"id": str, "split": str, "kind": str, **_EXPECTED}
_CONVERSATION = {"id": str, "split": str, "turns": list}
_TURN = {"standalone": str, **_EXPECTED}
_EVIDENCE = {"quote": str, "start": int, "end": int}


class _Known:
    """The texts of the documents that facts name, and where quotes stand in them."""

    def __init__(self, text_of: TextOf) -> None:
        self._text_of = text_of
        self.lost: dict[str, list[str]] = {}  # path of one that is not there -> who asks about it
        self.find = finder(text_of)

    def text(self, path: str, place: str) -> str | None:
        text = self._text_of(path)
        if text is None:
            self.lost.setdefault(path, []).append(place)
        return text


@dataclass(frozen=True)
class Evidence:
    """Words that prove an answer: `document.text[start:end] == quote`."""

    quote: str
    start: int
    end: int


@dataclass(frozen=True)
class Case:
    """One question to ask, and what is known about its answer."""

    id: str  # a turn's is its conversation's with its number: "c01.2"
    split: str
    kind: str  # one of KINDS, or OPENING, FOLLOW_UP, WHOLE
    question: str
    answers: tuple[tuple[str, ...], ...]
    short: tuple[str, ...]
    document: str | None
    evidence: tuple[Evidence, ...]
    absent: bool
    after: tuple[str, ...] = ()  # ids of the turns that were asked before it, oldest first

    def to_dict(self) -> dict[str, Any]:
        """Return the case JSON-ready."""
        fields: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return fields


def load(folder: Path, text_of: TextOf) -> list[Case]:
    """Return every case of `folder`, facts first, in the order of the files.

    A turn after the first becomes two cases: as it was asked, and asked whole. A quote whose
    document was mended or moved stands in its case as it is there now: see `finding_again`.

    Raises:
        BadFacts: something in a file is wrong; the message names file, line and each fault, and a
            document that is lost once, with how many facts ask about it.
    """
    seen: dict[str, str] = {}
    faults: list[str] = []
    cases: list[Case] = []
    known = _Known(text_of)
    for place, fields in _lines(folder / FACTS, faults):
        cases += _fact(fields, place, seen, known, faults)
    if (folder / CONVERSATIONS).exists():
        for place, fields in _lines(folder / CONVERSATIONS, faults):
            cases += _conversation(fields, place, seen, known, faults)
    faults = [_lost(path, places) for path, places in known.lost.items()] + faults
    if faults:
        shown = faults[:20] + ([f"and {len(faults) - 20} more"] if len(faults) > 20 else [])
        raise BadFacts("; ".join(shown))
    return cases


def _lost(path: str, places: Sequence[str]) -> str:
    turns = sum(", turn " in place for place in places)
    asking = " and ".join(
        f"{count} {one if count == 1 else many}"
        for count, one, many in (
            (len(places) - turns, "fact", "facts"),
            (turns, "turn of a conversation", "turns of conversations"),
        )
        if count
    )
    more = f", and {len(places) - 2} more" if len(places) > 2 else ""
    named = ", ".join(places[:2]) + more
    return (
        f"{path!r} is not among the documents, and is asked about by {asking} ({named}). "
        "Put it into sources/, then: assistant evaluate"
    )


def digest(cases: Sequence[Case]) -> str:
    """Return the SHA-256 of the cases, whatever their order, in hexadecimal."""
    lines = sorted(json.dumps(case.to_dict(), sort_keys=True) for case in cases)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _lines(file: Path, faults: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each line's place, "facts.jsonl line 3", and what it holds."""
    try:
        text = file.read_text(encoding="utf-8-sig")  # some editors begin a file with a mark
    except FileNotFoundError as error:
        raise BadFacts(
            f"{file} is not there. Write facts as evals/README.md of a new workspace shows: "
            "assistant init DIR"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadFacts(f"{file} cannot be read as UTF-8 text ({error}). Correct it.") from error
    lines = [(n, line) for n, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if not lines:
        raise BadFacts(f"{file} is empty. Write one fact a line, or remove the file.")
    for number, line in lines:
        place = f"{file.name} line {number}"
        try:
            fields = json.loads(line)
        except (ValueError, RecursionError) as error:
            faults.append(f"{place}: not JSON ({error})")
            continue
        if isinstance(fields, dict):
            yield place, fields
        else:
            faults.append(f"{place}: not an object in braces")


def _fact(
    fields: Mapping[str, Any],
    place: str,
    seen: dict[str, str],
    known: _Known,
    faults: list[str],
) -> list[Case]:
    before = len(faults)
    if "feedback" in fields:
        faults.append(f"{place}: feedback is in a draft, not in a fact; take it out")
        fields = {name: value for name, value in fields.items() if name != "feedback"}
    if not _shaped(fields, _FACT, place, faults):
        return []
    _identified(fields, place, seen, faults)
    if not fields["kind"]:
        faults.append(f"{place}: kind is empty; kinds are {', '.join(KINDS)}")
    elif fields["kind"] not in KINDS:
        faults.append(f"{place}: unknown kind {fields['kind']!r}; kinds are {', '.join(KINDS)}")
    elif fields["absent"] != (fields["kind"] in ABSENT_KINDS):
        faults.append(f"{place}: kind {fields['kind']!r} does not go with absent or not")
    _check_expected(fields, place, known, faults)
    if len(faults) > before:
        return []
    return [_case(fields, fields["id"], fields["split"], fields["kind"], fields["question"])]


def _conversation(
    fields: Mapping[str, Any],
    place: str,
    seen: dict[str, str],
    known: _Known,
    faults: list[str],
) -> list[Case]:
    before = len(faults)
    if not _shaped(fields, _CONVERSATION, place, faults):
        return []
    _identified(fields, place, seen, faults)
    if not fields["turns"]:
        faults.append(f"{place}: turns are empty")
    for number, turn in enumerate(fields["turns"], start=1):
        where = f"{place}, turn {number}"
        if not isinstance(turn, dict):
            faults.append(f"{where}: not an object in braces")
        elif _shaped(turn, _TURN, where, faults):
            for name in (f"{fields['id']}.{number}", f"{fields['id']}.{number}.whole"):
                if seen[fields["id"]] == place and name in seen:
                    faults.append(
                        f"{where}: its id would be {name!r}, which is also {seen[name]}'s"
                    )
                seen.setdefault(name, where)
            if not turn["standalone"].strip():
                faults.append(f"{where}: standalone is empty")
            _check_expected(turn, where, known, faults)
    if len(faults) > before:
        return []
    cases: list[Case] = []
    asked: list[str] = []
    for number, turn in enumerate(fields["turns"], start=1):
        name = f"{fields['id']}.{number}"
        kind = FOLLOW_UP if asked else OPENING
        cases.append(_case(turn, name, fields["split"], kind, turn["question"], tuple(asked)))
        if asked:
            whole = f"{name}.whole"
            cases.append(_case(turn, whole, fields["split"], WHOLE, turn["standalone"]))
        asked.append(name)
    return cases


def _shaped(
    fields: Mapping[str, Any], shape: Mapping[str, Any], place: str, faults: list[str]
) -> bool:
    """Note missing, unknown and ill-typed fields; return whether there is none."""
    wrong = [f"{name} is missing" for name in shape if name not in fields]
    wrong += [f"{name!r} is not a field of it" for name in fields if name not in shape]
    for name, kind in shape.items():
        if name in fields and (
            not isinstance(fields[name], kind) or (kind is int and isinstance(fields[name], bool))
        ):
            wrong.append(f"{name} is of the wrong type")
    faults += [f"{place}: {fault}" for fault in wrong]
    return not wrong


def _identified(
    fields: Mapping[str, Any], place: str, seen: dict[str, str], faults: list[str]
) -> None:
    if not fields["id"].strip():
        faults.append(f"{place}: id is empty")
    elif fields["id"] in seen:
        faults.append(f"{place}: id {fields['id']!r} is also in {seen[fields['id']]}")
    seen.setdefault(fields["id"], place)
    if fields["split"] not in SPLITS:
        faults.append(f"{place}: split is {fields['split']!r}; it is dev or test")


def _check_expected(
    fields: Mapping[str, Any], place: str, known: _Known, faults: list[str]
) -> None:
    """Check a question's answers and evidence, and that an absent one has none."""
    if not fields["question"].strip():
        faults.append(f"{place}: question is empty")
    if fields["absent"]:
        given = [name for name in ("answers", "short", "document", "evidence") if fields[name]]
        faults += [f"{place}: absent, and yet it has {name}" for name in given]
        return
    faults += [
        f"{place}: {name} is empty, and the fact is not absent"
        for name in ("answers", "document", "evidence")
        if not fields[name]
    ]
    for part in fields["answers"]:
        if not isinstance(part, list) or not part or not all(map(_is_wording, part)):
            faults.append(f"{place}: each of answers is a list of wordings, none empty")
            break
    if not all(map(_is_wording, fields["short"])):
        faults.append(f"{place}: short is a list of wordings, none empty")
    if fields["document"]:
        _check_evidence(fields, place, known, faults)


def _check_evidence(
    fields: Mapping[str, Any], place: str, known: _Known, faults: list[str]
) -> None:
    """Check that the quotes are there, and note where those stand now that have moved."""
    text = known.text(fields["document"], place)
    if text is None:
        return  # `load` says so, once for each document
    for number, item in enumerate(fields["evidence"], start=1):
        where = f"{place}, evidence {number}"
        if not isinstance(item, dict):
            faults.append(f"{where}: not an object in braces")
        elif _shaped(item, _EVIDENCE, where, faults):
            start, end, quote = item["start"], item["end"], item["quote"]
            if not quote.strip():
                faults.append(f"{where}: quote is empty")
            elif start < 0 or text[start:end] != quote:
                found = known.find(fields["document"], quote, start)
                if found is None:
                    faults.append(
                        f"{where}: {quote[:60]!r} is not at {start} to {end} of "
                        f"{fields['document']}, and it cannot be told where it is now: quote the "
                        "words that prove it as they stand there"
                    )
                else:
                    item.update(quote=text[slice(*found)], start=found[0], end=found[1])


def _is_wording(value: object) -> bool:
    return isinstance(value, str) and bool(folded(value))


def _case(
    fields: Mapping[str, Any],
    name: str,
    split: str,
    kind: str,
    question: str,
    after: tuple[str, ...] = (),
) -> Case:
    return Case(
        id=name,
        split=split,
        kind=kind,
        question=question,
        answers=tuple(tuple(part) for part in fields["answers"]),
        short=tuple(fields["short"]),
        document=fields["document"],
        evidence=tuple(Evidence(**item) for item in fields["evidence"]),
        absent=fields["absent"],
        after=after,
    )
