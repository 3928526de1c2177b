"""Of passages, those come first of which one sentence is near what is asked."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.reranking import WEIGHT, Reranker
from assistant.values import Hit, Passage
from tests.conftest import LetterEmbedder


def passage(document: str, *sentences: str) -> Passage:
    text, spans = "", []
    for sentence in sentences:
        spans.append((len(text), len(text) + len(sentence)))
        text += f"{sentence} "
    text = text.rstrip()
    return Passage(document, 0, len(text), text, None, None, 0, sentences=tuple(spans))


def hits(*scored: tuple[float, Passage]) -> list[Hit]:
    return [Hit(found, score, rank) for rank, (score, found) in enumerate(scored, start=1)]


@pytest.fixture
def embedder() -> LetterEmbedder:
    return LetterEmbedder()


def test_a_passage_comes_first_whose_one_sentence_is_what_is_asked(embedder):
    about = passage("about.txt", "red violet.", "amber velvet.")  # each as near as cos 45°
    holding = passage("holding.txt", "red roses.", "amber velvet.", "green indigo.")
    ranked = Reranker(embedder).rerank(
        embedder.embed_question("rust"), hits((0.5, about), (0.4, holding))
    )
    assert [hit.passage.document for hit in ranked] == ["holding.txt", "about.txt"]
    assert [hit.rank for hit in ranked] == [1, 2]
    assert ranked[0].score == pytest.approx((0.4 + WEIGHT) / (1 + WEIGHT))
    assert ranked[1].score == pytest.approx((0.5 + WEIGHT / 2) / (1 + WEIGHT))


def test_sentences_that_are_all_far_leave_the_order_of_the_search(embedder):
    found = hits((0.5, passage("a.txt", "blue.")), (0.5, passage("b.txt", "blue.")))
    ranked = Reranker(embedder).rerank(-embedder.embed_question("blue"), found)
    assert [hit.passage.document for hit in ranked] == ["a.txt", "b.txt"]
    assert [hit.score for hit in ranked] == pytest.approx([0.5 / (1 + WEIGHT)] * 2)


def test_a_sentence_is_embedded_once(embedder):
    reranker = Reranker(embedder)
    first, second = passage("a.txt", "red.", "blue."), passage("b.txt", "green.")
    vector = embedder.embed_question("red")
    alone = reranker.rerank(vector, hits((0.5, first)))
    both = reranker.rerank(vector, hits((0.5, first), (0.4, second)))
    assert embedder.embedded == ["red.", "blue.", "green."]
    assert both[0].score == alone[0].score


def test_a_passage_without_sentences_keeps_its_place(embedder):
    empty = Passage("a.txt", 0, 3, "...", None, None, 0)
    ranked = Reranker(embedder).rerank(embedder.embed_question("red"), hits((0.5, empty)))
    assert [(hit.passage, hit.rank) for hit in ranked] == [(empty, 1)]


def test_nothing_found_is_nothing_ranked(embedder):
    assert Reranker(embedder).rerank(np.ones(26, dtype=np.float32), []) == []
