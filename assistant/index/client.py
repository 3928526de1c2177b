"""Open and close Chroma on a folder, so that opening again shows what others wrote meanwhile."""

from __future__ import annotations

import itertools
import threading
from pathlib import Path
from typing import Any

_used: dict[Path, set[int]] = {}
_turn = threading.Lock()


class Client:
    """A Chroma client of its own on a folder.

    Chroma shares one client between all who spell a path alike, and would hand a stale one out
    again; those that are open at once spell it differently: "chroma", "chroma/.", "chroma/./.".

    Raises:
        chromadb.errors.ChromaError: the store cannot be opened; "readonly" in its text where the
            folder cannot be written to.
        OSError, ValueError: likewise.
    """

    def __init__(self, folder: Path) -> None:
        import chromadb
        from chromadb.config import Settings

        self._folder = folder
        with _turn:
            used = _used.setdefault(folder, set())
            self._number = next(number for number in itertools.count() if number not in used)
            used.add(self._number)
        # Where this fails, the spelling stays in use: Chroma keeps the failed client under it.
        self.chroma: Any = chromadb.PersistentClient(
            f"{folder}{'/.' * self._number}", settings=Settings(anonymized_telemetry=False)
        )

    def close(self) -> None:
        self.chroma.close()
        with _turn:
            _used[self._folder].discard(self._number)
