"""The documents of a workspace, kept in line with their files."""

from __future__ import annotations

import threading
from collections.abc import Collection
from pathlib import Path

from assistant import sources
from assistant.embedding import Embedder
from assistant.errors import (
    AssistantError,
    IndexBusy,
    IndexMissing,
    IndexUnwritable,
    Interrupted,
    NoDocuments,
    SourcesEmpty,
)
from assistant.index import Index, Record
from assistant.library import syncing
from assistant.library.snapshot import Signature, Snapshot
from assistant.values import Progress, Refusal, SyncReport


def require_documents(index: Index, folder: Path) -> dict[str, Record]:
    """Return what is indexed of a folder, by path.

    Raises:
        NoDocuments: nothing is.
    """
    records = index.records()
    if not records:
        raise NoDocuments(
            f"There are no documents in {folder}. Put {sources.WANTED} there, then: assistant index"
        )
    return records


class Library:
    """The files of a folder and the index that is made of them. Safe for threads."""

    def __init__(self, folder: Path, index: Index) -> None:
        self._folder = folder
        self._index = index
        self._signature: Signature | None = None
        self._syncing = threading.Lock()
        self._holding = threading.Lock()  # guards `_holds`
        self._holds = 0
        self._interrupted = False
        self.refused: tuple[Refusal, ...] = ()  # what the last sync could not read
        self._notice = ""  # why answers come from an earlier state of the folder

    def sync(
        self,
        embedder: Embedder,
        *,
        rebuild: bool = False,
        removed: Collection[str] | None = (),
        tell: syncing.Tell | None = None,
    ) -> SyncReport:
        """Bring the index in line with the folder and return what was done; see `syncing.sync`.

        Raises:
            Interrupted: `interrupt` was called.
        """
        found = Snapshot(self._folder)
        return self._sync(found, embedder, rebuild=rebuild, removed=removed, tell=tell)

    def _sync(
        self,
        found: Snapshot,
        embedder: Embedder,
        *,
        rebuild: bool = False,
        removed: Collection[str] | None = (),
        tell: syncing.Tell | None,
    ) -> SyncReport:
        def told(progress: Progress) -> None:
            self._go_on()
            if tell:
                tell(progress)

        self._go_on()
        report = syncing.sync(
            found, self._index, embedder, rebuild=rebuild, removed=removed, tell=told
        )
        self._signature = found.signature
        self.refused = report.refused
        self._notice = ""
        return report

    def refresh(self, embedder: Embedder, tell: syncing.Tell | None = None) -> SyncReport | None:
        """Sync if the folder changed since the last look, which costs milliseconds.

        None when nothing changed, or when another process, or another thread, is writing, or the
        index cannot be written to, or all documents are gone at once: then answers come from the
        last finished revision, and `notice` says why. None too after `hold`.
        """
        if self._holds:
            return None
        now = Snapshot(self._folder)
        if now.signature == self._signature and self._index.built and not self._index.damaged:
            self._notice = ""  # what was missing is back
            return None
        if not self._syncing.acquire(blocking=False):
            return None
        try:
            return self._sync(now, embedder, tell=tell)
        except IndexBusy:
            return None
        except (SourcesEmpty, IndexUnwritable) as error:
            self._notice = str(error)
            return None
        finally:
            self._syncing.release()

    @property
    def notice(self) -> str:
        """Why answers come from less than the folder holds, or from an earlier state of it.

        Empty where they do not.
        """
        return self._notice or self._so_far()

    def require_whole(self) -> None:
        """Raise IndexMissing where only some of the documents are indexed yet."""
        if so_far := self._so_far():
            raise IndexMissing(f"{so_far} Index the rest first: assistant index")

    def _so_far(self) -> str:
        try:
            if not self._index.partial:
                return ""
            done, found = len(self._index.records()), len(sources.find(self._folder))
        except AssistantError:  # asking says what it is
            return ""
        return f"Answers come from the {done:,} of {found:,} documents that are indexed so far."

    def survey(self) -> SyncReport:
        """Return what `sync` would do now, and do nothing."""
        return syncing.survey(Snapshot(self._folder), self._index)

    def hold(self) -> None:
        """Take the index as it is: `refresh` does nothing until each `hold` has its `release`."""
        with self._holding:
            self._holds += 1

    def release(self) -> None:
        """Take one `hold` back; after the last, `refresh` looks at the folder again."""
        with self._holding:
            if not self._holds:
                raise RuntimeError("There is nothing to release: it was not held.")
            self._holds -= 1

    def interrupt(self) -> None:
        """End every sync, also one under way, after the piece of work that it is at.

        None can be begun until `resume`.
        """
        self._interrupted = True

    def resume(self) -> None:
        """Take `interrupt` back."""
        self._interrupted = False

    def _go_on(self) -> None:
        if self._interrupted:
            raise Interrupted("Indexing was stopped. What is left is indexed next time.")
