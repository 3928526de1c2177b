from concurrent.futures import ThreadPoolExecutor

from assistant.words import _stem, content_stems, content_words, stem, words


def test_words_are_lower_case_and_numbers_stay_whole():
    assert words("The U.S. trained 70,000 officers, 3.5 percent.") == [
        "the", "u", "s", "trained", "70,000", "officers", "3.5", "percent",
    ]  # fmt: skip


def test_stop_words_leave_unless_nothing_else_is_there():
    assert content_words("What is the capital of France?") == ["capital", "france"]
    assert content_words("Who is it?") == ["who", "is", "it"]


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
