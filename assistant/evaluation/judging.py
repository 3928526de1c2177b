"""A run -> a verdict and values for each question. Needs the documents, and no model.

In a question's values, a name that is missing does not apply to it, and None says that it does and
could not be judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from assistant.evaluation import metrics
from assistant.evaluation.facts import KINDS, TextOf
from assistant.evaluation.metrics import Place
from assistant.evaluation.runs import Run

Verdict = Literal[
    "wrong",
    "too_long",
    "declined_wrongly",
    "answered_absent",
    "not_judged",
    "right",
    "declined_rightly",
]
# What went wrong first: the order in which a report shows them.
VERDICTS: dict[str, str] = {
    "answered_absent": "answered though absent",
    "wrong": "wrong",
    "too_long": "too long",
    "declined_wrongly": "declined wrongly",
    "not_judged": "not judged",
    "right": "right",
    "declined_rightly": "declined rightly",
}
GOOD: tuple[Verdict, ...] = ("right", "declined_rightly")

FOUND = 0.5  # of a piece of evidence, for a passage that counts as holding it
CUTOFFS = (1, 3, 5, 8)
NDCG_CUTOFF = 5
WITHHELD = "was withheld: what it would have quoted is not in the document"


@dataclass(frozen=True)
class Judgement:
    """One question of a run, judged."""

    record: Mapping[str, Any]
    verdict: Verdict
    values: Mapping[str, float | None]
    missing: Sequence[int] = ()  # parts of the expected answer that are not there, from 0
    words: int = 0  # of the answer
    quote_faults: Sequence[str] = field(default_factory=tuple)

    @property
    def id(self) -> str:
        return str(self.record["case"]["id"])

    @property
    def kind(self) -> str:
        return str(self.record["case"]["kind"])

    @property
    def is_fact(self) -> bool:
        """Whether it is a fact of its own, and no turn of a conversation."""
        return self.kind in KINDS

    @property
    def good(self) -> bool | None:
        """Whether it was answered rightly or declined rightly; None if it was not judged."""
        return None if self.verdict == "not_judged" else self.verdict in GOOD


def judge(run: Run, text_of: TextOf) -> list[Judgement]:
    """Return a judgement for each record, in the order of the run.

    `text_of` gives the text of a document as it was when the run was made, or None if that is not
    to be had: then quotes from it are not judged.
    """

    def known(path: str) -> str | None:
        return text_of(path) if path in run.identity.documents else ""

    return [_judge(record, known) for record in run.records]


def _judge(record: Mapping[str, Any], text_of: TextOf) -> Judgement:
    case, answer = record["case"], record["answer"]
    values: dict[str, float | None] = {}
    if answer is None:
        applies = ["good", "absent_declined" if case["absent"] else "accuracy"]
        if not case["absent"]:
            applies += ["declined_wrongly", "mrr", "ndcg", *(f"recall@{k}" for k in CUTOFFS)]
        return Judgement(record, "not_judged", dict.fromkeys(applies))
    text = " ".join(sentence["text"] for sentence in answer["sentences"])
    missing = metrics.missing_parts(text, case["answers"]) if answer["answered"] else []
    words = metrics.word_count(text)
    verdict = _verdict(case, answer, missing, words)
    values["good"] = float(verdict in GOOD)
    if answer["answered"]:
        values["answered_right"] = float(verdict == "right")
    else:
        values["declined_absent"] = float(case["absent"])
    if case["absent"]:
        values["absent_declined"] = float(not answer["answered"])
    else:
        values["accuracy"] = metrics.answer_accuracy(text, case["answers"])
        values["declined_wrongly"] = float(not answer["answered"])
        if case["short"]:
            short = answer["short"] or ""
            values["short_exact"] = metrics.exact_match(short, case["short"])
            values["short_f1"] = metrics.token_f1(short, case["short"])
        values |= _retrieval(record)
    values |= alone(record.get("arms"))
    faults: list[str] = []
    if answer["answered"]:
        values["fidelity"], faults = quote_fidelity(answer, text_of)
        if not case["absent"]:
            values |= _citations(case, answer)
    elif record.get("withheld"):
        faults = [WITHHELD]
    values["latency"] = record["seconds"]
    values["latency_ratio"] = record["seconds"] / max(record["reference_seconds"], 1e-6)
    return Judgement(record, verdict, values, missing, words, faults)


def _verdict(
    case: Mapping[str, Any], answer: Mapping[str, Any], missing: Sequence[int], words: int
) -> Verdict:
    if case["absent"]:
        return "answered_absent" if answer["answered"] else "declined_rightly"
    if not answer["answered"]:
        return "declined_wrongly"
    if missing:
        return "wrong"
    return "too_long" if words > metrics.WORD_LIMIT else "right"


def _retrieval(record: Mapping[str, Any]) -> dict[str, float | None]:
    """Return the retrieval's values: recall@k, mrr and ndcg of hits against evidence.

    A passage is relevant if it holds at least half of a piece of evidence. Recall is the mean over
    the pieces of evidence of whether one of the first k holds it; a passage's gain, for nDCG, is
    how many pieces it holds, in shares of their characters.
    """
    names = [*(f"recall@{k}" for k in CUTOFFS), "mrr", "ndcg"]
    rows: list[list[float]] = record["overlaps"]
    if not rows:
        # A search that found nothing found no evidence; a reply to a greeting searched for nothing.
        return dict.fromkeys(names, None if record["answer"]["kind"] == "reply" else 0.0)
    values: dict[str, float | None] = {}
    pieces = list(zip(*rows, strict=True))
    for k in CUTOFFS:
        found = [metrics.recall_at(k, first_only(piece), 1) for piece in pieces]
        values[f"recall@{k}"] = metrics.mean(found)
    relevant = [any(share >= FOUND for share in row) for row in rows]
    values["mrr"] = metrics.reciprocal_rank(relevant)
    gains = [sum(row) for row in rows]
    values["ndcg"] = (
        metrics.ndcg_at(NDCG_CUTOFF, gains, record["ideal"]) if any(record["ideal"]) else None
    )
    return values


def alone(arms: Mapping[str, Any] | None) -> dict[str, float | None]:
    """Return whether what retrieval gave is what one of its arms gives alone: 1.0 if so, else 0.0.

    order_of_meaning: the passages have the ranks 1, 2, … of the dense arm.
    order_of_words: the first have the ranks 1, 2, … of the lexical arm, as far as that goes. Left
    out where it finds fewer than two passages.
    only_shared_words: the lexical arm finds each of them. Left out where it finds all of the first
    passages of the dense arm too, so that these could not have brought others.
    Sometimes so by chance; of nearly every question only if the other arm counts for nothing.
    """
    if not arms or not arms["dense"]:
        return {}
    dense, lexical = arms["dense"], arms["lexical"]
    values: dict[str, float | None] = {"order_of_meaning": float(_in_order(dense))}
    if arms["lexical_found"] > 1:
        values["order_of_words"] = float(_in_order(lexical[: arms["lexical_found"]]))
    if arms["dense_apart"]:
        values["only_shared_words"] = float(None not in lexical)
    return values


def _in_order(ranks: Sequence[int | None]) -> bool:
    return list(ranks) == list(range(1, len(ranks) + 1))


def first_only(piece: Sequence[float]) -> list[bool]:
    """Return by rank whether a piece of evidence is found there for the first time."""
    first = next((n for n, share in enumerate(piece) if share >= FOUND), None)
    return [n == first for n in range(len(piece))]


def _citations(case: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, float | None]:
    cited: list[Place] = [(c["document"], c["start"], c["end"]) for c in answer["citations"]]
    evidence: list[Place] = [(case["document"], e["start"], e["end"]) for e in case["evidence"]]
    return {
        "citation_recall": metrics.citation_recall(cited, evidence),
        "citation_precision": metrics.citation_precision(cited, evidence),
    }


def quote_fidelity(answer: Mapping[str, Any], text_of: TextOf) -> tuple[float | None, list[str]]:
    """Return the share of the citations that are faithful, and what is wrong with the others.

    faithful citations / citations, where one is faithful if its quote is the document's text at its
    place, character for character, cuts no word or sentence mark at its ends, and is what a
    sentence that says "verbatim" says. A sentence without a citation counts as an unfaithful one.
    None where the document is not to be had.
    """
    found: list[bool | None] = []
    faults: list[str] = []
    quotes: dict[int, str] = {}
    for citation in answer["citations"]:
        quotes[citation["number"]] = " ".join(citation["quote"].split())
        text = text_of(citation["document"])
        fault = _quote_fault(citation, text) if text is not None else None
        found.append(None if text is None else fault is None)
        faults += [f"[{citation['number']}] {fault}"] if fault else []
    for number, sentence in enumerate(answer["sentences"], start=1):
        cited = [quotes.get(n, "") for n in sentence["citations"]]
        if not any(cited):
            found.append(False)
            faults.append(f"sentence {number} cites nothing")
        elif sentence["verdict"] == "verbatim" and sentence["text"] not in " ".join(cited):
            found.append(False)
            faults.append(f"sentence {number} is not what it cites")
    if not found:
        return 0.0, ["the answer cites nothing"]
    judged = [float(faithful) for faithful in found if faithful is not None]
    return metrics.mean(judged), faults


def _quote_fault(citation: Mapping[str, Any], text: str) -> str | None:
    start, end, quote = citation["start"], citation["end"], citation["quote"]
    if not quote or start < 0 or text[start:end] != quote:
        return f"is not what {citation['document']} says at {start} to {end}"
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    if quote != quote.strip():
        return "begins or ends with white space"
    if before.isalnum() and quote[0].isalnum():
        return "begins inside a word"
    if quote[-1].isalnum() and (after.isalnum() or after in (".", "!", "?")):
        return "ends before the end of its sentence"
    return None


def confidences(judgements: Sequence[Judgement]) -> list[tuple[float, bool]]:
    """Return (confidence, right) of each answer that was shown to a fact."""
    return [
        (judged.record["answer"]["confidence"], judged.verdict == "right")
        for judged in judgements
        if judged.is_fact and judged.record["answer"] and judged.record["answer"]["answered"]
    ]


def answerable(judgements: Sequence[Judgement]) -> list[tuple[float, bool]]:
    """Return (confidence, answerable) of each fact that was searched for, answered or not."""
    return [
        (judged.record["answer"]["confidence"], not judged.record["case"]["absent"])
        for judged in judgements
        if judged.is_fact and judged.record["answer"] and judged.record["answer"]["kind"] != "reply"
    ]
