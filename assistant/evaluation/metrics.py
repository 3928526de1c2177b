"""The formulas: from texts, places, ranks and confidences to numbers. Pure functions.

A value that could not be judged is None: it is left out of a mean and counted apart, never as zero.
How sure a figure is, is `resampling.py`'s to say.
"""

from __future__ import annotations

import math
import re
import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.evaluation.resampling import (
    bootstrap_interval,
    mcnemar,
    mean,
    paired_bootstrap,
    percentile,
    sign_flip,
)

__all__ = [
    "Bin",
    "Place",
    "answer_accuracy",
    "auroc",
    "bootstrap_interval",
    "calibration_error",
    "citation_precision",
    "citation_recall",
    "exact_match",
    "folded",
    "mcnemar",
    "mean",
    "missing_parts",
    "ndcg_at",
    "normalize",
    "paired_bootstrap",
    "percentile",
    "recall_at",
    "reciprocal_rank",
    "reliability",
    "risk_coverage",
    "risk_coverage_area",
    "sign_flip",
    "token_f1",
    "word_count",
]

Place = tuple[str, int, int]  # document, start, end; characters, end exclusive

WORD_LIMIT = 60
_PUNCTUATION = frozenset(string.punctuation)
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_LIKE_ASCII = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": " ", "—": " ", "-": " ", "‑": " "}
)


# Answers


