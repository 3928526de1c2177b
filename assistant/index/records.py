"""How documents and passages are kept in Chroma, and read back.

A passage is kept as LlamaIndex keeps a node, so that its own Chroma store opens the collection;
beside that stand the few flat fields that reading needs, so that a question imports no LlamaIndex.
A document is kept in pieces under hashed ids, its record beside them.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

from assistant.errors import UnknownDocument
from assistant.index.client import Collection
from assistant.index.faults import told
from assistant.values import Block, Document, Passage, Placed

PIECE_BYTES = 12_000  # of text in one record: hosted Chroma takes 16,384 bytes
READ_BATCH = 1_000  # records in one read: SQLite takes 32,766 variables in a statement

Stored = tuple[str, Mapping[str, Any]]  # a Chroma record's text and metadata


def unknown(path: str) -> UnknownDocument:
    """Return the error for a document that was asked for and has no record."""
    return UnknownDocument(f"There is no document {path!r} among those that are indexed.")


@dataclass(frozen=True)
class Record:
    """What the store knows of one document without reading its text, from a revision on.

    A removed document has a record too, until those of its earlier revisions are deleted.
    """

    path: str
    revision: int
    removed: bool
    title: str
    digest: str
    length: int  # characters
    texts: int  # pieces of its text
    pieces: int  # those, and the pieces of its blocks
    passages: int
    metadata: Mapping[str, str]

    @property
    def id(self) -> str:
        return record_id("document", self.path, number=self.revision)

    def stored(self) -> Stored:
        fields = {**vars(self), "metadata": json.dumps(dict(self.metadata), ensure_ascii=False)}
        return "", {"kind": "document", **fields}

    def piece_ids(self) -> list[str]:
        return [record_id("piece", self.path, self.digest, n) for n in range(self.pieces)]

    def text_ids(self) -> list[str]:
        return self.piece_ids()[: self.texts]

    def block_ids(self) -> list[str]:
        return self.piece_ids()[self.texts :]

    def passage_ids(self) -> list[str]:
        return [record_id("passage", self.path, self.digest, n) for n in range(self.passages)]


def record_id(kind: str, path: str, digest: str = "", number: int = 0) -> str:
    """Return the id of a passage, a piece or a document's record: 32 hexadecimal digits."""
    key = "\0".join((kind, path, digest, str(number)))
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def pieces(text: str) -> list[str]:
    """Cut a text into pieces of at most `PIECE_BYTES` bytes in UTF-8, between characters."""
    data = text.encode()
    found, start = [], 0
    while len(data) - start > PIECE_BYTES:
        end = start + PIECE_BYTES
        while data[end] & 0xC0 == 0x80:  # within a character: step back to its first byte
            end -= 1
        found.append(data[start:end].decode())
        start = end
    return [*found, data[start:].decode()]


def written_blocks(blocks: Sequence[Block]) -> str:
    """Return the blocks as text, a line each."""
    return "\n".join(json.dumps(_values(block), ensure_ascii=False) for block in blocks)


