"""Two runs over the same questions -> what was fixed, what broke, and whether it is chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from assistant.errors import BadFacts
from assistant.evaluation import metrics
from assistant.evaluation.figures import MEANS, RATIO, Measure
from assistant.evaluation.judging import Judgement
from assistant.evaluation.runs import Run

LEVEL = 0.05  # below which a p-value is called significant
MOST_NAMED = 8
# Shares of the answers shown, or of the declined, are of other questions in each run: not paired.
PAIRED = (
    *(measure for measure in MEANS if measure.name not in ("answered_right", "declined_absent")),
    replace(RATIO, label="Time over that of a fixed embedding (mean)"),
)


@dataclass(frozen=True)
class Difference:
    """By how much a measure's mean differs, later less earlier, over the questions of both."""

    measure: Measure
    before: float
    after: float
    difference: float
    low: float
    high: float
    p_value: float  # of the sign-flip test
    count: int
    worsened: Sequence[str]  # ids of the questions whose value got worse

    @property
    def worse(self) -> bool:
        """Whether it is on the worse side of none by more than chance."""
        return self._sure and (self.high < 0 if self.measure.better == "higher" else self.low > 0)

    @property
    def better(self) -> bool:
        """Whether it is on the better side of none by more than chance."""
        return self._sure and (self.low > 0 if self.measure.better == "higher" else self.high < 0)

    @property
    def _sure(self) -> bool:
        # The interval alone is too narrow for a few questions: of a single one it is a point. Times
        # of the same code differ as the machine is busy, for all questions alike, which is more
        # than chance among questions: `gate.py` says by how much they may.
        return self.p_value < LEVEL and self.measure.name != RATIO.name

    def to_dict(self) -> dict[str, Any]:
        """Return the difference JSON-ready."""
        fields = asdict(self) | {"measure": self.measure.to_dict()}
        return {**fields.pop("measure"), **fields, "is_worse": self.worse, "is_better": self.better}


@dataclass(frozen=True)
class Comparison:
    """What changed from an earlier run to a later one."""

    changes: Mapping[str, tuple[Any, Any]]  # of the identity: name -> earlier, later
    fixed: Sequence[str]  # ids, in the order of the later run
    broke: Sequence[str]
    verdicts: Mapping[str, tuple[str, str]]  # id -> earlier, later, where they differ
    p_value: float  # McNemar's test of fixed against broke
    differences: Sequence[Difference]
    earlier: str = "the earlier run"  # how to speak of it

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison JSON-ready."""
        return {
            "changes": {name: list(pair) for name, pair in self.changes.items()},
            "fixed": list(self.fixed),
            "broke": list(self.broke),
            "verdicts": {name: list(pair) for name, pair in self.verdicts.items()},
            "p_value": self.p_value,
            "differences": {d.measure.name: d.to_dict() for d in self.differences},
        }


def hindrances(before: Run, after: Run) -> list[str]:
    """Return why two runs cannot be compared: which documents and which facts differ; or nothing.

    Documents differ by digest, facts by anything in them.
    """
    documents = _differing(before.identity.documents, after.identity.documents)
    cases = _differing(_cases(before), _cases(after))
    found = [f"document {path} {how}" for path, how in documents.items()]
    found += [f"fact {name} {how}" for name, how in cases.items()]
    return found


def require_comparable(before: Run, after: Run) -> None:
    """Refuse two runs over different facts or documents.

    Raises:
        BadFacts: they differ, and the message names what does; or the earlier one is not whole.
    """
    if not before.finished:
        raise BadFacts(
            f"The earlier run was interrupted: it holds {len(before.records)} of "
            f"{before.identity.questions} questions. Compare with a whole one."
        )
    found = hindrances(before, after)
    if found:
        raise BadFacts(
            f"The runs cannot be compared: {named(found)}. Run both over the same: "
            "assistant evaluate"
        )


def named(reasons: Sequence[str]) -> str:
    """Return the first few reasons as one phrase."""
    more = len(reasons) - MOST_NAMED
    return ", ".join(reasons[:MOST_NAMED]) + (f", and {more} more" if more > 0 else "")


def compare(
    before: Run,
    after: Run,
    judged_before: Sequence[Judgement],
    judged_after: Sequence[Judgement],
    *,
    seed: int,
) -> Comparison:
    """Return what changed. A question counts as fixed or broke only if both runs could judge it.

    Differences are of means as in `figures.py`, each over the questions to which it
    applies in both runs.

    Raises:
        BadFacts: see `require_comparable`.
    """
    require_comparable(before, after)
    earlier = {judged.id: judged for judged in judged_before}
    pairs = [(earlier[judged.id], judged) for judged in judged_after]
    fixed = [b.id for a, b in pairs if a.good is False and b.good is True]
    broke = [b.id for a, b in pairs if a.good is True and b.good is False]
    return Comparison(
        changes=_changes(before, after),
        fixed=fixed,
        broke=broke,
        verdicts={b.id: (a.verdict, b.verdict) for a, b in pairs if a.verdict != b.verdict},
        p_value=metrics.mcnemar(len(fixed), len(broke)),
        differences=[
            difference
            for measure in PAIRED
            if (difference := _difference(measure, pairs, seed)) is not None
        ],
    )


def _difference(
    measure: Measure, pairs: Sequence[tuple[Judgement, Judgement]], seed: int
) -> Difference | None:
    values = [
        (b.id, x, y)
        for a, b in pairs
        if (a.is_fact or measure.name in ("fidelity", RATIO.name))
        and (x := a.values.get(measure.name)) is not None
        and (y := b.values.get(measure.name)) is not None
    ]
    if not values:
        return None
    xs, ys = [x for _, x, _ in values], [y for _, _, y in values]
    difference, low, high = metrics.paired_bootstrap(xs, ys, seed=seed)
    return Difference(
        measure,
        before=sum(xs) / len(xs),
        after=sum(ys) / len(ys),
        difference=difference,
        low=low,
        high=high,
        p_value=metrics.sign_flip([y - x for x, y in zip(xs, ys, strict=True)], seed=seed),
        count=len(values),
        worsened=[
            name for name, x, y in values if (y < x if measure.better == "higher" else y > x)
        ],
    )


def _changes(before: Run, after: Run) -> dict[str, tuple[Any, Any]]:
    a, b = asdict(before.identity), asdict(after.identity)
    skipped = {"documents", "facts", "questions", "format"}
    found: dict[str, tuple[Any, Any]] = {}
    for name in a:
        if name == "settings" or name == "recipe":
            for key in sorted({*a[name], *b[name]}):
                if a[name].get(key) != b[name].get(key):
                    found[f"{name}.{key}"] = (a[name].get(key), b[name].get(key))
        elif name not in skipped and a[name] != b[name]:
            found[name] = (a[name], b[name])
    return found


def _cases(run: Run) -> dict[str, Any]:
    return {record["case"]["id"]: record["case"] for record in run.records}


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    found = {name: "is only in the earlier one" for name in before if name not in after}
    found |= {name: "is only in the later one" for name in after if name not in before}
    found |= {name: "differs" for name in before if name in after and before[name] != after[name]}
    return dict(sorted(found.items()))
