"""Bytes that are no UTF-8 -> the encoding that they are in, where it is certain.

charset-normalizer puts forward the readings that look like text. Of short texts it ranks them by
chance: "è" of Windows-1252 is "č" of Windows-1250. So a reading counts only where its letters are
those of a language that is written in its encoding, and an encoding is certain where all readings
that count are one and the same text.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from itertools import islice, pairwise

SAMPLE_BYTES = 200_000  # of the lines that are not ASCII
MOST_LINES = 20_000
MOST_CHAOS = 0.2  # by charset-normalizer: 0 is clean text
MOST_FOREIGN = 0.01  # of the letters: names may have what their language lacks
MOST_MIXED = 0.1  # of the words of another script, with Latin letters in them
LEAST_LETTERS = 60  # of another script: less might be of several
LEAST_CHARACTERS = 15  # of East Asian ones
LEAST_KANA = 0.15  # of a Japanese text's letters
LEAST_HANGUL = 0.8  # of a Korean one's
LEAST_FREQUENT = 0.1  # of a Chinese one's: characters that are read wrong are rare ones

# Encodings, and the languages written in them: of each the letters beside those of ASCII and, after
# a bar, those of ASCII that its own words lack.
_ALPHABETS = (
    (
        ("cp1252", "mac_roman", "cp850"),
        "àâæçèéêëîïôœùûüÿ äöüßéà áéíñóúüçºª àáâãçéêíóôõúüºª|kwy àèéìíîòóù|kwxy áéèêëíïóöüúç åäöéüà "
        "æøåéèêòóôäöü äöåé|cqwx áðéíóúýþæö|cqw éèêëàâçïîôöüñ àçèéíïòóúü·|kwy",
    ),
    (
        ("cp1250", "iso8859_2", "cp852"),
        "ąćęłńóśźż|qvx áčďéěíňóřšťúůýž|qwx áäčďéíĺľňóôŕšťúýž|qwx áéíóöőúüű|qwx čćđšž|qwxy "
        "ăâîşţ|qwy äöüß",
    ),
    (("cp1254",), "çğıöşüâîû|qwx"),
    (("cp1257",), "ąčęėįšųūž|qwx āčēģīķļņšūž|qwxy äõöüšž|cqwxy"),
    (
        ("cp1251", "koi8_u", "iso8859_5", "cp866", "mac_cyrillic"),
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя абвгґдеєжзиіїйклмнопрстуфхцчшщьюя "
        "абвгдеёжзійклмнопрстуўфхцчшыьэюя абвгдђежзијклљмнњопрстћуфхцчџш",
    ),
    (("cp1253", "iso8859_7"), "άέήίαβγδεζηθικλμνξοπρσςτυφχψωόύώϊϋΐΰ"),
    (("cp1255", "iso8859_8"), "אבגדהוזחטיךכלםמןנסעפףצץקרשת"),
    (("cp1256", "iso8859_6"), "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي"),
)
_ASIAN = {
    "cp932": "japanese",
    "euc_jis_2004": "japanese",
    "gb18030": "chinese",
    "big5hkscs": "chinese",
    "euc_kr": "korean",
}
_WIDE = ("utf_16_le", "utf_16_be")
_NAMES = {
    "cp932": "Shift-JIS",
    "euc_jis_2004": "EUC-JP",
    "gb18030": "GB18030",
    "big5hkscs": "Big5",
    "euc_kr": "EUC-KR",
    "mac_roman": "Mac Roman",
    "koi8_u": "KOI8-U",
    "mac_cyrillic": "Mac Cyrillic",
}
_FREQUENT = frozenset(  # in Chinese, as it is written in China and elsewhere
    "的一是不了在人有我他这這中大来來上国國个個到说說们們为為子和你地出道也时時年得就那要下以生会會自着去之过過家学學对對"
    "可里裡裏后後小么麼心多天而能好都然没沒日于於起还還发發成事只作当當想看文无無开開手十用主行方又如前所本见見经經头頭面"
    "公同三已老从從动動两兩长長村民新月水门門"
)
_SIGNS = frozenset("‘’‚“”„‹›«»–—…•·†‡€£¥¢§¶©®™°±×÷½¼¾²³µ¹º№‰\u00a0¿¡")
_ODD_SIGN = re.compile(r"[^\W\d_](?:[±¶¼¾¹÷]|[¢£¥§©®°×½²³µº«»][^\W\d_])")  # in place of a letter
_PLACEABLE = "“”‘’"
_PLACED = re.compile(  # before words, after them, and in "don’t"
    r"(?<![^\W\d_])[“‘](?=\S)|(?<=[^\s“‘])[”’](?![^\W\d_])|(?<=[^\W\d_])’(?=[^\W\d_])"
)
_OTHER_WORD = re.compile(r"[^\W\d_A-Za-z]+")
_MIXED_WORD = re.compile(r"[A-Za-z][^\W\d_A-Za-z]|[^\W\d_A-Za-z][A-Za-z]")


def detect(data: bytes) -> str | None:
    """Return Python's name for the encoding of `data`; None where it is not certain."""
    from charset_normalizer import from_bytes  # slow to import

    sample = _sample(data)
    names = (
        [*_WIDE] if 0 in sample else [*(name for names, _ in _ALPHABETS for name in names), *_ASIAN]
    )
    found = from_bytes(sample, cp_isolation=names, threshold=MOST_CHAOS, enable_fallback=False)
    likely = {name for match in found for name in match.could_be_from_charset}
    texts: dict[str, str] = {}  # a reading -> the first encoding that gives it
    for name in (name for name in names if name in likely):
        text = sample.decode(name)
        if _is_written(text, name):
            texts.setdefault(text, name)
    if len(texts) > 1:  # quotation marks where they belong are no letters of another encoding
        texts = {text: name for text, name in texts.items() if _is_well_quoted(text)} or texts
    return next(iter(texts.values())) if len(texts) == 1 else None


