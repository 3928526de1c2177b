"""A file in another encoding than UTF-8 is read where that is certain, else refused."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from assistant import sources
from assistant.errors import BadSource
from assistant.sources.decoding import decode

GERMAN = (
    "Die Wäscherei am Platz schließt früh. Für große Stücke gilt ein höherer Preis; wer "
    "sie bügeln läßt, zahlt zwölf Euro."
)
FRENCH = (
    "La crémerie a été reprise par la même famille en 1936. À l’étage, une pièce fraîche garde les "
    "fromages ; l’hiver, on y accède par la cour, où le chien dort près du poêle."
)
SPANISH = (
    "El almacén del señor Núñez cerró después de la inundación. ¿Quién lo compró? Nadie lo sabe "
    "con seguridad, aunque en la plaza se habla de un sobrino que vivió en América."
)
ENGLISH = (
    "The ferryman’s hut was moved in 1961 – the café beside it came later. “Nobody asked us,” said "
    "the ferryman, whose fiancée kept the tolls."
)
POLISH = (
    "Piekarnia przy rynku została otwarta w 1925 roku i należy do tej samej rodziny. Chleb żytni "
    "piecze się nocą, a bułki sprzedaje się już o piątej rano. Śniadań nie podają."
)
RUSSIAN = (
    "Паромная переправа открылась весной 1931 года. Билет стоит двадцать рублей, детей возят "
    "даром. Зимой, когда река замерзает, через неё ходят пешком."
)
GREEK = (
    "Το παλιό ελαιοτριβείο δουλεύει κάθε Νοέμβριο. Οι χωρικοί φέρνουν τις ελιές με γαϊδούρια και "
    "πληρώνουν με λάδι, όπως έκαναν πάντα."
)
JAPANESE = (
    "この渡し船は1931年に始まりました。切符は百円で、子どもは無料です。冬は川がこおるので休みます。"
)
CHINESE = (
    "这个渡口是1931年开的。船票两元，孩子不要钱。冬天河水结冰，人们就走过去。大家都说那时的船好。"
)
KOREAN = (
    "이 나루터는 1931년에 문을 열었습니다. 표는 이천 원이고 아이들은 무료입니다. 겨울에는 쉽니다."
)


@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [
        (GERMAN, "cp1252", "Windows-1252"),
        (GERMAN, "latin-1", "Windows-1252"),
        (FRENCH, "cp1252", "Windows-1252"),
        (SPANISH, "latin-1", "Windows-1252"),
        (ENGLISH, "cp1252", "Windows-1252"),
        (POLISH, "cp1250", "Windows-1250"),
        (POLISH, "iso8859-2", "ISO-8859-2"),
        (RUSSIAN, "cp1251", "Windows-1251"),
        (RUSSIAN, "koi8-r", "KOI8-U"),
        (GREEK, "cp1253", "Windows-1253"),
        (JAPANESE, "shift_jis", "Shift-JIS"),
        (JAPANESE, "euc-jp", "EUC-JP"),
        (CHINESE, "gb18030", "GB18030"),
        (KOREAN, "euc-kr", "EUC-KR"),
        (ENGLISH, "utf-16-le", "UTF-16-LE"),
        (GERMAN, "utf-16-be", "UTF-16-BE"),
        (RUSSIAN, "utf-16-le", "UTF-16-LE"),
    ],
)
def test_an_encoding_that_is_certain_is_read_and_named(
    tmp_path: Path, text: str, encoding: str, name: str
) -> None:
    (tmp_path / "a.txt").write_bytes(text.encode(encoding))
    document = sources.read(tmp_path, "a.txt")
    assert (document.text, document.encoding) == (text, name)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_mark_of_byte_order_decides_by_itself(encoding: str) -> None:
    assert decode("né".encode(encoding)) == ("né", encoding.upper())


def test_a_text_in_utf_8_names_no_encoding(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbf" + GERMAN.encode())
    assert sources.read(tmp_path, "a.txt").encoding == ""


@pytest.mark.parametrize(
    "data",
    [
        "déjà vu à la crèche".encode("cp1252"),  # "č" in central Europe
        "perché è così".encode("cp1252"),
        "привет вам".encode("cp1251"),
        "渡口".encode("gb18030"),
        "né".encode("utf-16-le")[:3],
        bytes(range(128, 256)) * 4,
        b"\xff" * 1_000,
        b"PK\x03\x04\x14\x00\x00\x00\x08\x00" + bytes(range(256)),
    ],
)
def test_an_encoding_that_is_not_certain_is_never_guessed(data: bytes) -> None:
    with pytest.raises(BadSource, match=r"save it as (plain )?UTF-8"):
        decode(data)


@pytest.mark.parametrize("text", [GERMAN, FRENCH, SPANISH, ENGLISH, POLISH, RUSSIAN, GREEK])
@pytest.mark.parametrize("encoding", ["cp1252", "cp1251", "cp1253"])
@pytest.mark.parametrize("length", [12, 30])
def test_no_part_of_a_text_is_read_wrong(text: str, encoding: str, length: int) -> None:
    for start in range(0, len(text) - length, 40):
        data = text[start : start + length].encode(encoding, "ignore")
        try:
            found, _ = decode(data)
        except BadSource:
            continue
        assert found == data.decode(encoding)


def test_signs_at_the_end_of_a_large_file_are_looked_at() -> None:
    text = "A line of plain letters.\n" * 40_000 + f"{ENGLISH}\n"
    assert decode(text.encode("cp1252")) == (text, "Windows-1252")


def test_what_begins_in_one_encoding_and_ends_in_another_is_refused() -> None:
    with pytest.raises(BadSource, match="UTF-8"):
        decode(f"{RUSSIAN}\n".encode("cp1251") + f"{FRENCH}\n{RUSSIAN}".encode())


QUOTED = (
    "The ferry isn’t late – it never was. “Wait,” she said, “for the bell.” The harbour’s lamp was "
    "lit at six; nobody’s boat left before the tide turned — not even the pilot’s."
)


@pytest.mark.parametrize("text", [QUOTED, "Don’t moor here.", "He said “no”.", QUOTED * 200])
def test_quotation_marks_in_their_places_tell_an_english_text(text: str) -> None:
    assert decode(text.encode("cp1252")) == (text, "Windows-1252")


@pytest.mark.parametrize("text", ["la canción del niño", "mañana no llovió en la montaña"])
def test_letters_of_a_mac_are_not_taken_for_quotation_marks(text: str) -> None:
    with suppress(BadSource):  # or refused
        assert decode(text.encode("mac_roman"))[0] == text
