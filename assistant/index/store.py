"""One build of the index, opened: its Chroma collections and its word index."""

from __future__ import annotations

import contextlib
from pathlib import Path

from assistant.errors import IndexFull
from assistant.index.client import Client
from assistant.index.faults import WordsDamaged, told
from assistant.index.folder import clear
from assistant.index.lexical import LexicalIndex
from assistant.index.records import as_of, read_records, standing
from assistant.index.view import View

CHROMA = "chroma"
WORDS = "words.sqlite3"
_RESERVE = "reserve"
_RESERVE_BYTES = 1 << 18


class Store:
    """A store in its folder, `place`: the collections `passages` and `documents`, and the words.

    Raises:
        IndexDamaged: it cannot be read, or is not there.
        IndexFull, IndexUnwritable, IndexBusy: see `faults.told`.
    """

    def __init__(self, place: Path, *, made: bool = False) -> None:
        """Open it; with `made`, make what is not there."""
        self.place = place
        with told(place):
            if not place.is_dir():
                raise FileNotFoundError(f"{place.name} is not there")
            if not made and not (place / CHROMA).is_dir():
                # Chroma would make an empty one.
                raise FileNotFoundError(f"{place.name}/{CHROMA} is not there")
        self._client = self._opened()
        try:
            self.passages = self._client.collection("passages", made=made)
            self.documents = self._client.collection("documents", made=made)
            self.words = self._opened_words()
        except BaseException:
            self._client.close()
            raise

    def close(self) -> None:
        self.words.close()
        self._client.close()

    def view(self, revision: int) -> View:
        """Return what the store holds as of a revision."""
        records = standing(as_of(read_records(self.documents), revision))
        return View(self.passages, self.documents, self.words, records)

    def _opened(self) -> Client:
        """Open Chroma, which writes a line each time: a full disk has a little room set aside."""
        reserve = self.place / _RESERVE
        try:
            client = Client(self.place)
        except IndexFull:
            if not reserve.is_file():
                raise
            reserve.unlink(missing_ok=True)
            client = Client(self.place)
        with contextlib.suppress(OSError):
            if not reserve.exists():
                reserve.write_bytes(b"\0" * _RESERVE_BYTES)
        return client

    def _opened_words(self) -> LexicalIndex:
        file = self.place / WORDS
        try:
            return LexicalIndex(file)
        except WordsDamaged:
            self.discard_words()  # all it held is made again from the store
            return LexicalIndex(file)

    def discard_words(self) -> None:
        """Throw the words away, while they are closed; opening makes them again."""
        for file in self.place.glob(f"{WORDS}*"):
            clear(file)
