"""The base and the adapter -> the reader's model, put together once and kept in a cache folder.

reader-…/             the model, named by a digest of all that it is made of
    model.safetensors     the merged weights, in half precision
    config.json …         the base's, tokenizer included
    largest.safetensors   of each layer, the largest inputs that a few passages bring
    whole.json            the SHA-256 of each file, written last
making-…              what is being made; what a kill leaves of it goes with the next making
reader.lock           held by whoever makes it; dies with its process

A folder takes its name when all of it is there, and what it holds is compared with its digests
before it is used. What is made of an earlier adapter is removed.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import uuid
from collections.abc import Callable
from importlib import resources
from pathlib import Path

from assistant.embedding import sha256
from assistant.errors import CacheUnwritable
from assistant.reading import base
from assistant.reading.base import WEIGHTS
from assistant.reading.calibration import calibrate
from assistant.reading.merging import merge
from assistant.reading.precision import LARGEST

ADAPTER = resources.files("assistant.reading") / "weights" / "adapter.safetensors"
FORMAT = 1  # of what is kept; raised when the same parts are put together otherwise
SETTING = "cache in footnote.toml (or FOOTNOTE_CACHE)"
_KEPT, _MAKING, _LOCK, _WHOLE = "reader-", "making-", "reader.lock", "whole.json"
_HEX = "[0-9a-f]"
# The folder may be one that holds other things too: nothing is removed but by these whole names.
_OURS = (_KEPT + _HEX * 16, _MAKING + _HEX * 12)
_FILES = (*base.FILES, LARGEST)  # of which a model is made
_UNPACKING = 0.6  # of the time that it takes, about

Tell = Callable[[float], object]  # told how much is done, 0 to 1


def default_cache() -> Path:
    """Return the user's cache folder: by XDG's convention `~/.cache/footnote`, or the system's."""
    from platformdirs import user_cache_path

    return user_cache_path("footnote", appauthor=False)


def assembled(cache: Path, tell: Tell | None = None) -> Path:
    """Return the folder of the reader's model; it is made where it is not there, or not whole.

    `tell` is called while it is being made, and not otherwise.

    Raises:
        ModelMissing, ModelAltered: see `base.unpack` and `merging.merge`.
        CacheUnwritable: it is not there, and `cache` cannot be written to.
    """
    with resources.as_file(ADAPTER) as adapter:
        folder = cache / f"{_KEPT}{_digest(adapter)}"
        if not _whole(folder):
            try:
                _assemble(folder, adapter, tell or (lambda done: None))
            except OSError as error:
                raise CacheUnwritable(
                    f"The reader cannot be put together in {cache} ({error.strerror or error}): "
                    "it keeps 220 MB there, and needs 700 MB for a moment. Make room, or name "
                    f"another folder: {SETTING}."
                ) from error
    return folder


def _digest(adapter: Path) -> str:
    parts = [str(FORMAT), *base.FILES.values(), sha256(adapter)]
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16]


def _whole(folder: Path) -> bool:
    """Whether every file is the one that was written."""
    try:
        written = json.loads((folder / _WHOLE).read_bytes())
        return all(sha256(folder / name) == written[name] for name in _FILES)
    except (OSError, ValueError, TypeError, KeyError):
        return False


def _assemble(folder: Path, adapter: Path, tell: Tell) -> None:
    from filelock import FileLock

    cache = folder.parent
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(cache / _LOCK):
        if _whole(folder):  # another process made it while this one waited
            return
        _remove_others(cache, folder)
        making = cache / f"{_MAKING}{uuid.uuid4().hex[:12]}"
        making.mkdir()
        try:
            _make(making, adapter, tell)
            if folder.exists():  # and not whole: moved at once, so that no half of it is found
                folder.replace(cache / f"{_MAKING}{uuid.uuid4().hex[:12]}")
            making.replace(folder)
        finally:
            _remove_others(cache, folder)


def _make(folder: Path, adapter: Path, tell: Tell) -> None:
    tell(0.0)
    base.unpack(folder, lambda done: tell(_UNPACKING * done))
    merged = folder / f"merged-{WEIGHTS}"
    merge(folder / WEIGHTS, adapter, merged)
    merged.replace(folder / WEIGHTS)
    tell(0.8)
    calibrate(folder, folder / LARGEST)
    mode = (folder / "config.json").stat().st_mode
    for name in _FILES:
        (folder / name).chmod(mode)  # safetensors lets none but its maker read what it writes
    written = {name: sha256(folder / name) for name in _FILES}
    (folder / _WHOLE).write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    tell(1.0)


def _remove_others(cache: Path, keep: Path) -> None:
    """Remove what is made of other parts, and what was never finished; the lock is held."""
    for pattern in _OURS:
        for other in cache.glob(pattern):
            if other != keep and other.is_dir():
                shutil.rmtree(other, ignore_errors=True)
