from concurrent.futures import ThreadPoolExecutor

from assistant.words import _stem, asked_stems, content_stems, stem, words


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
