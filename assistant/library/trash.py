"""What was removed or replaced on the page: kept for a while, within bounds, and never read.

Each time something goes there it gets a folder of its own, named by the time (UTC). Only such
folders are ever deleted: the oldest first, and never one of the last hour.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assistant.errors import SourcesUnwritable

KEPT = timedelta(days=30)
LARGEST_BYTES = 1_000_000_000
ALWAYS_KEPT = timedelta(hours=1)
_NAME = "%Y-%m-%d-%H%M%S-%f"


def place(trash: Path, path: str, size_bytes: int) -> Path:
    """Return a free place for `path`, with room for so many bytes made before.

    Raises:
        SourcesUnwritable: what came there within the last hour leaves no room.
    """
    if tidy(trash, size_bytes) + size_bytes > LARGEST_BYTES:
        raise SourcesUnwritable(
            f"{trash} holds {LARGEST_BYTES // 1_000_000_000} GB of documents that were removed "
            "or replaced within the last hour: empty it, or try again later."
        )
    target = trash / datetime.now(UTC).strftime(_NAME) / path
    target.parent.mkdir(parents=True)
    return target


def tidy(trash: Path, coming_bytes: int = 0) -> int:
    """Delete what is too old, and the oldest of what is too much; return the bytes that stay.

    What cannot be deleted stays, and is counted.
    """
    now = datetime.now(UTC)
    there = sorted((when, folder) for folder in _folders(trash) if (when := _time(folder)))
    sizes = {folder: _size_bytes(folder) for _, folder in there}
    total = sum(sizes.values())
    for when, folder in there:
        spare = now - when > ALWAYS_KEPT
        if now - when > KEPT or (spare and total + coming_bytes > LARGEST_BYTES):
            shutil.rmtree(folder, ignore_errors=True)
            total -= sizes[folder] - _size_bytes(folder)
    return total


def _folders(trash: Path) -> list[Path]:
    try:
        return [entry for entry in trash.iterdir() if entry.is_dir() and not entry.is_symlink()]
    except OSError:  # nothing was ever removed
        return []


def _time(folder: Path) -> datetime | None:
    try:
        return datetime.strptime(folder.name, _NAME).replace(tzinfo=UTC)
    except ValueError:  # not ours
        return None


def _size_bytes(folder: Path) -> int:
    return sum(file.lstat().st_size for file in folder.rglob("*") if not file.is_dir())