class _Blocks(Sequence[Block]):
    """Blocks that are read from their lines when they are looked at: there may be a million."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, place: int) -> Block: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Block]: ...
    def __getitem__(self, place: int | slice) -> Block | Sequence[Block]:
        if isinstance(place, slice):
            return _Blocks(self._lines[place])
        return _block(json.loads(self._lines[place]))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]


def read_blocks(text: str) -> Sequence[Block]:
    """Return what `written_blocks` wrote."""
    return _Blocks(text.split("\n") if text else [])


_DEFAULTS: tuple[Any, ...] = tuple(field.default for field in dataclasses.fields(Block))


def _values(block: Block) -> list[Any]:
    """Return the values of a block, but for those at the end that are as they are by default."""
    values = [getattr(block, field.name) for field in dataclasses.fields(Block)]
    while values[-1] == _DEFAULTS[len(values) - 1]:
        values.pop()
    return values


def _block(values: Sequence[Any]) -> Block:
    block = Block(*values, *_DEFAULTS[len(values) :])
    return dataclasses.replace(block, cells=_spans(block.cells), hidden=_spans(block.hidden))


def _spans(kept: Iterable[Sequence[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in kept)


def document_records(
    document: Document, *, passages: int, revision: int
) -> tuple[Record, list[tuple[str, Stored]]]:
    """Return the record that says: this document stands, and its pieces as (id, piece) rows."""
    texts = pieces(document.text)
    blocks = pieces(written_blocks(document.blocks)) if document.blocks else []
    record = Record(
        path=document.path,
        revision=revision,
        removed=False,
        title=document.title,
        digest=document.digest,
        length=len(document.text),
        texts=len(texts),
        pieces=len(texts) + len(blocks),
        passages=passages,
        metadata=document.metadata,
    )
    fields: dict[str, Any] = {"kind": "piece", "path": document.path, "digest": document.digest}
    stored: list[Stored] = [(text, fields) for text in [*texts, *blocks]]
    return record, list(zip(record.piece_ids(), stored, strict=True))


def removal(path: str, revision: int) -> Record:
    """Return the record that says: from this revision on, there is no such document."""
    return Record(path, revision, True, "", "", 0, 0, 0, 0, {})


def read_records(collection: Collection) -> list[Record]:
    """Return every record in the store, of any revision."""
    records: list[Record] = []
    for offset in itertools.count(0, READ_BATCH):
        found = collection.get(
            where={"kind": "document"}, include=["metadatas"], limit=READ_BATCH, offset=offset
        )
        with told(collection.place):
            records += [_read_record(fields) for fields in found["metadatas"]]
        if len(found["ids"]) < READ_BATCH:
            return records
    raise AssertionError("unreachable")


def _read_record(fields: Mapping[str, Any]) -> Record:
    known = {key: value for key, value in fields.items() if key != "kind"}
    return Record(**{**known, "metadata": json.loads(known["metadata"])})


def as_of(records: Iterable[Record], revision: int) -> dict[str, Record]:
    """Return each document's newest record up to a revision, by path, the removed ones too."""
    newest: dict[str, Record] = {}
    for record in sorted(records, key=lambda record: (record.path, record.revision)):
        if record.revision <= revision:
            newest[record.path] = record
    return newest


def standing(records: Mapping[str, Record]) -> dict[str, Record]:
    return {path: record for path, record in records.items() if not record.removed}


def passage_record(passage: Passage, digest: str) -> Stored:
    """Return a passage as a LlamaIndex node's record, with our flat fields beside it."""
    from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode
    from llama_index.core.vector_stores.utils import node_to_metadata_dict

    fields = {
        "path": passage.document,
        "digest": digest,
        "title": passage.title,
        "section": passage.section or "",  # Chroma keeps no None
        "page": passage.page or 0,
        "position": passage.position,
        "start": passage.start,
        "end": passage.end,
        "sentences": " ".join(f"{start}-{end}" for start, end in passage.sentences),
        "numbers": " ".join(map(str, passage.numbers)),
        "blocks": json.dumps(
            [[placed.number, placed.text, *_values(placed.block)] for placed in passage.blocks],
            ensure_ascii=False,
        ),
    }
    node = TextNode(
        id_=record_id("passage", passage.document, digest, passage.position),
        text=passage.text,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        metadata=fields,
        # A language model is shown where a passage stands; the rest is bookkeeping.
        excluded_embed_metadata_keys=[key for key in fields if key not in ("title", "section")],
        excluded_llm_metadata_keys=[key for key in fields if key not in ("title", "section")],
        relationships={
            NodeRelationship.SOURCE: RelatedNodeInfo(node_id=passage.document, hash=digest)
        },
    )
    return passage.text, node_to_metadata_dict(node, remove_text=True, flat_metadata=True)


def read_passage(text: str, fields: Mapping[str, Any]) -> Passage:
    spans = (span.partition("-") for span in fields["sentences"].split())
    return Passage(
        document=fields["path"],
        start=fields["start"],
        end=fields["end"],
        text=text,
        section=fields["section"] or None,
        page=fields["page"] or None,
        position=fields["position"],
        title=fields["title"],
        sentences=tuple((int(start), int(end)) for start, _, end in spans),
        numbers=tuple(map(int, fields["numbers"].split())),
        blocks=tuple(
            Placed(number, _block(values), text)
            for number, text, *values in json.loads(fields["blocks"])
        ),
    )


def get(collection: Collection, ids: Sequence[str]) -> dict[str, Stored]:
    """Return the records of those ids that are there; the order is not that of `ids`."""
    found: dict[str, Stored] = {}
    for batch in batches(ids, READ_BATCH):
        rows = collection.get(ids=batch, include=["documents", "metadatas"])
        with told(collection.place):
            stored = zip(rows["documents"], rows["metadatas"], strict=True)
            found.update(zip(rows["ids"], stored, strict=True))
    return found


def batches(items: Sequence[Any], size: int) -> Iterator[list[Any]]:
    for start in range(0, len(items), size):
        yield list(items[start : start + size])