def normalize(text: str) -> str:
    """Return `text` as SQuAD compares it: "The U.S.  (2019)" -> "us 2019".

    Lower case, ASCII punctuation removed, the articles a, an and the removed, white space folded,
    in this order. Source: `normalize_answer` of SQuAD's evaluate-v2.0.py (Rajpurkar, Jia and Liang
    2018).
    """
    bare = "".join(c for c in text.lower() if c not in _PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", bare).split())


def exact_match(prediction: str, golds: Sequence[str]) -> float:
    """Return 1.0 if the prediction equals a gold answer after `normalize`, else 0.0.

    max over golds g of [normalize(prediction) == normalize(g)]. No golds, or only ones that
    normalise to nothing, mean that there is no answer: then an empty prediction is right.
    Source: `compute_exact` and `get_raw_scores` of SQuAD's evaluate-v2.0.py.
    """
    return max(float(normalize(prediction) == normalize(gold)) for gold in _golds(golds))


def token_f1(prediction: str, golds: Sequence[str]) -> float:
    """Return the best F1 of the prediction's tokens with those of a gold answer, 0 to 1.

    For each gold, with c tokens in common counted with repetition: precision p = c / tokens of the
    prediction, recall r = c / tokens of the gold, F1 = 2pr / (p + r), 0 if c is 0. Where either has
    no token, 1 if both have none and 0 otherwise. Source: `compute_f1` of SQuAD's evaluate-v2.0.py.
    """
    return max(
        _f1(normalize(prediction).split(), normalize(gold).split()) for gold in _golds(golds)
    )


def _golds(golds: Sequence[str]) -> Sequence[str]:
    return [gold for gold in golds if normalize(gold)] or [""]


def _f1(predicted: Sequence[str], gold: Sequence[str]) -> float:
    if not predicted or not gold:
        return float(predicted == gold)
    common = sum((Counter(predicted) & Counter(gold)).values())
    if not common:
        return 0.0
    precision, recall = common / len(predicted), common / len(gold)
    return 2 * precision * recall / (precision + recall)


def folded(text: str) -> str:
    """Return `text` as the parts of an answer are compared: `normalize`, with dashes and hyphens
    taken for spaces and curly quotation marks for straight ones."""
    return normalize(text.translate(_LIKE_ASCII))


def word_count(text: str) -> int:
    """Return how many words a person would count: "70,000 in all" -> 3."""
    return len(text.split())


def missing_parts(text: str, parts: Sequence[Sequence[str]]) -> list[int]:
    """Return the numbers, from 0, of the parts of which `text` has no wording.

    A wording is there if its words, after `folded`, stand in the text one after the other.
    """
    words = f" {folded(text)} "
    return [
        number
        for number, wordings in enumerate(parts)
        if not any(f" {folded(wording)} " in words for wording in wordings)
    ]


def answer_accuracy(
    text: str, parts: Sequence[Sequence[str]], *, word_limit: int = WORD_LIMIT
) -> float:
    """Return 1.0 if every part is there and the text has at most `word_limit` words, else 0.0.

    [every part p has a wording w with folded(w) in folded(text)] * [words(text) <= word_limit]. The
    limit is there so that quoting everything does not win. After the "accuracy" of open-domain
    question answering, which counts an answer that contains a gold one (Mallen et al. 2023, "When
    Not to Trust Language Models"), for answers of several parts.
    """
    return float(word_count(text) <= word_limit and not missing_parts(text, parts))


# Retrieval


def recall_at(k: int, relevant: Sequence[bool], total: int) -> float:
    """Return the share of what is relevant that stands among the first `k`, 0 to 1.

    sum(relevant[:k]) / total. `relevant` is by rank, best first; `total` is how many relevant ones
    there are, found or not. Source: Manning, Raghavan and Schütze 2008, Introduction to Information
    Retrieval, 8.3.

    Raises:
        ValueError: `total` is less than 1.
    """
    if total < 1:
        raise ValueError("nothing is relevant: recall is undefined")
    return sum(map(bool, relevant[:k])) / total


def reciprocal_rank(relevant: Sequence[bool]) -> float:
    """Return 1 / rank of the first relevant one, rank from 1; 0.0 if none is.

    Its mean over questions is MRR. Source: Voorhees 1999, TREC-8 question answering track.
    """
    return next((1 / rank for rank, is_so in enumerate(relevant, start=1) if is_so), 0.0)


def ndcg_at(k: int, gains: Sequence[float], ideal: Sequence[float]) -> float:
    """Return the normalised discounted cumulative gain of the first `k`, 0 to 1.

    DCG@k = sum over ranks i = 1..k of gain_i / log2(i + 1), over the DCG@k of `ideal` sorted from
    the greatest. `gains` is by rank; `ideal` is every gain there is, in any order. Source: Järvelin
    and Kekäläinen 2002, with linear gain as in trec_eval.

    Raises:
        ValueError: no gain is above 0.
    """
    best = _dcg(sorted(ideal, reverse=True)[:k])
    if best <= 0:
        raise ValueError("nothing is relevant: nDCG is undefined")
    return _dcg(gains[:k]) / best


def _dcg(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


# Citations


def citation_recall(cited: Sequence[Place], evidence: Sequence[Place]) -> float:
    """Return the share of the evidence's characters that are cited, 0 to 1.

    |C ∩ E| / |E|, with C and E the sets of cited and of evidence characters, each named by document
    and offset. After the citation recall of ALCE (Gao et al. 2023, "Enabling Large Language Models
    to Generate Text with Citations"), whose entailment model is replaced by known evidence.

    Raises:
        ValueError: there is no evidence.
    """
    known = _characters(evidence)
    if not known:
        raise ValueError("there is no evidence: citation recall is undefined")
    return len(known & _characters(cited)) / len(known)


def citation_precision(cited: Sequence[Place], evidence: Sequence[Place]) -> float:
    """Return the share of the cited characters that are evidence, 0 to 1; 0.0 if none is cited.

    |C ∩ E| / |C|, as in `citation_recall`. A sentence is cited whole and evidence may be a part of
    one, so 1 is rarely reached.
    """
    named = _characters(cited)
    return len(named & _characters(evidence)) / len(named) if named else 0.0


def _characters(places: Sequence[Place]) -> set[tuple[str, int]]:
    return {(document, at) for document, start, end in places for at in range(start, end)}


# Confidence


def auroc(scores: Sequence[float], positive: Sequence[bool]) -> float | None:
    """Return the probability that a positive has a higher score than a negative; ties count half.

    (sum of the positives' ranks - P(P + 1) / 2) / (P * N), ranks from 1 and averaged over ties, for
    P positives and N negatives: the area under the ROC curve. None if either is missing. Source:
    Hanley and McNeil 1982, by the Mann-Whitney U statistic.
    """
    values = np.asarray(scores, dtype=float)
    chosen = np.asarray(positive, dtype=bool)
    positives, negatives = int(chosen.sum()), int((~chosen).sum())
    if not positives or not negatives:
        return None
    _, group, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[group]
    rank_sum = float(ranks[chosen].sum())
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)


def risk_coverage(confidence: Sequence[float], right: Sequence[bool]) -> list[tuple[float, float]]:
    """Return (coverage, risk) for each confidence that could be the threshold, highest first.

    Coverage is the share of answers with at least that confidence, risk the share of those that are
    wrong. Empty for no answers. Source: El-Yaniv and Wiener 2010; Geifman and El-Yaniv 2017.
    """
    values, group_sizes, group_errors = _by_confidence(confidence, right)
    counts, errors = np.cumsum(group_sizes), np.cumsum(group_errors)
    return [
        (float(count / len(values)), float(wrong / count))
        for count, wrong in zip(counts, errors, strict=True)
    ]


def risk_coverage_area(confidence: Sequence[float], right: Sequence[bool]) -> float:
    """Return the area under the risk-coverage curve, 0 to 1; lower is better.

    AURC = 1/n * sum over k = 1..n of the risk of the k most confident answers (Geifman, Uziel and
    El-Yaniv 2019, "Bias-Reduced Uncertainty Estimation"). Within answers of the same confidence
    each is as wrong as their mean, so that their order does not matter.

    Raises:
        ValueError: there are no answers.
    """
    if not len(right):
        raise ValueError("there are no answers: the area is undefined")
    values, sizes, errors = _by_confidence(confidence, right)
    wrong = np.cumsum(np.repeat(errors / sizes, sizes))
    return float((wrong / np.arange(1, len(values) + 1)).mean())


def _by_confidence(
    confidence: Sequence[float], right: Sequence[bool]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the confidences and, by distinct one from the highest, how many and how many wrong."""
    values = np.asarray(confidence, dtype=float)
    wrong = ~np.asarray(right, dtype=bool)
    _, group, sizes = np.unique(-values, return_inverse=True, return_counts=True)
    return values, sizes, np.bincount(group, weights=wrong, minlength=len(sizes))


@dataclass(frozen=True)
class Bin:
    """The answers whose confidence lies in [low, high), or [low, high] in the last bin."""

    low: float
    high: float
    count: int
    confidence: float | None  # mean; None for an empty bin
    accuracy: float | None  # share that is right


def reliability(confidence: Sequence[float], right: Sequence[bool], *, bins: int = 10) -> list[Bin]:
    """Return `bins` bins of equal width over 0 to 1, for a reliability diagram.

    Source: Niculescu-Mizil and Caruana 2005; Guo et al. 2017.
    """
    values = np.asarray(confidence, dtype=float)
    correct = np.asarray(right, dtype=bool)
    numbers = np.minimum((values * bins).astype(int), bins - 1)
    found = []
    for number in range(bins):
        inside = numbers == number
        count = int(inside.sum())
        found.append(
            Bin(
                number / bins,
                (number + 1) / bins,
                count,
                float(values[inside].mean()) if count else None,
                float(correct[inside].mean()) if count else None,
            )
        )
    return found


def calibration_error(
    confidence: Sequence[float], right: Sequence[bool], *, bins: int = 10
) -> float:
    """Return how far confidence and accuracy lie apart, 0 to 1; lower is better.

    ECE = sum over bins b of (n_b / n) * |accuracy_b - confidence_b|, over `reliability`. Source:
    Naeini, Cooper and Hauskrecht 2015; Guo et al. 2017, "On Calibration of Modern Neural Networks".

    Raises:
        ValueError: there are no answers.
    """
    if not len(right):
        raise ValueError("there are no answers: the calibration error is undefined")
    return sum(
        b.count / len(right) * abs(b.accuracy - b.confidence)
        for b in reliability(confidence, right, bins=bins)
        if b.accuracy is not None and b.confidence is not None
    )
