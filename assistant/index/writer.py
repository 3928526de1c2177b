"""The one writer of an index: documents in and out, each of them whole or not at all."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assistant.index.records import (
    Record,
    Stored,
    batches,
    document_records,
    passage_record,
    read_records,
    record_id,
)
from assistant.values import Document, Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from assistant.index.index import View

BATCH = 300  # records in one write: what hosted Chroma takes


class Writer:
    """Writes to one generation. `Index.writing` makes it, and publishes what it wrote.

    Readers of this process take turns with it, between batches.
    """

    def __init__(self, view: View, revision: int, turn: threading.RLock) -> None:
        self._view = view
        self._revision = revision
        self._turn = turn
        self._records = dict(view.records)
        self._superseded: list[Record] = []

    @property
    def records(self) -> dict[str, Record]:
        """The documents that stand, by path."""
        return dict(self._records)

    def add(
        self, passages: Sequence[tuple[Document, Passage]], vectors: NDArray[np.float32]
    ) -> None:
        """Add passages of one or more documents with their vectors, one row each.

        They are found once `stand` was called for their document and the writing ended.
        """
        for batch in batches(list(zip(passages, vectors, strict=True)), BATCH):
            ids = [_passage_id(document, passage) for (document, passage), _ in batch]
            stored = [passage_record(passage, document.digest) for (document, passage), _ in batch]
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

    def stand(self, documents: Sequence[tuple[Document, int]]) -> None:
        """Let documents stand, each with its number of passages, all of which were added.

        Their texts are written first, then their records.
        """
        texts, records = [], []
        for document, count in documents:
            known, rows = document_records(document, passages=count)
            texts += rows
            records.append((record_id("document", document.path), known.stored()))
            self._supersede(document.path)
            self._records[document.path] = known
        self._put(texts)
        self._put(records)

    def remove(self, path: str) -> None:
        """Take a document out; what it held is deleted once the writing ended."""
        with self._turn:
            self._view.documents.delete(ids=[record_id("document", path)])
        self._supersede(path)
        del self._records[path]

    def sweep(self) -> None:
        """Delete what a writer that died left unfinished, and level the words with the store."""
        with self._turn:
            self._records = read_records(self._view.documents)
            standing = {id for record in self._records.values() for id in record.passage_ids()}
            _delete_others(self._view.passages, standing)
            standing = {id for record in self._records.values() for id in record.piece_ids()}
            standing |= {record_id("document", path) for path in self._records}
            _delete_others(self._view.documents, standing)
            self._view.words.hold(self._records, self._view.passages, self._revision - 1)

    def level(self) -> dict[str, Record]:
        """Say that the words hold what the store holds, and return the documents that stand."""
        with self._turn:
            self._view.words.level(self._revision)
        return self.records

    def discard_superseded(self) -> None:
        """Delete what changed and removed documents left: nobody new sees it any more."""
        for record in self._superseded:
            for ids in batches(record.passage_ids(), BATCH):
                with self._turn:
                    self._view.passages.delete(ids=ids)
                    self._view.words.remove(ids)
            for ids in batches(record.piece_ids(), BATCH):
                with self._turn:
                    self._view.documents.delete(ids=ids)

    def _put(self, rows: Sequence[tuple[str, Stored]]) -> None:
        for batch in batches(rows, BATCH):
            with self._turn:
                self._view.documents.upsert(
                    ids=[id for id, _ in batch],
                    # These are read by id alone, but Chroma wants vectors, and is slow when all
                    # of them are the same: they go round a circle.
                    embeddings=[_on_circle(id) for id, _ in batch],
                    documents=[text for _, (text, _) in batch],
                    metadatas=[fields for _, (_, fields) in batch],
                )

    def _supersede(self, path: str) -> None:
        if path in self._records:
            self._superseded.append(self._records[path])


def _on_circle(id: str) -> list[float]:
    angle = int(id[:8], 16) / 0x1_0000_0000 * math.tau
    return [math.cos(angle), math.sin(angle)]


def _passage_id(document: Document, passage: Passage) -> str:
    return record_id("passage", document.path, document.digest, passage.position)


def _delete_others(collection: Any, keep: set[str]) -> None:
    others = [id for id in collection.get(include=[])["ids"] if id not in keep]
    for ids in batches(others, BATCH):
        collection.delete(ids=ids)
