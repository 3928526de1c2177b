"""The pointer: one small file that names what answers, replaced as a whole or not at all."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant.errors import IndexDamaged

FILE = "live.json"


@dataclass(frozen=True)
class Pointer:
    """Which generation answers, at which revision, and what it was built with."""

    generation: int  # from 1; a rebuild fills the next one
    revision: int  # from 1; raised by every finished sync
    format: int
    model: str  # the embedding model's identity
    build: str  # a name no other generation has, however often an index is thrown away


def read(folder: Path) -> Pointer | None:
    """Return the pointer; None when nothing was finished yet.

    Raises:
        IndexDamaged: the file is there and cannot be read.
    """
    file = folder / FILE
    try:
        return Pointer(**json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise IndexDamaged(
            f"{file} cannot be read ({error}). "
            "Build the index again from sources/: assistant index --rebuild"
        ) from error


def write(folder: Path, pointer: Pointer) -> None:
    temporary = folder / f"{FILE}.new"
    with temporary.open("w", encoding="utf-8") as file:
        file.write(json.dumps(asdict(pointer)) + "\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / FILE)
