"""The one writer of an index: documents in and out, each of them whole or not at all."""

from __future__ import annotations

import errno
import math
import os
import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.index.client import Collection
from assistant.index.faults import told
from assistant.index.records import (
    Record,
    Stored,
    as_of,
    batches,
    document_records,
    passage_record,
    read_records,
    record_id,
    removal,
    standing,
)
from assistant.index.store import CHROMA
from assistant.values import Document, Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from assistant.index.view import View

BATCH = 300  # records in one write: what hosted Chroma takes
ROOM_BYTES = 8 << 20  # more than Chroma and SQLite write between two looks at the disk


class Writer:
    """Writes to one store. `Index.writing` makes it, and publishes what it wrote.

    Readers of this process take turns with it, between batches.

    Everything that writes raises:
        IndexFull: the disk is full. It is said before Chroma, which writes its vectors over those
            that are there, could be stopped in the middle of it.
        IndexDamaged, IndexUnwritable, IndexBusy: see `faults.told`.
    """

    def __init__(
        self,
        place: Path,
        view: View,
        revision: int,
        turn: threading.RLock,
        *,
        stood: Callable[[Writer], None] | None = None,
    ) -> None:
        """`revision` is the one that the writing begins; `stood` is called as documents stand."""
        self._place = place
        self._view = view
        self._turn = turn
        self._stood = stood
        self.revision = revision
        self._records: dict[str, Record] = dict(view.records)
        self._superseded: list[Record] = []

    @property
    def records(self) -> dict[str, Record]:
        """The documents that stand, by path."""
        return dict(self._records)

    def require_room(self) -> None:
        """Raise IndexFull where the disk has no room for what is written next."""
        with told(self._place):
            # Chroma writes the vectors' bookkeeping anew each time, and the vectors as they come.
            files = (self._place / CHROMA).glob("*/*.pickle")
            needed = ROOM_BYTES + sum(file.stat().st_size for file in files)
            if shutil.disk_usage(self._place).free < needed:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def add(
        self, passages: Sequence[tuple[Document, Passage]], vectors: NDArray[np.float32]
    ) -> None:
        """Add passages of one or more documents with their vectors, one row each.

        They are found once `stand` was called for their document and the writing ended.
        """
        for batch in batches(list(zip(passages, vectors, strict=True)), BATCH):
            ids = [_passage_id(document, passage) for (document, passage), _ in batch]
            stored = [passage_record(passage, document.digest) for (document, passage), _ in batch]
            self.require_room()
            with self._turn:
                self._view.passages.upsert(
                    ids=ids,
                    embeddings=[vector for _, vector in batch],
                    documents=[text for text, _ in stored],
                    metadatas=[fields for _, fields in stored],
                )
                self._view.words.add(
                    (id, passage) for id, ((_, passage), _) in zip(ids, batch, strict=True)
                )

    def abandon(self, passages: Sequence[tuple[Document, Passage]]) -> None:
        """Take back passages that were added, of a document that will not stand."""
        for batch in batches([_passage_id(*added) for added in passages], BATCH):
            with self._turn:
                self._view.passages.delete(batch)
                self._view.words.remove(batch)

    def stand(self, documents: Sequence[tuple[Document, int]]) -> None:
        """Let documents stand, each with its number of passages, all of which were added.

        Their texts are written first, then their records.
        """
        texts, records = [], []
        for document, count in documents:
            record, rows = document_records(document, passages=count, revision=self.revision)
            texts += rows
            records.append(record)
        self._put(texts)
        self._set(records)
        if self._stood:
            self._stood(self)

    def begin_revision(self) -> None:
        """Let what is written from now on belong to a revision of its own: this one answers."""
        self.revision += 1

    def remove(self, *paths: str) -> None:
        """Take documents out; what they held is deleted once the writing ended."""
        self._set([removal(path, self.revision) for path in paths])

    def sweep(self) -> None:
        """Go on after a writer that died: keep what it finished, delete what it did not.

        What the last finished revision holds stays too: others are reading it.
        """
        with self._turn:
            every = read_records(self._view.documents)
            newest = as_of(every, self.revision)
            self._records = standing(newest)
            live = self._view.records.values()
            kept = [*self._records.values(), *live]
            keep = {id for record in kept for id in record.passage_ids()}
            _delete_others(self._view.passages, keep)
            keep = {id for record in kept for id in (record.id, *record.piece_ids())}
            removals = [record for record in newest.values() if record.removed]
            # A removal goes last, or the document would stand again if we died now.
            _delete_others(self._view.documents, keep | {record.id for record in removals})
            changed = [record for record in live if record != newest.get(record.path)]
            self._superseded = changed + removals
            self._view.words.hold(kept, self._view.passages, self.revision - 1)

    def level(self) -> dict[str, Record]:
        """Say that the words hold what the store holds; return what stands, in order of path."""
        with self._turn:
            self._view.words.level(self.revision)
        return dict(sorted(self._records.items()))

    def discard_superseded(self) -> None:
        """Delete what changed and removed documents left: nobody new sees it any more."""
        gone, replaced = [], []
        for record in self._superseded:
            now = self._records.get(record.path)
            if now is None or now.digest != record.digest:
                gone.append(record)
            if now is None or now.id != record.id:
                replaced.append(record)
        passages = [id for record in gone for id in record.passage_ids()]
        for ids in batches(list(dict.fromkeys(passages)), BATCH):
            with self._turn:
                self._view.passages.delete(ids)
                self._view.words.remove(ids)
        pieces = [id for record in gone for id in record.piece_ids()]
        # A removal goes last, or the document would stand again if we died now.
        replaced.sort(key=lambda record: record.removed)
        for ids in batches(list(dict.fromkeys(pieces + [r.id for r in replaced])), BATCH):
            with self._turn:
                self._view.documents.delete(ids)

    def _set(self, records: Sequence[Record]) -> None:
        """Write records, after all that they speak of; those that they replace are superseded."""
        self._put([(record.id, record.stored()) for record in records])
        for record in records:
            before = self._records.pop(record.path, None)
            if before is not None:
                self._superseded.append(before)
            if record.removed:
                self._superseded.append(record)
            else:
                self._records[record.path] = record

    def _put(self, rows: Sequence[tuple[str, Stored]]) -> None:
        for batch in batches(rows, BATCH):
            self.require_room()
            with self._turn:
                self._view.documents.upsert(
                    ids=[id for id, _ in batch],
                    # These are read by id alone, but Chroma wants vectors, and is slow when all
                    # of them are the same: they go round a circle.
                    embeddings=[_on_circle(id) for id, _ in batch],
                    documents=[text for _, (text, _) in batch],
                    metadatas=[fields for _, (_, fields) in batch],
                )


def _on_circle(id: str) -> list[float]:
    angle = int(id[:8], 16) / 0x1_0000_0000 * math.tau
    return [math.cos(angle), math.sin(angle)]


def _passage_id(document: Document, passage: Passage) -> str:
    return record_id("passage", document.path, document.digest, passage.position)


def _delete_others(collection: Collection, keep: set[str]) -> None:
    others = [id for id in collection.get(include=[])["ids"] if id not in keep]
    for ids in batches(others, BATCH):
        collection.delete(ids)
