"""Chroma on a folder: opening again shows what others wrote, and its errors are ours."""

from __future__ import annotations

import itertools
import threading
from pathlib import Path
from typing import Any

from assistant.index.faults import told

_used: dict[Path, set[int]] = {}
_turn = threading.Lock()


class Client:
    """A Chroma client of its own on the store in `place`.

    Chroma shares one client between all who spell a path alike, and would hand a stale one out
    again; those that are open at once spell it differently: "chroma", "chroma/.", "chroma/./.".

    Raises, as `Collection` does:
        IndexDamaged, IndexFull, IndexUnwritable, IndexBusy: see `faults.told`.
    """

    def __init__(self, place: Path) -> None:
        import chromadb
        from chromadb.config import Settings

        self._place = place
        with _turn:
            used = _used.setdefault(place, set())
            self._number = next(number for number in itertools.count() if number not in used)
            used.add(self._number)
        # Where this fails, the spelling stays in use: Chroma keeps the failed client under it.
        with told(place):
            self._chroma: Any = chromadb.PersistentClient(
                f"{place / 'chroma'}{'/.' * self._number}",
                settings=Settings(anonymized_telemetry=False),
            )

    def close(self) -> None:
        with told(self._place):
            self._chroma.close()
        with _turn:
            _used[self._place].discard(self._number)

    def collection(self, name: str, *, made: bool = False) -> Collection:
        """Return a collection; with `made`, make it if it is not there."""
        with told(self._place):
            if made:
                raw = self._chroma.get_or_create_collection(
                    name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
                )
            else:
                raw = self._chroma.get_collection(name, embedding_function=None)
        return Collection(raw, self._place)


class Collection:
    """A Chroma collection, `raw`, by those of its methods that are used; all errors are ours."""

    def __init__(self, raw: Any, place: Path) -> None:
        self.raw = raw
        self.place = place

    def count(self) -> int:
        with told(self.place):
            return int(self.raw.count())

    def get(self, **wanted: Any) -> Any:
        with told(self.place):
            return self.raw.get(**wanted)

    def query(self, **wanted: Any) -> Any:
        with told(self.place):
            return self.raw.query(**wanted)

    def upsert(self, **rows: Any) -> None:
        with told(self.place):
            self.raw.upsert(**rows)

    def delete(self, ids: list[str]) -> None:
        with told(self.place):
            self.raw.delete(ids=ids)
