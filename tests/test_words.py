from concurrent.futures import ThreadPoolExecutor

import pytest

from assistant.words import _stem, asked_stems, content_stems, cut, stem, stems, words


def test_words_are_lower_case_and_numbers_stay_whole():
    assert words("The U.S. milled 31,000 bushels, 3.5 percent.") == [
        "the", "u", "s", "milled", "31,000", "bushels", "3.5", "percent",
    ]  # fmt: skip


def test_marks_of_emphasis_are_no_part_of_a_word():
    assert words("_All_ of __init__, max_length and v2.3.1.") == [
        "all", "of", "init", "max_length", "and", "v2.3.1",
    ]  # fmt: skip


def test_numbers_are_compared_without_the_commas_between_thousands():
    assert [stem(word) for word in ("18,500", "18500", "1,234,567.50", "2.3.1")] == [
        "18500", "18500", "1234567.50", "2.3.1",
    ]  # fmt: skip
    assert [stem(word) for word in ("1,2,3", "12,34", "1234,567")] == ["1,2,3", "12,34", "1234,567"]


def test_stop_words_leave_unless_nothing_else_is_there():
    assert asked_stems("What is the capital of France?") == ["capit", "franc"]
    assert asked_stems("Who is it?") == ["who", "is", "it"]


def test_inflected_forms_share_a_stem():
    assert stem("governments") == stem("government")
    assert content_stems("The cameras") == content_stems("a camera")


def test_threads_stem_at_the_same_time():
    starts = ("govern", "nation", "organ", "relat", "walk", "hope")
    ends = ("ments", "ization", "fulness", "ational", "ing", "ed", "s", "ly")
    listed = [f"{start}{end}" for start in starts for end in ends] * 20
    expected = [_stem.__wrapped__(word) for word in listed]

    def stemmed(_: int) -> list[str]:
        return [_stem.__wrapped__(word) for word in listed]

    with ThreadPoolExecutor(8) as pool:
        assert all(found == expected for found in pool.map(stemmed, range(24)))


def test_what_is_too_long_for_a_word_is_stemmed_and_not_kept():
    kept = _stem.cache_info().currsize
    assert stem(f"{'x' * 1_000}ments") == stem(f"{'x' * 1_000}ment")
    assert _stem.cache_info().currsize == kept


@pytest.mark.parametrize(
    "written", ["18,500", "18500", "18\u00a0500", "18\u202f500", "18\u2009500", "18 500", "18’500"]
)
def test_thousands_are_one_number_however_they_are_parted(written):
    assert stems(f"It holds {written} people") == ["it", "hold", "18500", "peopl"]


@pytest.mark.parametrize(
    ("written", "apart"),
    [
        ("2.3.1", ["2.3.1"]),
        ("7.50", ["7.50"]),
        ("3,119.00", ["3119.00"]),
        ("192.168.100.200", ["192.168.100.200"]),
        ("+44 555 123 456", ["44", "555", "123", "456"]),
        ("411 422 433 9", ["411", "422", "433", "9"]),
        ("12-500", ["12", "500"]),
        ("2012 500", ["2012", "500"]),
        ("10:30", ["10", "30"]),
    ],
)
def test_versions_addresses_and_telephones_are_no_thousands(written, apart):
    assert stems(written) == apart


def test_an_ordinal_is_its_number():
    assert stems("the 3rd and the 21st") == ["the", "3", "and", "the", "21"]


@pytest.mark.parametrize(
    "written",
    [
        "3 Sept. 2012", "2012-09-03", "September 3, 2012", "the 3rd of September 2012",
        "3-Sep-2012", "Sept 3rd, 2012", "03 september 2012", "2012/9/3",
    ],
)  # fmt: skip
def test_a_date_is_compared_by_its_parts_in_every_form(written):
    assert content_stems(f"Opened on {written}.") == {"open", "3", "septemb", "septemb3", "2012"}


@pytest.mark.parametrize("written", ["3.9.2012", "03/09/2012", "3-9-2012"])
def test_of_a_date_with_two_readings_both_count(written):
    assert cut(written)[0].stems == ("3", "septemb", "septemb3", "9", "march", "march9", "2012")


def test_a_date_without_year_or_day_is_one_too():
    assert cut("April 3rd")[0].stems == cut("3 April")[0].stems == ("3", "april", "april3")
    assert stems("since Sept. 2012") == ["sinc", "septemb", "2012"]
    assert cut("13/09/2012")[0].stems == ("13", "septemb", "septemb13", "2012")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("15 may be added", ["15", "may", "be", "add"]),
        ("march 5 miles", ["march", "5", "mile"]),
        ("31 Feb 2012", ["31", "feb", "2012"]),
        ("31.2.2012", ["31.2.2012"]),
        ("1.2.3.2012", ["1.2.3.2012"]),
        ("2011-12", ["2011", "12"]),
        ("May 3.5", ["may", "3.5"]),
    ],
)
def test_what_is_only_shaped_like_a_date_is_none(text, found):
    assert stems(text) == found


def test_an_acronym_is_no_stop_word():
    assert asked_stems("Who leads WHO in the US?") == ["lead", "WHO", "US"]
    assert asked_stems("Is IT open?") == ["IT", "open"]
    assert asked_stems("WHO") == ["WHO"]
    assert "WHO" not in content_stems("who came")
    assert asked_stems("What does NASA do?") == asked_stems("what does nasa do") == ["nasa"]


def test_capitals_all_over_tell_no_acronym():
    assert asked_stems("WHO IS IT FOR") == ["who", "is", "it", "for"]
    assert content_stems("WHO WE ARE") == set()


def test_initials_are_one_word():
    assert asked_stems("the U.S. troops") == asked_stems("the US troops") == ["US", "troop"]
    assert stems("J.R. Holt, 10 p.m.") == ["jr", "holt", "10", "pm"]


def test_accents_do_not_part_words():
    assert stems("cafés in Málaga, Łódź") == [*stems("cafes in Malaga"), "łodz"]
