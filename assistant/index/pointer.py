"""The pointer: one small file that names what answers, replaced as a whole or not at all."""

from __future__ import annotations

import json
import os
import uuid
from contextlib import suppress
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from assistant.errors import IndexDamaged, IndexMismatch, IndexOutdated
from assistant.index.faults import REBUILD, STORE, told

FILE = "live.json"
NEW = ".new-"  # how a file begins that is being written
FORMAT = 5  # of folders, passages and records: raised when splitting or storing changes


@dataclass(frozen=True)
class Pointer:
    """Which store answers, at which revision, and what it was built with.

    Equal ones answer alike: no two stores ever have the same name.
    """

    store: Annotated[str, Field(pattern=rf"^{STORE}[0-9a-f]{{12}}$")]  # a folder beside the pointer
    revision: Annotated[int, Field(ge=1, lt=2**31)]  # raised by every finished sync
    format: int
    model: str  # the embedding model's identity


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Pointer]:
    return TypeAdapter(Pointer)


def read(folder: Path) -> Pointer | None:
    """Return the pointer; None when nothing was finished yet.

    Raises:
        IndexMismatch: another version wrote it.
        IndexDamaged: it is there and cannot be read, or says what no version writes.
    """
    file = folder / FILE
    try:
        data = file.read_bytes()
        said = json.loads(data)
        if isinstance(said, dict) and isinstance(said.get("format"), int):
            check_format(folder, said["format"])
        return _adapter().validate_json(data, strict=True)
    except FileNotFoundError:
        return None
    except ValidationError as error:
        fault = error.errors()[0]
        name = ".".join(str(part) for part in fault["loc"])
        raise _unreadable(file, f"{name}: {fault['msg'].lower()}".removeprefix(": ")) from error
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(file, str(error)) from error


def readable(folder: Path) -> Pointer | None:
    """Return the pointer; None too where it cannot be read, or another version wrote it."""
    try:
        return read(folder)
    except (IndexDamaged, IndexMismatch):
        return None


def write(folder: Path, pointer: Pointer) -> None:
    """Let `pointer` be the one that is read from now on.

    Raises:
        IndexFull, IndexUnwritable: it cannot be written; the one before stays.
    """
    with told(folder):
        write_whole(folder / FILE, json.dumps(asdict(pointer)) + "\n", lasting=True)


def write_whole(file: Path, text: str, *, lasting: bool = False) -> None:
    """Write a file so that whoever reads it finds the old text or the new one.

    With `lasting`, it is on the disk when this returns.
    """
    new = file.with_name(f"{NEW}{uuid.uuid4().hex[:12]}")
    try:
        with new.open("x", encoding="utf-8") as opened:
            opened.write(text)
            opened.flush()
            if lasting:
                os.fsync(opened.fileno())
        new.replace(file)
    except BaseException:
        with suppress(OSError):
            new.unlink()
        raise


def check_format(folder: Path, number: int) -> None:
    """Raise IndexMismatch where `number` is not the format that this version reads.

    IndexOutdated, where an earlier one wrote it.
    """
    if number != FORMAT:
        raise (IndexOutdated if number < FORMAT else IndexMismatch)(
            f"The index in {folder} has format {number}, and this version reads format {FORMAT}. "
            "Build it again: assistant index --rebuild"
        )


def _unreadable(file: Path, why: str) -> IndexDamaged:
    return IndexDamaged(f"{file} cannot be read ({why}). {REBUILD}")
