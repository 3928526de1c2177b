"""A run against `evals/thresholds.toml` and the committed baseline: what is missed, in words.

split = "dev"                   # the runs that the gate is for
baseline = "baseline.jsonl"     # beside this file; without it, thresholds alone

[figures.fidelity]              # any figure that `assistant evaluate --json` prints
at_least = 1.0

[figures.latency_ratio]
at_most = 20.0

[slower]
at_most = 1.5                   # times the baseline's time, as a ratio to a fixed embedding
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from operator import gt, lt
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from assistant.errors import BadFacts, BadSettings
from assistant.evaluation import runs
from assistant.evaluation.comparison import (
    LEVEL,
    Comparison,
    Difference,
    compare,
    hindrances,
    named,
)
from assistant.evaluation.facts import TextOf
from assistant.evaluation.figures import ALL, ALONE, RATIO, Figure, Measure, Unit
from assistant.evaluation.judging import Judgement, judge
from assistant.evaluation.resampling import percentile
from assistant.evaluation.runs import Run
from assistant.evaluation.table import signed

FILE = "thresholds.toml"
# What retrieval gave if one of its arms did the whole work, and what that means.
ONE_ARM = {
    "order_of_meaning": (
        "the order of its dense arm (by meaning) alone",
        "the words of a question no longer count",
    ),
    "order_of_words": (
        "the order of its lexical arm (by word) alone",
        "the meaning of a question no longer counts",
    ),
    "only_shared_words": (
        "only what its lexical arm (by word) finds, though its dense arm (by meaning) finds more,",
        "nothing is found by meaning any more",
    ),
}


# Below zero or no number, a bound could never be missed.
Limit = Annotated[float, Field(ge=0, allow_inf_nan=False, strict=True)]


class Bound(BaseModel):
    """What a figure must reach or may reach."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at_least: Limit | None = None
    at_most: Limit | None = None

    @model_validator(mode="after")
    def _binds(self) -> Bound:
        if self.at_least is None and self.at_most is None:
            raise ValueError("there must be an at_least or an at_most")
        return self


class Slower(BaseModel):
    """How much slower than the baseline an answer may be."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at_most: float = Field(default=1.5, gt=0)


class Thresholds(BaseModel):
    """What `evals/thresholds.toml` says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    split: Literal["dev", "test", "all"] = "dev"
    baseline: str | None = None
    figures: Mapping[str, Bound] = Field(default_factory=dict)
    slower: Slower = Slower()


@dataclass(frozen=True)
class Verdict:
    """Why the gate is shut, or that it is open, and the comparison with the baseline."""

    missed: Sequence[str]
    comparison: Comparison | None = None


