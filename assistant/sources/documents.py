"""A file -> Document: its text, its title and its blocks, by the reader of its kind."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path, PurePosixPath

from assistant.errors import BadSource
from assistant.sources.decoding import decode, normalise
from assistant.sources.files import read_bytes
from assistant.sources.front_matter import METADATA_KEYS, split_front_matter
from assistant.sources.mending import joined, without_marks_of_print
from assistant.sources.registry import kind_of
from assistant.sources.titles import clean
from assistant.values import Document


def read(folder: Path, path: str) -> Document:
    """Return the document at `path` under `folder`.

    Its text is the body without front matter, with LF line ends and in Unicode NFC, and with the
    words whole that printing has broken, see `mending`.

    Raises:
        BadSource: with what is wrong with the file and what mends it, the path left out.
    """
    data = read_bytes(folder, path)
    decoded, encoding = decode(data)
    text = without_marks_of_print(normalise(decoded))
    kind = kind_of(path)
    metadata, body = split_front_matter(text) if kind.has_front_matter else ({}, text)
    if kind.is_prose:
        body = joined(body, has_code=kind.has_code)
    if not body.strip():
        raise BadSource("It holds no text: write some, or remove it.")
    found = kind.read(body)
    title = kind.clean(metadata["title"]) if "title" in metadata else found.title
    return Document(
        path=path,
        title=title or clean(re.sub(r"[-_]+", " ", PurePosixPath(path).stem)) or path,
        text=body,
        digest=hashlib.sha256(data).hexdigest(),
        metadata={key: metadata[key] for key in METADATA_KEYS if key in metadata},
        blocks=tuple(found.blocks),
        encoding="" if encoding == "UTF-8" else encoding,
    )
