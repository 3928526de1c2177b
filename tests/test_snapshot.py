"""A folder as it was at one look: what is read of it, and how often."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import pytest

from assistant import sources
from assistant.errors import BadSource
from assistant.index import Index
from assistant.library import syncing
from assistant.library.snapshot import Snapshot
from tests.conftest import LetterEmbedder


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each file was read to tell whether it changed."""
    counts: Counter[str] = Counter()
    digest_of = sources.digest_of

    def counted(folder: Path, path: str) -> str:
        counts[path] += 1
        return digest_of(folder, path)

    monkeypatch.setattr(sources, "digest_of", counted)
    return counts


def test_a_file_is_read_once_however_often_it_is_asked_about(tmp_path, read):
    (tmp_path / "a.txt").write_bytes(b"Plums fell.")
    found = Snapshot(tmp_path)
    digest = hashlib.sha256(b"Plums fell.").hexdigest()
    assert [found.digest("a.txt"), found.again().digest("a.txt")] == [digest, digest]
    assert read == {"a.txt": 1}


def test_a_file_that_changed_is_read_again(tmp_path, read):
    file = tmp_path / "a.txt"
    file.write_bytes(b"Plums fell.")
    found = Snapshot(tmp_path)
    found.digest("a.txt")
    file.write_bytes(b"Plums fell here.")
    digest = hashlib.sha256(b"Plums fell here.").hexdigest()
    assert found.again().digest("a.txt") == digest
    assert read == {"a.txt": 2}


def test_what_cannot_be_read_says_so_each_time(tmp_path):
    (tmp_path / "a.xyz").write_bytes(b"?")
    found = Snapshot(tmp_path)
    for _ in range(2):
        with pytest.raises(BadSource, match=r"of type \.xyz"):
            found.digest("a.xyz")


def test_a_sync_with_work_to_do_reads_what_is_unchanged_once(root, put, read):
    index = Index(root / "index", "letters@1")
    folder = put("a.txt", "Apples fell.").parent
    syncing.sync(Snapshot(folder), index, LetterEmbedder())
    put("b.txt", "Boats sank.")
    report = syncing.sync(Snapshot(folder), index, LetterEmbedder())
    assert (report.added, report.unchanged) == (("b.txt",), ("a.txt",))
    assert read == {"a.txt": 1}


def test_what_another_process_indexes_after_the_look_is_not_taken_for_gone(root, put):
    index = Index(root / "index", "letters@1")
    folder = put("a.txt", "Apples fell.").parent
    early = Snapshot(folder)
    put("b.txt", "Boats sank.")
    syncing.sync(Snapshot(folder), index, LetterEmbedder())
    assert syncing.sync(early, index, LetterEmbedder()).removed == ()
    assert index.records().keys() == {"a.txt", "b.txt"}
