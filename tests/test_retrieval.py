from collections.abc import Callable

import pytest

from assistant.assistant import Assistant
from assistant.errors import BadQuestion, NoDocuments, UnknownDocument


@pytest.fixture
def filled(assistant: Assistant, put: Callable) -> Assistant:
    put("fruit.md", "# Fruit\n\nApples and apricots are alike.\n\n## Cold\n\nGrapes keep.")
    put("metal.md", "# Metal\n\nZinc resists zeal.")
    assistant.sync()
    return assistant


def test_the_passage_alike_in_meaning_and_words_comes_first(filled):
    hits = filled.retrieve("apples, apricots")
    assert hits[0].passage.text == "Apples and apricots are alike."
    assert [hit.rank for hit in hits] == [1, 2, 3]
    assert hits[0].score > hits[1].score >= hits[2].score


def test_words_alone_find_what_vectors_miss(filled, embedder):
    # "zinc" and "zeal" share their first letter with nothing in the question but "zinc" itself.
    hits = filled.retrieve("zinc above all fruit, grapes, apples")
    assert "Zinc resists zeal." in [hit.passage.text for hit in hits]


def test_the_score_is_the_weighted_sum_of_both_arms(filled):
    # fruit.md's first passage, embedded as "Fruit\nApples and apricots are alike.": f 1, a 3; the
    # question: a 1. Cosine 3 / sqrt(10); its BM25 is the best, so that arm counts whole.
    hit = filled.retrieve("apples")[0]
    assert hit.score == pytest.approx(0.6 * 9 / 10 + 0.4, abs=1e-5)


def test_words_weigh_as_much_as_the_best_passage_holds_of_them(filled):
    # "apples arrive": a 2, so the cosine is that of "apples"; one stem of two is held.
    hit = filled.retrieve("apples arrive")[0]
    assert hit.score == pytest.approx(0.6 * 9 / 10 + 0.4 / 2**2, abs=1e-5)


def test_fewer_come_back_only_if_there_are_fewer(filled):
    assert len(filled.retrieve("apples", limit=2)) == 2
    assert len(filled.retrieve("apples", limit=99)) == 3
    assert filled.retrieve("apples", limit=0) == []


def test_documents_limit_the_search(filled):
    hits = filled.retrieve("apples", documents=["metal.md"])
    assert [hit.passage.document for hit in hits] == ["metal.md"]
    assert filled.retrieve("apples", documents=[]) == []
    with pytest.raises(UnknownDocument, match=r"'nothing.md'"):
        filled.retrieve("apples", documents=["nothing.md"])


def test_the_same_question_gets_the_same_order(filled):
    assert filled.retrieve("nothing alike") == filled.retrieve("nothing alike")


@pytest.mark.parametrize("question", ["", "  \n", "x" * 20_000, None])
def test_a_bad_question_is_a_clear_error(filled, question):
    with pytest.raises(BadQuestion):
        filled.retrieve(question)


def test_an_empty_workspace_says_where_documents_go(assistant):
    assistant.sync()
    with pytest.raises(NoDocuments, match="sources"):
        assistant.retrieve("apples")


def test_llama_index_gets_the_same_search(filled):
    nodes = filled.as_retriever(limit=2).retrieve("apples")
    hits = filled.retrieve("apples", limit=2)
    assert [node.node.get_content() for node in nodes] == [hit.passage.text for hit in hits]
    assert [node.score for node in nodes] == pytest.approx([hit.score for hit in hits])
    first = nodes[0].node
    assert (first.start_char_idx, first.end_char_idx) == (9, 39)
    assert first.metadata["path"] == "fruit.md"
