"""Plain text is read by the form of its lines: clauses, talk, records, mail; in doubt as prose."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import sources
from assistant.splitting import split
from assistant.values import Block, Document
from tests.test_splitting import count_words


def read(folder: Path, text: str, name: str = "a.txt") -> Document:
    (folder / name).write_text(text, encoding="utf-8")
    return sources.read(folder, name)


def words(document: Document, block: Block) -> str:
    """Return what is seen of a block."""
    text, position = "", block.start
    for start, end in block.hidden:
        text += document.text[position:start]
        position = end
    return " ".join((text + document.text[position : block.end]).split())


def of_kind(document: Document, kind: str) -> list[str]:
    return [words(document, block) for block in document.blocks if block.kind == kind]


def headings(document: Document) -> list[str]:
    return [block.title for block in document.blocks if block.kind == "heading"]


# Clauses

BYLAWS = """BY-LAWS OF THE ROWING CLUB

1. Members
1.1 Anyone over the age of ten may join.
1.2 A member who has not paid by April
loses the right to vote.

2. Boats
2.1 A boat may be taken out if
    (a) the river is below the red mark;
    (b) two members are on board, of whom
        (i) one has a licence; and
        (ii) one can swim; and
    (c) the boatman agrees.
2.2 Boats are washed after use.
"""
LICENCE = """3.1 The licensee may copy the maps for its own use.
3.2 The licensee must not
(a) sell copies;
(b) remove the scale bar.
3.3 Clause 3.2 ends after ten years.
"""
NESTED = """4.1 The caterer delivers by noon.
4.1.1 On Sundays the caterer delivers by one o'clock.
4.2 The guest house provides plates, glasses and cutlery for everyone who has booked.
"""
TAIL = """7.1 If the tenant
    (a) moves out; or
    (b) dies,
    the lease ends at once.
7.2 Keys are handed to the caretaker.
"""


@pytest.mark.parametrize(
    ("text", "items"),
    [
        (
            BYLAWS,
            [
                ("1.1", 1, "", "Anyone over the age of ten may join."),
                ("1.2", 1, "", "A member who has not paid by April loses the right to vote."),
                ("2.1", 1, "", "A boat may be taken out if"),
                ("(a)", 2, "2.1", "the river is below the red mark;"),
                ("(b)", 2, "2.1", "two members are on board, of whom"),
                ("(i)", 3, "(b)", "one has a licence; and"),
                ("(ii)", 3, "(b)", "one can swim; and"),
                ("(c)", 2, "2.1", "the boatman agrees."),
                ("2.2", 1, "", "Boats are washed after use."),
            ],
        ),
        (
            LICENCE,
            [
                ("3.1", 1, "", "The licensee may copy the maps for its own use."),
                ("3.2", 1, "", "The licensee must not"),
                ("(a)", 2, "3.2", "sell copies;"),
                ("(b)", 2, "3.2", "remove the scale bar."),
                ("3.3", 1, "", "Clause 3.2 ends after ten years."),
            ],
        ),
        (
            NESTED,
            [
                ("4.1", 1, "", "The caterer delivers by noon."),
                ("4.1.1", 2, "4.1", "On Sundays the caterer delivers by one o'clock."),
                (
                    "4.2",
                    1,
                    "",
                    "The guest house provides plates, glasses and cutlery for everyone who has "
                    "booked.",
                ),
            ],
        ),
        (
            TAIL,
            [
                ("7.1", 1, "", "If the tenant"),
                ("(a)", 2, "7.1", "moves out; or"),
                ("(b)", 2, "7.1", "dies, the lease ends at once."),
                ("7.2", 1, "", "Keys are handed to the caretaker."),
            ],
        ),
    ],
)
def test_a_clause_is_an_item_and_its_points_stand_under_it(
    tmp_path: Path, text: str, items: list[tuple[str, int, str, str]]
) -> None:
    document = read(tmp_path, text)
    assert [
        (
            block.mark,
            block.level,
            document.blocks[block.above].mark if block.above >= 0 else "",
            words(document, block),
        )
        for block in document.blocks
        if block.kind == "item"
    ] == items


WRAPPED = """HOUSE RULES

1. Kitchen
   1.1 Who cooks washes up on the same evening, and leaves the
       keys on their hook.
   1.2 The oven is lit by the cook of the house, by
       Mrs Tolliver or by her sister. Nobody else lights it.
   1.3 Of the shelves, those at the window are for guests, for
       3 nights at most.

2. Garden
   2.1 It is open.
"""
AT_THE_MARGIN = """5.1 The choir meets on Tuesdays in the hall behind the
church.
5.2 New singers are heard by the conductor
before they are taken.
"""
POINTS_AFTER_TWO_LINES = """8.1 A barge may pass the upper gate of the lock
    where the keeper is there and
    (a) the lamp is green; or
    (b) the flag is up.
8.2 The keeper of the lock gives way
    to nobody.
