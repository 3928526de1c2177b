"""How sure a figure is, and how sure a difference: bootstrap, sign flips, McNemar, percentiles.

Values that are None could not be judged and are left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product
from typing import TypeVar

import numpy as np

RESAMPLES = 2000
CELLS = 4_000_000  # drawn at once: some 30 MB
ALL_SIGNS = 10  # differences of which every combination of signs is tried

T = TypeVar("T")


def mean(values: Sequence[float | None]) -> float | None:
    """Return the mean of the values that are there; None if there is none."""
    there = [value for value in values if value is not None]
    return math.fsum(there) / len(there) if there else None


def percentile(values: Sequence[float], q: float) -> float:
    """Return the q-th percentile, q from 0 to 100, with linear interpolation.

    The value at place (n - 1) * q / 100 of the sorted values, counted from 0. Source: Hyndman and
    Fan 1996, definition 7.

    Raises:
        ValueError: there are no values, or `q` is not a percentage.
    """
    if not values or not 0 <= q <= 100:
        raise ValueError("a percentile needs values, and q from 0 to 100")
    ordered = sorted(values)
    place = (len(ordered) - 1) * q / 100
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def bootstrap_interval(
    values: Sequence[float | None],
    *,
    seed: int,
    resamples: int = RESAMPLES,
    level: float = 0.95,
) -> tuple[float, float]:
    """Return the percentile bootstrap interval of the mean.

    Draws n of n values with replacement `resamples` times; the bounds are the (1 - level) / 2 and
    (1 + level) / 2 quantiles of the means. The same seed gives the same interval. Source: Efron and
    Tibshirani 1993, An Introduction to the Bootstrap, 13.3.

    Raises:
        ValueError: no value is there.
    """
    there = np.array([value for value in values if value is not None], dtype=float)
    if not len(there):
        raise ValueError("no value could be judged: there is no interval")
    return _bounds(_means(there, seed, resamples), level)


def bootstrap_statistic(
    items: Sequence[T],
    statistic: Callable[[Sequence[T]], float | None],
    *,
    seed: int,
    resamples: int = RESAMPLES,
    level: float = 0.95,
) -> tuple[float, float] | None:
    """Return the interval of any statistic of a sample, as in `bootstrap_interval`.

    Resamples of which the statistic is None are left out; None if it is so of every one.
    """
    random = np.random.default_rng(seed)
    found = []
    for _ in range(resamples):
        value = statistic([items[i] for i in random.integers(0, len(items), len(items))])
        if value is not None:
            found.append(value)
    return _bounds(np.array(found), level) if found else None


def paired_bootstrap(
    a: Sequence[float | None],
    b: Sequence[float | None],
    *,
    seed: int,
    resamples: int = RESAMPLES,
    level: float = 0.95,
) -> tuple[float, float, float]:
    """Return mean(b - a) and its bootstrap interval, over the pairs of which both could be judged.

    `a` and `b` are of the same questions in the same order; pairs are drawn together. Source: Efron
    and Tibshirani 1993; for comparing systems, Koehn 2004, "Statistical Significance Tests for
    Machine Translation Evaluation".

    Raises:
        ValueError: the lengths differ, or no pair could be judged.
    """
    pairs = zip(a, b, strict=True)
    differences = np.array([y - x for x, y in pairs if x is not None and y is not None])
    if not len(differences):
        raise ValueError("no pair could be judged: there is no difference")
    low, high = _bounds(_means(differences, seed, resamples), level)
    return float(differences.mean()), low, high


def sign_flip(differences: Sequence[float], *, seed: int, resamples: int = RESAMPLES) -> float:
    """Return the two-sided p-value that the paired differences are as likely negative as positive.

    The share of the ways to give each difference a sign of which the sum is at least as far from 0
    as the one that was found: of all 2**n ways for up to 10 differences that are not 0, else of
    `resamples` drawn ones and the one found. 1.0 if there are none. Differences of 1 and -1 give
    McNemar's test. With fewer than six it is never below 0.05. Source: Fisher 1935, The Design of
    Experiments, 21; for comparing systems, Noreen 1989, Computer-Intensive Methods.
    """
    sizes = np.array([abs(value) for value in differences if value], dtype=float)
    if not len(sizes):
        return 1.0
    found = abs(math.fsum(differences)) - 1e-9 * float(sizes.sum())
    if len(sizes) <= ALL_SIGNS:
        ways = np.array(list(product((-1.0, 1.0), repeat=len(sizes))))
        return float((np.abs(ways @ sizes) >= found).mean())
    random = np.random.default_rng(seed)
    at_once = max(1, CELLS // len(sizes))
    reached = sum(
        int((np.abs(random.choice((-1.0, 1.0), (some, len(sizes))) @ sizes) >= found).sum())
        for done in range(0, resamples, at_once)
        for some in [min(at_once, resamples - done)]
    )
    return (reached + 1) / (resamples + 1)


def mcnemar(fixed: int, broke: int) -> float:
    """Return the two-sided p-value of McNemar's test that fixing and breaking are equally likely.

    Exact: min(1, 2 * P(X <= min(fixed, broke))), X binomial of fixed + broke trials with
    probability 1/2; 1.0 if nothing changed. Source: McNemar 1947; exact form as in Dietterich 1998.
    """
    changed = fixed + broke
    tail = sum(math.comb(changed, i) for i in range(min(fixed, broke) + 1))
    return min(1.0, float(2 * tail / 2**changed))


def _means(values: np.ndarray, seed: int, resamples: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    at_once = max(1, CELLS // len(values))
    drawn = [
        values[random.integers(0, len(values), (min(at_once, resamples - done), len(values)))]
        for done in range(0, resamples, at_once)
    ]
    return np.concatenate([sample.mean(axis=1) for sample in drawn])


def _bounds(found: np.ndarray, level: float) -> tuple[float, float]:
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
