"""Bytes -> text: decoded strictly and normalised once, before any offset is counted."""

from __future__ import annotations

import re
import unicodedata

from assistant.errors import BadSource

LINE_LIMIT_CHARS = 1_000_000
MOST_LINES = 1_000_000  # each takes about a kilobyte while it is read
COMBINING_LIMIT = 100  # marks on one letter; Unicode's own stream-safe form allows 30


def decode(data: bytes) -> str:
    """Return the text of a file, without a mark of byte order.

    Raises:
        BadSource: it is not UTF-8, or not text.
    """
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


def normalise(text: str) -> str:
    """Return the text with LF line ends and in Unicode NFC.

    Raises:
        BadSource: it has too many lines, or too long ones, or heaps of accents.
    """
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
