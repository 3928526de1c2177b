"""Bytes -> text: decoded strictly and normalised once, before any offset is counted."""

from __future__ import annotations

import codecs
import re
import unicodedata

from assistant.errors import BadSource
from assistant.sources.detecting import detect, shown

LINE_LIMIT_CHARS = 1_000_000
MOST_LINES = 1_000_000  # each takes about a kilobyte while it is read
COMBINING_LIMIT = 100  # marks on one letter; Unicode's own stream-safe form allows 30


# Marks of byte order; that of UTF-32 begins with that of UTF-16.
_MARKS_OF_ORDER = (
    (codecs.BOM_UTF8, "UTF-8"),
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


def decode(data: bytes) -> tuple[str, str]:
    """Return the text of a file, without a mark of byte order, and the name of its encoding.

    Raises:
        BadSource: which encoding it is in is not certain, or it is not text.
    """
    marked = next((name for mark, name in _MARKS_OF_ORDER if data.startswith(mark)), "")
    try:
        text = data.decode(marked or "UTF-8")
    except UnicodeDecodeError as error:
        if marked:
            raise BadSource(
                f"It is not {marked}, as its first bytes say ({_place(data, error.start)}): "
                "save it as UTF-8."
            ) from error
        return _detected(data, error)
    if "\0" in text and not marked:
        return _detected(data, None)
    if "\0" in text:
        raise BadSource(_no_text(data))
    return text.removeprefix("\ufeff"), marked or "UTF-8"


def _detected(data: bytes, error: UnicodeDecodeError | None) -> tuple[str, str]:
    """Return the text and the encoding of what is not UTF-8, or holds a NUL byte."""
    encoding = detect(data)
    if encoding is None:
        raise BadSource(
            f"It is not UTF-8 ({_place(data, error.start)}), and which encoding it is in cannot be "
            "told for certain: save it as UTF-8."
            if error
            else _no_text(data)
        ) from error
    try:
        return data.decode(encoding), shown(encoding)
    except UnicodeDecodeError as wrong:
        raise BadSource(
            f"It is neither UTF-8 nor all {shown(encoding)} ({_place(data, wrong.start)}): save it "
            "as UTF-8."
        ) from wrong


def _place(data: bytes, offset: int) -> str:
    return f"byte 0x{data[offset]:02x} at offset {offset}"


def _no_text(data: bytes) -> str:
    return f"It is not text (a NUL byte at offset {data.index(0)}): save it as plain UTF-8 text."


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
