"""Files into `sources/` and out of it, on behalf of someone who cannot reach the folder.

What comes in is checked before it has a name there: the name leads nowhere else, the text can be
read, and nothing of that name is lost. What goes out is moved to the workspace's trash, which is
never read. Bringing the index in line is `syncing.py`'s.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from assistant import preparing, sources
from assistant.errors import (
    BadSource,
    DocumentExists,
    IntakeFull,
    SourcesUnwritable,
    UnknownDocument,
)
from assistant.library import trash as kept

NAME_LIMIT_BYTES = 200  # file systems take 255; some are left for a date or a number
MOST_FILES = 10_000
_INCOMING = ".incoming-"  # hidden: it is not read before it has its name
_LEFT_SECONDS = 60 * 60  # without a byte more: whoever sent it is gone
MOST_ARRIVING = 10  # files at once, each of which may be of the largest size
_UNPORTABLE = '<>:"|?*'  # not every computer takes these in a name
_JOINERS = "\u200c\u200d"  # Persian and Hindi words, and emoji, are written with them
_RESERVED = {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"} | {
    f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"
}


def checked_name(name: str) -> str:
    """Return the name that a file called `name` gets in `sources/`, in Unicode NFC.

    Raises:
        BadSource: it leads to another folder, is hidden, reserved, too long or cannot be shown, or
            files of its type are not read.
    """
    name = unicodedata.normalize("NFC", name)
    if "/" in name or "\\" in name:
        raise BadSource("Its name leads to another folder: send the file's own name alone.")
    sources.check_name(name)
    if any(
        unicodedata.category(x) in {"Cf", "Zl", "Zp", "Co", "Cn"} and x not in _JOINERS
        for x in name
    ):
        raise BadSource("Its name holds characters that cannot be shown: rename the file.")
    found = next((x for x in name if x in _UNPORTABLE), None)
    if found:
        raise BadSource(
            f"Its name holds {found}, which not every computer takes in a name: rename the file."
        )
    if name.startswith(".") or name != name.strip():
        raise BadSource("Its name begins with a dot or a space, or ends in a space: rename it.")
    if name.split(".")[0].strip().lower() in _RESERVED:
        raise BadSource("Its name is one that Windows keeps for itself: rename the file.")
    if len(name.encode()) > NAME_LIMIT_BYTES:
        raise BadSource(
            f"Its name is longer than {NAME_LIMIT_BYTES} bytes in UTF-8: give it a shorter one."
        )
    return name


def sweep(folder: Path) -> None:
    """Delete what is left of files to which no byte was added for an hour."""
    for file in folder.glob(f"{_INCOMING}*"):
        with contextlib.suppress(OSError):  # gone meanwhile, or not ours to delete
            if time.time() - file.lstat().st_mtime > _LEFT_SECONDS:
                file.unlink()


def checked(incoming: IO[bytes]) -> Path:
    """Return where a received file lies, written out to the disk and closed, if it can be read.

    Raises:
        BadSource: with what is wrong with it, as a sync would say.
    """
    incoming.flush()
    os.fsync(incoming.fileno())
    incoming.close()
    file = Path(incoming.name)
    preparing.check(file.parent, file.name)
    return file


@contextlib.contextmanager
def receiving(folder: Path, name: str) -> Iterator[IO[bytes]]:
    """Give a file to write the content of `name` to: hidden in `folder`, gone after the block.

    Raises:
        IntakeFull: too many files are arriving already.
        SourcesUnwritable: nothing can be written there, or no more.
    """
    sweep(folder)
    if len(list(folder.glob(f"{_INCOMING}*"))) >= MOST_ARRIVING:
        raise IntakeFull(
            f"{MOST_ARRIVING} files are arriving already, from here or from others: send this one "
            "again in a moment."
        )
    incoming = None
    try:
        with tempfile.NamedTemporaryFile(
            dir=folder, prefix=_INCOMING, suffix=PurePosixPath(name).suffix, delete=False
        ) as file:
            incoming = Path(file.name)
            yield file
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        if incoming is not None:
            incoming.unlink(missing_ok=True)  # where it was placed, it has another name by now


def place(folder: Path, incoming: Path, name: str, trash: Path, *, replace: bool = False) -> str:
    """Give a received file, which can be read, its name in `folder`, at once; return its path.

    A document that it replaces goes to `trash`.

    Raises:
        DocumentExists: there is one of that name, perhaps in other capitals, and no `replace`.
        BadSource: the folder is full, or what is to be replaced is no ordinary file.
        SourcesUnwritable: `folder` or `trash` cannot be written to.
    """
    kept.tidy(trash)
    there = _namesake(folder, name)
    reserved = None
    if there is None and len(sources.find(folder)) >= MOST_FILES:
        raise BadSource(f"There are {MOST_FILES:,} files already: remove some first.")
    try:
        if there is not None:
            if not replace:
                raise DocumentExists(f"There is a document called {there} already.")
            if (folder / there).is_symlink() or not (folder / there).is_file():
                raise BadSource(f"{there} is a folder or a link: it is not replaced from here.")
            _copy_to_trash(folder / there, trash, there)
            name = there
        else:
            # Reserved first: what someone else puts there meanwhile is not written over.
            os.close(os.open(folder / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
            reserved = folder / name
        incoming.chmod(0o644)
        incoming.replace(folder / name)
    except FileExistsError as error:
        raise DocumentExists(f"There is a document called {name} already.") from error
    except OSError as error:
        if reserved is not None:
            reserved.unlink(missing_ok=True)
        raise _unwritable(folder, error) from error
    return name


def remove(folder: Path, path: str, trash: Path) -> Path:
    """Move the file at `path` under `folder` to `trash`, and return where it lies there.

    Raises:
        UnknownDocument: there is no such file among those that are found in `folder`.
        SourcesUnwritable: `folder` or `trash` cannot be written to.
    """
    if path not in sources.find(folder):  # so it leads nowhere else
        raise UnknownDocument(f"There is no file {path!r} in {folder.name}/ any more.")
    try:
        target = kept.place(trash, path, (folder / path).lstat().st_size)
        shutil.move(folder / path, target)
    except OSError as error:
        raise _unwritable(folder, error) from error
    return target


def _namesake(folder: Path, name: str) -> str | None:
    """Return the entry of `folder` that some computers would take for `name`."""

    def key(entry: str) -> str:
        return unicodedata.normalize("NFC", unicodedata.normalize("NFC", entry).casefold())

    names = sorted(entry.name for entry in folder.iterdir())
    if name in names:
        return name
    return next((entry for entry in names if key(entry) == key(name)), None)


def _copy_to_trash(file: Path, trash: Path, path: str) -> None:
    """Keep what is about to be replaced; the file itself stays until it is."""
    shutil.copy2(file, kept.place(trash, path, file.lstat().st_size))


def _unwritable(folder: Path, error: OSError) -> SourcesUnwritable:
    return SourcesUnwritable(
        f"{folder} cannot be written to ({error.strerror or error}). Nothing was changed."
    )
