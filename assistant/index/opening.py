"""What this process has open of an index: the store that answers, checked when it was opened."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import (
    AssistantError,
    IndexBusy,
    IndexDamaged,
    IndexMismatch,
    IndexMissing,
    IndexOutdated,
)
from assistant.index import checking, folder
from assistant.index import pointer as pointers
from assistant.index.faults import WordsDamaged
from assistant.index.pointer import Pointer
from assistant.index.store import Store
from assistant.index.view import View


@dataclass(frozen=True)
class Live:
    """What is open: a store, what it holds as of a revision, and the pointer that names both."""

    store: Store
    view: View
    pointer: Pointer


class Opening:
    """The live store of `path`, opened when it is first asked for and again when it has moved.

    Not safe for threads: who uses it holds `turn`.
    """

    def __init__(self, path: Path, model: str, turn: threading.RLock) -> None:
        self.path = path
        self.model = model
        self.turn = turn
        self._live: Live | None = None

    @property
    def built(self) -> bool:
        """Whether anything was finished, whatever it was built with, and can be read or not."""
        file = self.path / pointers.FILE
        return file.exists() or file.is_symlink()

    @property
    def unfinished(self) -> bool:
        """Whether a writer is at work or died at it."""
        try:
            pointer = pointers.read(self.path)
        except (IndexDamaged, IndexMismatch):
            return False
        if pointer is None:
            return bool(folder.stores(self.path))
        return _marker(self.path / pointer.store).exists()

    @property
    def partial(self) -> bool:
        """Whether what answers is still being built, or its writer died at that."""
        pointer = pointers.readable(self.path)
        return pointer is not None and (self.path / pointer.store / folder.BEGUN).exists()

    def checked_pointer(self) -> Pointer:
        """Return the pointer.

        Raises:
            IndexMissing, IndexMismatch, IndexDamaged: see `Index`.
        """
        try:
            pointer = pointers.read(self.path)
        except IndexOutdated as error:
            if folder.is_locked(self.path):
                raise IndexOutdated(
                    f"The index in {self.path} is of an earlier version, and is being built again "
                    "from sources/ just now. Ask again in a moment."
                ) from error
            raise
        if pointer is None:
            if self.unfinished and folder.is_locked(self.path):
                raise IndexMissing(f"{self.path} is being built just now. Ask again in a moment.")
            state = "holds no finished index" if self.unfinished else "holds no index yet"
            raise IndexMissing(f"{self.path} {state}. Build it: assistant index")
        if pointer.model != self.model:
            raise IndexMismatch(
                f"The index in {self.path} was built with {pointer.model}, but "
                f"{self.model} is asked for. Build it again: assistant index --rebuild"
            )
        return pointer

    def live(self, *, writing: bool = False) -> Live:
        """Return what answers, opened; `writing`, as its one writer, who holds the lock."""
        pointer = self.checked_pointer()
        if self._live is None or pointer != self._live.pointer:
            self.forget()
            self._live = self._opened(pointer, writing=writing)
        live = self._live
        if not writing and live.view.words.revision != pointer.revision:
            # Missing or behind. If a writer is at work, it levels them itself.
            with contextlib.suppress(IndexBusy), folder.lock(self.path):
                live.view.words.hold(
                    live.view.records.values(), live.view.passages, pointer.revision
                )
                checking.leave(live.store.place)
        return live

    def adopt(self, live: Live) -> None:
        """Let what was just written be what is open."""
        if self._live is not None and self._live.store is not live.store:
            self.forget()
        self._live = live

    def forget(self) -> None:
        """Close what is open; it is opened again when it is next asked for."""
        live, self._live = self._live, None
        if live is not None:
            with contextlib.suppress(AssistantError):  # what is damaged may not even close
                live.store.close()

    def drop(self, store: Store) -> None:
        """Close a store that was written to, whether it answers by now or not."""
        if self._live is not None and self._live.store is store:
            self.forget()
        else:
            with contextlib.suppress(AssistantError):
                store.close()

    def discard_words(self) -> None:
        """Throw the words away, to be made again from the store."""
        live = self._live
        self.forget()
        if live is not None:
            live.store.discard_words()

    def doubt(self) -> None:
        """Close what is open, and let everything be read before it is opened again."""
        live = self._live
        self.forget()
        if live is not None:
            checking.doubt(live.store.place)

    def _opened(self, pointer: Pointer, *, writing: bool) -> Live:
        place = self.path / pointer.store
        marked = _marker(place).exists()
        if marked and not writing and folder.is_locked(self.path):
            return _open(place, pointer)  # which changes just now
        try:
            if marked or not checking.settled(place, pointer.revision):
                checking.probe(place, pointer.revision, finished=not marked)
            with checking.opening(place):
                live = _open(place, pointer, compared=not marked)
                checking.leave(place)
        except IndexDamaged:
            if writing or marked or not _marker(place).exists():
                raise
            return _open(place, pointer)  # a writer has begun meanwhile
        return live


def _open(place: Path, pointer: Pointer, *, compared: bool = False) -> Live:
    """Open a store as of a revision; with `compared`, hold its counts against what was recorded."""
    for last in (False, True):
        store = Store(place)
        try:
            view = store.view(pointer.revision)
            if compared:
                checking.compare(store, view, pointer.revision)
            return Live(store, view, pointer)
        except WordsDamaged:
            store.close()
            if last:
                raise
            store.discard_words()
        except BaseException:
            store.close()
            raise
    raise AssertionError("unreachable")


def _marker(place: Path) -> Path:
    return place / folder.MARKER
