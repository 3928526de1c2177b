"""Judgements -> figures, each with its 95% bootstrap interval and how many it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeVar, get_args

from assistant.evaluation import metrics
from assistant.evaluation.facts import FOLLOW_UP, KINDS, OPENING, WHOLE
from assistant.evaluation.judging import (
    CUTOFFS,
    NDCG_CUTOFF,
    VERDICTS,
    Judgement,
    answerable,
    confidences,
)
from assistant.evaluation.resampling import bootstrap_statistic

T = TypeVar("T")
Unit = Literal["share", "number", "seconds", "times"]
Group = Literal["answers", "retrieval", "citations", "confidence", "conversation", "speed"]
_GROUPS = get_args(Group)
SLOW_RESAMPLES = 500  # of statistics that are no means


@dataclass(frozen=True)
class Measure:
    """What a figure measures."""

    name: str  # in JSON and in thresholds.toml
    label: str
    group: Group
    unit: Unit = "share"
    better: Literal["higher", "lower"] = "higher"
    lacking: str = "no question could be judged by it"  # why a run may be without it

    def to_dict(self) -> dict[str, Any]:
        """Return what a figure of it says of itself, JSON-ready."""
        return {key: value for key, value in asdict(self).items() if key != "lacking"}


@dataclass(frozen=True)
class Figure:
    """A measure's value with its interval, over `count` questions; `unjudged` are left out."""

    measure: Measure
    value: float | None
    low: float | None
    high: float | None
    count: int
    unjudged: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return the figure JSON-ready, without its name."""
        fields = asdict(self) | {"measure": self.measure.to_dict()}
        return {**fields.pop("measure"), **fields}


_ANSWERED = "no question was answered"
_DECLINED = "no question was declined"
_ANSWERABLE = "no question was asked that the documents answer"
_ABSENT = "no question was asked that the documents do not answer"
_SHORT = "no question was asked that has a short answer"
_SEARCHED = "nothing was searched for that the documents answer"
_BOTH = "it takes questions that the documents answer and ones that they do not"
_FOLLOWED = "no conversation was asked whose questions are right when asked whole"

FIDELITY = Measure(
    "fidelity", "Quotes that are their document's exact words", "citations", lacking=_ANSWERED
)
# Means over facts, of the values that `judging.py` gives each question; of fidelity, over all.
MEANS = (
    Measure("good", "Answered or declined rightly, of all", "answers"),
    Measure(
        "accuracy", "Right in at most 60 words, of the answerable", "answers", lacking=_ANSWERABLE
    ),
    Measure("answered_right", "Right, of the answers shown", "answers", lacking=_ANSWERED),
    Measure("short_exact", "Short answer, exact match (SQuAD)", "answers", lacking=_SHORT),
    Measure("short_f1", "Short answer, F1 (SQuAD)", "answers", lacking=_SHORT),
    Measure(
        "absent_declined", "Declined, of the absent (abstention recall)", "answers", lacking=_ABSENT
    ),
    Measure(
        "declined_absent",
        "Absent, of the declined (abstention precision)",
        "answers",
        lacking=_DECLINED,
    ),
    Measure(
        "declined_wrongly",
        "Declined, of the answerable (wrongly)",
        "answers",
        better="lower",
        lacking=_ANSWERABLE,
    ),
    *(
        Measure(
            f"recall@{k}",
            f"Evidence among the first {k} (recall@{k})",
            "retrieval",
            lacking=_SEARCHED,
        )
        for k in CUTOFFS
    ),
    Measure(
        "mrr", "First evidence, mean reciprocal rank", "retrieval", "number", lacking=_SEARCHED
    ),
    Measure(
        "ndcg",
        f"Evidence near the top (nDCG@{NDCG_CUTOFF})",
        "retrieval",
        "number",
        lacking=_SEARCHED,
    ),
    FIDELITY,
    Measure("citation_recall", "Evidence that is cited (recall)", "citations", lacking=_ANSWERED),
    Measure(
        "citation_precision",
        "Cited words that are evidence (precision)",
        "citations",
        lacking=_ANSWERED,
    ),
)
# Signs that retrieval's other arm counts for nothing, and no qualities: see `judging.py`.
ALONE = (
    Measure("order_of_meaning", "Found in the order of meaning alone", "retrieval", better="lower"),
    Measure("order_of_words", "Found in the order of words alone", "retrieval", better="lower"),
    Measure("only_shared_words", "Found by shared words alone", "retrieval", better="lower"),
)
AUROC = Measure(
    "auroc", "Answerable told from absent (AUROC)", "confidence", "number", lacking=_BOTH
)
AREA = Measure(
    "risk_coverage_area",
    "Wrong answers by confidence (risk-coverage area)",
    "confidence",
    "number",
    "lower",
    _ANSWERED,
)
CALIBRATION = Measure(
    "calibration_error",
    "Calibration error (ECE, 10 bins)",
    "confidence",
    "number",
    "lower",
    _ANSWERED,
)
FOLLOW_UPS = Measure("follow_up", "Follow-ups, right as asked", "conversation", lacking=_FOLLOWED)
WHOLES = Measure(
    "asked_whole", "The same questions asked whole, right", "conversation", lacking=_FOLLOWED
)
KEPT = Measure(
    "follow_up_kept", "Follow-ups over the same asked whole", "conversation", lacking=_FOLLOWED
)
RATIO = Measure(
    "latency_ratio", "Time over that of a fixed embedding (median)", "speed", "times", "lower"
)
SPEEDS = tuple(
    Measure(f"latency_p{q}", f"Seconds to an answer, percentile {q}", "speed", "seconds", "lower")
    for q in (50, 95, 99)
)
ALL = (*MEANS, *ALONE, AUROC, AREA, CALIBRATION, FOLLOW_UPS, WHOLES, KEPT, *SPEEDS, RATIO)


def figures(judgements: Sequence[Judgement], *, seed: int) -> list[Figure]:
    """Return every figure that the run has questions for, in the order in which they are shown."""
    facts = [judged for judged in judgements if judged.is_fact]
    means = sorted((*MEANS, *ALONE), key=lambda measure: _GROUPS.index(measure.group))
    found = [
        _mean(measure, judgements if measure is FIDELITY else facts, seed) for measure in means
    ]
    found += _confidence(facts, seed)
    found += _conversation(judgements, seed)
    found += _speed(judgements, seed)
    return [figure for figure in found if figure.count or figure.unjudged]


def _mean(measure: Measure, judgements: Sequence[Judgement], seed: int, name: str = "") -> Figure:
    name = name or measure.name
    values = [judged.values[name] for judged in judgements if name in judged.values]
    there = [value for value in values if value is not None]
    if not there:
        return Figure(measure, None, None, None, 0, len(values))
    low, high = metrics.bootstrap_interval(there, seed=seed)
    value = metrics.mean(there)
    return Figure(measure, value, low, high, len(there), len(values) - len(there))


def _confidence(facts: Sequence[Judgement], seed: int) -> list[Figure]:
    searched, shown = answerable(facts), confidences(facts)
    unjudged = sum(judged.verdict == "not_judged" for judged in facts)
    return [
        _statistic(AUROC, searched, metrics.auroc, seed, unjudged),
        _statistic(AREA, shown, metrics.risk_coverage_area, seed, unjudged),
        _statistic(CALIBRATION, shown, metrics.calibration_error, seed, unjudged),
    ]


def _statistic(
    measure: Measure, pairs: Sequence[tuple[float, bool]], formula: Any, seed: int, unjudged: int
) -> Figure:
    def value(sample: Sequence[tuple[float, bool]]) -> float | None:
        found: float | None = formula([c for c, _ in sample], [r for _, r in sample])
        return found

    if not pairs or value(pairs) is None:
        return Figure(measure, None, None, None, 0, unjudged + len(pairs))
    interval = bootstrap_statistic(pairs, value, seed=seed, resamples=SLOW_RESAMPLES)
    low, high = interval or (None, None)
    return Figure(measure, value(pairs), low, high, len(pairs), unjudged)


def _conversation(judgements: Sequence[Judgement], seed: int) -> list[Figure]:
    asked = [judged for judged in judgements if judged.kind == FOLLOW_UP]
    whole = [judged for judged in judgements if judged.kind == WHOLE]
    by_id = {judged.id: judged for judged in whole}
    pairs = [
        (float(judged.good), float(other.good))
        for judged in asked
        if (other := by_id.get(f"{judged.id}.whole")) is not None
        and judged.good is not None
        and other.good is not None
    ]

    def kept(sample: Sequence[tuple[float, float]]) -> float | None:
        total = sum(other for _, other in sample)
        return sum(as_asked for as_asked, _ in sample) / total if total else None

    found = [_mean(FOLLOW_UPS, asked, seed, "good"), _mean(WHOLES, whole, seed, "good")]
    if pairs:
        low, high = bootstrap_statistic(pairs, kept, seed=seed, resamples=SLOW_RESAMPLES) or (
            None,
            None,
        )
        found.append(Figure(KEPT, kept(pairs), low, high, len(pairs), len(asked) - len(pairs)))
    return found


def _speed(judgements: Sequence[Judgement], seed: int) -> list[Figure]:
    timed = [judged for judged in judgements if "latency" in judged.values]
    unjudged = len(judgements) - len(timed)
    return [
        *(
            _percentile(measure, timed, "latency", float(measure.name[9:]), seed, unjudged)
            for measure in SPEEDS
        ),
        _percentile(RATIO, timed, "latency_ratio", 50, seed, unjudged),
    ]


def _percentile(
    measure: Measure, timed: Sequence[Judgement], name: str, q: float, seed: int, unjudged: int
) -> Figure:
    values = [seconds for judged in timed if (seconds := judged.values[name]) is not None]
    if not values:
        return Figure(measure, None, None, None, 0, unjudged)

    def value(sample: Sequence[float]) -> float:
        return metrics.percentile(sample, q)

    interval = bootstrap_statistic(values, value, seed=seed, resamples=SLOW_RESAMPLES)
    low, high = interval or (None, None)
    return Figure(measure, value(values), low, high, len(values), unjudged)


def by_kind(judgements: Sequence[Judgement]) -> dict[str, Counter[str]]:
    """Return how many of each kind got each verdict: {"direct": {"right": 9, "wrong": 1}, …}."""
    counts: dict[str, Counter[str]] = {}
    for judged in judgements:
        counts.setdefault(judged.kind, Counter())[judged.verdict] += 1
    order = (*KINDS, OPENING, FOLLOW_UP, WHOLE)
    return {
        kind: Counter(
            {verdict: counts[kind][verdict] for verdict in VERDICTS if counts[kind][verdict]}
        )
        for kind in order
        if kind in counts
    }


def to_dict(judgements: Sequence[Judgement], found: Sequence[Figure]) -> dict[str, Any]:
    """Return what `assistant evaluate --json` prints of one run, JSON-ready."""
    totals: Counter[str] = Counter(judged.verdict for judged in judgements)
    return {
        "figures": {figure.measure.name: figure.to_dict() for figure in found},
        "verdicts": {verdict: totals[verdict] for verdict in VERDICTS},
        "kinds": by_kind(judgements),
    }
