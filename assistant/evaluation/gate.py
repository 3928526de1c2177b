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
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import BadSettings
from assistant.evaluation import runs
from assistant.evaluation.comparison import LEVEL, Comparison, compare, hindrances, named
from assistant.evaluation.facts import TextOf
from assistant.evaluation.figures import RATIO, Figure
from assistant.evaluation.judging import Judgement, judge
from assistant.evaluation.resampling import percentile
from assistant.evaluation.runs import Run

FILE = "thresholds.toml"


class Bound(BaseModel):
    """What a figure must reach or may reach."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at_least: float | None = None
    at_most: float | None = None


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
        BadSettings: the file is not TOML, or a name or value in it does not fit.
    """
    file = folder / FILE
    if not file.exists():
        return None
    try:
        return Thresholds.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSettings(f"{file} cannot be read as TOML ({error}). Correct it.") from error
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        raise BadSettings(f"{file}: {name}: {first['msg'].lower()}. Correct it.") from error


def check(
    thresholds: Thresholds,
    folder: Path,
    run: Run,
    judged: Sequence[Judgement],
    figures: Sequence[Figure],
    text_of: TextOf,
) -> Verdict:
    """Return what the run misses: thresholds, and what the baseline did significantly better.

    An unfaithful quote is a miss whatever the thresholds say.

    Raises:
        BadSettings: the thresholds name a figure that there is not.
        BadFacts: the baseline is not a run.
    """
    missed = [*_thresholds(thresholds, figures), *_unfaithful(judged)]
    if thresholds.baseline is None:
        return Verdict(missed)
    before = runs.read(folder / thresholds.baseline)
    differing = hindrances(before, run)
    if differing:
        again = "Restore it, or make a new baseline: assistant evaluate --baseline"
        return Verdict([*missed, f"the baseline is of something else: {named(differing)}. {again}"])
    judged_before = judge(before, text_of)
    comparison = compare(before, run, judged_before, judged, seed=run.identity.seed)
    slower = _slower(judged_before, judged, thresholds.slower.at_most)
    return Verdict([*missed, *_regressions(comparison), *slower], comparison)


def _thresholds(thresholds: Thresholds, figures: Sequence[Figure]) -> list[str]:
    by_name = {figure.measure.name: figure for figure in figures}
    missed = []
    for name, bound in thresholds.figures.items():
        figure = by_name.get(name)
        if figure is None:
            raise BadSettings(
                f"{FILE} names the figure {name!r}, which this run has not. "
                f"There are: {', '.join(by_name)}"
            )
        if figure.value is None:
            missed.append(f"{name} could not be judged")
        elif bound.at_least is not None and figure.value < bound.at_least:
            missed.append(f"{name} is {figure.value:.4g}, and must be at least {bound.at_least}")
        elif bound.at_most is not None and figure.value > bound.at_most:
            missed.append(f"{name} is {figure.value:.4g}, and may be at most {bound.at_most}")
    return missed


def _unfaithful(judged: Sequence[Judgement]) -> list[str]:
    """Return which quotes are not what they say: one is too many, whatever the thresholds."""
    faults = [f"{one.id} {fault}" for one in judged for fault in one.quote_faults]
    return [f"quotes are not faithful: {named(faults)}"] if faults else []


def _regressions(comparison: Comparison) -> list[str]:
    """Return what got significantly worse: means by their interval, questions by McNemar's test."""
    missed = [
        f"{d.measure.name} fell from {d.before:.4g} to {d.after:.4g} (difference "
        f"{d.difference:+.4g}, 95% interval {d.low:+.4g} to {d.high:+.4g})"
        if d.measure.better == "higher"
        else f"{d.measure.name} rose from {d.before:.4g} to {d.after:.4g} (difference "
        f"{d.difference:+.4g}, 95% interval {d.low:+.4g} to {d.high:+.4g})"
        for d in comparison.differences
        if d.worse and d.measure.name != RATIO.name
    ]
    fixed, broke = len(comparison.fixed), len(comparison.broke)
    if broke > fixed and comparison.p_value < LEVEL:
        missed.append(
            f"{broke} questions broke and {fixed} were fixed (McNemar p = "
            f"{comparison.p_value:.2g}): {named(comparison.broke)}"
        )
    return missed


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
        f"{most} times ({later:.2f} over {earlier:.2f} times a fixed embedding)"
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