"""


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        (WRAPPED, ["1.1", "1.2", "1.3", "2.1"]),
        (WRAPPED.replace("\n   ", "\n"), ["1.1", "1.2", "1.3", "2.1"]),
        (AT_THE_MARGIN, ["5.1", "5.2"]),
        (POINTS_AFTER_TWO_LINES, ["8.1", "(a)", "(b)", "8.2"]),
    ],
)
def test_a_clause_that_goes_on_in_the_next_line_is_no_heading(
    tmp_path: Path, text: str, marks: list[str]
) -> None:
    document = read(tmp_path, text)
    assert [block.mark for block in document.blocks if block.kind == "item"] == marks
    assert not any("1.1" in title or "5.1" in title for title in headings(document))


def test_chapters_of_wrapped_clauses_are_headings(tmp_path: Path) -> None:
    assert headings(read(tmp_path, WRAPPED)) == ["HOUSE RULES", "1. Kitchen", "2. Garden"]


@pytest.mark.parametrize(
    "text",
    [
        # Text right under a heading, further in.
        "1.1 Purpose\n    The society keeps the mill and the two cottages by it\n    as they are."
        "\n\n1.2 Members\n    Anyone may become one who pays the yearly fee on time.\n",
        # Headings of two lines, which end with no stop.
        "6.1 Powers of the board and of those\nwho act for it\n\nIt hires a cook. It pays her.\n\n"
        "6.2 Duties of the treasurer and of the\nclerk\n\nThey keep the books.\n",
        "1.1 Switch on\nPress the green key.\n\n1.2 Switch off\nPress the red key.\n",
        "2.1 Boats\n\nthere are four of them.\n\n2.2 Oars\n\nthere are nine.\n",
    ],
)
def test_text_under_numbered_headings_makes_no_clauses(tmp_path: Path, text: str) -> None:
    assert of_kind(read(tmp_path, text), "item") == []


def test_chapters_of_clauses_are_headings(tmp_path: Path) -> None:
    document = read(tmp_path, BYLAWS)
    headings = [block.title for block in document.blocks if block.kind == "heading"]
    assert headings == ["BY-LAWS OF THE ROWING CLUB", "1. Members", "2. Boats"]


def test_what_follows_the_points_at_the_margin_is_the_clauses_own(tmp_path: Path) -> None:
    document = read(tmp_path, TAIL.replace("    the lease", "the lease"))
    block = next(block for block in document.blocks if block.kind == "paragraph")
    assert words(document, block) == "the lease ends at once."
    assert document.blocks[block.above].mark == "7.1"


@pytest.mark.parametrize(
    ("text", "items"),
    [
        (
            "A.1 The lender may visit the stables.\nA.2 The borrower pays for hay.\n",
            [("A.1", "The lender may visit the stables."), ("A.2", "The borrower pays for hay.")],
        ),
        (
            "9.4 Annex B goes before clause 9.\n\nB.1 Keys are kept by the porter.\n",
            [("9.4", "Annex B goes before clause 9."), ("B.1", "Keys are kept by the porter.")],
        ),
        (
            "C.2 Nobody dives.\nC.2.1 Children may, at high tide.\n",
            [("C.2", "Nobody dives."), ("C.2.1", "Children may, at high tide.")],
        ),
        (
            "D.1. The choir sings if\n(a) it is asked; and\n(b) it is paid.\nD.2. It may bow.\n",
            [
                ("D.1", "The choir sings if"),
                ("(a)", "it is asked; and"),
                ("(b)", "it is paid."),
                ("D.2", "It may bow."),
            ],
        ),
    ],
)
def test_clauses_of_an_annex_are_items_too(
    tmp_path: Path, text: str, items: list[tuple[str, str]]
) -> None:
    document = read(tmp_path, text)
    assert [(block.mark, words(document, block)) for block in document.blocks] == items


@pytest.mark.parametrize(
    "text",
    [
        "1. Aims\n\n1.1 Purpose\n\nThe club rows.\n\n1.2 Scope\n\nIt rows on rivers.\n",
        "The rope is\n2.5 metres long and weighs\n3.2 kilos when it is wet.\n",
        "2.1 came in spring, and it was\n2.2 that came in autumn, before\n2.3 was there.\n",
        "1.1    1999    Delft    no\n1.2    2001    Ghent    yes it is so.\n",
        "Version 2.1 came first.\n\nIt was soon replaced.\n",
    ],
)
def test_numbers_that_begin_no_clause_make_no_items(tmp_path: Path, text: str) -> None:
    assert of_kind(read(tmp_path, text), "item") == []


# Talk


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        (
            "Interview\n\nDr Amsel: Where did you grow up?\nMs Roth: In Lund. My father\n"
            "mended clocks.\nDr Amsel: And your mother?\nMs Roth: She taught.\n",
            [
                ("Dr Amsel", "Where did you grow up?"),
                ("Ms Roth", "In Lund. My father mended clocks."),
                ("Dr Amsel", "And your mother?"),
                ("Ms Roth", "She taught."),
            ],
        ),
        (
            "[10:32] Ana: the van is late\n[10:33] Bo: how late\n[10:33] Ana: an hour\n"
            "[10:35] Bo: fine\n",
            [("Ana", "the van is late"), ("Bo", "how late"), ("Ana", "an hour"), ("Bo", "fine")],
        ),
        (
            "Q: When does it open?\nA: At nine.\n\nQ: Is there a lift?\nA: No, there are stairs.\n",
            [
                ("Q", "When does it open?"),
                ("A", "At nine."),
                ("Q", "Is there a lift?"),
                ("A", "No, there are stairs."),
            ],
        ),
        (
            "Ida Holt  00:01\nWe begin.\n\nIda says no more.\n\nMax Ray  00:09\nGood.\n\n"
            "Ida Holt  00:12\nThe roof leaks.\n\nMax Ray  00:20\nI know.\n\nThe tape ends.\n",
            [
                ("Ida Holt", "We begin."),
                ("Ida Holt", "Ida says no more."),
                ("Max Ray", "Good."),
                ("Ida Holt", "The roof leaks."),
                ("Max Ray", "I know."),
            ],
        ),
        (
            "Pilot Enger\nThe fog is thick.\nPort Office\nWait outside.\nPilot Enger\n"
            "For how long?\nPort Office\nUntil noon\n",
            [
                ("Pilot Enger", "The fog is thick."),
                ("Port Office", "Wait outside."),
                ("Pilot Enger", "For how long?"),
                ("Port Office", "Until noon"),
            ],
        ),
    ],
)
def test_who_speaks_is_known_of_each_turn(
    tmp_path: Path, text: str, turns: list[tuple[str, str]]
) -> None:
    document = read(tmp_path, text)
    assert [
        (block.speaker, words(document, block)) for block in document.blocks if block.kind == "turn"
    ] == turns


@pytest.mark.parametrize(
    "text",
    [
        "Note: the gate is locked at ten.\nPrice: 30 euros\n\nWarning: the step is wet.\n",
        "Name: Lamp\nPrice: 4 euros\n\nName: Rug\nPrice: 9 euros\n\nName: Vase\nPrice: 2 euros\n",
        "He said: come in.\nShe said: no.\nHe said: please.\nShe said: no.\n".replace(" said:", ""),
        "New Features\n- a\n- b\nBug Fixes\n- c\nNew Features\n- d\nBug Fixes\n- e\n",
        "Files: a\nLicense: MIT\n It is free.\n\nFiles: b\nLicense: GPL\n It is free too.\n",
        "Tom: Hello.\n\nThen the hall was silent for an hour.\n",
    ],
)
def test_labels_that_are_no_speakers_make_no_talk(tmp_path: Path, text: str) -> None:
    assert of_kind(read(tmp_path, text), "turn") == []


# Records


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        (
            "Name: Oslo lamp\nPrice: 40 euros\n\nName: Bergen rug\nPrice: 90 euros\n",
            [["Name: Oslo lamp", "Price: 40 euros"], ["Name: Bergen rug", "Price: 90 euros"]],
        ),
        (
            "Call sheet\n\nDirector: Una Moss\nLocation: Pier 4\nStart: 6:30\n\nBring a coat.\n",
            [["Director: Una Moss", "Location: Pier 4", "Start: 6:30"]],
        ),
        (
            "From: a@b.example\nTo: c@d.example\nSubject: The keys\n\nHi,\n\nthe keys are here.\n",
            [["From: a@b.example", "To: c@d.example", "Subject: The keys"]],
        ),
        (
            "Breed: Leicester\nColour: white\n  with a grey face\nWeight: 90 kg\n",
            [["Breed: Leicester", "Colour: white with a grey face", "Weight: 90 kg"]],
        ),
    ],
)
def test_fields_are_kept_by_record(tmp_path: Path, text: str, groups: list[list[str]]) -> None:
    document = read(tmp_path, text)
    found: dict[int, list[str]] = {}
    for block in document.blocks:
        if block.kind == "field":
            found.setdefault(block.group, []).append(words(document, block))
            label, value = block.cells
            assert document.text[slice(*label)].isprintable()
            assert document.text[value[1] - 1] == document.text[block.end - 1]
    assert list(found.values()) == groups


@pytest.mark.parametrize(
    "text",
    [
        "Warden: Una Lie\nRooms: 14\nand the barn\n",
        "Warden: Una Lie\nWarden: Rolf Ek\n",
        "Warden: Una Lie\nrooms: 14\n",
        "Notes: It rained all night.\n",
    ],
)
def test_lines_that_are_not_all_fields_make_no_record(tmp_path: Path, text: str) -> None:
    assert of_kind(read(tmp_path, text), "field") == []


@pytest.mark.parametrize(
    "text",
    [
        "We met at noon: it rained.\nThe boat was late: nobody minded.\n",
        "Ana: Where is the key?\nBen: Under the stone.\n",
        "The first bird sang to me: Rise up\nThe second bird sang to me: Lie down\n",
        "Look: a mast!\nListen: a bell!\n",
        "After all, he said: no.\nBut then, she asked: why?\n",
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_prose_with_colons_makes_no_record(tmp_path: Path, text: str, name: str) -> None:
    assert of_kind(read(tmp_path, text, name), "field") == []


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("pH of the pond: 6\nDepth: 2 m\n", ["pH of the pond", "Depth"]),
        (
            "Nights let to the end of May: 41\nBeds: 4\nStove: yes\n",
            ["Nights let to the end of May", "Beds", "Stove"],
        ),
        ("Keeper, north side: Una Moss\nBeds: 4\n", ["Keeper, north side", "Beds"]),
        ("**Beds:** 4\n*Stove*: yes\n", ["Beds", "Stove"]),
        ("__Beds__: 4\n_Stove:_ yes\n", ["Beds", "Stove"]),
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_a_label_is_known_without_its_marks(
    tmp_path: Path, text: str, labels: list[str], name: str
) -> None:
    document = read(tmp_path, text, name)
    assert [document.text[slice(*block.cells[0])] for block in document.blocks] == labels
    assert of_kind(document, "field") == text.splitlines()


HUTS = "Hut: Skogen\nBeds: 12\nStove: yes\n\nHut: Vidda\nBeds: 30\n"


@pytest.mark.parametrize(
    ("text", "above"),
    [
        (HUTS, [-1, 0, 0, -1, 3]),
        ("Hut: Skogen\nBeds: 12\n\nBoat: Tern\nOars: 4\n", [-1, -1, -1, -1]),
        ("Hut: Skogen\nBeds: 12\n\nIt is closed now.\n\nHut: Vidda\nBeds: 3\n", [-1] * 5),
        ("Beds: 12\nStove: yes\n", [-1, -1]),
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_of_records_in_a_row_the_fields_stand_under_the_one_that_names_theirs(
    tmp_path: Path, text: str, above: list[int], name: str
) -> None:
    assert [block.above for block in read(tmp_path, text, name).blocks] == above


@pytest.mark.parametrize(
    "text",
    [
        HUTS,
        HUTS.replace("\n", "  \n"),
        HUTS.replace("\n", "\\\n").replace("\\\n\\\n", "\n\n"),
        HUTS.replace("\n", "<br>\n").replace("<br>\n<br>\n", "\n\n"),
        f"```\n{HUTS}```\n",
        f"~~~ text\n{HUTS}\n",
        f"The huts:\n\n    {HUTS}".replace("\nBeds", "\n    Beds")
        .replace("\nStove", "\n    Stove")
        .replace("\nHut: V", "\n    Hut: V"),
    ],
)
def test_records_of_markdown_are_those_of_plain_text(tmp_path: Path, text: str) -> None:
    document = read(tmp_path, text, "a.md")
    blocks = [block for block in document.blocks if block.kind == "field"]
    found = [[document.text[slice(*cell)] for cell in block.cells] for block in blocks]
    assert found == [
        ["Hut", "Skogen"],
        ["Beds", "12"],
        ["Stove", "yes"],
        ["Hut", "Vidda"],
        ["Beds", "30"],
    ]
    first = document.blocks.index(blocks[0])
    assert [block.group - first for block in blocks] == [0, 0, 0, 3, 3]
    assert [block.above - first for block in blocks if block.above >= 0] == [0, 0, 3]


def test_marks_in_fields_of_markdown_are_not_seen(tmp_path: Path) -> None:
    text = "**Title:** *Low tide*[^1]\n**Year:** ~~1960~~ 1961\n**Copy**: [here](tide.md)\n"
    document = read(tmp_path, text, "a.md")
    seen = [sources.spoken(sources.see(document, block)) for block in document.blocks]
    assert seen == ["Title: Low tide", "Year: 1961", "Copy: here"]


@pytest.mark.parametrize(
    "text",
    [
        "```yaml\nHut: Skogen\nBeds: 12\n```\n",
        "```\nhut: Skogen\nbeds: 12\n```\n",
        "```\nHost: example.org\nContent-Type: text/plain\n```\n",
        "```\nGET /huts HTTP/1.1\nHost: example.org\nAccept: all\n```\n",
        "```\nName: str = None\nBeds: int = 4\n```\n",
        "```\nTitle: *Low tide*\nYear: 1961\n```\n",
        "```\nHut:\n  - Skogen\nBeds: 12\n```\n",
        "```\n# Huts\nHut: Skogen\nBeds: 12\n```\n",
    ],
)
def test_what_may_be_code_stays_code(tmp_path: Path, text: str) -> None:
    assert [block.kind for block in read(tmp_path, text, "a.md").blocks] == ["code"]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Una Moss\nPier 4\n5003 Bergen\nTel: 4711\n", {"paragraph"}),
        ("> Hut: Skogen\n> Beds: 12\n", {"quote"}),
        ("- Hut: Skogen\n- Beds: 12\n", {"item"}),
        ("- **Hut:** Skogen\n- **Beds:** 12\n", {"item"}),
        ("Stir: until it is thick.\nServe it with bread: it is rich.\n", {"paragraph"}),
    ],
)
def test_other_lines_with_colons_of_markdown_stay_what_they_are(
    tmp_path: Path, text: str, kinds: set[str]
) -> None:
    assert {block.kind for block in read(tmp_path, text, "a.md").blocks} == kinds


# Leaders

HIRE = """Hire

