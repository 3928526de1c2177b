"""Files -> Document: read, decoded strictly and normalised once, and never touched again.

Where its title and headings stand is `outline/`'s to say.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from assistant.errors import BadSource, NoDocuments
from assistant.outline import INVISIBLE, clean, clean_markdown, is_markdown, outline_of
from assistant.values import Document

SUFFIXES = (".txt", ".text", ".md", ".markdown")
SIZE_LIMIT_MEGABYTES = 50
SIZE_LIMIT_BYTES = SIZE_LIMIT_MEGABYTES * 1_000_000
TOO_LARGE = f"It is larger than {SIZE_LIMIT_MEGABYTES} MB: break it into several files."
CLOSED = "It is a folder that may not be read, not a file: give yourself the right to read it."
LINKED = "It is a link to a folder: put the folder itself there."
LINE_LIMIT_CHARS = 1_000_000
MOST_LINES = 1_000_000  # each takes about a kilobyte while it is read
FRONT_MATTER_LIMIT_CHARS = 20_000  # what is longer is a text between two horizontal rules
METADATA_KEYS = ("date", "author", "publisher", "url")
METADATA_LIMIT_CHARS = 1_000
METADATA_LIMIT_ITEMS = 50
FRONT_MATTER_BRACKETS = 500  # YAML takes the square of how deep they stand in one another
COMBINING_LIMIT = 100  # marks on one letter; Unicode's own stream-safe form allows 30


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


def read(folder: Path, path: str) -> Document:
    """Return the document at `path` under `folder`.

    Its text is the body without front matter, with LF line ends and in Unicode NFC.

    Raises:
        BadSource: with what is wrong with the file and what mends it, the path left out.
    """
    data = _read_bytes(folder, path)
    metadata, body = _split_front_matter(_normalise(_decode(data)))
    if not body.strip():
        raise BadSource("It holds no text: write some, or remove it.")
    return Document(
        path=path,
        title=_title(path, metadata.get("title", ""), body),
        text=body,
        digest=hashlib.sha256(data).hexdigest(),
        metadata={key: metadata[key] for key in METADATA_KEYS if key in metadata},
    )


def digest_of(folder: Path, path: str) -> str:
    """Return the SHA-256 of the file's bytes, in hexadecimal: `read(folder, path).digest`.

    Raises:
        BadSource: the file cannot be read, as in `read`; what it holds is not looked at.
    """
    return hashlib.sha256(_read_bytes(folder, path)).hexdigest()


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


def _read_bytes(folder: Path, path: str) -> bytes:
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


def _decode(data: bytes) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadSource(
            f"It is not UTF-8 (byte 0x{data[error.start]:02x} at offset {error.start}): "
            "save it as UTF-8."
        ) from error
    if "\0" in text:
        raise BadSource(
            f"It is not text (a NUL byte at offset {data.index(0)}): save it as plain UTF-8 text."
        )
    return text.removeprefix("\ufeff")


_LINE_ENDS = "\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"  # as `splitlines` knows them


def _normalise(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if sum(map(text.count, _LINE_ENDS)) > MOST_LINES:
        raise BadSource(f"It has more than {MOST_LINES:,} lines: break it into several files.")
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > LINE_LIMIT_CHARS:
            raise BadSource(
                f"Line {number} has {len(line):,} characters, more than {LINE_LIMIT_CHARS:,}: "
                "break it into lines."
            )
    _check_combining(text)
    return unicodedata.normalize("NFC", text)


_MARK = r"[^\w\s\x00-\x7f]"
_MARKS = re.compile(rf"(?<!{_MARK}){_MARK}{{{COMBINING_LIMIT + 1},}}")


def _check_combining(text: str) -> None:
    """Refuse letters under heaps of accents: normalising them takes time without bound."""
    for run in _MARKS.finditer(text):
        if sum(map(bool, map(unicodedata.combining, run[0]))) > COMBINING_LIMIT:
            raise BadSource(
                f"It is not ordinary text (hundreds of accents on one letter at character "
                f"{run.start()}): take them out."
            )


_FIRST_LINE = re.compile(r"---[ \t]*\n(?=\S)")
_KEY = re.compile(r"(?:#.*\n)*[\w\"'][\w \"'.-]*:(?:\s|$)")


def _split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """Return the front matter and the body; a text that only begins with a rule is all body."""
    import yaml
    from frontmatter.default_handlers import YAMLHandler

    # A rule is followed by a blank line, front matter is not. `frontmatter.parse` would take the
    # text after a rule for front matter and drop it, so that only its parts are used.
    if not _FIRST_LINE.match(text):
        return {}, text
    handler = YAMLHandler()
    try:
        block, body = handler.split(text)
    except ValueError:  # no second rule
        return {}, text
    if len(block) > FRONT_MATTER_LIMIT_CHARS or not _KEY.match(block.lstrip("\n")):
        return {}, text
    if block.count("[") + block.count("{") > FRONT_MATTER_BRACKETS:
        raise BadSource(
            f"Its front matter has more than {FRONT_MATTER_BRACKETS} brackets: leave in it what is "
            "known of the document, a line each."
        )
    try:
        # BaseLoader leaves every value as it is written: no dates, no numbers, no merging.
        found = handler.load(block, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        raise BadSource(
            f"Its front matter is not YAML{_yaml_place(error)}: mend the lines between the --- "
            "lines; a value with a colon needs quotation marks."
        ) from error
    if not isinstance(found, Mapping):
        return {}, text
    return _metadata(found), body.lstrip("\n")


def _yaml_place(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    # Counted from 0 in the block, whose first line is what follows the --- on line 1.
    return f" (line {mark.line + 1})" if mark is not None else ""


def _metadata(found: Mapping[object, object]) -> dict[str, str]:
    """Return what is known of a document as strings; lists are joined with commas."""
    metadata: dict[str, str] = {}
    for key in ("title", *METADATA_KEYS):
        value = found.get(key)
        items = value[:METADATA_LIMIT_ITEMS] if isinstance(value, list) else [value]
        words = [_one_line(item) for item in items if isinstance(item, str)]
        joined = ", ".join(word for word in words if word)[:METADATA_LIMIT_CHARS]
        if joined:
            metadata[key] = joined
    return metadata


def _one_line(value: str) -> str:
    return "" if value in {"~", "null", "Null", "NULL"} else clean(value)


def _title(path: str, given: str, body: str) -> str:
    """Return the title that the front matter gives, or the text, or the file's name."""
    if given:
        return clean_markdown(given) if is_markdown(path) else given
    stem = clean(re.sub(r"[-_]+", " ", PurePosixPath(path).stem))
    return outline_of(path, body).title or stem or path
