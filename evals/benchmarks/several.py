"""Answers to questions of two parts, and to questions that are answered by yes or no.

    python evals/benchmarks/several.py FILE [--claims CLAIMS] [--questions 300 --seed 7]

Two parts: two questions of one article in FILE (SQuAD's format), both with an answer, are joined
to one ("When was it built, and who paid for it?") and asked over all paragraphs; each paragraph is
a document. In half of them one paragraph answers both, elsewhere two do. A part is answered when an
expected wording stands in the sentences that are shown, which have at most 60 words a part. Beside
it stands how often that happens when each part is asked alone.

Yes or no: each claim of CLAIMS (JSON Lines of claim, evidence and label; a claim has several
lines) that something supports or refutes is asked as "Is it true that …?", over all evidence; the
evidence of a claim is a document. It is settled when a sentence is shown that is labelled as
supporting or refuting it; beside it stands how often any sentence of its own evidence is, of which
some say too little.

All answers are shown, whatever their confidence, and how many would be declined is said.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from pathlib import Path

from runs import (
    WORK,
    Record,
    Refused,
    digest,
    guarded,
    identify,
    mean,
    read_bytes,
    read_lines,
    run,
    sample,
    show,
)
from squad import Question, load, open_corpus

from assistant import Assistant
from assistant.embedding import DEFAULT_MODEL, SentenceTransformerEmbedder
from assistant.evaluation.metrics import WORD_LIMIT, answer_accuracy

Pair = tuple[Question, Question]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path, help="SQuAD 1.1 or 2.0 format, gzipped or not")
    parser.add_argument("--claims", type=Path, help="JSON Lines, gzipped or not")
    parser.add_argument("--questions", type=int, default=300, help="how many of each kind (300)")
    parser.add_argument("--seed", type=int, default=7, help="of the sample and the intervals (7)")
    parser.add_argument("--work", type=Path, default=WORK, help=f"what is kept lies here ({WORK})")
    options = parser.parse_args()
    two_parts(options)
    if options.claims:
        yes_or_no(options)


def two_parts(options: argparse.Namespace) -> None:
    data = read_bytes(options.file)
    documents, questions = load(options.file, data)
    asked = pairs(questions, options.questions, options.seed)
    embedder = SentenceTransformerEmbedder(DEFAULT_MODEL, Path())
    with open_corpus(documents, data, options.work, embedder) as assistant:
        header, records = run(
            identify(
                "two-parts",
                options.file.name,
                digest(data),
                questions=len(asked),
                seed=options.seed,
                model=embedder.identity,
            ),
            options.work,
            asked,
            lambda pair: f"{pair[0].id}+{pair[1].id}",
            lambda pair: ask_both(pair, assistant),
        )
    groups = [records] + [[r for r in records if r["together"] is same] for same in (True, False)]
    measures: dict[str, Callable[[Record], float]] = {
        "both parts answered": lambda r: float(all(r["joined"])),
        "one of them": lambda r: float(sum(r["joined"]) == 1),
        "declined": lambda r: float(r["declined"]),
        "both, each asked alone": lambda r: float(all(r["alone"])),
    }
    rows = {
        name: [mean([of(r) for r in group], seed=options.seed, scale=100.0) for group in groups]
        for name, of in measures.items()
    }
    show("Two parts", header, ("all", "one paragraph", "two paragraphs"), rows, digits=1)


def pairs(questions: Sequence[Question], count: int, seed: int) -> list[Pair]:
    """Return pairs of answerable questions of an article, half of them about one paragraph.

    Each question is in one pair at most.
    """
    chance = random.Random(seed)
    answerable = [q for q in questions if q.golds]
    chance.shuffle(answerable)
    used: set[str] = set()
    found: list[Pair] = []
    for together in (True, False):
        wanted = len(found) + (count + (1 if together else 0)) // 2
        for one, other in combinations(answerable, 2):
            if len(found) >= wanted:
                break
            article = one.paragraph.split("/")[0] == other.paragraph.split("/")[0]
            fits = article and (one.paragraph == other.paragraph) is together
            if fits and not {one.id, other.id} & used and not set(one.golds) & set(other.golds):
                used |= {one.id, other.id}
                found.append((one, other))
    return found


def joined(pair: Pair) -> str:
    """ "When was it built?" and "Who paid?" -> "When was it built, and who paid?" """
    one, other = (question.text.strip() for question in pair)
    return f"{one.rstrip(' ?.')}, and {other[:1].lower()}{other[1:]}"


def ask_both(pair: Pair, assistant: Assistant) -> Record:
    answer = assistant.ask(joined(pair))
    text = " ".join(sentence.text for sentence in answer.sentences)
    alone = [" ".join(s.text for s in assistant.ask(question.text).sentences) for question in pair]
    return {
        "question": joined(pair),
        "together": pair[0].paragraph == pair[1].paragraph,
        "joined": [
            bool(answer_accuracy(text, [q.golds], word_limit=len(pair) * WORD_LIMIT)) for q in pair
        ],
        "alone": [
            bool(answer_accuracy(said, [q.golds])) for said, q in zip(alone, pair, strict=True)
        ],
        "declined": answer.confidence < assistant.reader.threshold,
        "text": text,
    }


def yes_or_no(options: argparse.Namespace) -> None:
    data = read_bytes(options.claims)
    held: dict[str, dict[str, bool]] = {}  # claim -> its evidence -> whether it settles it
    try:
        for _, line in read_lines(options.claims):
            settles = str(line["label"]) in ("SUPPORTS", "REFUTES")
            held.setdefault(str(line["claim"]), {})[str(line["evidence"]).strip()] = settles
    except (TypeError, KeyError) as error:
        raise Refused(f"{options.claims} lacks {error}. Name another file.") from error
    paths = {claim: f"{number:05}.txt" for number, claim in enumerate(held)}
    documents = {paths[claim]: "\n\n".join(texts) + "\n" for claim, texts in held.items()}
    asked = sample(
        [claim for claim, texts in held.items() if any(texts.values())],
        options.questions,
        options.seed,
    )
    embedder = SentenceTransformerEmbedder(DEFAULT_MODEL, Path())
    with open_corpus(documents, data, options.work, embedder) as assistant:
        header, records = run(
            identify(
                "yes-or-no",
                options.claims.name,
                digest(data),
                questions=len(asked),
                seed=options.seed,
                model=embedder.identity,
            ),
            options.work,
            asked,
            lambda claim: claim,
            lambda claim: ask_claim(claim, held[claim], assistant),
        )
    measures = {
        "a sentence that settles it is shown": "settled",
        "a sentence of its evidence is shown": "own",
        "declined": "declined",
    }
    rows = {
        name: [mean([float(r[key]) for r in records], seed=options.seed, scale=100.0)]
        for name, key in measures.items()
    }
    show("Yes or no", header, ("all",), rows, digits=1)


def ask_claim(claim: str, evidence: dict[str, bool], assistant: Assistant) -> Record:
    question = f"Is it true that {claim.strip().rstrip('.')}?"
    answer = assistant.ask(question)
    shown = [sentence.text.strip() for sentence in answer.sentences]

    def among(evidence: Iterable[str]) -> bool:
        """Whether a sentence of it is shown; it may hold more than one, and ends as it likes."""
        return any(len(text) > 20 and text in whole for text in shown for whole in evidence)

    return {
        "question": question,
        "settled": among(text for text, settles in evidence.items() if settles),
        "own": among(evidence),
        "declined": answer.confidence < assistant.reader.threshold,
        "text": " ".join(shown),
    }


if __name__ == "__main__":
    sys.exit(guarded(main))
