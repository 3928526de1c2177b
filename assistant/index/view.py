"""One store as of one revision: what a question sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assistant.index.client import Collection
from assistant.index.lexical import LexicalIndex
from assistant.index.records import Record, get, read_passage
from assistant.values import Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class View:
    """One store as of one revision: the documents that stand in it, and where they are."""

    passages: Collection
    documents: Collection
    words: LexicalIndex
    records: Mapping[str, Record]

    def nearest(
        self, vector: NDArray[np.float32], limit: int, where: dict[str, Any] | None
    ) -> dict[str, float]:
        """Return the ids of the nearest passages with their cosine similarity, nearest first.

        Ids and distances alone: a whole record is thirty times as large, and few are read.
        """
        found = self.passages.query(
            query_embeddings=[vector], n_results=limit, where=where, include=["distances"]
        )
        return {
            id: 1.0 - distance
            for id, distance in zip(found["ids"][0], found["distances"][0], strict=True)
        }

    def read(self, ids: Sequence[str]) -> dict[str, Passage]:
        """Return those of the passages that stand, by id, in the order of `ids`."""
        found = get(self.passages, ids)
        return {
            id: read_passage(*found[id])
            for id in ids
            # An open client may still find what was deleted: then the record is empty.
            if id in found and found[id][1] and self.stands(found[id][1])
        }

    def stands(self, fields: Mapping[str, Any]) -> bool:
        """Whether a stored passage belongs to its document as it stands in this view."""
        record = self.records.get(fields["path"])
        return record is not None and record.digest == fields["digest"]
