"""What was removed on the page is kept within bounds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assistant.errors import SourcesUnwritable
from assistant.library import trash


def put(folder: Path, ago: timedelta, size_bytes: int) -> Path:
    there = folder / (datetime.now(UTC) - ago).strftime("%Y-%m-%d-%H%M%S-%f")
    there.mkdir(parents=True)
    (there / "a.md").write_bytes(b"x" * size_bytes)
    return there


def test_what_is_older_than_thirty_days_is_deleted(tmp_path: Path):
    old = put(tmp_path, timedelta(days=30, minutes=1), 5)
    younger = put(tmp_path, timedelta(days=29, hours=23), 7)
    assert trash.tidy(tmp_path) == 7
    assert (old.exists(), younger.exists()) == (False, True)


def test_of_what_is_too_much_the_oldest_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(trash, "LARGEST_BYTES", 100)
    first, second, third = (put(tmp_path, timedelta(days=days), 40) for days in (3, 2, 1))
    target = trash.place(tmp_path, "b/c.md", 10)
    assert [folder.exists() for folder in (first, second, third)] == [False, True, True]
    assert target.parent.is_dir()
    assert target.relative_to(tmp_path).parts[1:] == ("b", "c.md")


def test_nothing_of_the_last_hour_is_deleted_but_more_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(trash, "LARGEST_BYTES", 100)
    fresh = put(tmp_path, timedelta(minutes=59), 95)
    with pytest.raises(SourcesUnwritable, match="within the last hour: empty it, or try again"):
        trash.place(tmp_path, "b.md", 10)
    assert fresh.exists()
    assert trash.place(tmp_path, "b.md", 5).parent.is_dir()


def test_what_is_not_named_by_a_time_is_not_ours_to_delete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(trash, "LARGEST_BYTES", 1)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.md").write_text("kept")
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "trash").mkdir()
    link = tmp_path / "trash" / "2020-01-01-000000-000000"
    link.symlink_to(outside)
    assert trash.tidy(tmp_path) == trash.tidy(tmp_path / "trash") == 0
    assert (tmp_path / "mine" / "a.md").exists()
    assert link.exists()
    assert trash.tidy(tmp_path / "none") == 0