Rowing boat .......... £6 an hour
Punt, with a pole .... £9 an hour
Pedal boat ........... £7 an hour
"""


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (
            HIRE,
            [
                ["Rowing boat", "£6 an hour"],
                ["Punt, with a pole", "£9 an hour"],
                ["Pedal boat", "£7 an hour"],
            ],
        ),
        (
            "Director ............ Una Moss\nSound ............... Ida Holm\n"
            "The one who drives .. Tor Moe\n",
            [["Director", "Una Moss"], ["Sound", "Ida Holm"], ["The one who drives", "Tor Moe"]],
        ),
        (
            "Fees\n\nMember . . . . . . 30 a year,\n    half of it for students\n"
            "Guest . . . . . . .  4\nLocker for boots,\nby the door . . . .  2\n",
            [
                ["Member", "30 a year,\n    half of it for students"],
                ["Guest", "4"],
                ["Locker for boots,\nby the door", "2"],
            ],
        ),
        (
            "* Berth ...... £9 ...... £4\n* Shed ....... £3 ...... £2\n* Crane .... £80 .... £60\n",
            [["Berth", "£9", "£4"], ["Shed", "£3", "£2"], ["Crane", "£80", "£60"]],
        ),
    ],
)
def test_lines_that_dots_lead_across_are_rows_without_a_header(
    tmp_path: Path, text: str, rows: list[list[str]]
) -> None:
    document = read(tmp_path, text)
    blocks = [block for block in document.blocks if block.kind == "row"]
    assert [[document.text[slice(*cell)] for cell in block.cells] for block in blocks] == rows
    assert {block.above for block in blocks} == {-1}
    assert {block.group for block in blocks} == {document.blocks.index(blocks[0])}


def test_charges_under_a_numbered_chapter_are_rows_and_its_clauses_items(tmp_path: Path) -> None:
    text = (
        "1. Plots\n   1.1 A plot is let for a year, from the first day of\n       October.\n"
        "   1.2 Plots are numbered.\n\n2. Rents\n   2.1 Full plot .... £48 a year\n"
        "   2.2 Half plot .... £27 a year\n   2.3 Lost key ..... £5\n\n3. Water\n"
        "   3.1 Hoses are for Mondays.\n"
    )
    document = read(tmp_path, text)
    assert headings(document) == ["1. Plots", "2. Rents", "3. Water"]
    assert [block.mark for block in document.blocks if block.kind == "item"] == [
        "1.1",
        "1.2",
        "3.1",
    ]
    assert [
        [document.text[slice(*cell)] for cell in block.cells]
        for block in document.blocks
        if block.kind == "row"
    ] == [["2.1 Full plot", "£48 a year"], ["2.2 Half plot", "£27 a year"], ["2.3 Lost key", "£5"]]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        (
            "The fair\n\n1. Stalls\n1.1 By the road .... £40\n1.2 By the pond .... £30\n\n"
            "2. Water\n2.1 Tap ............ £2.50\n",
            ["The fair", "1. Stalls", "2. Water"],
        ),
        # Pages of a table of contents.
        (
            "Fair\n\n1. Stalls\n1.1 By the road .... 4\n1.2 By the pond .... 5\n1.3 Tap .... 7\n",
            [],
        ),
    ],
)
def test_chapters_that_hold_charges_alone_are_headings(
    tmp_path: Path, text: str, titles: list[str]
) -> None:
    found = headings(read(tmp_path, text))
    assert [title for title in found if titles or title[0].isdigit()] == titles


def test_headings_between_lines_with_leaders_part_tables(tmp_path: Path) -> None:
    text = "The Kettle\n\nHot\nTea .... 2.20\nMilk ... 1.10\nCold\nWater .... free\nBeer ..... 4\n"
    document = read(tmp_path, text)
    assert headings(document) == ["The Kettle", "Hot", "Cold"]
    assert [block.group for block in document.blocks if block.kind == "row"] == [2, 2, 5, 5]


def test_what_dots_lead_to_is_in_line_over_a_line_between(tmp_path: Path) -> None:
    text = (
        "Concert\n\nOverture .... E. Marle\nSongs ....... H. Voss\nPause\nSymphony .... E. Marle\n"
    )
    assert of_kind(read(tmp_path, text), "row") == [text.splitlines()[n] for n in (2, 3, 5)]


def test_leaders_in_a_fence_of_markdown_are_rows_too(tmp_path: Path) -> None:
    blocks = read(tmp_path, f"```\n{HIRE[6:]}```\n", "a.md").blocks
    assert [(block.kind, len(block.cells)) for block in blocks] == [("row", 2)] * 3


def test_headings_of_a_table_of_contents_stay_headings(tmp_path: Path) -> None:
    text = (
        "The mill\n\nContents\n\n1 Its wheel ..... 3\n1.1 Parts ....... 5\n2 The pond ...... 9\n\n"
        "1 Its wheel\n\nIt turns.\n\n1.1 Parts\n\nThere are ten.\n\n2 The pond\n\nDucks do.\n"
    )
    document = read(tmp_path, text)
    assert headings(document) == ["The mill", "Contents", "1 Its wheel", "1.1 Parts", "2 The pond"]
    assert not any("....." in x.text for x in split(document, count_tokens=count_words))


@pytest.mark.parametrize(
    "text",
    [
        "I saw a boat ..... it sank\nand then the sea .... was still\nand no word ..... said\n",
        "Well ..... I do not know.\nHe waited .... and nobody came.\nIt rained ... for 3 days.\n",
        "Name .............\nAddress ..........\nSigned ........... Date ..........\n",
        "Tea .... 2\nMilk .... 1\n",
        "0: 1f8b  ....9..;..tt.+NI\n8: 4b2c  K,.....b..4^.0\n16: 373b  7;....i..59.\n",
        "He counted: 1 ... 2 ... 3\nShe counted: 4 ... 5 ... 6\nThey counted: 7 ... 8 ... 90\n",
    ],
)
def test_other_dots_make_no_rows(tmp_path: Path, text: str) -> None:
    assert of_kind(read(tmp_path, text), "row") == []


@pytest.mark.parametrize(("name", "fence"), [("a.txt", ""), ("a.md", ""), ("a.md", "```\n")])
def test_a_record_that_fits_is_not_cut(tmp_path: Path, name: str, fence: str) -> None:
    text = "".join(
        f"Name: hut {n}\nPlace: {'by the long lake ' * 6}\nBeds: {n}\n\n" for n in range(8)
    )
    document = read(tmp_path, f"{fence}{text}{fence}", name)
    for passage in split(document, count_tokens=count_words):
        assert passage.text.startswith("Name:")
        assert "Beds:" in passage.text.splitlines()[-1]


@pytest.mark.parametrize(
    "text",
    [
        "Holm, B. (2011). Bogs and their birds. Fenland Press.\n"
        "Ray, K. & Moe, T. (2014). Peat. In winter. Rook.\n",
        "[1] Lind, A. B. (1999). On eels. Kiel.\n[2] Lind, A. B. (2003). More on eels. Kiel.\n",
        "Sources\n\nDahl, P. (2020a). Tides. Oslo.\n\nEk, M. (2021). Salt. Lund.\n",
        "van Rijn, J. (1988). A mill. A life.\nde Wit, C. (1990). Wind. Delft.\n",
    ],
)
def test_an_entry_of_references_is_one_statement(tmp_path: Path, text: str) -> None:
    document = read(tmp_path, text)
    entries = [line for line in text.splitlines() if "(" in line]
    assert of_kind(document, "item") == entries
    sentences = [
        document.text[slice(*span)]
        for passage in split(document, count_tokens=count_words)
        for span in passage.sentences
    ]
    assert [sentence for sentence in sentences if "(" in sentence] == entries


# Mail


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        (
            "Yes, Friday.\n\nOn Mon, 4 May 2020, Rolf Ek wrote:\n> Can you come\n> on Friday?\n",
            [("Rolf Ek", "Can you come on Friday?")],
        ),
        (
            "> On 3 June, Una Lie <una@x.example> wrote:\n>\n> The van broke.\n>\n>> I know.\n",
            [
                ("", "On 3 June, Una Lie <una@x.example> wrote:"),
                ("Una Lie", "The van broke."),
                ("", "I know."),
            ],
        ),
        ("He wrote to us.\n\n> The mill is sold.\n\nWe are sorry.\n", [("", "The mill is sold.")]),
        ("> One line.\n>\n> Another line.\n", [("", "One line."), ("", "Another line.")]),
    ],
)
def test_quoted_lines_are_theirs_who_wrote_them(
    tmp_path: Path, text: str, quotes: list[tuple[str, str]]
) -> None:
    document = read(tmp_path, text)
    assert [
        (block.speaker, words(document, block))
        for block in document.blocks
        if block.kind == "quote"
    ] == quotes


@pytest.mark.parametrize("marks", [">", "> ", ">   ", "> > ", ">\t"])
def test_quoted_lines_begin_after_their_marks(tmp_path: Path, marks: str) -> None:
    document = read(tmp_path, f"It is settled.\n\n{marks}Who feeds the geese?\n\nI do.\n")
    block = next(block for block in document.blocks if block.kind == "quote")
    assert document.text[block.start : block.end] == "Who feeds the geese?"


def test_a_long_quotation_hides_no_more_than_is_kept_of_a_block(tmp_path: Path) -> None:
    document = read(tmp_path, "> and the geese\n" * 450)
    assert [len(block.hidden) for block in document.blocks] == [200, 200, 47]


def test_a_signature_is_apart_from_the_text(tmp_path: Path) -> None:
    document = read(tmp_path, "The hall is free on\nmonday and we take it.\n-- \nUna Lie\nPier 4\n")
    assert of_kind(document, "paragraph") == [
        "The hall is free on monday and we take it.",
        "Una Lie",
        "Pier 4",
    ]


# Boxes, manuals, recipes


def test_of_a_box_only_the_words_are_seen(tmp_path: Path) -> None:
    box = "+--------------+\n| Closed until |\n| further word |\n+--------------+\n"
    text = f"{box}\nThe end nears.\n"
    assert of_kind(read(tmp_path, text), "paragraph") == [
        "Closed until further word",
        "The end nears.",
    ]


def test_capitals_at_the_margin_above_indented_text_are_headings(tmp_path: Path) -> None:
    text = (
        "NAME\n       hoist - lift a load\n\nSYNOPSIS\n       hoist [-v] LOAD\n\n"
        "EXIT STATUS\n       It is 0 if the load hangs.\n"
    )
    assert headings(read(tmp_path, text)) == ["NAME", "SYNOPSIS", "EXIT STATUS"]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        (
            "Rye bread\n\nIngredients\n500 g rye flour\n2 eggs\na pinch of salt\n\nMix it all.\n",
            ["500 g rye flour", "2 eggs", "a pinch of salt"],
        ),
        (
            "Dough\n\n1 l milk\n½ tsp salt\n40 g yeast\n\nLet it rest.\n",
            ["1 l milk", "½ tsp salt", "40 g yeast"],
        ),
    ],
)
def test_amounts_in_a_run_are_items(tmp_path: Path, text: str, items: list[str]) -> None:
    assert of_kind(read(tmp_path, text), "item") == items


@pytest.mark.parametrize(
    "text",
    [
        "Boat,Berth,Owner\nTern,4,Ruiz\nGull,5,Holm & Sons\nAuk,,Ito\n",
        "Name;Born;Height\nLea;1988;170\nOle;2001;182\n",
        'Day\tTide\tWind\nMon\t"1,5"\tSW\nTue\t2\tW\n',
        'Part,Price,Note\nbolt,1.50,"long, thin"\nnut,0.20,flat\n',
    ],
)
def test_a_table_is_one_whatever_its_file_is_called(tmp_path: Path, text: str) -> None:
    rows = read(tmp_path, text).blocks
    assert {block.kind for block in rows} == {"row"}
    assert [block.above for block in rows] == [-1, *[0] * (len(rows) - 1)]
    assert {len(block.cells) for block in rows} == {3}


@pytest.mark.parametrize(
    "text",
    [
        "Red, white, blue.\nOne, two, three.\nHer, him, them.\n",  # a space after each
        "Boat,Berth,Owner\nTern,4,Ruiz\n",  # too short to tell
        "Boat,Berth,Owner\nTern,4\nGull,5,Holm\n",  # rows of several widths
        "1,2,3\n4,5,6\n7,8,9\n",  # no names of columns
    ],
)
def test_lines_with_commas_are_no_table_by_themselves(tmp_path: Path, text: str) -> None:
    assert "row" not in {block.kind for block in read(tmp_path, text).blocks}


@pytest.mark.parametrize(
    "text",
    [
        "Boat | Berth\n--- | ---\nTern | 4\nGull | 5\n",
        "| Boat | Berth |\n| Tern | 4 |\n| Gull | |\n",
        "Boat\tBerth\nTern\t4\nGull\t5\n",
        "Boat     Berth\nTern     4\nGull     5\n",
        "In the harbour\n\nBoat | Berth\n-----|------\nTern | 4\nGull | 5\nAsk at the gate.\n",
    ],
)
def test_lines_of_as_many_cells_are_rows_under_the_first(tmp_path: Path, text: str) -> None:
    document = read(tmp_path, text)
    rows = [block for block in document.blocks if block.kind == "row"]
    first = document.blocks.index(rows[0])
    assert [block.above for block in rows] == [-1, first, first]
    assert [len(block.cells) for block in rows] == [2, 2, 2]
    assert [document.text[slice(*block.cells[0])] for block in rows] == ["Boat", "Tern", "Gull"]


def test_two_lines_of_cells_are_a_table_where_a_rule_parts_them(tmp_path: Path) -> None:
    document = read(tmp_path, "Lake        Depth\n-----------------\nVattern     128 m\n")
    assert [(block.kind, len(block.cells)) for block in document.blocks] == [("row", 2)] * 2


def test_a_wide_gap_in_two_lines_of_prose_makes_no_table(tmp_path: Path) -> None:
    text = "We rowed out.   It rained.\nWe came back.   It cleared.\n"
    assert {block.kind for block in read(tmp_path, text).blocks} == {"paragraph"}


@pytest.mark.parametrize(
    "text",
    [
        "The fee for a berth (resp.\t a mooring) is 200 (resp.\n90).\n",
        "Tie  up  the  boat  before\tthe\nlock opens, and wait for\tthe green\n"
        "lamp\tthat the keeper turns on.\n",
        "Each  member   of  the club has\nthe  use   of  a  boat,  and  is\n"
        "asked   to  wash  it  when  back.\n",
        "-k       Keep the log of the voyage after the\n         last port is reached.\n",
    ],
)
def test_gaps_in_running_text_make_no_table(tmp_path: Path, text: str) -> None:
    assert {block.kind for block in read(tmp_path, text).blocks} == {"paragraph"}


@pytest.mark.parametrize(
    "text",
    [
        "tern\tsmall white boat of the club with oars\ngull\tthe grey one that leaks a little\n"
        "auk\tthe one that nobody may take out\n",
        "tern           small white boat with oars\ngull           the grey one that leaks\n"
        "black auk      the one that nobody takes\n",
        "lock\tfee\nupper\t4\nlower lock at the mill\t5\n",
    ],
)
def test_columns_of_words_are_a_table(tmp_path: Path, text: str) -> None:
    assert [block.kind for block in read(tmp_path, text).blocks] == ["row"] * 3


@pytest.mark.parametrize(
    "text",
    [
        "Lie, Una (2001). Piers. Bergen.\nEk, Rolf, and Moe, Tor (2010). Locks. Oslo.\n",
        "Lie, U. (2001). Piers. Bergen.\nEk, R. & Moe, T. (2010). Locks. Oslo.\n",
    ],
)
def test_references_with_first_names_are_entries_too(tmp_path: Path, text: str) -> None:
    assert [block.whole for block in read(tmp_path, text).blocks] == [True, True]


def test_references_that_are_paragraphs_of_markdown_are_one_statement_each(tmp_path: Path) -> None:
    text = "# Sources\n\nLie, U. (2001). *Piers.* Bergen.\n\nEk, R. (2010). Locks. Oslo.\n"
    blocks = read(tmp_path, text, "a.md").blocks
    assert [block.whole for block in blocks] == [False, True, True]


@pytest.mark.parametrize(
    "text",
    [
        "The Tenant shall\n\n(a) paint the fence;\n\n(b) sweep the yard.\n",
        "**2. The Tenant shall**\n(a) paint the fence;\n(b) sweep the yard.\n",
        "He must\n\n(i) paint it;\n(ii) sweep it.\n",
    ],
)
def test_points_of_a_contract_in_markdown_are_items_of_one_list(tmp_path: Path, text: str) -> None:
    lead, first, second = read(tmp_path, text, "a.md").blocks
    assert [lead.kind, first.kind, second.kind] == ["paragraph", "item", "item"]
    assert first.group == second.group == 1
    assert (first.mark, second.mark) in {("(a)", "(b)"), ("(i)", "(ii)")}


@pytest.mark.parametrize(
    ("text", "above"),
    [
        ("3. Rent is low.\n4. The guest shall not\n\n(a) smoke;\n\n(b) sing.\n", [-1, -1, 1, 1]),
        ("- Boats are hired out:\n\n(i) by the hour;\n(ii) by the day.\n", [-1, 0, 0]),
        ("* The cook buys,\n\n(1) eggs;\n\n(2) milk.\n\nNobody else does.\n", [-1, 0, 0, -1]),
        ("1) The key is kept.\n\n(a) At night it is lent.\n(b) So is the lamp.\n", [-1, -1, -1]),
    ],
)
def test_points_of_markdown_stand_under_the_item_that_is_left_open(
    tmp_path: Path, text: str, above: list[int]
) -> None:
    assert [block.above for block in read(tmp_path, text, "a.md").blocks] == above


def test_what_stands_in_brackets_in_prose_of_markdown_is_no_item(tmp_path: Path) -> None:
    text = "We met on the quay\n(c) in the rain.\n\nSee (a) and (b).\n"
    assert {block.kind for block in read(tmp_path, text, "a.md").blocks} == {"paragraph"}


def test_points_under_an_open_item_of_plain_text_stand_under_it(tmp_path: Path) -> None:
    text = "4. The guest shall not:\n    (a) smoke;\n    (b) sing.\n\n5. Doors close at ten.\n"
    document = read(tmp_path, text)
    marks = [(block.mark, block.above) for block in document.blocks]
    assert marks == [("4.", -1), ("(a)", 0), ("(b)", 0), ("5.", -1)]


def test_lines_with_labels_in_bold_are_statements_of_their_own(tmp_path: Path) -> None:
    text = "**Present:** Una Lie\n**Absent**: Rolf Ek\n**Notes:** Tor Moe\n"
    document = read(tmp_path, text, "a.md")
    assert [
        document.text[block.start : block.end] for block in document.blocks
    ] == text.splitlines()


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("From: a@b.example\nSubject: Re: The keys\n\nHi, they are here.\n", "Re: The keys"),
        ("Title: Low tide\nYear: 1961\nMade by: Ida Holm\n", "Low tide"),
        ("From: a@b.example\nTo: c@d.example\n\nHi, they are here.\n", None),
        ("We met at noon. It rained.\n\nSubject: The keys\nFrom: a@b.example\n", None),
    ],
)
def test_the_title_of_a_mail_is_its_subject(text: str, title: str | None) -> None:
    assert sources.kind_of("a.txt").read(text).title == title


# Headings


@pytest.mark.parametrize(
    "text",
    [
        # A separator under a paragraph is not the rule of its last line.
        "We moor at the pier of the old mill, and\nthen we walk to Pier 4, Lund.\n"
        "   __________________________________________\n\nThe way back is long.\n",
        "Send what you know of the locks to the\nkeeper of this list if you can\n"
        "------------------------------------------------------------\n\nIt is read.\n",
        "To begin, type\n\n```\nhoist\nlower\n```\n\nThe load hangs then.\n",
        "We leave at noon.\n\nThe lamp is green.\n====\n\nWe go on.\n",
    ],
)
def test_a_rule_that_only_parts_makes_no_heading(tmp_path: Path, text: str) -> None:
    assert "heading" not in {block.kind for block in read(tmp_path, text).blocks[1:]}


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("We leave at noon.\nPart Two\n--------\nWe go on.\n", "Part Two"),
        ("We leave at noon.\n\nPart Two\n=====================\n\nWe go on.\n", "Part Two"),
        ("We leave at noon.\n\nThe Lamp\n~~~~~~~~\n\nWe go on.\n", "The Lamp"),
    ],
)
def test_a_rule_under_a_line_of_its_own_makes_it_a_heading(
    tmp_path: Path, text: str, title: str
) -> None:
    assert headings(read(tmp_path, text)) == [title]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("We go.\n\n------\nPART 2   THE LAMP\n------\n\nIt is lit.\n", "PART 2 THE LAMP"),
        ("We go.\n\n======\nII\tThe Lamp\n======\n\nIt is lit.\n", "II The Lamp"),
        ("We go.\n\n******\n2.    The lamp\n******\n\nIt is lit.\n", "2. The lamp"),
        ("We go.\n\n~~~~~~~~~\nB    Lamps    and Oil\n~~~~~~\n\nLit.\n", "B Lamps and Oil"),
    ],
)
def test_a_line_with_a_gap_between_two_rules_is_a_heading(
    tmp_path: Path, text: str, title: str
) -> None:
    assert headings(read(tmp_path, text)) == [title]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("Stock\n\n-----\nWool    Rams\n-----\nJacob     1\nTexel     9\n-----\n\nDone.\n", 3),
        ("Stock\n\n-----\nWool    Rams\n-----\n\nJacob     1\nTexel     9\n\nDone.\n", 0),
        ("We go.\n\n-----\n| Lamp | Oil |\n-----\n\nThey are lit.\n", 0),
        ("We go.\n\n-----\nThe lamp   is lit.\n-----\n\nWe stay.\n", 0),
        ("We go.\n\nLamp    oil\n-----\n\nThey are lit.\n", 0),
        ("We go.\n\n-----\nPage 3    of 9\n-----\n", 0),
    ],
)
def test_other_lines_with_gaps_at_rules_are_no_headings(
    tmp_path: Path, text: str, rows: int
) -> None:
    document = read(tmp_path, text)
    assert [title for title in headings(document) if title != "Stock"] == []
    assert len(of_kind(document, "row")) == rows


@pytest.mark.parametrize(
    "text",
    [
        "Cranes of the port.\n\nhoist(load)\n    Lift a load\n\n    It hangs until it is let go.\n",
        "Cranes of the port.\n\nhoist(load)\n    The value is a pair with the fields weight and\n"
        "    'height', which are numbers.\n\nlower(load)\n    It is let go.\n",
        "Cranes of the port.\n\nlist()\n    Each of what it returns is a small tuple\n"
        "    (name, weight)\n\nlower(load)\n    It is let go.\n",
        "Cranes of the port.\n\n    The spool is owned by the keeper. The\n    tools run as he.\n\n"
        "    HELP: what do other keepers do?\n\nmail\n    Letters are owned by him.\n",
    ],
)
def test_a_line_within_the_text_around_it_is_no_heading(tmp_path: Path, text: str) -> None:
    assert headings(read(tmp_path, text)) == []


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        (
            "A day out.\n\nPacking list\nsocks.\nBread.\nWater.\nTea.\nSalt.\n\nIt rained.\n",
            ["Packing list"],
        ),
        ("We met.\n\n        The Second Day\n\nWe rowed on.\n", ["The Second Day"]),
        ("We met.\n\nCosts\n   They are 4.\n\nTimes\n   It is noon.\n", ["Costs", "Times"]),
    ],
)
def test_a_line_above_its_text_is_a_heading(tmp_path: Path, text: str, titles: list[str]) -> None:
    assert headings(read(tmp_path, text)) == titles


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        (
            "Q: I have a boat of wood, and it leaks at\n   the stern. Can it be mended?\n\n"
            "A: Yes, the yard mends what is made of\n   wood.\n\n"
            "Q: When is the yard open?\n\nA: From March on, and who would come\n   before?\n",
            [
                "Q: I have a boat of wood, and it leaks at the stern. Can it be mended?",
                "Q: When is the yard open?",
            ],
        ),
        (
            "Question 1: I lost the key of my shed. The keeper is away. Who\nopens the shed for "
            "me, and until when\ncan I come?\n\nThe neighbour of the keeper does, and he is in\n"
            "until noon.\n",
            [
                "Question 1: I lost the key of my shed. The keeper is away. Who opens the shed "
                "for me, and until when can I come?"
            ],
        ),
        (
            "The yard.\n\nI have a boat of wood.\nWhere can it be mended?\n"
            "-----------------------\n\nThe yard mends it.\n",
            ["I have a boat of wood. Where can it be mended?"],
        ),
        (
            "F: Mein Boot ist aus Holz und hat am Heck\nein Leck. Wer flickt es?\n\n"
            "A: Die Werft am Fluss, im Sommer\nund im Herbst.\n",
            ["F: Mein Boot ist aus Holz und hat am Heck ein Leck. Wer flickt es?"],
        ),
    ],
)
def test_a_question_over_several_lines_is_a_heading(
    tmp_path: Path, text: str, titles: list[str]
) -> None:
    assert headings(read(tmp_path, text)) == titles


def test_a_paragraph_that_ends_with_a_question_is_no_heading(tmp_path: Path) -> None:
    text = "We came to the lock and it was\nclosed. Who had closed it?\n\nNobody knew it then.\n"
    assert headings(read(tmp_path, text)) == []


def test_a_section_that_its_points_go_on_with_is_no_heading(tmp_path: Path) -> None:
    text = (
        "Hire of boats\n=============\n\n"
        '1.1. "Boat"\n    means what floats and is owned by the club.\n\n'
        '1.2. "Fit for the River"\n    means\n\n    (a) that it is tight; or\n\n'
        "    (b) that it is bailed by two.\n\n"
        '1.3. "Hirer"\n    means who pays for the boat.\n'
    )
    assert headings(read(tmp_path, text)) == ["Hire of boats"]


STARS = """***************************
*                         *
*  7. Lost Oars           *
*  ------------           *
*                         *
*  Who loses an oar pays  *
*  for it.                *
*                         *
***************************
"""
COMMENT = """/***********************
* Closed until further *
* word.                *
***********************/
"""
HASHES = """########################
# Closed until further #
# word.                #
########################
"""


@pytest.mark.parametrize(
    ("box", "titles", "paragraphs"),
    [
        (STARS, ["7. Lost Oars"], ["Who loses an oar pays for it."]),
        (COMMENT, [], ["Closed until further word."]),
        (HASHES, [], ["Closed until further word."]),
    ],
)
def test_boxes_of_other_signs_are_boxes(
    tmp_path: Path, box: str, titles: list[str], paragraphs: list[str]
) -> None:
    document = read(tmp_path, f"We row.\n\n{box}\nThe end nears.\n")
    assert headings(document) == titles
    assert of_kind(document, "paragraph") == ["We row.", *paragraphs, "The end nears."]
    assert "row" not in {block.kind for block in document.blocks}


def test_a_list_between_rules_of_stars_is_no_box(tmp_path: Path) -> None:
    text = "We take along:\n\n**********\n* oars\n* a bailer\n**********\n"
    assert of_kind(read(tmp_path, text), "item") == ["oars", "a bailer"]


# Logs of changes

DEBIAN = """hoist (2.1-3) stable; urgency=low

  [ Una Lie ]
  * Mend what loads of more than a ton
    broke:
    - winch.patch: the brake holds
      when it is wet.
    - rope.patch: taken out.
  * New cook.

  [ Rolf Ek ]
  * Upload to stable.

 -- Rolf Ek <ek@example.org>  Mon, 1 Jun 2015 10:00:00 +0200

