"""Figures as a person reads them in a terminal."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from assistant.evaluation.comparison import Comparison
from assistant.evaluation.figures import Figure, by_kind
from assistant.evaluation.judging import VERDICTS, Judgement
from assistant.evaluation.runs import Run

MOST_IDS = 20
DIGEST = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{28,52}\b")  # SHA-1 to SHA-256, in hexadecimal


def shown(value: float | None, unit: str) -> str:
    """Return a value with its unit: 0.9375 of "share" -> "93.8%"."""
    if value is None:
        return "–"
    if unit == "share":
        return f"{value:.1%}"
    if unit == "seconds":
        return f"{value:.3f} s"
    return f"{value:.2f} ×" if unit == "times" else f"{value:.3f}"


def text(
    run: Run,
    judgements: Sequence[Judgement],
    figures: Sequence[Figure],
    comparison: Comparison | None,
) -> str:
    """Return the run's figures as a compact table, and the comparison if there is one."""
    identity = run.identity
    lines = [
        f"{identity.questions} questions of {identity.split}, seed {identity.seed}, "
        f"{identity.model.split('@')[0]}, {identity.date[:16].replace('T', ' ')}",
    ]
    group = ""
    for figure in figures:
        if figure.measure.group != group:
            group = figure.measure.group
            lines += ["", group.capitalize()]
        unit = figure.measure.unit
        interval = (
            f"{shown(figure.low, unit):>8} to {shown(figure.high, unit):<8}"
            if figure.value is not None
            else " " * 20
        )
        unjudged = f", {figure.unjudged} not judged" if figure.unjudged else ""
        lines.append(
            f"  {figure.measure.label:<50} {shown(figure.value, unit):>8}  {interval} "
            f"of {figure.count}{unjudged}"
        )
    lines += ["", "Verdicts by kind"]
    for kind, counts in by_kind(judgements).items():
        lines.append(f"  {kind:<16} {_counted(counts)}")
    totals: Counter[str] = Counter(judged.verdict for judged in judgements)
    lines.append(f"  {'all':<16} {_counted(totals)}")
    return "\n".join(lines + (_compared(comparison) if comparison else []))


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts[name]} {words}" for name, words in VERDICTS.items() if counts[name])


def _compared(comparison: Comparison) -> list[str]:
    lines = ["", f"Against {comparison.earlier}"]
    for name, (before, after) in comparison.changes.items():
        lines.append(f"  {name}: {given(before)} -> {given(after)}")
    for word, ids in (("fixed", comparison.fixed), ("broke", comparison.broke)):
        more = f", and {len(ids) - MOST_IDS} more" if len(ids) > MOST_IDS else ""
        lines.append(
            f"  {word} {len(ids)}" + (f": {', '.join(ids[:MOST_IDS])}{more}" if ids else "")
        )
    lines.append(f"  McNemar p = {comparison.p_value:.3g}")
    for found in comparison.differences:
        unit = found.measure.unit
        sign = "better" if found.better else "worse" if found.worse else ""
        lines.append(
            f"  {found.measure.label:<50} {shown(found.before, unit):>8} -> "
            f"{shown(found.after, unit):<8} {signed(found.difference, unit):>8} "
            f"({signed(found.low, unit)} to {signed(found.high, unit)}) of {found.count} "
            f"{sign}".rstrip()
        )
    return lines


def given(value: object) -> str:
    """Return a part of a run's identity as a person reads it, digests cut to twelve digits."""
    return "not set" if value is None else DIGEST.sub(r"\1", str(value))


def signed(value: float, unit: str) -> str:
    """Return a difference with its sign; of shares, in percentage points: "+3.1 pp"."""
    if unit == "share":
        return f"{100 * value:+.1f} pp"
    return f"+{shown(value, unit)}" if value >= 0 else f"-{shown(-value, unit)}"
