"""One store as of one revision: what a question sees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assistant.index.client import Collection
from assistant.index.lexical import LexicalIndex
from assistant.index.records import Record, read_passage
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

    def query(
        self, vector: NDArray[np.float32], limit: int, where: dict[str, Any] | None
    ) -> Iterator[tuple[Passage, float]]:
        """Yield the nearest passages that stand, with their cosine similarity."""
        found = self.passages.query(
            query_embeddings=[vector],
            n_results=limit,
            where=where,
            include=["metadatas", "documents", "distances"],
        )
        for text, fields, distance in zip(
            found["documents"][0], found["metadatas"][0], found["distances"][0], strict=True
        ):
            # An open client may still find what was deleted: then the record is empty.
            if fields and self.stands(fields):
                yield read_passage(text, fields), 1.0 - distance

    def stands(self, fields: Mapping[str, Any]) -> bool:
        """Whether a stored passage belongs to its document as it stands in this view."""
        record = self.records.get(fields["path"])
        return record is not None and record.digest == fields["digest"]