hoist (2.1-2) stable; urgency=low

  * First one.

 -- Una Lie <lie@example.org>  Sun, 3 May 2015 10:00:00 +0200
"""
GNU = """2015-06-01  Una Lie

\t* winch.c (hold): The brake holds
\twhen it is wet.

2015-05-03  Rolf Ek

\t* rope.c: New file.
"""
DATES = """3.66  2010-07-09
  * Fix the brake
  * Speed up

3.65  2010-04-04
  * Paint it
"""


@pytest.mark.parametrize(
    ("text", "titles", "items"),
    [
        (
            DEBIAN,
            ["hoist (2.1-3) stable; urgency=low", "hoist (2.1-2) stable; urgency=low"],
            [
                (1, "Mend what loads of more than a ton broke:"),
                (2, "winch.patch: the brake holds when it is wet."),
                (2, "rope.patch: taken out."),
                (1, "New cook."),
                (1, "Upload to stable."),
                (1, "First one."),
            ],
        ),
        (
            GNU,
            ["2015-06-01 Una Lie", "2015-05-03 Rolf Ek"],
            [
                (1, "winch.c (hold): The brake holds when it is wet."),
                (1, "rope.c: New file."),
            ],
        ),
        (
            DATES,
            ["3.66 2010-07-09", "3.65 2010-04-04"],
            [(1, "Fix the brake"), (1, "Speed up"), (1, "Paint it")],
        ),
    ],
)
def test_versions_of_a_log_are_headings_and_changes_items(
    tmp_path: Path, text: str, titles: list[str], items: list[tuple[int, str]]
) -> None:
    document = read(tmp_path, text)
    assert headings(document) == titles
    found = [block for block in document.blocks if block.kind == "item"]
    assert [(block.level, words(document, block)) for block in found] == items
    for block in found:
        parent = document.blocks[block.above] if block.above >= 0 else None
        assert (parent.level if parent else 0) == block.level - 1


@pytest.mark.parametrize(
    "text",
    [
        "1. What you need\n   * oars\n   * a bailer\n\n2. What you leave\n   * the dog\n",
        "By 5 May you need:\n  - oars.\n\nBy 9 May you need:\n  - a bailer.\n",
    ],
)
def test_lists_under_other_lines_make_no_log(tmp_path: Path, text: str) -> None:
    assert headings(read(tmp_path, text)) == []


# Drawings

STATES = """     |
     v
 +-------+   lift   +---------+
 | empty | -------> | loaded  |
 +-------+          +---------+
     ^                   |
     |      lower        |
     +-------------------+
