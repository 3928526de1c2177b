"""The files of a folder: which there are, and their bytes."""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from pathlib import Path, PurePosixPath

from assistant.errors import BadSource, NoDocuments
from assistant.sources.registry import SUFFIXES
from assistant.sources.titles import INVISIBLE

SIZE_LIMIT_MEGABYTES = 50
SIZE_LIMIT_BYTES = SIZE_LIMIT_MEGABYTES * 1_000_000
TOO_LARGE = f"It is larger than {SIZE_LIMIT_MEGABYTES} MB: break it into several files."
CLOSED = "It is a folder that may not be read, not a file: give yourself the right to read it."
LINKED = "It is a link to a folder: put the folder itself there."


def find(folder: Path) -> list[str]:
    """Return the paths of all files under `folder`, with "/" between folders, sorted.

    Files and folders whose name begins with a dot are left out. A link to a folder is listed and
    not followed, and so is a folder that cannot be looked into: `read` says what is wrong with it.

    Raises:
        NoDocuments: `folder` itself cannot be looked into, so that it may hold anything.
    """
    found: list[str] = []

    def closed(error: OSError) -> None:
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            return  # gone: what it held is not there
        path = Path(error.filename)
        if path == folder:
            reason = error.strerror or type(error).__name__
            raise NoDocuments(f"{folder} cannot be read ({reason}): give yourself the right to it.")
        found.append(path.relative_to(folder).as_posix())

    for root, folders, files in os.walk(folder, onerror=closed):
        # Where a folder may be listed and not entered, `Path.is_symlink` raises.
        links = [name for name in folders if os.path.islink(Path(root, name))]  # noqa: PTH114
        folders[:] = [name for name in folders if not name.startswith(".")]
        found.extend(
            Path(root, name).relative_to(folder).as_posix()
            for name in files + links
            if not name.startswith(".")
        )
    return sorted(found)


def digest_of(folder: Path, path: str) -> str:
    """Return the SHA-256 of the file's bytes, in hexadecimal: `read(folder, path).digest`.

    Raises:
        BadSource: the file cannot be read, as in `read_bytes`; what it holds is not looked at.
    """
    return hashlib.sha256(read_bytes(folder, path)).hexdigest()


def is_closed(folder: Path, path: str) -> bool:
    """Whether a path that `find` returned is a folder, so that files may lie in it unseen.

    So it is taken for one where that cannot be told.
    """
    try:
        return stat.S_ISDIR((folder / path).lstat().st_mode)
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False


def read_bytes(folder: Path, path: str) -> bytes:
    """Return what the file at `path` under `folder` holds.

    Raises:
        BadSource: with what is wrong with the file and what mends it, the path left out.
    """
    if os.path.isdir(folder / path):  # noqa: PTH112 - as above
        is_link = (folder / path).is_symlink()
        raise BadSource(LINKED if is_link else CLOSED)
    check_name(path)
    try:
        place = (folder / path).resolve()
        if not place.is_relative_to(folder.resolve()):
            raise BadSource("It leads out of the folder: put a copy of the file there instead.")
        # Opening a pipe would wait for ever.
        if not stat.S_ISREG(place.stat().st_mode):
            raise BadSource("It is not a file: pipes and devices are not read.")
        with place.open("rb") as file:
            data = file.read(SIZE_LIMIT_BYTES + 1)
    except FileNotFoundError as error:
        raise BadSource("It is not there any more: put it back, or sync again.") from error
    except PermissionError as error:
        raise BadSource("It may not be read: give yourself the right to read it.") from error
    except (OSError, RuntimeError, ValueError) as error:  # a link in a circle, an odd name
        raise BadSource(f"It cannot be read ({error}): mend or replace the file.") from error
    if len(data) > SIZE_LIMIT_BYTES:
        raise BadSource(TOO_LARGE)
    return data


def check_name(path: str) -> None:
    """Let the names of files pass that are read.

    Raises:
        BadSource: it cannot be shown, or files of its type are not read.
    """
    if any(unicodedata.category(x) in {"Cc", "Cs"} or x in INVISIBLE for x in path):
        raise BadSource(
            "Its name holds characters that cannot be shown: rename it, in UTF-8 and without "
            "control characters."
        )
    suffix = PurePosixPath(path).suffix
    if suffix.lower() not in SUFFIXES:
        raise BadSource(
            f"Files {f'of type {suffix}' if suffix else 'without a type'} are not read, only "
            f"{', '.join(SUFFIXES[:-1])} and {SUFFIXES[-1]}: convert it to one of them."
        )
