"""Word search over passages: SQLite FTS5, ranked by BM25.

Derived from the store and made again from it whenever it is missing, behind or of another version:
losing the file loses nothing. What is held of a text are the stems that questions are compared by.
FTS5's `bm25` is Okapi BM25 with k1 = 1.2 and b = 0.75 (Robertson and Zaragoza 2009).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.index.client import Collection
from assistant.index.faults import told
from assistant.index.records import READ_BATCH, Record, batches, get, read_passage
from assistant.values import Passage
from assistant.words import asked_stems, stems

# A word in a passage's text counts in full, one in its section's or document's title for less.
TEXT_WEIGHT, SECTION_WEIGHT, TITLE_WEIGHT = 1.0, 0.5, 0.25
MOST_WORDS = 64  # of a question; a longer one is searched for by its first 64 different words

ACRONYM = "="  # before the stem of one that is a stop word but for its capitals: FTS5 folds them
VERSION = 1  # of what follows and of how texts are cut; a file of another one is made again

SCHEMA = f"""
PRAGMA user_version = {VERSION};
CREATE TABLE IF NOT EXISTS state (revision INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS passages (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document TEXT NOT NULL,
    text TEXT NOT NULL, section TEXT NOT NULL, title TEXT NOT NULL
);
CREATE VIRTUAL TABLE IF NOT EXISTS search USING fts5(
    text, section, title, content='passages', content_rowid='number',
    tokenize="unicode61 tokenchars '{ACRONYM}'"
);
CREATE TRIGGER IF NOT EXISTS added AFTER INSERT ON passages BEGIN
    INSERT INTO search (rowid, text, section, title)
    VALUES (new.number, new.text, new.section, new.title);
END;
CREATE TRIGGER IF NOT EXISTS removed AFTER DELETE ON passages BEGIN
    INSERT INTO search (search, rowid, text, section, title)
    VALUES ('delete', old.number, old.text, old.section, old.title);
END;
"""


class LexicalIndex:
    """Passages by their words, in one file. Not safe for threads at once: its owner takes turns.

    Raises, wherever the file is touched:
        WordsDamaged: it cannot be opened or is not such an index.
        IndexFull, IndexUnwritable, IndexBusy: see `faults.told`.
    """

    def __init__(self, file: Path) -> None:
        self._place = file.parent
        with told(self._place, words=True):
            self._connection = sqlite3.connect(file, timeout=30, check_same_thread=False)
            try:
                if not self._has_version():  # opening one that is there writes nothing
                    with self._connection:
                        self._connection.executescript(SCHEMA)
            except BaseException:
                self._connection.close()
                raise

    def close(self) -> None:
        self._connection.close()

    def _has_version(self) -> bool:
        """Whether there is something in the file, which is of this version then."""
        held = self._connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if held and version != VERSION:
            raise ValueError(f"its words are of version {version}, not {VERSION}")
        return bool(held)

    @property
    def revision(self) -> int:
        """The store's revision that this index is level with; -1 before the first."""
        row = self._rows("SELECT max(revision) FROM state")[0]
        return -1 if row[0] is None else int(row[0])

    def count(self) -> int:
        """Return the number of passages."""
        return int(self._rows("SELECT count(*) FROM passages")[0][0])

    def level(self, revision: int) -> None:
        """Say that this index now holds what the store holds at `revision`."""
        self._write(("DELETE FROM state", [()]), ("INSERT INTO state VALUES (?)", [(revision,)]))

    def hold(self, records: Iterable[Record], passages: Collection, revision: int) -> None:
        """Hold the passages of these records, from the Chroma collection, and no others."""
        wanted = {id for record in records for id in record.passage_ids()}
        held = {row[0] for row in self._rows("SELECT id FROM passages")}
        self.remove(held - wanted)
        for ids in batches(sorted(wanted - held), READ_BATCH):
            found = get(passages, ids)
            with told(self._place):
                read = [(id, read_passage(*stored)) for id, stored in found.items()]
            self.add(read)
        self.level(revision)

    def add(self, passages: Iterable[tuple[str, Passage]]) -> None:
        """Add passages under their ids; an id that is there already keeps its passage."""
        rows = [
            (id, p.document, *map(_searchable, (p.searched, p.section or "", p.title)))
            for id, p in passages
        ]
        insert = (
            "INSERT OR IGNORE INTO passages (id, document, text, section, title) "
            "VALUES (?, ?, ?, ?, ?)"
        )
        self._write((insert, rows))

    def remove(self, ids: Iterable[str]) -> None:
        self._write(("DELETE FROM passages WHERE id = ?", [(id,) for id in ids]))

    def search(
        self, question: str, limit: int, documents: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Return ids with their score, best first, above 0 and at most 1.

        The score is share² * BM25 / best BM25, where `share` is that of the question's stems which
        the best one holds, in its text or a title: it compares between questions.
        """
        phrases = _phrases(question)
        if not phrases:
            return []
        where, values = "", []
        if documents is not None:  # one variable, however many there are
            where = " AND passages.document IN (SELECT value FROM json_each(?))"
            values = [json.dumps(list(documents))]
        rows = self._rows(
            "SELECT passages.id, passages.number, "
            f"-bm25(search, {TEXT_WEIGHT}, {SECTION_WEIGHT}, {TITLE_WEIGHT}) "
            "FROM search JOIN passages ON passages.number = search.rowid "
            f"WHERE search MATCH ?{where} ORDER BY 3 DESC, passages.number LIMIT ?",
            [" OR ".join(phrases), *values, limit],
        )
        if not rows:
            return []
        _, best, highest = rows[0]
        share = self._held(phrases, best) / len(phrases)
        return [(str(id), share**2 * score / highest) for id, _, score in rows]

    def _held(self, phrases: Sequence[str], number: int) -> int:
        """Return how many of the phrases a passage holds."""
        rows = self._rows(
            "SELECT count(*) FROM json_each(?) AS asked WHERE EXISTS "
            "(SELECT 1 FROM search WHERE search MATCH asked.value AND rowid = ?)",
            [json.dumps(phrases), number],
        )
        return int(rows[0][0])

    def check(self, texts: Mapping[str, str]) -> None:
        """Look through the whole file, which holds these texts by id.

        Raises:
            WordsDamaged: it is not sound, or holds another text under one of these ids.
        """
        with told(self._place, words=True):
            said = self._rows("PRAGMA quick_check(1)")[0][0]
            self._rows("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)")
            same = all(
                id not in texts or _searchable(texts[id]) == text
                for id, text in self._rows("SELECT id, text FROM passages")
            )
            if said != "ok" or not same:
                raise ValueError(said if said != "ok" else "it holds other words than the store")

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        with told(self._place, words=True):
            return self._connection.execute(sql, values).fetchall()

    def _write(self, *statements: tuple[str, list[tuple[Any, ...]]]) -> None:
        """Run each statement with each of its rows, all of it or nothing."""
        with told(self._place, words=True), self._connection:
            for sql, rows in statements:
                self._connection.executemany(sql, rows)


def _searchable(text: str) -> str:
    return " ".join(map(_token, stems(text)))


def _phrases(question: str) -> list[str]:
    """Return the question's stems as FTS5 phrases, each quoted: none is read as its syntax."""
    unique = list(dict.fromkeys(asked_stems(question)))[:MOST_WORDS]
    return [f'"{_token(stem)}"' for stem in unique]


def _token(stem: str) -> str:
    return f"{ACRONYM}{stem}" if stem.isupper() else stem