"""
LOCKS = """  ┌───────┐
  │ upper │      open
  └───┬───┘
      │      ┌───────┐
      ├──────┤ lower │
      │      └───────┘
      v
     sea
"""


@pytest.mark.parametrize("drawing", [STATES, LOCKS])
def test_a_drawing_is_shown_as_it_stands_and_is_no_table(tmp_path: Path, drawing: str) -> None:
    text = f"The states of the crane are drawn here and\nthe arrows lead on.\n\n{drawing}\nAll.\n"
    document = read(tmp_path, text)
    assert [block.kind for block in document.blocks] == ["paragraph", "code", "paragraph"]
    code = document.blocks[1]
    assert document.text[code.start : code.end] == drawing.strip()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("| Boat | Berth |\n|------|-------|\n| Tern | 4 |\n| Gull | 5 |\n", "row"),
        ("+------+---+\n| Boat | n |\n+------+---+\n| Tern | 4 |\n+------+---+\n", "row"),
        ("|  hoist(load)\n|      Lift a load --> up.\n|\n|  lower(load)\n", "paragraph"),
    ],
)
def test_bars_of_tables_and_margins_are_no_drawing(tmp_path: Path, text: str, kind: str) -> None:
    kinds = {block.kind for block in read(tmp_path, text).blocks}
    assert "code" not in kinds
    assert kind in kinds


# Code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (
            "Set a limit for the winch. You can do it\nin a file that is read first:\n\n"
            "    WINCH_OPTIONS=--most=150\n    export WINCH_OPTIONS\n\nThe load is less then.\n",
            "WINCH_OPTIONS=--most=150\n    export WINCH_OPTIONS",
        ),
        (
            "What is under the hook can be looked\nat in a script like this:\n"
            '   case " $2 " in\n   *" crate "*)  lift ;;\n   esac\n'
            "Generally each is lifted by itself, as the\nrope is short.\n",
            'case " $2 " in\n   *" crate "*)  lift ;;\n   esac',
        ),
        (
            "The keeper of the winch then starts it\nby hand as:\n\n  winch start <load>\n\n"
            "and waits for it.\n",
            "winch start <load>",
        ),
        (
            "The two that follow do the same, in\none way and in another:\n\n"
            "    $ hoist -v 3\n\n    $ hoist --verbose 3\n\nIt is lifted at once.\n",
            "$ hoist -v 3\n\n    $ hoist --verbose 3",
        ),
    ],
)
def test_indented_commands_under_a_colon_are_code(tmp_path: Path, text: str, code: str) -> None:
    document = read(tmp_path, text)
    (found,) = [block for block in document.blocks if block.kind == "code"]
    assert document.text[found.start : found.end] == code


@pytest.mark.parametrize(
    "text",
    [
        "Those who came along were:\n\n    Una Lie <lie@example.org>\n    Rolf Ek\n\nWe left.\n",
        "He said to all who were there:\n\n    The lock is closed & will be for a week.\n\nSo.\n",
        "Take these along:\n\n    - oars (two)\n    - a_bailer\n\nThe rest is there.\n",
        "The price is made of these parts:\n\n    a berth at the pier and the fee = all\n\nSo.\n",
        "The winch is started with this:\n\nwinch start <load>\n\nIt is lifted.\n",
    ],
)
def test_words_under_a_colon_are_no_code(tmp_path: Path, text: str) -> None:
    assert "code" not in {block.kind for block in read(tmp_path, text).blocks}