def shown(name: str) -> str:
    """Return an encoding as people name it: "cp1252" -> "Windows-1252"."""
    if name in _NAMES:
        return _NAMES[name]
    if name.startswith("cp125"):
        return name.replace("cp", "Windows-")
    return name.upper().replace("_", "-").replace("ISO", "ISO-")


def _sample(data: bytes) -> bytes:
    """Return the lines that are not ASCII, or the beginning where characters take two bytes."""
    if len(data) <= SAMPLE_BYTES or b"\0" in data[:SAMPLE_BYTES]:
        return data[:SAMPLE_BYTES]
    lines = (line for line in data.splitlines(keepends=True) if not line.isascii())
    sample = b"".join(islice(lines, MOST_LINES))[:SAMPLE_BYTES]
    return sample[: sample.rfind(b"\n") + 1] or sample


def _is_written(text: str, encoding: str) -> bool:
    """Whether a language that is written in `encoding` has the letters and signs of `text`."""
    if any(unicodedata.category(x) in ("Cc", "Cn", "Co") for x in set(text) - set("\t\n\r\f\v")):
        return False
    if encoding in _WIDE:
        return any(_is_written(text, name) for name in (*_BY_ENCODING, *_ASIAN))
    letters = Counter(x for x in text if x.isalpha())
    others = Counter({x: n for x, n in letters.items() if x > "\x7f"})
    if not letters:
        return False
    if encoding in _ASIAN:
        return _is_asian(others, _ASIAN[encoding])
    signs = {x for x in text if x > "\x7f" and not x.isalpha()}
    if not signs <= _SIGNS or _ODD_SIGN.search(text) or _has_odd_capital(text):
        return False
    if encoding not in _LATIN and not _is_by_itself(text, others):
        return False
    return any(_is_of(letters, others, language) for language in _BY_ENCODING[encoding])


_BY_ENCODING = {name: said.split(" ") for names, said in _ALPHABETS for name in names}
_LATIN = frozenset(name for names, _ in _ALPHABETS[:4] for name in names)


def _is_well_quoted(text: str) -> bool:
    """Whether all that is not ASCII are quotation marks, dashes and the like in their places."""
    if any(x.isalpha() for x in text if x > "\x7f"):
        return False
    placed = len(_PLACED.findall(text))
    return placed > 0 and placed == sum(map(text.count, _PLACEABLE))


def _is_of(letters: Counter[str], others: Counter[str], language: str) -> bool:
    own, _, lacking = language.partition("|")
    foreign = sum(n for x, n in letters.items() if x.lower() in lacking)
    return foreign <= MOST_FOREIGN * letters.total() and all(
        x.lower()[:1] in own or x == "İ" for x in others
    )


def _has_odd_capital(text: str) -> bool:
    """Whether a capital that is not ASCII follows a small letter, as "È" in "bibliothÈque"."""
    return any(a.islower() and b.isupper() and b > "\x7f" for a, b in pairwise(text))


def _is_by_itself(text: str, others: Counter[str]) -> bool:
    """Whether words of a script are not mixed with Latin letters, and capitals stand as they do."""
    words = len(_OTHER_WORD.findall(text))
    if len(_MIXED_WORD.findall(text)) > MOST_MIXED * words:
        return False
    small = sum(n for x, n in others.items() if x.islower())
    capital = sum(n for x, n in others.items() if x.isupper())
    cased = bool(small or capital)
    return others.total() >= LEAST_LETTERS and (not cased or 0 < capital < small)


def _is_asian(letters: Counter[str], language: str) -> bool:
    total = letters.total()
    if total < LEAST_CHARACTERS:
        return False
    kana = sum(n for x, n in letters.items() if "\u3040" <= x <= "\u30ff")
    hangul = sum(n for x, n in letters.items() if "\uac00" <= x <= "\ud7a3")
    han = sum(n for x, n in letters.items() if "\u4e00" <= x <= "\u9fff")
    if language == "japanese":
        return kana >= LEAST_KANA * total and kana + han >= (1 - MOST_FOREIGN) * total
    if language == "korean":
        return hangul >= LEAST_HANGUL * total
    frequent = sum(n for x, n in letters.items() if x in _FREQUENT)
    return han >= (1 - MOST_FOREIGN) * total and frequent >= LEAST_FREQUENT * total
