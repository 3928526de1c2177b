"""Read a whole store, in a process of its own: python -m assistant.index.probe PLACE REVISION KIND.

Prints one JSON object: what is wrong with the store, with its words, or with the disk, if anything
is. What kills this process is wrong with the store, too.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path

import numpy as np

from assistant.errors import AssistantError, IndexDamaged
from assistant.index.checking import altered_vectors, compare, read_holding
from assistant.index.faults import WordsDamaged, told
from assistant.index.records import READ_BATCH, Record, batches, get, read_passage
from assistant.index.store import CHROMA, Store
from assistant.index.view import View


def main(place: Path, revision: int, *, finished: bool) -> dict[str, str]:
    """Return what is wrong, by where: "store", "words", "other"; nothing where all is well."""
    try:
        with told(place):
            _check_files(place, revision, finished=finished)
        store = Store(place)
        try:
            view = store.view(revision)
            with told(place):
                if finished:
                    compare(store, view, revision)
                texts: dict[str, str] = {}
                for record in view.records.values():
                    texts |= _check_document(view, record)
                _check_vectors(store)
            store.words.check(texts)
        finally:
            store.close()
    except WordsDamaged as error:
        return {"words": str(error)}
    except IndexDamaged as error:
        return {"store": str(error)}
    except AssistantError as error:
        return {"other": str(error)}
    return {}


def _check_files(place: Path, revision: int, *, finished: bool) -> None:
    file = place / CHROMA / "chroma.sqlite3"
    connection = sqlite3.connect(file)
    try:
        said = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    finally:
        connection.close()
    if said != "ok":
        raise ValueError(f"{CHROMA}/{file.name}: {said}")
    holding = read_holding(place)
    if finished and holding is not None and holding.revision == revision:
        altered = altered_vectors(place, holding)
        if altered:
            raise ValueError(f"{altered} is not what was written")


def _check_document(view: View, record: Record) -> dict[str, str]:
    """Hold a document's passages against its text; return their texts by id."""
    pieces = get(view.documents, record.text_ids())
    text = "".join(pieces[id][0] for id in record.text_ids())
    if len(text) != record.length:
        raise ValueError(f"the text of {record.path} has {len(text)} of {record.length} characters")
    texts = {}
    for ids in batches(record.passage_ids(), READ_BATCH):
        rows = view.passages.get(ids=ids, include=["documents", "metadatas", "embeddings"])
        if len(rows["ids"]) != len(ids):
            raise ValueError(f"{record.path} lacks passages")
        for id, said, fields, vector in zip(
            rows["ids"], rows["documents"], rows["metadatas"], rows["embeddings"], strict=True
        ):
            passage = read_passage(said, fields)
            if text[passage.start : passage.end] != said or not np.isfinite(vector).all():
                raise ValueError(f"a passage of {record.path} is not what was written")
            texts[id] = said
    return texts


def _check_vectors(store: Store) -> None:
    """Search, which is what loads the graph of the vectors."""
    for collection in (store.passages, store.documents):
        first = collection.get(limit=1, include=["embeddings"])["embeddings"]
        if len(first):
            collection.query(query_embeddings=[first[0]], n_results=10, include=["distances"])


if __name__ == "__main__":
    found = main(Path(sys.argv[1]), int(sys.argv[2]), finished=sys.argv[3] == "finished")
    print(json.dumps(found))
