from assistant.words import content_stems, content_words, stem, words


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
