"""Plots as inline SVG, in the colours of the page around them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from assistant.evaluation.metrics import Bin, percentile

WIDTH, HEIGHT = 340, 250
LEFT, RIGHT, TOP, BOTTOM = 54, 12, 12, 40
ROOM_X, ROOM_Y = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
SLICES = 24


def risk_coverage(curve: Sequence[tuple[float, float]]) -> str:
    """Return the curve of `metrics.risk_coverage`: risk over coverage, both as percentages."""
    if not curve:
        return _nothing("No answer was shown.")
    top = _ceiling(max(risk for _, risk in curve))
    points = [(_x(coverage), _y(risk / top)) for coverage, risk in curve]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    base = _y(0)
    area = f"{points[0][0]:.1f},{base} {line} {points[-1][0]:.1f},{base}"
    body = f'<polygon class="area" points="{area}"/><polyline class="line" points="{line}"/>'
    if len(points) == 1:
        body += f'<circle class="dot" cx="{points[0][0]:.1f}" cy="{points[0][1]:.1f}" r="4"/>'
    axes = _axes("answers shown, the surest first", "wrong", 1.0, top)
    return _svg("Risk-coverage curve", axes + body)


def reliability(bins: Sequence[Bin]) -> str:
    """Return a reliability diagram: accuracy over confidence; a dot's area is its bin's count."""
    total = sum(b.count for b in bins)
    if not total:
        return _nothing("No answer was shown.")
    most = max(b.count for b in bins)
    body = f'<line class="guide" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>'
    for b in bins:
        if b.confidence is None or b.accuracy is None:
            continue
        x, y = _x(b.confidence), _y(b.accuracy)
        body += (
            f'<line class="gap" x1="{x:.1f}" y1="{_y(b.confidence):.1f}" x2="{x:.1f}" '
            f'y2="{y:.1f}"/><circle class="dot" cx="{x:.1f}" cy="{y:.1f}" '
            f'r="{3 + 8 * math.sqrt(b.count / most):.1f}"><title>{b.count} answers, confidence '
            f"{b.confidence:.0%}, right {b.accuracy:.0%}</title></circle>"
        )
    return _svg("Reliability diagram", _axes("confidence", "right", 1.0, 1.0) + body)


def latency(seconds: Sequence[float]) -> str:
    """Return a histogram of the seconds to an answer, with the 50th and 95th percentile."""
    if not seconds:
        return _nothing("No answer was timed.")
    top = _rounded_up(max(seconds))
    counts = [0] * SLICES
    for value in seconds:
        counts[min(int(value / top * SLICES), SLICES - 1)] += 1
    most = max(counts)
    slice_width = ROOM_X / SLICES
    body = "".join(
        f'<rect class="bar" x="{LEFT + number * slice_width + 0.75:.1f}" '
        f'y="{_y(count / most):.1f}" width="{slice_width - 1.5:.1f}" '
        f'height="{ROOM_Y * count / most:.1f}"><title>{count} answers</title></rect>'
        for number, count in enumerate(counts)
        if count
    )
    for q, at in ((50, TOP + 10), (95, TOP + 24)):
        value = percentile(seconds, q)
        x = _x(value / top)
        end = "end" if x > LEFT + ROOM_X / 2 else "start"
        offset = -5 if end == "end" else 5
        body += (
            f'<line class="guide" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{_y(0)}"/>'
            f'<text class="named" x="{x + offset:.1f}" y="{at}" text-anchor="{end}">'
            f"{q}% within {value:.3g} s</text>"
        )
    axes = _frame() + _label("seconds to an answer", "answers")
    axes += "".join(_tick_x(share, f"{share * top:.3g}") for share in (0.0, 0.25, 0.5, 0.75, 1.0))
    axes += "".join(_tick_y(share, f"{share * most:.0f}") for share in (0.0, 1.0))
    return _svg("Histogram of latency", axes + body)


def _x(share: float) -> float:
    return LEFT + ROOM_X * share


def _y(share: float) -> float:
    return TOP + ROOM_Y * (1 - share)


def _ceiling(share: float) -> float:
    """Return the end of an axis of percentages: the next tenth above, at least 0.1."""
    return min(1.0, max(0.1, math.ceil(share * 10) / 10))


def _rounded_up(value: float) -> float:
    """Return the next of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten: 0.31 -> 0.4."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(
        step * power for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * power >= value * 0.999
    )


def _axes(across: str, up: str, right: float, top: float) -> str:
    ticks = "".join(
        _tick_x(share, f"{share * right:.0%}") + _tick_y(share, f"{share * top:.0%}")
        for share in (0.0, 0.5, 1.0)
    )
    return _frame() + ticks + _label(across, up)


def _frame() -> str:
    return f'<path class="axis" d="M{LEFT} {TOP}V{TOP + ROOM_Y}H{LEFT + ROOM_X}"/>'


def _label(across: str, up: str) -> str:
    return (
        f'<text x="{LEFT + ROOM_X / 2}" y="{HEIGHT - 6}" text-anchor="middle">{across}</text>'
        f'<text transform="translate(12 {TOP + ROOM_Y / 2}) rotate(-90)" '
        f'text-anchor="middle">{up}</text>'
    )


def _tick_x(share: float, words: str) -> str:
    anchor = "end" if share == 1.0 else "middle"
    x = _x(share) + (6 if share == 1.0 else 0)
    return f'<text class="tick" x="{x:.1f}" y="{_y(0) + 15}" text-anchor="{anchor}">{words}</text>'


def _tick_y(share: float, words: str) -> str:
    y = _y(share)
    rule = f'<path class="rule" d="M{LEFT} {y:.1f}H{LEFT + ROOM_X}"/>' if share else ""
    return (
        f'{rule}<text class="tick" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{words}</text>'
    )


def _svg(name: str, body: str) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{name}">{body}</svg>'


def _nothing(words: str) -> str:
    return f'<p class="nothing">{words}</p>'