def load(folder: Path) -> Thresholds | None:
    """Return the thresholds in `folder`; None if there are none.

    Raises:
        BadSettings: the file is not TOML, or a name or value in it does not fit, or it names a
            figure that no run has.
    """
    file = folder / FILE
    if not file.exists():
        return None
    try:
        found = Thresholds.model_validate(tomllib.loads(file.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSettings(f"{file} cannot be read as TOML ({error}). Correct it.") from error
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        unknown = first["type"] == "extra_forbidden"
        fault = "there is no such setting" if unknown else first["msg"].lower()
        raise BadSettings(f"{file}: {name}: {fault}. Correct it.") from error
    names = [measure.name for measure in ALL]
    for name in found.figures:
        if name not in names:
            raise BadSettings(
                f"{FILE} names the figure {name!r}, which there is not. "
                f"There are: {', '.join(names)}"
            )
    return found


def baseline(thresholds: Thresholds, folder: Path) -> Run | None:
    """Return the run that later ones must hold; None if the thresholds name none.

    Raises:
        BadFacts: it is not there, or is not a run.
    """
    if thresholds.baseline is None:
        return None
    file = folder / thresholds.baseline
    if not file.exists():
        raise BadFacts(
            f"{file}, which {FILE} names, is not there. Make it: assistant evaluate --baseline"
        )
    return runs.read(file)


def check(
    thresholds: Thresholds,
    before: Run | None,
    run: Run,
    judged: Sequence[Judgement],
    figures: Sequence[Figure],
    text_of: TextOf,
) -> Verdict:
    """Return what the run misses: thresholds, and what the baseline, `before`, did better.

    Whatever the thresholds say, it is a miss if a quote is unfaithful, if an answer was withheld
    because its quote would have been, if a question ended in an error, and if the run gives nothing
    to judge a figure with a bound by.
    """
    missed = [
        *_thresholds(thresholds, judged, figures),
        *_unfaithful(judged),
        *_withheld(judged),
        *_unanswered(judged),
    ]
    if before is None:
        return Verdict(missed)
    differing = hindrances(before, run)
    if differing:
        again = "Restore it, or make a new baseline: assistant evaluate --baseline"
        return Verdict([*missed, f"the baseline is of something else: {named(differing)}. {again}"])
    judged_before = judge(before, text_of)
    comparison = replace(
        compare(before, run, judged_before, judged, seed=run.identity.seed), earlier="the baseline"
    )
    slower = _slower(judged_before, judged, thresholds.slower.at_most)
    return Verdict([*missed, *_regressions(comparison), *slower], comparison)


def _thresholds(
    thresholds: Thresholds, judged: Sequence[Judgement], figures: Sequence[Figure]
) -> list[str]:
    by_name = {figure.measure.name: figure for figure in figures}
    measures = {measure.name: measure for measure in ALL}
    missed = []
    for name, bound in thresholds.figures.items():
        measure, figure = measures[name], by_name.get(name)
        value = figure.value if figure else None
        for limit, demand, is_missed in (
            (bound.at_least, "must be at least", lt),
            (bound.at_most, "may be at most", gt),
        ):
            if limit is None:
                continue
            demanded = f"and {demand} {_exact(limit, measure.unit)}"
            if figure is None or value is None:
                if measure not in ALONE:  # no sign of a lost arm is no miss
                    why = _lacking(measure, judged)
                    missed.append(f"{_named(measure)} could not be judged: {why}, {demanded}")
            elif is_missed(value, limit):
                now = _exact(value, measure.unit)
                missed.append(
                    _one_arm(figure, value, limit)
                    if name in ONE_ARM
                    else f"{_named(measure)} is {now}, {demanded}"
                )
    return missed


def _one_arm(figure: Figure, value: float, most: float) -> str:
    what, means = ONE_ARM[figure.measure.name]
    return (
        f"retrieval gave {what} in {round(value * figure.count)} of {figure.count} questions, "
        f"of which at most {most:.0%} may be chance ({figure.measure.name}): {means}"
    )


def _lacking(measure: Measure, judged: Sequence[Judgement]) -> str:
    errors = [str(one.record["error"]) for one in judged if one.record["error"] is not None]
    if errors and len(errors) == len(judged):
        return f"every question ended in an error, the first in: {errors[0]}"
    return measure.lacking


def _named(measure: Measure) -> str:
    """Return a measure's name and what it says: "recall@5 (evidence among the first 5)"."""
    label = measure.label.split(" (")[0]
    return f"{measure.name} ({label[0].lower()}{label[1:]})"


def _exact(value: float, unit: Unit) -> str:
    """Return a value to four digits, so that it is not rounded to the bound that it misses."""
    if unit == "share":
        return f"{100 * value:.4g}%"
    return f"{value:.4g}" + {"seconds": " s", "times": " times"}.get(unit, "")


def _unfaithful(judged: Sequence[Judgement]) -> list[str]:
    """Return which quotes are not what they say: one is too many, whatever the thresholds."""
    faults = [
        f"{one.id} {fault}"
        for one in judged
        if not one.record.get("withheld")
        for fault in one.quote_faults
    ]
    return [f"quotes are not faithful: {named(faults)}"] if faults else []


def _withheld(judged: Sequence[Judgement]) -> list[str]:
    """Return what was not shown because its quote would not have been the document's words."""
    ids = [one.id for one in judged if one.record.get("withheld")]
    if not ids:
        return []
    return [
        f"{_counted(ids, 'answer was', 'answers were')} withheld, though sure enough: what would "
        f"have been quoted is not in the document, word for word, at its place: {named(ids)}"
    ]


def _unanswered(judged: Sequence[Judgement]) -> list[str]:
    """Return which questions ended in an error, so that no figure counts them."""
    errors = [f"{one.id} ({e})" for one in judged if (e := one.record["error"]) is not None]
    if not errors:
        return []
    return [
        f"{_counted(errors, 'question', 'questions')} ended in an error, and no figure counts "
        f"{'it' if len(errors) == 1 else 'them'}: {named(errors)}"
    ]


def _counted(of: Sequence[object], one: str, many: str) -> str:
    return f"{len(of)} {one if len(of) == 1 else many}"


def _regressions(comparison: Comparison) -> list[str]:
    """Return what got significantly worse: means by `Difference`, questions by McNemar's test."""
    missed = [_worse(found) for found in comparison.differences if found.worse]
    fixed, broke = len(comparison.fixed), len(comparison.broke)
    if broke > fixed and comparison.p_value < LEVEL:
        missed.append(
            f"{broke} questions that went right in the baseline go wrong now, and {fixed} the "
            f"other way round, which is more than chance (McNemar p = {comparison.p_value:.2g}): "
            f"{named(comparison.broke)}"
        )
    return missed


def _worse(found: Difference) -> str:
    unit = found.measure.unit
    before, after = _exact(found.before, unit), _exact(found.after, unit)
    low, high = signed(found.low, unit), signed(found.high, unit)
    moved = "fell" if found.after < found.before else "rose"
    return (
        f"{_named(found.measure)} {moved} from {before} in the baseline to {after}, which is more "
        f"than chance (difference {low} to {high} at 95%, p = {found.p_value:.2g}): "
        f"{named(found.worsened)}"
    )


def _slower(before: Sequence[Judgement], after: Sequence[Judgement], most: float) -> list[str]:
    ratios = []
    for judged in (before, after):
        values = [v for one in judged if (v := one.values.get(RATIO.name)) is not None]
        ratios.append(percentile(values, 50) if values else None)
    earlier, later = ratios
    if earlier is None or later is None or later <= most * earlier:
        return []
    return [
        f"an answer takes {later / earlier:.2f} times as long as in the baseline, and may take "
        f"{most} times (in units of a fixed piece of embedding, done beside each question: "
        f"{later:.2f} now, {earlier:.2f} then)"
    ]


def baseline_of(run: Run) -> Run:
    """Return a run as it is committed: without the texts of retrieved passages.

    They are the largest part of it, and the documents have them at the places that are named.
    """
    records = []
    for record in run.records:
        answer = record["answer"]
        if answer is not None:
            hits = [
                {**hit, "passage": {k: v for k, v in hit["passage"].items() if k != "text"}}
                for hit in answer["hits"]
            ]
            answer = {**answer, "hits": hits}
        records.append({**record, "answer": answer})
    return Run(run.identity, records)
