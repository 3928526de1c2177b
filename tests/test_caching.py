"""What is kept in memory is bounded by its bytes."""

from __future__ import annotations

import sys
from functools import partial

from assistant.caching import BoundedCache


def test_what_was_used_last_is_kept_up_to_the_limit():
    cache = BoundedCache[str](10, len)
    made: list[str] = []

    def make(value: str) -> str:
        made.append(value)
        return value

    for value in ("aaaa", "bbbb", "aaaa", "cccc", "aaaa", "bbbb"):
        assert cache.get(value, partial(make, value)) == value
        assert cache.size_bytes <= 10
    assert made == ["aaaa", "bbbb", "cccc", "bbbb"]


def test_what_is_larger_than_the_limit_is_given_and_not_kept():
    cache = BoundedCache[str](10, sys.getsizeof)
    assert cache.get("a", lambda: "x" * 1_000) == "x" * 1_000
    assert cache.size_bytes == 0


def test_nothing_is_kept_after_it_was_cleared():
    cache = BoundedCache[str](10, len)
    cache.get("a", lambda: "old")
    cache.clear()
    assert cache.get("a", lambda: "new") == "new"


def test_values_that_are_missing_are_made_together_and_once():
    cache = BoundedCache[str](10, len)
    made: list[list[str]] = []

    def make(keys):
        made.append(list(keys))
        return [key.upper() for key in keys]

    assert cache.get_all(["a", "b", "a"], make) == ["A", "B", "A"]
    assert cache.get_all(["b", "c"], make) == ["B", "C"]
    assert cache.get_all(["a", "c"], make) == ["A", "C"]
    assert made == [["a", "b"], ["c"]]


def test_more_than_is_kept_is_given_all_the_same():
    cache = BoundedCache[str](3, len)
    assert cache.get_all(["aa", "bb"], list) == ["aa", "bb"]
    assert cache.size_bytes == 2
