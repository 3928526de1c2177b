"""A cache that is bounded by the memory of what it holds, not by how many things that is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class BoundedCache(Generic[V]):
    """Keeps what was used last, up to `limit_bytes`; what is larger by itself is not kept.

    Safe for threads. A value that two ask for at once may be made twice.
    """

    def __init__(self, limit_bytes: int, size_bytes: Callable[[V], int]) -> None:
        from cachetools import LRUCache

        self._kept: LRUCache[Hashable, V] = LRUCache(limit_bytes, size_bytes)
        self._turn = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """Return the value that is kept under `key`, made if need be."""
        with self._turn:
            if key in self._kept:
                return self._kept[key]
        value = make()
        self._keep(key, value)
        return value

    def get_all(self, keys: Sequence[K], make: Callable[[Sequence[K]], Sequence[V]]) -> list[V]:
        """Return the values under `keys`, in order; those that are missing are made at once."""
        with self._turn:
            found = {key: self._kept[key] for key in keys if key in self._kept}
        if missing := [key for key in dict.fromkeys(keys) if key not in found]:
            for key, value in zip(missing, make(missing), strict=True):
                found[key] = value
                self._keep(key, value)
        return [found[key] for key in keys]

    def _keep(self, key: Hashable, value: V) -> None:
        with self._turn:
            if self._kept.getsizeof(value) <= self._kept.maxsize:
                self._kept[key] = value

    def clear(self) -> None:
        with self._turn:
            self._kept.clear()

    @property
    def size_bytes(self) -> int:
        """The memory of all that is kept."""
        return int(self._kept.currsize)
